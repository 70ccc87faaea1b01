/**
 * What a worker of the pool does: plain functions, one for each kind of task.
 *
 * Hashes go back as one column of bytes: a message costs by the objects in it.
 */

import { move } from "piscina";
import { type ChunkRef } from "../../../protocol/content/manifest.ts";
import { cutChunks } from "../../../protocol/content/cut.ts";
import { blockListBytes, describeBlocks, findBlocks as findIn } from "../../../protocol/content/patch.ts";
import { sha256 } from "../../../protocol/sha256.ts";
import { compressZstd, decompressZstd } from "./zstd.ts";

/** Pieces that stand one behind the other in `bytes`. */
export interface Pieces {
  readonly bytes: Uint8Array;
  readonly lengths: readonly number[];
}

export interface CutPieces {
  /** Chunks of each piece. */
  readonly counts: readonly number[];
  /** Of all chunks. */
  readonly lengths: readonly number[];
  /** 32 bytes for each chunk. */
  readonly digests: Uint8Array;
}

/** Each kind of task: what it takes and what it answers. */
export interface Works {
  readonly cut: (task: { readonly bytes: Uint8Array; readonly last: boolean }) => CutPieces;
  readonly cutMany: (task: Pieces) => CutPieces;
  readonly hashMany: (task: Pieces) => Uint8Array;
  /** Lists one behind the other. */
  readonly describeMany: (task: Pieces) => Uint8Array;
  /** Of a chunk of each length a list, one behind the other, and behind them the old bytes. */
  readonly findBlocks: (task: { readonly bytes: Uint8Array; readonly chunkLengths: readonly number[] }) => Int32Array;
  readonly compress: (task: { readonly bytes: Uint8Array; readonly level: number }) => Uint8Array;
  readonly decompress: (task: { readonly bytes: Uint8Array; readonly bytesMax: number }) => Uint8Array;
}

export const cut: Works["cut"] = ({ bytes, last }) => packed([cutChunks(bytes, last).chunks]);

export const cutMany: Works["cutMany"] = (pieces) =>
  packed(split(pieces).map((piece) => cutChunks(piece, true).chunks));

export const hashMany: Works["hashMany"] = (pieces) =>
  new Uint8Array(Buffer.concat(split(pieces).map((piece) => sha256(piece))));

export const describeMany: Works["describeMany"] = (pieces) =>
  new Uint8Array(Buffer.concat(split(pieces).map(describeBlocks)));

export const findBlocks: Works["findBlocks"] = ({ bytes, chunkLengths }) => {
  const listLengths = chunkLengths.map(blockListBytes);
  const old = bytes.subarray(listLengths.reduce((sum, length) => sum + length, 0));
  const lists = split({ bytes, lengths: listLengths });
  return Int32Array.from(
    chunkLengths.flatMap((length, at) => [...findIn({ bytes: lists[at] ?? new Uint8Array(0), length }, old)]),
  );
};

// `move` hands memory over without a copy; its type says less than is known here.
export const compress = ({ bytes, level }: Parameters<Works["compress"]>[0]) => move(compressZstd(bytes, level));

export const decompress = ({ bytes, bytesMax }: Parameters<Works["decompress"]>[0]) =>
  move(decompressZstd(bytes, bytesMax));

function split({ bytes, lengths }: Pieces): readonly Uint8Array[] {
  let at = 0;
  return lengths.map((length) => bytes.subarray(at, (at += length)));
}

function packed(cuts: readonly (readonly ChunkRef[])[]): CutPieces {
  const chunks = cuts.flat();
  return {
    counts: cuts.map((piece) => piece.length),
    lengths: chunks.map(({ length }) => length),
    digests: new Uint8Array(Buffer.from(chunks.map(({ hash }) => hash).join(""), "hex")),
  };
}
