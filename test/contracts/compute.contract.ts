/** What every Compute keeps, the pool of workers and the simulated one. */

import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { Compute } from "../../node/ports.ts";
import { describeBlocks, findBlocks } from "../../protocol/content/patch.ts";
import { cutChunks } from "../../protocol/content/cut.ts";
import { chunkHashOf } from "../../protocol/ids.ts";
import { limits } from "../../protocol/limits.ts";
import { sha256 } from "../../protocol/sha256.ts";
import { generatedBytes } from "../protocol/content/generated-bytes.ts";

export interface ComputeUnderTest {
  readonly compute: Compute;
  /** Lets time pass until the promise settles. */
  readonly settle: <T>(work: Promise<T>) => Promise<T>;
}

const kib = 1024;
const mib = 1024 * kib;
const noise = generatedBytes("compute", 3 * mib);
const text = new TextEncoder().encode("A line of a page of a press release, again and again.\n".repeat(10_000));

export function computeContract(name: string, make: () => ComputeUnderTest): void {
  function started(context: TestContext): ComputeUnderTest {
    const underTest = make();
    context.after(() => underTest.settle(underTest.compute.close()));
    return underTest;
  }

  test(`${name}: cuts and names as the protocol says, whatever memory the bytes are in`, async (context) => {
    const { compute, settle } = started(context);
    const lent = compute.buffer(noise.length);
    lent.set(noise);
    const expected = cutChunks(noise, true);
    assert.deepEqual(await settle(compute.cut(noise, true)), expected);
    assert.deepEqual(await settle(compute.cut(lent, true)), expected);
    assert.deepEqual(await settle(compute.cut(Buffer.concat([noise]).subarray(), true)), expected);
    const part = cutChunks(noise.subarray(100_001, 900_000), true);
    assert.deepEqual(await settle(compute.cut(noise.subarray(100_001, 900_000), true)), part);
    assert.deepEqual(await settle(compute.cut(lent.subarray(100_001, 900_000), true)), part);
    assert.deepEqual(await settle(compute.cut(new Uint8Array(), true)), { chunks: [], consumed: 0 });
  });

  test(`${name}: a file cut in segments has the chunks of the whole`, async (context) => {
    const { compute, settle } = started(context);
    for (const segmentBytes of [256 * kib, 300_007, 2 * mib]) {
      const segment = compute.buffer(segmentBytes);
      const chunks = [];
      for (let offset = 0; offset < noise.length; ) {
        const read = noise.subarray(offset, offset + segmentBytes);
        segment.set(read);
        const last = offset + read.length === noise.length;
        const cut = await settle(compute.cut(segment.subarray(0, read.length), last));
        assert.ok(cut.consumed > 0, "a segment as large as the largest chunk gives a chunk");
        chunks.push(...cut.chunks);
        offset += cut.consumed;
      }
      assert.deepEqual(chunks, cutChunks(noise, true).chunks);
    }
  });

  test(`${name}: cuts many files, of any size, in the order given`, async (context) => {
    const { compute, settle } = started(context);
    const sizes = [
      0,
      1,
      8 * kib,
      100_000,
      300_000,
      1_200_000,
      2 * mib,
      0,
      ...Array.from({ length: 700 }, (_, at) => at),
    ];
    const files = sizes.map((size, at) => noise.subarray(at, at + size));
    const cuts = await settle(compute.cutMany(files));
    assert.deepEqual(
      cuts,
      files.map((file) => cutChunks(file, true).chunks),
    );
    assert.deepEqual(await settle(compute.cutMany([])), []);
  });

  test(`${name}: names many pieces by their SHA-256, in the order given`, async (context) => {
    const { compute, settle } = started(context);
    const sizes = [0, 64, limits.chunkBytesMax, 3 * mib, 17, ...Array.from({ length: 1_200 }, (_, at) => at % 40)];
    const pieces = sizes.map((size, at) => noise.subarray(at, at + size));
    const hashes = await settle(compute.hashMany(pieces));
    assert.deepEqual(
      hashes,
      pieces.map((piece) => chunkHashOf(sha256(piece))),
    );
    assert.deepEqual(await settle(compute.hashMany([])), []);
  });

  test(`${name}: describes chunks by their blocks, and finds these in old bytes, in the order given`, async (context) => {
    const { compute, settle } = started(context);
    const chunks = [1, 1_024, 5_000, 200_000, limits.chunkBytesMax].map((size, at) =>
      noise.subarray(at * 3_001, at * 3_001 + size),
    );
    const lists = await settle(compute.describeMany(chunks));
    assert.deepEqual(
      lists.map((list) => Uint8Array.from(list)),
      chunks.map(describeBlocks),
    );
    const described = chunks.map(({ length }, at) => ({ bytes: lists[at] ?? new Uint8Array(0), length }));
    const old = noise.subarray(7_777, 300_000);
    const found = await settle(compute.findBlocks(described, old));
    assert.deepEqual(
      found.map((sources) => Int32Array.from(sources)),
      described.map((list) => findBlocks(list, old)),
    );
    assert.ok(found.at(-1)?.some((source) => source > 0));
    assert.deepEqual(await settle(compute.describeMany([])), []);
    assert.deepEqual(await settle(compute.findBlocks([], old)), []);
  });

  test(`${name}: the caller's memory stays the caller's, unchanged`, async (context) => {
    const { compute, settle } = started(context);
    const lent = compute.buffer(mib);
    lent.set(noise.subarray(0, mib));
    for (const bytes of [noise.slice(0, 1000), noise.slice(0, mib), noise.slice(), lent]) {
      const before = Uint8Array.from(bytes);
      await settle(compute.cut(bytes, true));
      await settle(compute.cutMany([bytes]));
      await settle(compute.hashMany([bytes, bytes]));
      const packed = await settle(compute.compress(bytes, 1));
      await settle(compute.decompress(packed, bytes.length));
      assert.ok(packed.length > 0, "what was given to decompress is still there");
      assert.deepEqual(bytes, before);
    }
  });

  test(`${name}: lends memory of any size, as often as asked`, async (context) => {
    const { compute } = started(context);
    const buffers = [0, 1, 8 * kib, 256 * kib, 4 * mib, ...Array<number>(20).fill(4 * mib)].map((length) => {
      const buffer = compute.buffer(length);
      assert.equal(buffer.length, length);
      return buffer;
    });
    assert.equal(new Set(buffers.map(({ buffer }) => buffer)).size, buffers.length, "each is another memory");
  });

  test(`${name}: what was compressed at any level comes back`, async (context) => {
    const { compute, settle } = started(context);
    for (let level = 1; level <= 9; level += 1) {
      const packed = await settle(compute.compress(text, level));
      assert.ok(packed.length < text.length / 100);
      assert.deepEqual(await settle(compute.decompress(packed, text.length)), text);
    }
    for (const bytes of [new Uint8Array(), Uint8Array.of(7), noise]) {
      const packed = await settle(compute.compress(bytes, 3));
      assert.ok(packed.length <= bytes.length + bytes.length / 256 + 1024, "it never grows much");
      assert.deepEqual(await settle(compute.decompress(packed, bytes.length)), bytes);
    }
  });

  test(`${name}: refuses levels that zstd's scale from 1 to 9 does not have`, async (context) => {
    const { compute, settle } = started(context);
    for (const level of [0, 10, 2.5, -1]) await assert.rejects(settle(compute.compress(text, level)), RangeError);
  });

  test(`${name}: P3: content larger than allowed is refused, and so is what is no zstd`, async (context) => {
    const { compute, settle } = started(context);
    const packed = await settle(compute.compress(text, 3));
    await assert.rejects(settle(compute.decompress(packed, text.length - 1)));
    await assert.rejects(settle(compute.decompress(packed, 0)));
    await assert.rejects(settle(compute.decompress(packed.subarray(0, -1), text.length)));
    await assert.rejects(settle(compute.decompress(noise.subarray(0, 500), mib)));
    await assert.rejects(settle(compute.decompress(new Uint8Array(), mib)));
    const bomb = zstdCompressSync(new Uint8Array(64 * mib));
    await assert.rejects(settle(compute.decompress(bomb, mib)));
  });

  test(`${name}: P3: a frame that asks for far more memory than its content may have is refused`, async (context) => {
    const { compute, settle } = started(context);
    // Magic number, no options, a window of 128 MiB, and one raw last block of one byte.
    const frame = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x88, 0x09, 0x00, 0x00, 0x07);
    assert.deepEqual(zstdDecompressSync(frame), Buffer.of(7), "it is a good frame otherwise");
    await assert.rejects(settle(compute.decompress(frame, mib)), /too much memory/);
  });

  test(`${name}: many callers at once each get their own answer`, async (context) => {
    const { compute, settle } = started(context);
    const calls = Array.from({ length: 60 }, async (_, at) => {
      const piece = noise.subarray(at * 1000, at * 1000 + 50_000);
      const [[hash], cut, packed] = await Promise.all([
        compute.hashMany([piece]),
        compute.cut(piece, true),
        compute.compress(piece, 1),
      ]);
      assert.equal(hash, chunkHashOf(sha256(piece)));
      assert.deepEqual(cut, cutChunks(piece, true));
      assert.deepEqual(await compute.decompress(packed, piece.length), piece);
    });
    await settle(Promise.all(calls));
  });

  test(`${name}: once closed, nobody waits for ever: calls under way settle and later ones are refused`, async () => {
    const { compute, settle } = make();
    const under = Array.from({ length: 30 }, () => compute.cut(noise, true));
    const settled = Promise.allSettled(under);
    await settle(compute.close());
    assert.equal((await settle(settled)).length, 30);
    await assert.rejects(settle(compute.cut(noise, true)), /closed/);
    await assert.rejects(settle(compute.hashMany([noise])), /closed/);
    await settle(compute.close());
  });
}
