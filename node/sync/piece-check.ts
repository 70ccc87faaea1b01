/**
 * Whether pieces of content are what their names say: the one check of all that comes from another
 * peer, and of what this one sent when it is told that it was wrong (S6).
 */

import { rootOfChunks } from "../../protocol/content/manifest-builder.ts";
import type { Compute } from "../ports.ts";

/** For each piece whether it is what its name says. */
export type Verify = (names: readonly string[], pieces: readonly Uint8Array[]) => Promise<readonly boolean[]>;

/** Whole small files, by their content root. */
export function fileCheck(compute: Compute): Verify {
  return async (names, pieces) => {
    if (pieces.length === 0) return [];
    const cut = await compute.cutMany(pieces);
    return names.map((name, at) => rootOfChunks(cut[at] ?? []) === name);
  };
}

/** Chunks, by their hash. */
export function chunkCheck(compute: Compute): Verify {
  return async (names, pieces) => {
    if (pieces.length === 0) return [];
    const hashes = await compute.hashMany(pieces);
    return names.map((name, at) => hashes[at] === name);
  };
}
