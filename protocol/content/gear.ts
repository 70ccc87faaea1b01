/**
 * The gear table: one random 32-bit word for each value of a byte, for the rolling hash of `cut.ts`.
 *
 * Every peer must have the same words, for ever, or equal files would be cut differently. So they
 * come from a published seed that leaves nothing to choose: word `b` is the first four bytes, big
 * endian, of SHA-256 over the seed's text and the byte `b`. Part of content algorithm 1: frozen.
 */

import { sha256 } from "../sha256.ts";

const seed = new TextEncoder().encode("cdmesh gear 1");

export const gear: Int32Array = Int32Array.from({ length: 256 }, (_, byte) => {
  const digest = sha256(seed, Uint8Array.of(byte));
  return new DataView(digest.buffer, digest.byteOffset).getInt32(0);
});
