/** Reads ranges of held files, if nobody touched them since they were proven. */

import type { EntryPath } from "../../protocol/folder/path.ts";
import type { Folder } from "../folder/folder.ts";
import { sameStat } from "../folder/held.ts";
import { DiskError } from "../ports.ts";

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** @returns bytes for each range; none at all when the file is not as it is held, which is then looked at */
export async function readHeldRanges(
  folder: Folder,
  path: EntryPath,
  ranges: readonly ByteRange[],
): Promise<readonly (Uint8Array | undefined)[]> {
  const held = await folder.index.held(path);
  try {
    const file = await folder.tree.open(path);
    try {
      if (held === undefined || !sameStat(held.stat, await file.stat())) {
        folder.lookAt(path);
        return [];
      }
      return await Promise.all(
        ranges.map(async ({ offset, length }) => {
          const bytes = new Uint8Array(length);
          return (await file.read(bytes, offset)) === length ? bytes : undefined;
        }),
      );
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    folder.lookAt(path);
    return [];
  }
}
