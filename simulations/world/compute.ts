/** Compute without threads: the same functions, answered after a seeded virtual delay. */

import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { Compute } from "../../node/ports.ts";
import { cutChunks } from "../../protocol/content/cut.ts";
import type { ChunkRef } from "../../protocol/content/manifest.ts";
import { type BlockList, type BlockSources, describeBlocks, findBlocks } from "../../protocol/content/patch.ts";
import { type ChunkHash, chunkHashOf } from "../../protocol/ids.ts";
import { sha256 } from "../../protocol/sha256.ts";
import type { Stage } from "./world.ts";

/**
 * It looks at the bytes when it answers, not when it is asked: whoever changes or reuses a buffer
 * too early gets what it then holds, as from a worker.
 */
export class FakeCompute implements Compute {
  readonly #stage: Stage;
  #closed = false;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  buffer(length: number): Uint8Array {
    return new Uint8Array(length);
  }

  cut(bytes: Uint8Array, last: boolean): Promise<{ readonly chunks: readonly ChunkRef[]; readonly consumed: number }> {
    return this.#answer("cut", () => cutChunks(bytes, last));
  }

  cutMany(files: readonly Uint8Array[]): Promise<readonly (readonly ChunkRef[])[]> {
    return this.#answer("cut-many", () => files.map((file) => cutChunks(file, true).chunks));
  }

  hashMany(pieces: readonly Uint8Array[]): Promise<readonly ChunkHash[]> {
    return this.#answer("hash-many", () => pieces.map((piece) => chunkHashOf(sha256(piece))));
  }

  describeMany(chunks: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
    return this.#answer("describe-many", () => chunks.map(describeBlocks));
  }

  findBlocks(lists: readonly BlockList[], old: Uint8Array): Promise<readonly BlockSources[]> {
    return this.#answer("find-blocks", () => lists.map((list) => findBlocks(list, old)));
  }

  compress(bytes: Uint8Array, level: number): Promise<Uint8Array> {
    return this.#answer("compress", () => compressed(bytes, level));
  }

  decompress(bytes: Uint8Array, bytesMax: number): Promise<Uint8Array> {
    return this.#answer("decompress", () => decompressed(bytes, bytesMax));
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #answer<Result>(what: string, act: () => Result): Promise<Result> {
    return this.#stage.answer(`compute ${what}`, () => {
      if (this.#closed) throw new Error("compute is closed");
      return act();
    });
  }
}

function compressed(bytes: Uint8Array, level: number): Uint8Array {
  if (!Number.isInteger(level) || level < 1 || level > 9) throw new RangeError(`no compression level ${level}`);
  const params = { [constants.ZSTD_c_compressionLevel]: level };
  return new Uint8Array(zstdCompressSync(bytes, { params, pledgedSrcSize: bytes.length }));
}

function decompressed(bytes: Uint8Array, bytesMax: number): Uint8Array {
  const params = { [constants.ZSTD_d_windowLogMax]: windowLogMax };
  const content = zstdDecompressSync(bytes, { params, maxOutputLength: Math.max(1, bytesMax) });
  if (content.length > bytesMax) throw new RangeError(`more than ${bytesMax} bytes`);
  return new Uint8Array(content);
}

/** 16 MiB: more than any message has content, far less than a hostile frame asks for. */
const windowLogMax = 24;
