/** Holes: what is all zeros is not written, so that a sparse file stays one (FORMATS 18). */

import { limits } from "../../protocol/limits.ts";
import type { StagedFile } from "../ports.ts";

const zeros = new Uint8Array(limits.chunkBytesMax);

/** @param bytes a chunk */
export async function writeUnlessZero(file: StagedFile, bytes: Uint8Array, offset: number): Promise<void> {
  const isZero = bytes[0] === 0 && Buffer.compare(bytes, zeros.subarray(0, bytes.length)) === 0;
  if (!isZero) await file.write(bytes, offset);
}
