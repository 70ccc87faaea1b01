/**
 * Where a file is cut into chunks: at places that its content picks, so that an insertion moves the
 * cuts along with the bytes and all chunks but the touched ones keep their names.
 *
 * A gear hash rolls over the last 32 bytes; where its top bits are zero, a chunk may end. The first
 * 16 KiB of a chunk are skipped; a strict mask up to the normal size and a loose one behind it pull
 * the sizes together around 64 KiB; at 256 KiB the chunk ends anyway [FastCDC, Xia et al., ATC 2016].
 * Whether a chunk ends at a place depends on its start and the bytes before that place only: how a
 * file was read into buffers can not change its chunks.
 *
 * Content algorithm 1 (FORMATS 12): everything here is frozen. Other rules are another id.
 */

import { chunkHashOf } from "../ids.ts";
import { limits } from "../limits.ts";
import { sha256 } from "../sha256.ts";
import { gear } from "./gear.ts";
import type { ChunkRef } from "./manifest.ts";

/** A 32-bit hash has forgotten a byte once it was shifted 32 times. */
const windowBytes = 32;
/** 18 bits: one place in 262,144 ends a chunk that is still below its normal size. */
const strictMask = 0xffffc000 | 0;
/** 14 bits: one place in 16,384 behind it. */
const looseMask = 0xfffc0000 | 0;

/**
 * The end of the chunk that starts at `start`. Undefined when `bytes` hold no sure end: more bytes
 * are needed, or, at `start` = `bytes.length`, nothing is left.
 *
 * @param last whether the file ends where `bytes` end
 */
export function chunkEnd(bytes: Uint8Array, start: number, last: boolean): number | undefined {
  const forced = start + limits.chunkBytesMax;
  const stop = Math.min(bytes.length, forced);
  const earliest = start + limits.chunkBytesMin;
  if (earliest < stop) {
    const normal = Math.min(stop, start + limits.chunkBytesNormal);
    const end = firstPlace(bytes, earliest, normal, strictMask) ?? firstPlace(bytes, normal, stop, looseMask);
    if (end !== undefined) return end;
  }
  // Where the buffer ends is an end of a chunk only if it is that of the file, or the chunk is full.
  const sure = stop === forced || (last && start < stop);
  return sure ? stop : undefined;
}

/**
 * Cuts from the start of `bytes` and names the chunks. What lies behind `consumed` belongs to a
 * chunk whose end is not known yet: give it again, with more behind it. 256 KiB always give a chunk.
 *
 * @param last whether the file ends where `bytes` end; then all is consumed
 */
export function cutChunks(
  bytes: Uint8Array,
  last: boolean,
): { readonly chunks: readonly ChunkRef[]; readonly consumed: number } {
  const chunks: ChunkRef[] = [];
  let start = 0;
  for (let end = chunkEnd(bytes, start, last); end !== undefined; end = chunkEnd(bytes, start, last)) {
    chunks.push({ hash: chunkHashOf(sha256(bytes.subarray(start, end))), length: end - start });
    start = end;
  }
  return { chunks, consumed: start };
}

/**
 * The first place in [from, to) where the 32 bytes before it make an end. Needs 32 bytes before
 * `from`. Two bytes a turn and no calls: the shape that the compiler made fastest of those measured.
 */
function firstPlace(bytes: Uint8Array, from: number, to: number, mask: number): number | undefined {
  let hash = 0;
  let at = from - windowBytes;
  for (; at < from; at += 1) hash = ((hash << 1) + (gear[bytes[at] ?? 0] ?? 0)) | 0;
  for (const lastPair = to - 1; at < lastPair; at += 2) {
    if ((hash & mask) === 0) return at;
    hash = ((hash << 1) + (gear[bytes[at] ?? 0] ?? 0)) | 0;
    if ((hash & mask) === 0) return at + 1;
    hash = ((hash << 1) + (gear[bytes[at + 1] ?? 0] ?? 0)) | 0;
  }
  return at < to && (hash & mask) === 0 ? at : undefined;
}
