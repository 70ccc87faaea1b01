/**
 * Kept versions as rows and as names: what a change took out of its place, and where its inode lies.
 *
 * The row says whose it was; the name is a number below `.cdmesh/versions/`, a directory for each
 * thousand, so the oldest lie together and no user's path can be too long for it. Rows stand by
 * path, for those who look for a version, and by number, for those who look for the oldest.
 */

import { type EntryPath, parseStandingPath } from "../../../protocol/folder/path.ts";
import { type ContentRoot, type FolderId, parseContentRoot, parseWriterId } from "../../../protocol/ids.ts";
import type { Vector } from "../../../protocol/records/version.ts";
import { isObject, readJson, writeJson } from "../../json.ts";
import { type Held } from "../../folder/held.ts";
import { lastText, rowKey, rowRange } from "../../keys.ts";
import type { InternalPath, Stat } from "../../ports.ts";

/** Why a version is kept. */
export type KeptReason =
  | "replaced"
  | "deleted"
  /** A user's write that lost its place: somebody took the path anew in the same moment. */
  | "surprise"
  /** This peer was away for longer than deletes are remembered, and the mesh knows nothing of its path. */
  | "forgotten"
  /** It lay among the kept versions, and no row said whose it was: the store was lost. */
  | "found";

export interface KeptEntry {
  readonly kind: "file" | "symlink";
  readonly size: number;
  readonly mode: number;
  readonly mtimeUs: number;
  /** Undefined: nobody has read it yet. */
  readonly root?: ContentRoot;
  readonly target?: string;
}

/** Something that was taken out of its place. */
export interface Kept {
  /** Rises with each version that the folder keeps; also its name. */
  readonly number: number;
  /** Whose version it was. */
  readonly path: EntryPath;
  /** Where it stood, for a conflict copy. */
  readonly copy?: EntryPath;
  readonly entry: KeptEntry;
  /** What whoever saw it had seen. */
  readonly basis: Vector;
  readonly reason: KeptReason;
}

/** A kept version as it is stored. */
export interface KeptVersion extends Kept {
  /** Wall clock, ms since 1970. */
  readonly keptAtMs: number;
}

export const versionsDirectory: InternalPath = ".cdmesh/versions";
/** What was found without a row is listed under names of this form; nothing else tells where it belongs. */
const foundPrefix = "found-";
const numbersPerDirectory = 1_000;

/** The number of the directory that a number's version lies in. */
export function directoryOf(number: number): number {
  return Math.floor(number / numbersPerDirectory);
}

export function directoryPath(directory: number): InternalPath {
  return `${versionsDirectory}/${directory}`;
}

export function keptName(number: number): InternalPath {
  return `${directoryPath(directoryOf(number))}/${number}`;
}

/** @returns undefined for a name that no kept version has */
export function numberOfName(name: string | undefined): number | undefined {
  return name !== undefined && /^(0|[1-9]\d{0,14})$/.test(name) ? Number(name) : undefined;
}

/** All numbers whose versions lie in one directory. */
export function numbersIn(directory: number): { readonly first: number; readonly last: number } {
  return { first: directory * numbersPerDirectory, last: (directory + 1) * numbersPerDirectory - 1 };
}

/** What an unclaimed inode is kept as. */
export function keptAsFound(number: number, stat: Stat, target: string | undefined): Kept {
  const path = parseStandingPath(`${foundPrefix}${number}`);
  if (path === undefined) throw new Error(`${number} is no number of a kept version`);
  return { number, path, entry: entryOfStat(stat, target), basis: new Map(), reason: "found" };
}

/** What was held and goes. */
export function keptAsHeld(number: number, path: EntryPath, held: Held, reason: KeptReason): Kept | undefined {
  const { entry, basis, copyOf } = held;
  if (entry.kind === "directory") return undefined;
  const place = copyOf === undefined ? { path } : { path: copyOf, copy: path };
  const mtimeUs = Number(held.stat.mtimeNs / 1_000n);
  const kept: KeptEntry =
    entry.kind === "file" ? entry : { kind: "symlink", size: 0, mode: 0o777, mtimeUs, target: entry.target };
  return { number, ...place, entry: kept, basis, reason };
}

/** What a user wrote where `held` was expected. */
export function keptAsSurprise(
  number: number,
  path: EntryPath,
  held: Held | undefined,
  stat: Stat,
  target?: string,
): Kept {
  const place = held?.copyOf === undefined ? { path } : { path: held.copyOf, copy: path };
  return { number, ...place, entry: entryOfStat(stat, target), basis: held?.basis ?? new Map(), reason: "surprise" };
}

function entryOfStat(stat: Stat, target: string | undefined): KeptEntry {
  const { size, mode } = stat;
  const mtimeUs = Number(stat.mtimeNs / 1_000n);
  if (stat.kind !== "symlink") return { kind: "file", size, mode, mtimeUs };
  return { kind: "symlink", size: 0, mode, mtimeUs, ...(target !== undefined && { target }) };
}

// --- Rows ------------------------------------------------------------------------------------

export function keptKey(folder: FolderId, { path, number }: Pick<Kept, "path" | "number">): Uint8Array {
  return rowKey("o", folder, path, number);
}

/** Its value is the path, so that the oldest are found without reading all. */
export function numberKey(folder: FolderId, number: number): Uint8Array {
  return rowKey("y", folder, number);
}

/** By content: what kept versions a path could be made from. */
export function contentKey(folder: FolderId, root: ContentRoot, number: number): Uint8Array {
  return rowKey("j", folder, { hex: root }, number);
}

/** Whose version a number is. */
export function pathOfNumber(value: Uint8Array): EntryPath {
  const path = parseStandingPath(Buffer.from(value).toString("utf8"));
  if (path === undefined) throw damaged();
  return path;
}

export function numberOfKey(key: Uint8Array): number {
  const view = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  return view.readUInt32BE(key.length - 8) * 2 ** 32 + view.readUInt32BE(key.length - 4);
}

/** The path and number in a key of a kept version. */
function placeOfKey(folder: FolderId, key: Uint8Array): { readonly path: EntryPath; readonly number: number } {
  const prefix = rowRange("o", folder).from.length;
  const path = parseStandingPath(lastText(key.subarray(0, key.length - 8), prefix));
  if (path === undefined) throw damaged();
  return { path, number: numberOfKey(key) };
}

interface KeptRow {
  readonly entry: KeptEntry;
  readonly copy?: string;
  readonly basis: readonly (readonly [writer: string, sequence: number])[];
  readonly reason: KeptReason;
  readonly keptAtMs: number;
}

export function encodeKept({ entry, copy, basis, reason, keptAtMs }: KeptVersion): Uint8Array {
  const row: KeptRow = { entry, basis: [...basis], reason, keptAtMs, ...(copy !== undefined && { copy }) };
  return writeJson(row);
}

/** @throws when the row is not one of ours: the store is damaged */
export function decodeKept(folder: FolderId, key: Uint8Array, value: Uint8Array): KeptVersion {
  const row = readJson(value);
  if (!isKeptRow(row)) throw damaged();
  const basis = new Map(
    row.basis.map(([text, sequence]) => {
      const writer = parseWriterId(text);
      if (writer === undefined) throw damaged();
      return [writer, sequence] as const;
    }),
  );
  const root = row.entry.root === undefined ? undefined : parseContentRoot(row.entry.root);
  const copy = row.copy === undefined ? undefined : parseStandingPath(row.copy);
  const { kind, size, mode, mtimeUs, target } = row.entry;
  return {
    ...placeOfKey(folder, key),
    ...(copy && { copy }),
    entry: { kind, size, mode, mtimeUs, ...(root && { root }), ...(target !== undefined && { target }) },
    basis,
    reason: row.reason,
    keptAtMs: row.keptAtMs,
  };
}

/** Looks at the outline only: rows are this peer's own, under the store's checksums. */
function isKeptRow(row: unknown): row is KeptRow {
  return isObject(row) && isObject(row["entry"]) && Array.isArray(row["basis"]) && typeof row["keptAtMs"] === "number";
}

function damaged(): Error {
  return new Error("the store holds a damaged row of a kept version");
}
