/**
 * Whether what is sent is worth compressing: a sample tells. Images, films and archives do not
 * shrink, and to find that out of all of it would cost as much as to compress it.
 */

import type { Compute } from "../ports.ts";

/** Below this an answer is a packet or two anyway. */
const bytesMin = 512;
/** From so many places of what is sent, so much each. */
const samplePlaces = 4;
const sampleBytes = 4 * 1024;
/** What shrinks by less than a sixteenth is sent as it is. */
const shareMax = 15 / 16;

/**
 * @param level zstd's scale, 0 for none
 * @returns the pieces, one behind the other, as one frame; undefined where that is not worth it
 */
export async function compressed(
  compute: Pick<Compute, "compress">,
  pieces: readonly Uint8Array[],
  level: number,
): Promise<Uint8Array | undefined> {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (level === 0 || length < bytesMin) return undefined;
  const bytes = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : new Uint8Array(Buffer.concat(pieces));
  if (length > samplePlaces * sampleBytes) {
    const sample = sampleOf(bytes);
    if ((await compute.compress(sample, 1)).length > sample.length * shareMax) return undefined;
  }
  const frame = await compute.compress(bytes, level);
  return frame.length > length * shareMax ? undefined : frame;
}

function sampleOf(bytes: Uint8Array): Uint8Array {
  const step = Math.floor((bytes.length - sampleBytes) / (samplePlaces - 1));
  const places = Array.from({ length: samplePlaces }, (_, at) => at * step);
  return new Uint8Array(Buffer.concat(places.map((at) => bytes.subarray(at, at + sampleBytes))));
}
