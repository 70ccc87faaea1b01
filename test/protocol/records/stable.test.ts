import assert from "node:assert/strict";
import { test } from "node:test";
import type { WriterId } from "../../../protocol/ids.ts";
import { limits } from "../../../protocol/limits.ts";
import {
  furthestBehind,
  isRetained,
  type Sharer,
  shortWriter,
  soberNowMs,
  stableOf,
} from "../../../protocol/records/stable.ts";
import { peerNumber } from "../membership/peers.ts";
import { writerNumber } from "./history.ts";

const [one, two, three] = [writerNumber(1), writerNumber(2), writerNumber(3)];
const tombstoneMs = 1_000;

function sharer(
  number: number,
  sealedAtMs: number | undefined,
  known: ReadonlyMap<WriterId, number> = new Map(),
): Sharer {
  const sequences = new Map([...known].map(([writer, sequence]) => [shortWriter(writer), sequence]));
  const acknowledged = sealedAtMs === undefined ? undefined : { sealedAtMs, sequences };
  return { peer: peerNumber(number), licensedAtMs: 5, acknowledged };
}

test("FORMATS 9: stable is the least that all have acknowledged and this peer knows", () => {
  const context = new Map([one, two, three].map((writer) => [writer, { sequence: 5, frozenAt: undefined }] as const));
  const far = sharer(
    1,
    1,
    new Map([
      [one, 9],
      [two, 4],
    ]),
  );
  const near = sharer(
    2,
    1,
    new Map([
      [one, 7],
      [two, 6],
      [three, 8],
    ]),
  );
  assert.deepEqual(
    stableOf(context, [far, near]),
    new Map([
      [one, 5],
      [two, 4],
    ]),
  );
  assert.deepEqual(
    stableOf(context, []),
    new Map([
      [one, 5],
      [two, 5],
      [three, 5],
    ]),
  );
});

test("a member that never acknowledged holds everything up", () => {
  const context = new Map([[one, { sequence: 5, frozenAt: undefined }]]);
  assert.deepEqual(stableOf(context, [sharer(1, 1, new Map([[one, 5]])), sharer(2, undefined)]), new Map());
});

test("FORMATS 9: a member is waited for until the days are over since it spoke, or was licensed", () => {
  assert.equal(isRetained(sharer(1, 10), 1_010, tombstoneMs), true);
  assert.equal(isRetained(sharer(1, 10), 1_011, tombstoneMs), false);
  assert.equal(isRetained(sharer(1, undefined), 1_005, tombstoneMs), true);
  assert.equal(isRetained(sharer(1, undefined), 1_006, tombstoneMs), false);
  // What it said counts, not its license.
  assert.equal(isRetained(sharer(1, 1), 1_003, tombstoneMs), false);
});

test("a calendar that leaps ahead takes nobody for gone: others have to have signed about so late", () => {
  const { tombstoneAgeMsMin } = limits;
  const others = [sharer(1, 100), sharer(2, 300), sharer(3, undefined)];
  assert.equal(soberNowMs(1e12, others), 300 + tombstoneAgeMsMin);
  assert.equal(soberNowMs(299, others), 299);
  // And one that signs ahead of time cannot lift it above the own calendar.
  assert.equal(soberNowMs(1_000, [sharer(1, 1e15)]), 1_000);
});

test("where nobody spoke yet nobody is gone, and a peer without others goes by its own calendar", () => {
  assert.equal(soberNowMs(1e12, [sharer(1, undefined)]), -Infinity);
  assert.equal(isRetained(sharer(1, undefined), -Infinity, tombstoneMs), true);
  assert.equal(soberNowMs(1e12, []), 1e12);
});

test("who holds tombstones back is who spoke longest ago, and before all who never did", () => {
  const [early, late, silent] = [sharer(1, 10), sharer(2, 20), sharer(3, undefined)];
  assert.equal(furthestBehind([late, early]), early);
  assert.equal(furthestBehind([early, late]), early);
  assert.equal(furthestBehind([early, late, silent]), silent);
  assert.equal(furthestBehind([]), undefined);
});
