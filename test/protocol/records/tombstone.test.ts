import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "../../../protocol/limits.ts";
import { isCollectable } from "../../../protocol/records/tombstone.ts";
import { versionOf, writerNumber } from "./history.ts";

const [one, two] = [writerNumber(1), writerNumber(2)];
const tombstone = versionOf(one, 5, {
  tombstone: true,
  causes: new Map([
    [one, 4],
    [two, 3],
  ]),
});
const stable = new Map([
  [one, 5],
  [two, 3],
]);
const oldMs = tombstone.sealedAtMs + limits.tombstoneAgeMsMin;

test("C4: a tombstone goes when all have acknowledged it and all its causes, and a day is over", () => {
  assert.equal(isCollectable(tombstone, stable, oldMs), true);
  assert.equal(isCollectable(tombstone, stable, oldMs - 1), false);
  assert.equal(
    isCollectable(
      tombstone,
      new Map([
        [one, 4],
        [two, 3],
      ]),
      oldMs,
    ),
    false,
  );
  assert.equal(
    isCollectable(
      tombstone,
      new Map([
        [one, 5],
        [two, 2],
      ]),
      oldMs,
    ),
    false,
  );
  assert.equal(isCollectable(tombstone, new Map([[one, 5]]), oldMs), false);
  assert.equal(isCollectable(tombstone, new Map(), oldMs), false);
});

test("S1: what is no tombstone never goes", () => {
  assert.equal(isCollectable(versionOf(one, 5), stable, oldMs), false);
});

test("while nobody can be heard of, nothing goes", () => {
  assert.equal(isCollectable(tombstone, stable, -Infinity), false);
});
