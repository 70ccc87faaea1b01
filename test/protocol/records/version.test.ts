import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "../../../protocol/limits.ts";
import { causesOf, recordProblem } from "../../../protocol/records/record.ts";
import { covers, emptyVector, joinVectors, withDot } from "../../../protocol/records/version.ts";
import { versionOf, writerNumber } from "./history.ts";

const [one, two] = [writerNumber(1), writerNumber(2)];

test("a vector covers all dots of a writer up to its number", () => {
  const vector = new Map([[one, 3]]);
  assert.ok(covers(vector, { writer: one, sequence: 3 }));
  assert.ok(!covers(vector, { writer: one, sequence: 4 }));
  assert.ok(!covers(vector, { writer: two, sequence: 1 }));
});

test("joined vectors cover what each covers", () => {
  const joined = joinVectors(new Map([[one, 3]]), new Map([[one, 2]]), new Map([[two, 1]]));
  assert.deepEqual(
    joined,
    new Map([
      [one, 3],
      [two, 1],
    ]),
  );
  assert.equal(withDot(joined, { writer: one, sequence: 2 }), joined);
  assert.deepEqual(withDot(emptyVector, { writer: two, sequence: 2 }), new Map([[two, 2]]));
});

test("the causes of a write cover the versions it starts from and all that these superseded", () => {
  const base = versionOf(one, 4, { causes: new Map([[two, 2]]) });
  const sibling = versionOf(two, 7);
  assert.deepEqual(
    causesOf([base, sibling]),
    new Map([
      [two, 7],
      [one, 4],
    ]),
  );
});

test("P1: records that break a rule have no effect, and the reason is told", () => {
  const { record, dot } = versionOf(one, 5);
  assert.equal(recordProblem(record, dot, 100), undefined);
  const many = new Map(Array.from({ length: limits.vectorEntriesMax + 1 }, (_, at) => [writerNumber(at), 1] as const));
  const broken = [
    [{ ...record, key: "" }, "key empty"],
    [{ ...record, key: "a\0b" }, "key with NUL"],
    [{ ...record, key: "\ud800" }, "key not Unicode"],
    [{ ...record, key: "k".repeat(limits.pathBytesMax + 1) }, "key too long"],
    [{ ...record, causes: many }, "too many causes"],
    [{ ...record, causes: new Map([[one, 5]]) }, "record causes itself"],
  ] as const;
  for (const [body, problem] of broken) assert.equal(recordProblem(body, dot, 100), problem);
  assert.equal(recordProblem(record, dot, limits.recordBytesMax + 1), "record too long");
});
