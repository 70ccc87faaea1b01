import assert from "node:assert/strict";
import { test } from "node:test";
import {
  above,
  confirmedFloor,
  coversAll,
  doubtedBelow,
  isBelow,
  noFloor,
  quorumOf,
  vectorBytes,
  vectorOfBytes,
} from "../../../protocol/records/floor.ts";
import { contextBytes } from "../../../protocol/records/context.ts";
import { versionOf, writerNumber } from "./history.ts";

const [one, two, three] = [writerNumber(1), writerNumber(2), writerNumber(3)];

function known(sequence: number, frozenAt?: number) {
  return { sequence, frozenAt };
}

test("C4: what of a floor a context does not reach is what lies above its numbers", () => {
  const floor = new Map([
    [one, 3],
    [two, 2],
    [three, 1],
  ]);
  const context = new Map([
    [one, known(2)],
    [two, known(2)],
  ]);
  assert.deepEqual(
    [...above(floor, context)].toSorted(),
    [...new Map([...floor].filter(([writer]) => writer !== two))].toSorted(),
  );
  assert.equal(above(floor, new Map([...floor].map(([writer, sequence]) => [writer, known(sequence)]))).size, 0);
});

test("a floor behind a fork is reached by whoever stands before the fork, and by nobody further back", () => {
  assert.equal(above(new Map([[one, 9]]), new Map([[one, known(4, 4)]])).size, 0);
  assert.deepEqual(above(new Map([[one, 9]]), new Map([[one, known(3, 4)]])), new Map([[one, 9]]));
});

test("one vector covers another if it does so for each writer", () => {
  assert.equal(coversAll(new Map([[one, 2]]), new Map([[one, 2]])), true);
  assert.equal(coversAll(new Map([[one, 2]]), new Map([[one, 3]])), false);
  assert.equal(
    coversAll(
      new Map([[one, 2]]),
      new Map([
        [one, 1],
        [two, 1],
      ]),
    ),
    false,
  );
  assert.equal(coversAll(new Map(), new Map()), true);
});

test("C4: a floor that one peer claims is confirmed only as far as a second one claims it too", () => {
  const liar = new Map([
    [one, 1_000],
    [two, 1_000],
  ]);
  const honest = new Map([[one, 5]]);
  assert.deepEqual(confirmedFloor([liar, honest], 2), new Map([[one, 5]]));
  assert.deepEqual(confirmedFloor([liar], 2), new Map());
  assert.deepEqual(confirmedFloor([liar], 1), liar);
  assert.deepEqual(confirmedFloor([honest, liar, new Map([[one, 7]])], 2), new Map([[one, 7]]));
  assert.deepEqual(confirmedFloor([], 1), new Map());
});

test("two are asked where there are two, and one where there is one or nobody", () => {
  assert.deepEqual([0, 1, 2, 3, 500].map(quorumOf), [1, 1, 2, 2, 2]);
});

test("in doubt is what lies below the own floor or below the one to catch up with", () => {
  const floor = new Map([[one, 2]]);
  const goal = new Map([
    [one, 1],
    [two, 4],
  ]);
  assert.equal(doubtedBelow({ ...noFloor, floor }), floor);
  assert.deepEqual(
    doubtedBelow({ floor, goal, claimants: [] }),
    new Map([
      [one, 2],
      [two, 4],
    ]),
  );
  assert.deepEqual(
    [1, 2, 3].map((sequence) => isBelow(floor, versionOf(one, sequence))),
    [true, true, false],
  );
});

test("a vector as bytes has one form, and frozen numbers are none", () => {
  const vector = new Map([
    [two, 7],
    [one, Number.MAX_SAFE_INTEGER],
  ]);
  assert.deepEqual(vectorOfBytes(vectorBytes(vector)), new Map([...vector].toSorted()));
  assert.deepEqual(vectorOfBytes(new Uint8Array()), new Map());
  assert.equal(vectorOfBytes(vectorBytes(vector).subarray(1)), undefined);
  assert.equal(vectorOfBytes(contextBytes(new Map([[one, known(2, 2)]]))), undefined);
});
