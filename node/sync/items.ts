/**
 * Items: what has to happen on disk so that a folder shows what its records say.
 *
 * Made anew from the sibling sets each time, never stored: whatever arrived in between is in it.
 */

import type { Shown } from "../../protocol/folder/conflict.ts";
import { sameContent, sameEntry } from "../../protocol/folder/entry.ts";
import type { EntryPath } from "../../protocol/folder/path.ts";
import type { Held } from "../folder/held.ts";
import type { FolderIndex } from "../folder/index.ts";
import { shownIn, viewOfState } from "../folder/views.ts";
import type { Replica } from "../records/replica.ts";

/** Something shall stand at a path, new or in place of what stands there. */
export interface PlaceItem {
  readonly kind: "place";
  /** The record's path; `shown.path` differs from it for a conflict copy. */
  readonly key: EntryPath;
  readonly shown: Shown;
  /** What stands there now, as far as is known; checked again right before it is touched (S2). */
  readonly expected: Held | undefined;
}

/** What stands there keeps its content and gets another mode or time. */
export interface AttributesItem {
  readonly kind: "attributes";
  readonly key: EntryPath;
  readonly shown: Shown;
  readonly expected: Held;
}

export interface RemoveItem {
  readonly kind: "remove";
  readonly key: EntryPath;
  readonly path: EntryPath;
  readonly expected: Held;
}

export type Item = PlaceItem | AttributesItem | RemoveItem;

/** @param paths keys from the wanted list */
export async function itemsFor(
  index: FolderIndex,
  replica: Replica,
  paths: readonly EntryPath[],
): Promise<readonly Item[]> {
  const states = await replica.stateMany(paths);
  const covered = await index.coverage.coveredMany(paths);
  const items: Item[] = [];
  for (const [at, key] of paths.entries()) {
    const isCovered = covered[at] === true;
    const shown = shownIn(viewOfState(key, { key, versions: states[at] ?? [] }, isCovered));
    const standing = await index.copiesOf(key);
    const places = new Set([key, ...shown.map(({ path }) => path), ...standing]);
    const held = await index.heldMany([...places]);
    for (const [placeAt, path] of [...places].entries()) {
      const wants = shown.find((one) => one.path === path);
      const has = held[placeAt];
      // It stands for what lives in it, whatever else its path may lack.
      if (wants === undefined && has?.implicit === true && isCovered) continue;
      const item = itemAt(key, path, wants, has);
      if (item !== undefined) items.push(item);
    }
  }
  return items;
}

function itemAt(key: EntryPath, path: EntryPath, shown: Shown | undefined, held: Held | undefined): Item | undefined {
  if (shown === undefined) {
    // What another path put here is none of this key's.
    const isForeign = held?.copyOf === undefined ? path !== key : held.copyOf !== key;
    return held === undefined || isForeign ? undefined : { kind: "remove", key, path, expected: held };
  }
  if (held === undefined || !sameContent(held.entry, shown.entry)) return { kind: "place", key, shown, expected: held };
  if (held.implicit || !sameEntry(held.entry, shown.entry)) return { kind: "attributes", key, shown, expected: held };
  return undefined;
}
