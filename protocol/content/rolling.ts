/**
 * The rolling checksum: 32 bits over a window of bytes, moved by one byte in a few additions.
 *
 * Two sums of 16 bits: of the bytes, and of the bytes by how far each stands from the end [Tridgell,
 * Efficient Algorithms for Sorting and Synchronization, 1999]. It is quick and weak: whatever it
 * finds is a candidate that a strong hash has to confirm.
 */

/** Of the bytes in [from, to), as an unsigned integer. */
export function weakSum(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0;
  let weighted = 0;
  for (let at = from; at < to; at += 1) {
    sum += bytes[at] ?? 0;
    weighted += sum;
  }
  return joinSums(sum, weighted);
}

/** The checksum of both sums, each cut to 16 bits. */
export function joinSums(sum: number, weighted: number): number {
  return ((sum & 0xffff) | (weighted << 16)) >>> 0;
}
