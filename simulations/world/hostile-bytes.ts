/** Bytes as no honest program sends them. */

import type { Chance } from "./chance.ts";

/** With one bit that is another. */
export function flipped(bytes: Uint8Array, chance: Chance): Uint8Array {
  const copy = Uint8Array.from(bytes);
  if (copy.length === 0) return copy;
  const at = chance.integer(copy.length);
  copy[at] = (copy[at] ?? 0) ^ (1 << chance.integer(8));
  return copy;
}

/** Nothing, noise, a part, twice the same, a length far beyond the end, or a nest without a floor. */
export function nonsense(bytes: Uint8Array, chance: Chance): Uint8Array {
  switch (chance.integer(6)) {
    case 0:
      return new Uint8Array(0);
    case 1:
      return chance.bytes(1 + chance.integer(300));
    case 2:
      return bytes.subarray(0, chance.integer(bytes.length + 1));
    case 3:
      return Buffer.concat([bytes, bytes]);
    case 4:
      // Field 1, length 2^32 - 1.
      return Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, ...chance.bytes(8));
    default:
      return nested(40);
  }
}

function nested(depth: number): Uint8Array {
  let bytes = new Uint8Array(0);
  for (let level = 0; level < depth; level += 1) bytes = Uint8Array.of(0x0a, bytes.length, ...bytes);
  return bytes;
}
