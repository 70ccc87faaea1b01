/** SHA-256 in one shot: the only hash of the protocol's first version. */

import { createHash } from "node:crypto";

/** @returns 32 bytes, over the parts one after the other */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  const digest = hash.digest();
  return new Uint8Array(digest.buffer, digest.byteOffset, digest.byteLength);
}
