/**
 * Hashing, cutting and compression in worker threads.
 *
 * How bytes reach a worker was measured (tools/bench/micro/compute.ts): shared memory that is used
 * again and again costs least, new memory for each message most. So small and middling tasks are
 * copied into a slot's shared memory, many pieces to a message, and memory that came from `buffer`
 * is read where it is. The garbage collector does not count shared memory; little of it is given
 * out, and ordinary memory after that.
 */

import { availableParallelism } from "node:os";
import { Piscina } from "piscina";
import type { ChunkRef } from "../../../protocol/content/manifest.ts";
import { type BlockList, type BlockSources, blockListBytes, blocksOf } from "../../../protocol/content/patch.ts";
import { type ChunkHash, chunkHashOf } from "../../../protocol/ids.ts";
import { limits } from "../../../protocol/limits.ts";
import type { Compute } from "../../ports.ts";
import type { CutPieces, Works } from "./compute-worker.ts";
import { type Slot, Slots } from "./slots.ts";

export interface ComputePoolOptions {
  /** Worker threads; if not given, one less than there are cores, and few: see `workersMax`. */
  readonly workers?: number;
}

/** Each takes 30 MB and cuts 750 MiB/s (measured): four keep up with any disk and network of a peer. */
const workersMax = 4;
/** A slot holds what one message of the network holds. */
const slotBytes = limits.messageBytesMax;
/** So that what is done here for one message stays far below a millisecond. */
const piecesPerMessageMax = 512;
/** Below this a copy costs less than memory of its own. */
const sharedBytesMin = 64 * 1024;
const sharedBytesMax = 32 * 1024 * 1024;
const idleWorkerMs = 30_000;
const digestBytes = 32;
/** From a checkout the worker is TypeScript, in the published package JavaScript, like this file. */
const workerFile = new URL(
  import.meta.url.endsWith(".ts") ? "./compute-worker.ts" : "./compute-worker.js",
  import.meta.url,
);

export class ComputePool implements Compute {
  readonly #pool: Piscina;
  readonly #slots: Slots;
  readonly #lent = new FinalizationRegistry((length: number) => {
    this.#lentBytes -= length;
  });
  #lentBytes = 0;

  constructor(options: ComputePoolOptions = {}) {
    const workers = options.workers ?? Math.min(workersMax, Math.max(1, availableParallelism() - 1));
    this.#pool = new Piscina({
      filename: workerFile.href,
      minThreads: 1,
      maxThreads: workers,
      idleTimeout: idleWorkerMs,
      // Workers hold no state; what they read and write lies outside their heaps.
      resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 },
    });
    // One task at each worker, and one more that it finds ready.
    this.#slots = new Slots(workers + 1);
  }

  buffer(length: number): Uint8Array {
    if (length < sharedBytesMin || this.#lentBytes + length > sharedBytesMax) return new Uint8Array(length);
    const memory = new SharedArrayBuffer(length);
    this.#lentBytes += length;
    this.#lent.register(memory, length);
    return new Uint8Array(memory);
  }

  async cut(
    bytes: Uint8Array,
    last: boolean,
  ): Promise<{ readonly chunks: readonly ChunkRef[]; readonly consumed: number }> {
    const answer = await this.#run("cut", [bytes], (shared) => ({ bytes: shared, last }));
    const [chunks = []] = unpacked(answer);
    return { chunks, consumed: chunks.reduce((sum, chunk) => sum + chunk.length, 0) };
  }

  async cutMany(files: readonly Uint8Array[]): Promise<readonly (readonly ChunkRef[])[]> {
    const cuts = grouped(files).map(async (group) =>
      unpacked(await this.#run("cutMany", group, (bytes) => ({ bytes, lengths: lengthsOf(group) }))),
    );
    return (await Promise.all(cuts)).flat();
  }

  async hashMany(pieces: readonly Uint8Array[]): Promise<readonly ChunkHash[]> {
    const hashes = grouped(pieces).map(async (group) =>
      hashesOf(await this.#run("hashMany", group, (bytes) => ({ bytes, lengths: lengthsOf(group) }))),
    );
    return (await Promise.all(hashes)).flat();
  }

  async describeMany(chunks: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
    const lists = grouped(chunks).map(async (group) => {
      const packed = await this.#run("describeMany", group, (bytes) => ({ bytes, lengths: lengthsOf(group) }));
      let at = 0;
      return group.map(({ length }) => packed.subarray(at, (at += blockListBytes(length))));
    });
    return (await Promise.all(lists)).flat();
  }

  async findBlocks(lists: readonly BlockList[], old: Uint8Array): Promise<readonly BlockSources[]> {
    if (lists.length === 0) return [];
    const chunkLengths = lists.map(({ length }) => length);
    const pieces = [...lists.map(({ bytes }) => bytes), old];
    const packed = await this.#run("findBlocks", pieces, (bytes) => ({ bytes, chunkLengths }));
    let at = 0;
    return chunkLengths.map((length) => packed.subarray(at, (at += blocksOf(length))));
  }

  compress(bytes: Uint8Array, level: number): Promise<Uint8Array> {
    return this.#run("compress", [bytes], (shared) => ({ bytes: shared, level }));
  }

  decompress(bytes: Uint8Array, bytesMax: number): Promise<Uint8Array> {
    return this.#run("decompress", [bytes], (shared) => ({ bytes: shared, bytesMax }));
  }

  async close(): Promise<void> {
    this.#slots.close(new Error("compute is closed"));
    await this.#pool.destroy();
  }

  #run<Name extends keyof Works>(
    name: Name,
    pieces: readonly Uint8Array[],
    taskOf: (bytes: Uint8Array) => Parameters<Works[Name]>[0],
  ): Promise<ReturnType<Works[Name]>> {
    return this.#slots.use((slot) => {
      const bytes = readable(slot, pieces);
      // Memory that is not shared was copied for the worker alone: it may keep it.
      const transferList = bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : [];
      return this.#pool.run(taskOf(bytes), { name, transferList });
    });
  }
}

/** The pieces one behind the other, in memory that a worker can have. */
function readable(slot: Slot, pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces;
  if (first !== undefined && pieces.length === 1) {
    if (first.buffer instanceof SharedArrayBuffer) return first;
    if (first.length > slotBytes) return first.slice();
  }
  const bytes = slot.memory(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Groups of neighbours that fit a slot and a message together. A piece too large for a slot goes alone. */
function grouped(pieces: readonly Uint8Array[]): readonly (readonly Uint8Array[])[] {
  const groups: Uint8Array[][] = [];
  let room = 0;
  for (const piece of pieces) {
    const group = groups.at(-1);
    if (group === undefined || piece.length > room || group.length === piecesPerMessageMax) {
      groups.push([piece]);
      room = slotBytes - piece.length;
    } else {
      group.push(piece);
      room -= piece.length;
    }
  }
  return groups;
}

function lengthsOf(pieces: readonly Uint8Array[]): readonly number[] {
  return pieces.map((piece) => piece.length);
}

function unpacked({ counts, lengths, digests }: CutPieces): readonly (readonly ChunkRef[])[] {
  const hashes = hashesOf(digests);
  let at = 0;
  return counts.map((count) =>
    Array.from({ length: count }, () => {
      const hash = hashes[at];
      const length = lengths[at];
      at += 1;
      if (hash === undefined || length === undefined) throw new Error("a worker answered with less than it counted");
      return { hash, length };
    }),
  );
}

function hashesOf(digests: Uint8Array): readonly ChunkHash[] {
  return Array.from({ length: digests.length / digestBytes }, (_, at) =>
    chunkHashOf(digests.subarray(at * digestBytes, (at + 1) * digestBytes)),
  );
}
