/**
 * What a folder holds at one path.
 *
 * Directories and symlinks carry no time: a directory's changes with every name in it, so carrying
 * it would turn each new file into two records. Sizes are bytes, times integer microseconds
 * (FORMATS 17), modes permission bits only (FORMATS 18).
 */

import type { ContentRoot } from "../ids.ts";
import type { EntryPath } from "./path.ts";

export interface FileEntry {
  readonly kind: "file";
  readonly size: number;
  readonly mode: number;
  readonly mtimeUs: number;
  readonly root: ContentRoot;
}

export interface DirectoryEntry {
  readonly kind: "directory";
  readonly mode: number;
}

export interface SymlinkEntry {
  readonly kind: "symlink";
  readonly target: string;
}

/** Something that stands at a path. */
export type LiveEntry = FileEntry | DirectoryEntry | SymlinkEntry;

/** Nothing stands there any more. */
export interface DeletedEntry {
  readonly kind: "deleted";
}

export type Entry = LiveEntry | DeletedEntry;

/** The other half of a rename, in the same batch: where it came from, or where it went. */
export interface Moved {
  readonly movedFrom?: EntryPath;
  readonly movedTo?: EntryPath;
}

/** Equal bytes, target, or both directories: no conflict, whatever the mode and time (X3). */
export function sameContent(one: Entry, other: Entry): boolean {
  if (one.kind === "file") return other.kind === "file" && one.root === other.root;
  if (one.kind === "symlink") return other.kind === "symlink" && one.target === other.target;
  return one.kind === other.kind;
}

/** Equal content, mode and time: nothing to do. */
export function sameEntry(one: Entry, other: Entry): boolean {
  if (!sameContent(one, other)) return false;
  if (one.kind === "file") return other.kind === "file" && one.mode === other.mode && one.mtimeUs === other.mtimeUs;
  if (one.kind === "directory") return other.kind === "directory" && one.mode === other.mode;
  return true;
}

/** Bytes of content that a peer must have to show an entry. */
export function contentBytes(entry: Entry): number {
  return entry.kind === "file" ? entry.size : 0;
}
