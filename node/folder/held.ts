/**
 * What stands on disk at a path, as this peer last proved it: the entry, the stat that goes with
 * it, and what a user who sees it has seen.
 *
 * A path whose stat equals the held one is untouched. A stat taken so soon after the last write
 * that a further write could hide behind the same times is not trusted: the path is hashed again
 * a little later (FORMATS 17).
 */

import { decodeEntry, encodeEntry } from "../../protocol/wire/entry.ts";
import type { LiveEntry } from "../../protocol/folder/entry.ts";
import {
  type EntryPath,
  isConflictCopyName,
  nameOf,
  parentOf,
  parseEntryPath,
  parseStandingPath,
} from "../../protocol/folder/path.ts";
import { type FolderId, parseWriterId, type WriterId } from "../../protocol/ids.ts";
import type { Vector } from "../../protocol/records/version.ts";
import { isObject, readJson, writeJson } from "../json.ts";
import { lastText, rowKey } from "../keys.ts";
import type { Stat } from "../ports.ts";

export interface Held {
  readonly entry: LiveEntry;
  readonly stat: Stat;
  readonly trusted: boolean;
  /** Covers every version that shows this content: the causes of the next local change. */
  readonly basis: Vector;
  /** The path whose concurrent version this shows; absent for what stands in its own place. */
  readonly copyOf?: EntryPath;
  /** A directory that no version asks for; it stands because something lives in it. */
  readonly implicit?: true;
}

/** Whether nobody touched it. A directory's times and size change with its names: they say nothing. */
export function sameStat(one: Stat, other: Stat): boolean {
  if (one.kind !== other.kind || one.inode !== other.inode || one.mode !== other.mode) return false;
  if (one.kind === "directory") return true;
  return one.size === other.size && one.mtimeNs === other.mtimeNs && one.ctimeNs === other.ctimeNs;
}

/**
 * Whether the last change lies far enough before the moment when the content was read. What users
 * say the time of a file is does not count: whatever they write moves its ctime.
 */
export function isTrusted(stat: Stat, readAtMs: number, coarseMs: number): boolean {
  // A clock that was set back makes times lie ahead: those are not trusted either, until they pass.
  return stat.kind !== "file" || ctimeMs(stat) + coarseMs < readAtMs;
}

export function ctimeMs({ ctimeNs }: Stat): number {
  return Number(ctimeNs / 1_000_000n);
}

/** The row of a path: everything of one directory lies together. */
export function heldKey(folder: FolderId, path: EntryPath): Uint8Array {
  return rowKey("h", folder, parentOf(path), nameOf(path));
}

/** @param prefixLength of the folder's part of the key. @throws when the row is not one of ours: the store is damaged */
export function pathOfHeldKey(key: Uint8Array, prefixLength: number): EntryPath {
  const [directory = "", name = ""] = lastText(key, prefixLength).split("\0");
  const path = parseStandingPath(directory === "" ? name : `${directory}/${name}`);
  if (path === undefined) throw new Error("the store holds a damaged row of a held path");
  return path;
}

interface HeldRow {
  readonly entry: string;
  readonly stat: readonly [
    kind: Stat["kind"],
    size: number,
    mode: number,
    mtimeNs: string,
    ctimeNs: string,
    inode: string,
  ];
  readonly trusted: boolean;
  readonly basis: readonly (readonly [writer: string, sequence: number])[];
  readonly copyOf?: string;
  readonly implicit?: true;
}

export function encodeHeld(held: Held): Uint8Array {
  const { stat } = held;
  const row: HeldRow = {
    entry: Buffer.from(encodeEntry(held.entry)).toString("base64"),
    stat: [stat.kind, stat.size, stat.mode, `${stat.mtimeNs}`, `${stat.ctimeNs}`, `${stat.inode}`],
    trusted: held.trusted,
    basis: [...held.basis],
    ...(held.copyOf && { copyOf: held.copyOf }),
    ...(held.implicit && { implicit: held.implicit }),
  };
  return writeJson(row);
}

/** @throws when the row is not one of ours: the store is damaged */
export function decodeHeld(bytes: Uint8Array): Held {
  const row = readJson(bytes);
  if (!isHeldRow(row)) throw new Error("the store holds a damaged row of a held path");
  const entry = decodeEntry(Buffer.from(row.entry, "base64"))?.entry;
  if (entry === undefined || entry.kind === "deleted") throw new Error("the store holds a damaged row of a held path");
  const [kind, size, mode, mtimeNs, ctimeNs, inode] = row.stat;
  const copyOf = row.copyOf === undefined ? undefined : parseEntryPath(row.copyOf);
  return {
    entry,
    stat: {
      kind,
      size,
      mode,
      mtimeNs: BigInt(mtimeNs),
      ctimeNs: BigInt(ctimeNs),
      inode: BigInt(inode),
      // The times tell whether it was touched; and the device number may differ after each mount (FORMATS 19).
      bornNs: 0n,
      device: 0n,
    },
    trusted: row.trusted,
    basis: new Map(row.basis.map(([writer, sequence]) => [knownWriter(writer), sequence])),
    ...(copyOf && { copyOf }),
    ...(row.implicit && { implicit: row.implicit }),
  };
}

/** Looks at the outline only: rows are this peer's own, under the store's checksums, and there are many. */
function isHeldRow(row: unknown): row is HeldRow {
  return isObject(row) && typeof row["entry"] === "string" && Array.isArray(row["stat"]) && Array.isArray(row["basis"]);
}

function knownWriter(text: string): WriterId {
  const writer = parseWriterId(text);
  if (writer === undefined) throw new Error("the store holds a damaged row of a held path");
  return writer;
}

/** A FIFO and its like cannot, nor can a directory by a copy's name: no path below it would have a name. */
export function canBeEntry(name: string, { kind }: Stat): boolean {
  return kind !== "other" && (kind !== "directory" || !isConflictCopyName(name));
}
