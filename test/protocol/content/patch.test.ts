import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  applyPatch,
  type BlockSources,
  bytesOfBlocks,
  describeBlocks,
  findBlocks,
  isBlockList,
  missingBlocks,
  pickBlocks,
} from "../../../protocol/content/patch.ts";
import { joinSums, weakSum } from "../../../protocol/content/rolling.ts";
import { limits } from "../../../protocol/limits.ts";
import { generatedBytes } from "./generated-bytes.ts";

const size = limits.patchBlockBytes;
const old = generatedBytes("patch", 100 * size + 300);

function sourcesIn(chunk: Uint8Array, from: Uint8Array): BlockSources {
  const list = { bytes: describeBlocks(chunk), length: chunk.length };
  assert.ok(isBlockList(list));
  return findBlocks(list, from);
}

function missingBytes(chunk: Uint8Array, from: Uint8Array): number {
  return freshOf(chunk, sourcesIn(chunk, from)).length;
}

/** What travels. */
function freshOf(chunk: Uint8Array, sources: BlockSources): Uint8Array {
  const wanted = missingBlocks(sources);
  const fresh = pickBlocks(chunk, wanted);
  assert.equal(fresh.length, bytesOfBlocks(wanted, chunk.length));
  return fresh;
}

function inserted(bytes: Uint8Array, at: number, more: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]));
}

test("the rolling checksum of a window is what it is when it is summed anew", () => {
  let [sum, weighted] = [0, 0];
  for (let at = 0; at < size; at += 1) weighted += sum += old[at] ?? 0;
  for (let at = 0; at < 3 * size; at += 1) {
    assert.equal(joinSums(sum, weighted), weakSum(old, at, at + size));
    const out = old[at] ?? 0;
    sum += (old[at + size] ?? 0) - out;
    weighted += sum - size * out;
  }
});

test("the list is an eighth of a kilobyte for each 16 blocks, and of no other length", () => {
  for (const length of [1, size - 1, size, size + 1, 256 * size]) {
    const bytes = describeBlocks(generatedBytes("list", length));
    assert.equal(bytes.length, 8 * Math.ceil(length / size));
    assert.ok(isBlockList({ bytes, length }));
    assert.ok(!isBlockList({ bytes: bytes.subarray(1), length }));
  }
});

test("what did not change is found whole, at any offset", () => {
  assert.equal(missingBytes(old, old), 0);
  assert.equal(missingBytes(old.subarray(20 * size, 60 * size), inserted(old, 0, generatedBytes("shift", 77))), 0);
});

test("an insertion costs the blocks that it touches", () => {
  assert.ok(missingBytes(inserted(old, 30 * size + 5, generatedBytes("new", 1_000)), old) <= 3 * size);
});

test("a byte that changed costs its block", () => {
  const chunk = old.slice();
  chunk[50 * size + 7] = (chunk[50 * size + 7] ?? 0) ^ 1;
  assert.equal(missingBytes(chunk, old), size);
});

test("blocks that are alike are all found in one place", () => {
  const chunk = new Uint8Array(20 * size).fill(7);
  const sources = sourcesIn(chunk, new Uint8Array(size).fill(7));
  assert.deepEqual(
    [...sources],
    Array.from({ length: 20 }, () => 0),
  );
});

test("nothing is found in nothing, and everything is missing", () => {
  assert.deepEqual(freshOf(old, sourcesIn(old, new Uint8Array(0))), old);
});

test("blocks that a chunk does not have are none", () => {
  assert.deepEqual(pickBlocks(old.subarray(0, 10), new Uint8Array(32).fill(0xff)), old.subarray(0, 10));
});

test("S6: fresh bytes that are fewer or more than what is missing make no chunk", () => {
  const chunk = inserted(old, 1_000, generatedBytes("new", 50));
  const sources = sourcesIn(chunk, old);
  const fresh = freshOf(chunk, sources);
  assert.equal(applyPatch(sources, chunk.length, old, fresh.subarray(1)), undefined);
  assert.equal(applyPatch(sources, chunk.length, old, Buffer.concat([fresh, Buffer.of(0)])), undefined);
});

test("P3: after so many windows that fit by their checksum only, no more are hashed", () => {
  const block = generatedBytes("behind", size);
  const chunk = new Uint8Array(16 * size);
  chunk.set(block);
  const bytes = describeBlocks(chunk);
  // All other blocks fit wherever zeros stand, and mean nothing.
  for (let at = 8; at < bytes.length; at += 8) bytes.fill(1, at + 4, at + 8);
  const lie = { bytes, length: chunk.length };
  const far = new Uint8Array(Buffer.concat([new Uint8Array(4 * size), block]));
  assert.ok(findBlocks(lie, far).every((source) => source === -1));
  const near = new Uint8Array(Buffer.concat([new Uint8Array(size + 20), block]));
  assert.equal(findBlocks(lie, near)[0], size + 20);
});

test("property: whatever was edited, the patch of old bytes and what was missing is the chunk", () => {
  const edits = fc.array(
    fc.record({
      at: fc.nat(old.length),
      cut: fc.nat(3 * size),
      more: fc.uint8Array({ maxLength: 3 * size }),
    }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(edits, fc.nat(50 * size), fc.integer({ min: 1, max: 256 * size }), (changes, from, length) => {
      let edited = old;
      for (const { at, cut, more } of changes) {
        edited = inserted(new Uint8Array(Buffer.concat([edited.subarray(0, at), edited.subarray(at + cut)])), at, more);
      }
      const chunk = edited.slice(from, from + length);
      const sources = sourcesIn(chunk, old);
      assert.deepEqual(applyPatch(sources, chunk.length, old, freshOf(chunk, sources)), chunk);
    }),
    { numRuns: 60 },
  );
});
