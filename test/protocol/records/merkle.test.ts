import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { toHex } from "../../../protocol/ids.ts";
import {
  type Cover,
  buryLeaves,
  coverRoot,
  hashLeaf,
  uniteCovers,
  wholeCover,
} from "../../../protocol/records/merkle.ts";
import { sha256 } from "../../../protocol/sha256.ts";

function leavesOf(count: number): readonly Uint8Array[] {
  return Array.from({ length: count }, (_, position) => hashLeaf(Buffer.from(`record ${position}`)));
}

/** The tree hash as RFC 6962 words it. */
function referenceRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (leaves.length === 1 && only !== undefined) return only;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const halves = [leaves.slice(0, split), leaves.slice(split)].map(referenceRoot);
  return sha256(Uint8Array.of(1), ...halves);
}

function deathsAt(leaves: readonly Uint8Array[], positions: readonly number[]): Map<number, Uint8Array> {
  return new Map(positions.map((position) => [position, leaves[position] ?? new Uint8Array()]));
}

/** What is left of a batch when only these positions live. */
function coverOf(leaves: readonly Uint8Array[], live: readonly number[]): Cover {
  const dead = leaves.map((_, position) => position).filter((position) => !live.includes(position));
  return buryLeaves(wholeCover(leaves.length), deathsAt(leaves, dead));
}

function liveLeaves(leaves: readonly Uint8Array[], cover: Cover): readonly Uint8Array[] {
  return cover.live.map((position) => leaves[position] ?? new Uint8Array());
}

const batch = fc.integer({ min: 1, max: 256 });
const partly = batch.chain((count) =>
  fc.record({
    count: fc.constant(count),
    live: fc.uniqueArray(fc.nat({ max: count - 1 })).map((positions) => positions.toSorted((a, b) => a - b)),
    other: fc.uniqueArray(fc.nat({ max: count - 1 })).map((positions) => positions.toSorted((a, b) => a - b)),
  }),
);

test("the tree of a whole batch is that of RFC 6962, for each size that a batch can have", () => {
  const leaves = leavesOf(256);
  for (let count = 1; count <= 256; count += 1) {
    const some = leaves.slice(0, count);
    assert.deepEqual(coverRoot(wholeCover(count), some), referenceRoot(some));
  }
});

test("the root of three known records stands", () => {
  const leaves = ["a", "b", "c"].map((text) => hashLeaf(Buffer.from(text)));
  const root = coverRoot(wholeCover(3), leaves);
  assert.equal(root && toHex(root), "36642e73c2540ab121e3a6bf9545b0a24982cd830eb13d3cd19de3ce6c021ec1");
});

test("P1: property: any survivors prove themselves against the signed root", () => {
  fc.assert(
    fc.property(partly, ({ count, live }) => {
      const leaves = leavesOf(count);
      const cover = coverOf(leaves, live);
      assert.deepEqual(cover.live, live);
      assert.deepEqual(coverRoot(cover, liveLeaves(leaves, cover)), referenceRoot(leaves));
    }),
  );
});

test("property: leaves that die one after the other leave the same cover as all at once", () => {
  fc.assert(
    fc.property(partly, fc.infiniteStream(fc.nat()), ({ count, live }, lots) => {
      const leaves = leavesOf(count);
      const dead = leaves.map((_, position) => position).filter((position) => !live.includes(position));
      let cover = wholeCover(count);
      while (dead.length > 0) {
        const [position = 0] = dead.splice((lots.next().value ?? 0) % dead.length, 1);
        cover = buryLeaves(cover, deathsAt(leaves, [position]));
      }
      assert.deepEqual(cover, coverOf(leaves, live));
    }),
    { numRuns: 25 },
  );
});

test("property: two views of one batch make the cover of all that either knows to live", () => {
  fc.assert(
    fc.property(partly, ({ count, live, other }) => {
      const leaves = leavesOf(count);
      const union = [...new Set([...live, ...other])].toSorted((a, b) => a - b);
      const united = uniteCovers(coverOf(leaves, live), coverOf(leaves, other));
      assert.deepEqual(united, coverOf(leaves, union));
      assert.deepEqual(united, uniteCovers(coverOf(leaves, other), coverOf(leaves, live)));
    }),
  );
});

test("P1: property: a flipped bit, a wrong position, a missing or an added hash is refused", () => {
  fc.assert(
    fc.property(partly, fc.nat(), fc.nat({ max: 7 }), ({ count, live }, lot, bit) => {
      const leaves = leavesOf(count);
      const cover = coverOf(leaves, live);
      const root = referenceRoot(leaves);
      const isRefused = (changed: Cover, given: readonly Uint8Array[]): void => {
        const made = coverRoot(changed, given);
        assert.ok(made === undefined || Buffer.compare(made, root) !== 0);
      };
      const flipped = (hashes: readonly Uint8Array[]): readonly Uint8Array[] =>
        hashes.map((hash, index) => {
          if (index !== lot % hashes.length) return hash;
          return hash.map((byte, at) => (at === lot % 32 ? byte ^ (1 << bit) : byte));
        });
      const given = liveLeaves(leaves, cover);
      if (given.length > 0) isRefused(cover, flipped(given));
      if (cover.dead.length > 0) {
        isRefused({ ...cover, dead: flipped(cover.dead) }, given);
        isRefused({ ...cover, dead: cover.dead.slice(1) }, given);
      }
      isRefused({ ...cover, dead: [...cover.dead, root] }, given);
      const moved = cover.live.map((position) => (position + 1) % count).toSorted((a, b) => a - b);
      if (count > 1 && live.length > 0 && live.length < count) isRefused({ ...cover, live: moved }, given);
      isRefused({ ...cover, live: [...cover.live, count] }, [...given, root]);
      if (live.length > 1) isRefused({ ...cover, live: cover.live.toReversed() }, given);
    }),
  );
});

test("burying what does not live changes nothing", () => {
  const leaves = leavesOf(5);
  const cover = coverOf(leaves, [1, 3]);
  assert.equal(buryLeaves(cover, deathsAt(leaves, [0, 2])), cover);
});
