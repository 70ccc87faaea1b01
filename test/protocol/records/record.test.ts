import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "../../../protocol/limits.ts";
import { recordProblem, sparedOf, supersedes } from "../../../protocol/records/record.ts";
import { isSameDot } from "../../../protocol/records/version.ts";
import { versionOf, writerNumber } from "./history.ts";

const [one, two] = [writerNumber(1), writerNumber(2)];

test("a dot is the same only with the same writer and the same number", () => {
  assert.ok(isSameDot({ writer: one, sequence: 1 }, { writer: one, sequence: 1 }));
  assert.ok(!isSameDot({ writer: one, sequence: 1 }, { writer: one, sequence: 2 }));
  assert.ok(!isSameDot({ writer: one, sequence: 1 }, { writer: two, sequence: 1 }));
});

test("a record supersedes what its causes cover, but for the very dots that it spares", () => {
  const spared = [
    { writer: one, sequence: 2 },
    { writer: two, sequence: 1 },
  ];
  const { record } = versionOf(writerNumber(3), 1, {
    causes: new Map([
      [one, 4],
      [two, 1],
    ]),
    spared,
  });
  const answers = [1, 2, 3, 4, 5].map((sequence) => supersedes(record, { writer: one, sequence }));
  assert.deepEqual(answers, [true, false, true, true, false]);
  assert.ok(!supersedes(record, { writer: two, sequence: 1 }));
  assert.ok(supersedes({ ...record, spared: [] }, { writer: two, sequence: 1 }));
});

test("only what the causes would supersede has to be spared", () => {
  const covered = versionOf(one, 2);
  const beyond = versionOf(one, 5);
  const foreign = versionOf(two, 1);
  assert.deepEqual(sparedOf(new Map([[one, 4]]), [covered, beyond, foreign]), [covered.dot]);
});

test("P1: at its limits a record has effect, one step beyond it has none", () => {
  const { record, dot } = versionOf(writerNumber(999), 5);
  const vector = (entries: number) =>
    new Map(Array.from({ length: entries }, (_, at) => [writerNumber(at), 1] as const));
  const dots = (count: number) => Array.from({ length: count }, (_, at) => ({ writer: writerNumber(at), sequence: 1 }));
  const { vectorEntriesMax, pathBytesMax, recordBytesMax } = limits;
  assert.equal(recordProblem({ ...record, causes: vector(vectorEntriesMax) }, dot, recordBytesMax), undefined);
  assert.equal(recordProblem({ ...record, spared: dots(vectorEntriesMax) }, dot, 1), undefined);
  assert.equal(recordProblem({ ...record, spared: dots(vectorEntriesMax + 1) }, dot, 1), "too many spared");
  assert.equal(recordProblem({ ...record, key: "k".repeat(pathBytesMax) }, dot, 1), undefined);
  assert.equal(recordProblem({ ...record, key: "é".repeat(pathBytesMax / 2 + 1) }, dot, 1), "key too long");
});
