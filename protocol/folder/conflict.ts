/**
 * What a peer shows of a path with concurrent versions: the primary in its place and the others
 * beside it, without any new record (FORMATS 6, 23).
 *
 * Versions with equal content are one in the view, shown with the mode and time of the greatest.
 * A directory takes the place before a file or symlink, whatever their ranks: what stands below
 * it cannot live anywhere else (C6). So does a directory that nobody spoke for, as long as
 * something lives below the path: the path is covered then, and all its files are copies.
 */

import { sha256 } from "../sha256.ts";
import { type ContentRoot, toHex } from "../ids.ts";
import { causesOf, type Version } from "../records/record.ts";
import type { Vector } from "../records/version.ts";
import { type Entry, type LiveEntry, sameContent } from "./entry.ts";
import { conflictCopyPath, type EntryPath } from "./path.ts";

/** A version of a path with its payload understood. */
export interface EntryVersion {
  readonly version: Version;
  readonly entry: Entry;
}

/** One entry to stand on disk. */
export interface Shown {
  readonly path: EntryPath;
  readonly entry: LiveEntry;
  /** All that a user who sees this has seen: the causes of whatever is written next. */
  readonly basis: Vector;
}

export interface View {
  /** Undefined: nothing shall stand at the path. */
  readonly primary: Shown | undefined;
  readonly copies: readonly Shown[];
}

/**
 * @param versions the sibling set, primary first
 * @param isCovered whether paths below this one have something to show
 */
export function viewOf(path: EntryPath, versions: readonly EntryVersion[], isCovered: boolean): View {
  const groups: EntryVersion[][] = [];
  for (const candidate of versions) {
    if (candidate.entry.kind === "deleted") continue;
    const group = groups.find(([first]) => first !== undefined && sameContent(first.entry, candidate.entry));
    if (group === undefined) groups.push([candidate]);
    else group.push(candidate);
  }
  const directoryAt = groups.findIndex(([first]) => first?.entry.kind === "directory");
  if (directoryAt > 0) groups.unshift(...groups.splice(directoryAt, 1));
  const shown = groups.flatMap((group, at) => {
    const isBeside = at > 0 || (isCovered && directoryAt === -1);
    return shownOf(path, group, isBeside) ?? [];
  });
  const [primary, ...copies] = shown;
  return primary?.path === path ? { primary, copies } : { primary: undefined, copies: shown };
}

function shownOf(path: EntryPath, group: readonly EntryVersion[], isCopy: boolean): Shown | undefined {
  const first = group[0];
  if (first === undefined || first.entry.kind === "deleted") return undefined;
  const { entry } = first;
  return {
    path: isCopy ? conflictCopyPath(path, contentName(entry)) : path,
    entry,
    basis: causesOf(group.map(({ version }) => version)),
  };
}

function contentName(entry: LiveEntry): ContentRoot | string {
  if (entry.kind === "file") return entry.root;
  return toHex(sha256(new TextEncoder().encode(entry.kind === "symlink" ? `symlink ${entry.target}` : "directory")));
}
