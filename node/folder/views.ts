/**
 * What the records of a key show on this peer, and what its disk lacks of that.
 *
 * A view follows from the key's own versions and from whether anything lives below it, which other
 * keys decide (FORMATS 23). Whoever asks for a view reads both.
 */

import { type EntryVersion, type Shown, type View, viewOf } from "../../protocol/folder/conflict.ts";
import { contentBytes, sameContent, sameEntry } from "../../protocol/folder/entry.ts";
import type { EntryPath } from "../../protocol/folder/path.ts";
import { recordKinds } from "../../protocol/records/record.ts";
import { covers, joinVectors, type Vector } from "../../protocol/records/version.ts";
import { decodeEntry } from "../../protocol/wire/entry.ts";
import type { KeyState, Replica } from "../records/replica.ts";
import type { WantedRow } from "./counts.ts";
import type { Coverage } from "./coverage.ts";
import type { Held } from "./held.ts";

/** What a key's records show, beside what the lists say of it now. */
export interface Want {
  readonly path: EntryPath;
  readonly view: View;
  /** The path, its copies that stand and those that shall stand. */
  readonly paths: ReadonlySet<EntryPath>;
  readonly copyPaths: readonly EntryPath[];
  readonly row: WantedRow | undefined;
}

/** What each key shows now. */
export async function viewsOf(
  coverage: Coverage,
  replica: Replica,
  keys: readonly EntryPath[],
): Promise<readonly View[]> {
  const states = await replica.stateMany(keys);
  const covered = await coverage.coveredMany(keys);
  return keys.map((key, at) => viewOfState(key, { key, versions: states[at] ?? [] }, covered[at] === true));
}

export function viewOfState(path: EntryPath, state: KeyState, isCovered: boolean): View {
  return viewOf(path, entryVersions(state), isCovered);
}

/** The versions of a key with their entries. Other kinds mean nothing here: what names a path was judged for entries only (P6). */
export function entryVersions(state: KeyState): readonly EntryVersion[] {
  return state.versions.flatMap((version) => {
    const { kind, payload } = version.record;
    const entry = kind === recordKinds.fileEntry ? decodeEntry(payload)?.entry : undefined;
    return entry === undefined ? [] : [{ version, entry }];
  });
}

/** Everything that a view wants to stand on disk. */
export function shownIn(view: View): readonly Shown[] {
  return view.primary === undefined ? view.copies : [view.primary, ...view.copies];
}

/** A path that already shows what its newest versions say has seen them too. */
export function seeAll(view: View, after: Map<EntryPath, Held | undefined>): void {
  for (const shown of shownIn(view)) {
    const held = after.get(shown.path);
    if (held === undefined || !sameContent(held.entry, shown.entry) || hasSeen(held.basis, shown.basis)) continue;
    after.set(shown.path, { ...held, basis: joinVectors(held.basis, shown.basis) });
  }
}

function hasSeen(vector: Vector, other: Vector): boolean {
  return [...other].every(([writer, sequence]) => covers(vector, { writer, sequence }));
}

/** What has to change on disk so that it shows a view; undefined when nothing has to. */
export function missingIn(want: Want, held: ReadonlyMap<EntryPath, Held | undefined>): WantedRow | undefined {
  let differs = false;
  let bytes = 0;
  const shown = new Map(shownIn(want.view).map((one) => [one.path, one]));
  for (const path of want.paths) {
    const [wants, has] = [shown.get(path), held.get(path)];
    if (wants === undefined) {
      // A copy that stands here belongs to another path, a directory that something lives in stays.
      const isOther = has?.copyOf !== undefined && has.copyOf !== want.path;
      if (has !== undefined && has.implicit !== true && !isOther) differs = true;
    } else if (has === undefined || has.implicit === true || !sameEntry(has.entry, wants.entry)) {
      differs = true;
      if (has === undefined || !sameContent(has.entry, wants.entry)) bytes += contentBytes(wants.entry);
    }
  }
  return differs ? { bytes } : undefined;
}
