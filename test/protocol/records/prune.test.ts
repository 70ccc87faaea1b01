import assert from "node:assert/strict";
import { test } from "node:test";
import type { WriterId } from "../../../protocol/ids.ts";
import { limits } from "../../../protocol/limits.ts";
import { pruned } from "../../../protocol/records/prune.ts";
import type { RecordBody } from "../../../protocol/records/record.ts";
import { versionOf, writerNumber } from "./history.ts";

const { vectorEntriesKept } = limits;
const writers = Array.from({ length: vectorEntriesKept + 1 }, (_, at) => writerNumber(at));
const [first, second, third] = [writerNumber(0), writerNumber(1), writerNumber(2)];

function vector(sequence: number, of: readonly WriterId[] = writers): Map<WriterId, number> {
  return new Map(of.map((writer) => [writer, sequence]));
}

function draftOver(causes: ReadonlyMap<WriterId, number>, fields: Partial<RecordBody> = {}): RecordBody {
  return { ...versionOf(first, 99).record, causes, ...fields };
}

test("C4: of long causes only what everybody has seen superseded is left out", () => {
  const floor = new Map([...vector(2), [third, 1]]);
  const sibling = versionOf(second, 2);
  // `second` still has a sibling, and of `third` not everybody has seen so much.
  assert.deepEqual(
    pruned(draftOver(vector(2)), [sibling], floor).causes,
    new Map([
      [second, 2],
      [third, 2],
    ]),
  );
});

test("causes stay whole while a sibling is not known to everybody: what it superseded may still live elsewhere", () => {
  const draft = draftOver(vector(2));
  assert.equal(pruned(draft, [versionOf(second, 3)], vector(2)), draft);
  assert.equal(pruned(draft, [versionOf(second, 2), versionOf(third, 3)], vector(2)), draft);
});

test("short causes stay whole, however old", () => {
  const short = draftOver(vector(1, writers.slice(0, vectorEntriesKept)));
  assert.equal(pruned(short, [], vector(9)), short);
  assert.equal(pruned(draftOver(vector(1)), [], vector(9)).causes.size, 0);
});

test("S1: a sibling that is spared stays spared", () => {
  const spared = [{ writer: second, sequence: 1 }];
  const beside = versionOf(second, 1);
  const draft = pruned(draftOver(vector(2), { spared }), [beside], vector(2));
  assert.deepEqual(draft.spared, spared);
  assert.deepEqual(draft.causes, new Map([[second, 2]]));
});

test("what is spared and no sibling any more goes with its cause", () => {
  const spared = [{ writer: third, sequence: 1 }];
  const draft = pruned(draftOver(vector(2), { spared }), [versionOf(second, 2)], vector(2));
  assert.equal("spared" in draft, false);
});
