/**
 * Which items can have their place now.
 *
 * Some places are taken for as long as somebody else likes. Others only wait for a file that stands where a directory
 * shall be: it goes first, and what it holds may be wanted below it, or below one that waits for a place below it.
 */

import type { EntryPath } from "../../protocol/folder/path.ts";
import { pathsAbove } from "../folder/coverage.ts";
import type { Folder } from "../folder/folder.ts";
import type { BlockedPath } from "./backlog.ts";
import type { PlaceItem } from "./items.ts";
import { twinsOf } from "./twins.ts";

export interface FreePlaces {
  readonly free: readonly PlaceItem[];
  /** By another spelling, or by what is no entry and not ours to touch. */
  readonly taken: ReadonlyMap<PlaceItem, Omit<BlockedPath, "path">>;
  /** Above them stands a file that is to go. */
  readonly shut: readonly PlaceItem[];
}

export async function freePlaces(folder: Folder, items: readonly PlaceItem[]): Promise<FreePlaces> {
  const twins = await twinsOf(folder, items);
  const files = await filesAbove(folder, items);
  const free: PlaceItem[] = [];
  const taken = new Map<PlaceItem, Omit<BlockedPath, "path">>();
  const shut: PlaceItem[] = [];
  for (const item of items) {
    const { path, entry } = item.shown;
    const twin = twins.get(item);
    const why = twin === undefined ? folder.problems.inTheWay(path, entry) : "name-twin";
    if (why !== undefined) taken.set(item, { why, ...(twin !== undefined && { twin }) });
    else if ([...pathsAbove(path)].some((above) => files.has(above))) shut.push(item);
    else free.push(item);
  }
  return { free, taken, shut };
}

/** Of the paths above some items those where something else than a directory is held. */
async function filesAbove({ index }: Folder, items: readonly PlaceItem[]): Promise<ReadonlySet<EntryPath>> {
  const paths = [...new Set(items.flatMap(({ shown }) => [...pathsAbove(shown.path)]))];
  const held = await index.heldMany(paths);
  return new Set(paths.filter((_, at) => held[at] !== undefined && held[at].entry.kind !== "directory"));
}
