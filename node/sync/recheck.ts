/**
 * The recheck: whether an item still is what the records ask for, right before it is carried out.
 *
 * Items are made without any lock. By the time of their commit this peer may have announced what
 * stands in their way, and then it may be the only one in the mesh that has it: whoever wrote a
 * version keeps its content for as long as it lives (S1). So, under the folder's lock, nothing is
 * replaced or removed whose content the same records want at a path where it does not stand yet.
 * Where contents wait for each other's place in a circle, or for one that nothing can be placed at, that content
 * goes first, and is kept until it is placed.
 * A new file replaces nothing. It only waits where something came to be held meanwhile: if that is
 * gone from the disk by now, somebody's delete is still to be announced.
 */

import type { Shown, View } from "../../protocol/folder/conflict.ts";
import { type LiveEntry, sameContent } from "../../protocol/folder/entry.ts";
import type { EntryPath } from "../../protocol/folder/path.ts";
import type { Folder } from "../folder/folder.ts";
import { type Held, sameStat } from "../folder/held.ts";
import { shownIn, viewsOf } from "../folder/views.ts";
import type { CommitGroup } from "./commit-group.ts";
import type { PlaceItem, RemoveItem } from "./items.ts";
import type { ReadyPlace } from "./stager.ts";

export interface Rechecked {
  readonly due: CommitGroup;
  /** What waits for the next look at the records. */
  readonly stale: readonly (PlaceItem | RemoveItem)[];
  /** Of what is due and takes something away. */
  readonly fates: ReadonlyMap<PlaceItem | RemoveItem, Fate>;
}

/** What becomes of the content that goes. */
export type Fate =
  /** The records want it nowhere else. */
  | "unwanted"
  /** It stands where they want it. */
  | "moved"
  /** They want it where it cannot be placed while it stands here. */
  | "awaited";

/** Called under the folder's lock, so that nothing is announced between this and the commit. */
export async function recheck(folder: Folder, ready: CommitGroup): Promise<Rechecked> {
  const taken = await takenMeanwhile(folder, ready);
  const group = {
    ...ready,
    places: ready.places.filter(({ item }) => !taken.has(item)),
    removes: ready.removes.filter((item) => !taken.has(item)),
  };
  const replacing = group.places.filter(({ item, staged }) => item.expected !== undefined || staged.kind === "move");
  if (replacing.length + group.removes.length === 0) return { due: group, stale: [...taken], fates: new Map() };
  const keys = new Set([...replacing.flatMap(keysOf), ...group.removes.map(({ key }) => key)]);
  const views = await viewsByKey(folder, [...keys]);
  const steps = [...replacing.map(stepOfPlace), ...group.removes.map(stepOfRemove)];
  const asked = steps.filter((step) => isAskedFor(step, views));
  const fates = await fatesOf(folder, asked, views);
  const isDue = (item: PlaceItem | RemoveItem): boolean => fates.has(item);
  return {
    due: {
      places: group.places.filter((place) => isDue(place.item) || !replacing.includes(place)),
      attributes: group.attributes,
      removes: group.removes.filter(isDue),
    },
    stale: [...taken, ...steps.map(({ item }) => item).filter((item) => !isDue(item))],
    fates,
  };
}

/**
 * Items in whose place something else is held by now than when they were made: a place that was free, what was
 * announced anew since, which a user's removal would leave unsaid, and what the stat does not tell from what was
 * written over it, for the clock stood still. And items whose place something has by another spelling, on a file
 * system that does not tell the two apart (C5).
 */
async function takenMeanwhile(
  folder: Folder,
  { places, removes }: CommitGroup,
): Promise<ReadonlySet<PlaceItem | RemoveItem>> {
  const { index, spelling } = folder;
  const items = places.map(({ item }) => item);
  const standing = [...items.map(({ shown }) => shown.path), ...removes.map(({ path }) => path)];
  const held = await index.heldMany(standing);
  const taken = new Set<PlaceItem | RemoveItem>(
    [...items, ...removes].filter(({ expected }, at) => !isSameHeld(held[at], expected)),
  );
  if (spelling === undefined) return taken;
  const fresh = items.filter(({ expected }) => expected === undefined);
  const twins = await spelling.twins(
    fresh.map(({ shown }) => shown.path),
    index,
  );
  for (const [at, item] of fresh.entries()) if (twins[at] !== undefined) taken.add(item);
  const looks = await spelling.look(removes.map(({ path }) => path));
  for (const [at, item] of removes.entries()) {
    if (looks[at] !== "respelled") continue;
    // Somebody renamed it: that is announced before anything goes.
    folder.lookAt(item.path);
    taken.add(item);
  }
  return taken;
}

function isSameHeld(one: Held | undefined, other: Held | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return sameStat(one.stat, other.stat) && sameContent(one.entry, other.entry);
}

/** What one item does to one path. */
interface Step {
  readonly item: PlaceItem | RemoveItem;
  readonly path: EntryPath;
  /** What shall stand there; undefined when nothing shall. */
  readonly wanted: LiveEntry | undefined;
  /** What goes. */
  readonly expected: Held | undefined;
  /** Where the content is taken away from. */
  readonly from: EntryPath | undefined;
}

type Views = ReadonlyMap<EntryPath, View>;

function stepOfPlace({ item, staged }: ReadyPlace): Step {
  const { path, entry } = item.shown;
  return {
    item,
    path,
    wanted: entry,
    expected: item.expected,
    from: staged.kind === "move" ? staged.from : undefined,
  };
}

function stepOfRemove(item: RemoveItem): Step {
  return { item, path: item.path, wanted: undefined, expected: item.expected, from: undefined };
}

/** Whether the records still say so. */
function isAskedFor({ item, path, wanted, from }: Step, views: Views): boolean {
  if (from !== undefined && views.get(from)?.primary !== undefined) return false;
  const shown = shownBy(views, item.key).find((one) => one.path === path)?.entry;
  return shown === undefined || wanted === undefined ? shown === wanted : sameContent(shown, wanted);
}

/** Of the steps whose content may go: where the same records want it, it stands already, or it would wait for ever. */
async function fatesOf(
  { index, problems }: Folder,
  steps: readonly Step[],
  views: Views,
): Promise<ReadonlyMap<PlaceItem | RemoveItem, Fate>> {
  const places = steps.map(({ item, path, expected }) =>
    shownBy(views, item.key).find(
      (shown) => shown.path !== path && expected !== undefined && sameContent(shown.entry, expected.entry),
    ),
  );
  const paths = places.flatMap((place) => place?.path ?? []);
  const held = paths.length === 0 ? [] : await index.heldMany(paths);
  const standing = new Map(paths.map((path, at) => [path, held[at]]));
  const fates = new Map<PlaceItem | RemoveItem, Fate>();
  /** By path, the path that what goes from there waits for. */
  const waitsFor = new Map<EntryPath, EntryPath>();
  for (const [at, { item, path }] of steps.entries()) {
    const place = places[at];
    const there = place && standing.get(place.path);
    if (place === undefined) fates.set(item, "unwanted");
    else if (there !== undefined && sameContent(there.entry, place.entry)) fates.set(item, "moved");
    // A FIFO may stand there for ever, and this would stand in the way of the rest for as long.
    else if (problems.inTheWay(place.path, place.entry) !== undefined) fates.set(item, "awaited");
    else waitsFor.set(path, place.path);
  }
  for (const { item, path } of steps) if (isFirstOfCircle(path, waitsFor)) fates.set(item, "awaited");
  return fates;
}

function isFirstOfCircle(path: EntryPath, waitsFor: ReadonlyMap<EntryPath, EntryPath>): boolean {
  const met = new Set<EntryPath>();
  let next = waitsFor.get(path);
  while (next !== undefined && next > path && !met.has(next)) {
    met.add(next);
    next = waitsFor.get(next);
  }
  return next === path;
}

function shownBy(views: Views, key: EntryPath): readonly Shown[] {
  const view = views.get(key);
  return view === undefined ? [] : shownIn(view);
}

async function viewsByKey({ index, replica }: Folder, keys: readonly EntryPath[]): Promise<Views> {
  const views = await viewsOf(index.coverage, replica, keys);
  return new Map(views.flatMap((view, at) => (keys[at] === undefined ? [] : [[keys[at], view] as const])));
}

function keysOf({ item, staged }: ReadyPlace): readonly EntryPath[] {
  return staged.kind === "move" ? [item.key, staged.from] : [item.key];
}
