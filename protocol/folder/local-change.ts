/**
 * What a change on this peer's disk means for the records.
 *
 * The causes of a new version are what its user had seen: the versions that the disk showed at
 * that path, and every sibling with the same content. Versions that had not reached the disk stay
 * concurrent, so nothing that somebody else wrote is silently replaced (S1, S2).
 */

import { causesOf, sparedOf } from "../records/record.ts";
import { type Dot, emptyVector, joinVectors, type Vector } from "../records/version.ts";
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
  | ({ readonly kind: "write"; readonly entry: LiveEntry; readonly rank: Rank } & Over)
  | ({ readonly kind: "delete" } & Over);

/** What a new version is written over, and which siblings it is written beside. */
export interface Over {
  readonly causes: Vector;
  readonly spared: readonly Dot[];
}

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
    if (live.length > 0) return { kind: "write", entry, causes: emptyVector, spared: [], rank: "found" };
    return { kind: "write", entry, causes: causesOf(versionsOf(siblings)), spared: [], rank: "sealed" };
  }
  if (sameEntry(entry, before.entry)) return { kind: "seen", basis: seenBy(before, siblings) };
  // What the mesh says already, in content or to the last bit, is not said again.
  const isSaid = !sameContent(entry, before.entry) || twins.some((twin) => sameEntry(twin.entry, entry));
  if (live.length > 0 && twins.length === live.length && isSaid)
    return { kind: "seen", basis: causesOf(versionsOf(twins)) };
  return { kind: "write", entry, ...over(before, siblings, entry), rank: "sealed" };
}

/** Nothing stands any more where something stood. */
export function changeOfGone(before: Before, siblings: readonly EntryVersion[]): LocalChange {
  const isOver = siblings.every((sibling) => sibling.entry.kind === "deleted");
  if (isOver) return { kind: "seen", basis: seenBy(before, siblings) };
  return { kind: "delete", ...over(before, siblings, undefined) };
}

/**
 * A conflict copy was edited or removed: the conflict is settled as far as its user saw it
 * (FORMATS 23). An edit is the next version of the path itself. A removal ends the versions that
 * the copy showed and says nothing of the others: what is primary stays so without being written
 * anew, for this peer may not have its content at all.
 *
 * @param edited what stands there now; undefined when the copy was removed
 */
export function changeOfCopy(
  edited: LiveEntry | undefined,
  before: Before,
  siblings: readonly EntryVersion[],
): LocalChange {
  const isOver =
    edited === undefined ? withContent(siblings, before.entry).length === 0 : sameEntry(edited, before.entry);
  if (isOver) return { kind: "seen", basis: seenBy(before, siblings) };
  if (edited === undefined) return { kind: "delete", ...over(before, siblings, undefined) };
  return { kind: "write", entry: edited, ...over(before, siblings, edited), rank: "sealed" };
}

function seenBy({ entry, basis }: Before, siblings: readonly EntryVersion[]): Vector {
  return joinVectors(basis, causesOf(versionsOf(withContent(siblings, entry))));
}

/**
 * What a write supersedes: the versions that its user saw, those that say the same as it does, and
 * deletes, for a delete has no content to lose and one that nothing supersedes would stay for good.
 * The other siblings stand beside it, also those that a vector cannot leave out.
 */
function over(before: Before, siblings: readonly EntryVersion[], entry: LiveEntry | undefined): Over {
  const [seen, beside]: [EntryVersion[], EntryVersion[]] = [[], []];
  for (const sibling of siblings) {
    const isSeen =
      sibling.entry.kind === "deleted" ||
      sameContent(sibling.entry, before.entry) ||
      (entry !== undefined && sameContent(sibling.entry, entry));
    (isSeen ? seen : beside).push(sibling);
  }
  const causes = joinVectors(before.basis, causesOf(versionsOf(seen)));
  return { causes, spared: sparedOf(causes, versionsOf(beside)) };
}

function withContent(siblings: readonly EntryVersion[], entry: Entry): readonly EntryVersion[] {
  return siblings.filter((sibling) => sameContent(sibling.entry, entry));
}

function versionsOf(siblings: readonly EntryVersion[]): readonly EntryVersion["version"][] {
  return siblings.map((sibling) => sibling.version);
}
