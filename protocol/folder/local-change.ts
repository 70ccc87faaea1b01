/**
 * What a change on this peer's disk means for the records.
 *
 * The causes of a new version are what its user had seen: the versions that the disk showed at
 * that path, and every sibling with the same content. Versions that had not reached the disk stay
 * concurrent, so nothing that somebody else wrote is silently replaced (S1, S2).
 */

import { joinVectors, type Vector } from "../records/version.ts";
import { causesOf } from "../records/record.ts";
import type { EntryVersion } from "./conflict.ts";
import { type Entry, type LiveEntry, sameContent, sameEntry } from "./entry.ts";

/** What the disk showed before, as far as this peer knew. */
export interface Before {
  readonly entry: LiveEntry;
  readonly basis: Vector;
}

export type LocalChange =
  /** No new version; the disk shows versions that exist, and has seen what `basis` covers. */
  | { readonly kind: "seen"; readonly basis: Vector }
  | { readonly kind: "write"; readonly entry: LiveEntry; readonly causes: Vector; readonly rank: Rank }
  | { readonly kind: "delete"; readonly causes: Vector };

/**
 * How a new version ranks among concurrent ones: by the time of its sealing, or, for what was
 * found on disk at a first scan beside other content of the mesh, below all others (FORMATS 22).
 */
export type Rank = "sealed" | "found";

/** Something stands at a path that was not there, or not so, when the path was last looked at. */
export function changeOfStanding(
  entry: LiveEntry,
  before: Before | undefined,
  siblings: readonly EntryVersion[],
): LocalChange {
  const live = siblings.filter((sibling) => sibling.entry.kind !== "deleted");
  const twins = withContent(live, entry);
  if (before === undefined) {
    if (twins.length > 0) return { kind: "seen", basis: causesOf(versionsOf(twins)) };
    // What was deleted and is written anew has seen the delete; live siblings were never seen here.
    if (live.length === 0) return { kind: "write", entry, causes: causesOf(versionsOf(siblings)), rank: "sealed" };
    return { kind: "write", entry, causes: new Map(), rank: "found" };
  }
  const seen = joinVectors(before.basis, causesOf(versionsOf(withContent(siblings, before.entry))));
  if (sameEntry(entry, before.entry)) return { kind: "seen", basis: seen };
  const isSettled = live.length > 0 && twins.length === live.length;
  if (isSettled && !sameContent(entry, before.entry)) return { kind: "seen", basis: causesOf(versionsOf(twins)) };
  return { kind: "write", entry, causes: joinVectors(seen, causesOf(versionsOf(twins))), rank: "sealed" };
}

/** Nothing stands any more where something stood. */
export function changeOfGone(before: Before, siblings: readonly EntryVersion[]): LocalChange {
  const causes = joinVectors(before.basis, causesOf(versionsOf(withContent(siblings, before.entry))));
  if (siblings.every((sibling) => sibling.entry.kind === "deleted")) return { kind: "seen", basis: causes };
  return { kind: "delete", causes };
}

/**
 * A conflict copy was edited or removed: the conflict is settled as far as its user saw it
 * (FORMATS 23). An edit is the next version of the path itself; a removal keeps what is primary.
 *
 * @param edited what stands there now; undefined when the copy was removed
 * @param primary the version group that stands in the path's own place, if one does
 */
export function changeOfCopy(edited: LiveEntry | undefined, before: Before, primary: Before | undefined): LocalChange {
  if (edited !== undefined) return { kind: "write", entry: edited, causes: before.basis, rank: "sealed" };
  if (primary === undefined) return { kind: "delete", causes: before.basis };
  return { kind: "write", entry: primary.entry, causes: joinVectors(before.basis, primary.basis), rank: "sealed" };
}

function withContent(siblings: readonly EntryVersion[], entry: Entry): readonly EntryVersion[] {
  return siblings.filter((sibling) => sameContent(sibling.entry, entry));
}

function versionsOf(siblings: readonly EntryVersion[]): readonly EntryVersion["version"][] {
  return siblings.map((sibling) => sibling.version);
}
