/** zstd in one call, with a bound on what comes out and on the memory that a frame may ask for. */

import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";

/** A frame's header, and what zstd adds to blocks that do not shrink. */
const frameBytesMax = 1024;
/** Output grows by steps of this size: most content is one step, and none is much more than it needs. */
const outputStepMin = 1024;
const outputStepMax = 1024 * 1024;

/** @param level 1 to 9 */
export function compressZstd(bytes: Uint8Array, level: number): Uint8Array {
  if (!Number.isInteger(level) || level < 1 || level > 9) throw new RangeError(`no compression level ${level}`);
  const bytesMax = bytes.length + (bytes.length >>> 8) + frameBytesMax;
  const frame = zstdCompressSync(bytes, {
    params: { [constants.ZSTD_c_compressionLevel]: level },
    // Known sizes make small windows, so the other side needs little memory.
    pledgedSrcSize: bytes.length,
    chunkSize: bytesMax,
    maxOutputLength: bytesMax,
  });
  // What zlib gives is a part of a larger buffer.
  return new Uint8Array(frame);
}

/** @throws when the bytes are not zstd or hold more than `bytesMax` */
export function decompressZstd(bytes: Uint8Array, bytesMax: number): Uint8Array {
  const content = zstdDecompressSync(bytes, {
    params: { [constants.ZSTD_d_windowLogMax]: windowLogOf(bytesMax) },
    chunkSize: Math.min(outputStepMax, Math.max(outputStepMin, bytesMax)),
    maxOutputLength: Math.max(1, bytesMax),
  });
  if (content.length > bytesMax) throw new RangeError(`more than ${bytesMax} bytes`);
  return new Uint8Array(content);
}

/** The window that content of this size can need. A frame may ask for gigabytes otherwise. */
function windowLogOf(bytesMax: number): number {
  const smallest = 10;
  const largest = 27;
  return Math.min(largest, Math.max(smallest, Math.ceil(Math.log2(Math.max(1, bytesMax)))));
}
