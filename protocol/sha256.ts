/** SHA-256: the only hash of the protocol's first version. */

import { createHash, hash as hashOnce } from "node:crypto";

/** @returns 32 bytes, over the parts one after the other */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  const digest = only !== undefined && parts.length === 1 ? digestOnce(only) : joinedDigest(parts);
  return new Uint8Array(digest.buffer, digest.byteOffset, digest.byteLength);
}

/** By way of text, because the platform makes a string of 32 bytes twice as fast as a buffer (measured: 0.4 us to 1 us). */
function digestOnce(bytes: Uint8Array): Buffer {
  return Buffer.from(hashOnce("sha256", bytes, "binary"), "binary");
}

function joinedDigest(parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}
