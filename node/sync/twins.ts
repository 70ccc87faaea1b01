/**
 * Twins: items whose place something has by another spelling, on a file system that does not tell
 * the two names apart (C5).
 *
 * What stands there keeps its place, for it may be the only one in the mesh that has its content
 * (S1). Of those that come in together the first by its bytes goes first.
 */

import { twinsAmong } from "../../protocol/folder/fold.ts";
import type { Folder } from "../folder/folder.ts";
import type { PlaceItem } from "./items.ts";

/** @returns for each item that has to wait the path that has its place */
export async function twinsOf(folder: Folder, items: readonly PlaceItem[]): Promise<ReadonlyMap<PlaceItem, string>> {
  const { spelling, index } = folder;
  const twins = new Map<PlaceItem, string>();
  if (spelling === undefined) return twins;
  const free = items.filter(({ expected }) => expected === undefined);
  const paths = free.map(({ shown }) => shown.path);
  const standing = await spelling.twins(paths, index);
  const among = twinsAmong(
    paths.filter((_, at) => standing[at] === undefined),
    spelling.folding,
  );
  for (const [at, item] of free.entries()) {
    const twin = standing[at] ?? among.get(item.shown.path);
    if (twin !== undefined) twins.set(item, twin);
  }
  return twins;
}
