/**
 * Paths of entries, and the one validator that every path passes before it has any effect.
 *
 * The validator is total and canonical: it says yes to exactly one spelling of each place (P6).
 * What a platform cannot hold (`a:b` on NTFS, case twins on APFS) is valid here and an item error
 * there (FORMATS 16). Unicode form is kept as written (FORMATS 15).
 */

import type { Brand } from "../ids.ts";
import { limits } from "../limits.ts";

/** A place in a folder: relative, `/` between parts, no part empty, `.` or `..`. */
export type EntryPath = Brand<string, "EntryPath">;

export type PathProblem =
  | "empty"
  | "absolute"
  | "nul"
  | "not-unicode"
  | "part-empty"
  | "part-dots"
  | "part-too-long"
  | "too-long"
  | "reserved";

/** The name, in a folder's root, of what the peer keeps for itself there (FORMATS 19). */
export const internalName = ".cdmesh";

export function parseEntryPath(text: string): EntryPath | undefined {
  return pathProblem(text) === undefined ? (text as EntryPath) : undefined;
}

/** A path on a peer's own disk: what may be an entry, and the conflict copies beside them. */
export function parseStandingPath(text: string): EntryPath | undefined {
  return placeProblem(text) === undefined ? (text as EntryPath) : undefined;
}

/** What is wrong with a path, or undefined if nothing is. */
export function pathProblem(text: string): PathProblem | undefined {
  return placeProblem(text) ?? (text.split("/").some(isConflictCopyName) ? "reserved" : undefined);
}

function placeProblem(text: string): PathProblem | undefined {
  if (text === "") return "empty";
  if (text.startsWith("/")) return "absolute";
  if (text.includes("\0")) return "nul";
  // A lone surrogate has no UTF-8 form: two such names would become one on disk.
  if (!text.isWellFormed()) return "not-unicode";
  if (Buffer.byteLength(text) > limits.pathBytesMax) return "too-long";
  const parts = text.split("/");
  for (const part of parts) {
    if (part === "") return "part-empty";
    if (part === "." || part === "..") return "part-dots";
    if (Buffer.byteLength(part) > limits.pathPartBytesMax) return "part-too-long";
  }
  return parts[0] === internalName ? "reserved" : undefined;
}

/** Whether a name is kept for conflict copies: `page.conflict-0123456789ab.html`. */
export function isConflictCopyName(name: string): boolean {
  return /\.conflict-[0-9a-f]{12}(\.|$)/.test(name);
}

/**
 * Where the copy of a concurrent version stands: beside the path, named by what it shows and never
 * by a time, so that every peer finds the same name (FORMATS 23).
 *
 * @param contentHex at least 12 hex digits that name the content
 */
export function conflictCopyPath(path: EntryPath, contentHex: string): EntryPath {
  const name = nameOf(path);
  const dot = name.lastIndexOf(".");
  const extension = dot > 0 && name.length - dot <= 16 ? name.slice(dot) : "";
  const mark = `.conflict-${contentHex.slice(0, 12)}${extension}`;
  let stem = name.slice(0, name.length - extension.length);
  while (Buffer.byteLength(stem + mark) > limits.pathPartBytesMax) stem = Array.from(stem).slice(0, -1).join("");
  const parent = parentOf(path);
  return (parent === "" ? stem + mark : `${parent}/${stem}${mark}`) as EntryPath;
}

/**
 * The path that a conflict copy belongs to, by its name; undefined for any other path.
 *
 * A name is all there is when a copy was moved along with its directory, or outlived the store.
 */
export function pathOfCopy(copy: EntryPath): EntryPath | undefined {
  if (!isConflictCopyName(nameOf(copy))) return undefined;
  const name = nameOf(copy).replaceAll(/\.conflict-[0-9a-f]{12}(?=\.|$)/g, "");
  const parent = parentOf(copy);
  return parseEntryPath(parent === "" ? name : `${parent}/${name}`);
}

/** The directory that a path stands in, "" for the root. */
export function parentOf(path: EntryPath): EntryPath | "" {
  const slash = path.lastIndexOf("/");
  return slash === -1 ? "" : (path.slice(0, slash) as EntryPath);
}

export function nameOf(path: EntryPath): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** A name below a directory, conflict copies included; undefined when the whole is no valid path. */
export function joinPath(directory: EntryPath | "", name: string): EntryPath | undefined {
  if (name.includes("/")) return undefined;
  return parseStandingPath(directory === "" ? name : `${directory}/${name}`);
}

/** Whether `path` is `directory` itself or stands anywhere below it. */
export function isWithin(path: EntryPath, directory: EntryPath | ""): boolean {
  return directory === "" || path === directory || path.startsWith(`${directory}/`);
}
