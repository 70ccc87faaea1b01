/** Bytes that look random and are the same on every machine and in every version: for golden vectors. */

import { sha256 } from "../../../protocol/sha256.ts";

export function generatedBytes(label: string, length: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(length / 32) * 32);
  const block = new TextEncoder().encode(`${label}\0\0\0\0`);
  const counter = new DataView(block.buffer, block.length - 4);
  for (let at = 0; at < length; at += 32) {
    counter.setUint32(0, at / 32);
    bytes.set(sha256(block), at);
  }
  return bytes.subarray(0, length);
}
