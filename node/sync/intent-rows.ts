/** Intents as rows of the store: one row for each commit. */

import type { LiveEntry } from "../../protocol/folder/entry.ts";
import { type EntryPath, parseStandingPath } from "../../protocol/folder/path.ts";
import { type FolderId, parseWriterId } from "../../protocol/ids.ts";
import type { Vector } from "../../protocol/records/version.ts";
import { decodeEntry, encodeEntry } from "../../protocol/wire/entry.ts";
import { stagingDirectory } from "../folder/marker.ts";
import { isObject, readJson, writeJson } from "../json.ts";
import { rowKey } from "../keys.ts";
import type { Change, InternalPath } from "../ports.ts";
import type { KeptReason } from "./versions/kept-rows.ts";
import type { Leaving } from "./versions/keeping.ts";

/** What a commit is about to do to a name. */
export type Intent =
  | {
      readonly kind: "place";
      readonly key: EntryPath;
      readonly path: EntryPath;
      readonly entry: LiveEntry;
      readonly basis: Vector;
      readonly inode: bigint;
      readonly bornNs: bigint;
      /** Where the new content stands until then, and the old one for a moment after an exchange. */
      readonly staged: InternalPath;
      /** What becomes of what stood there. */
      readonly leaving?: Leaving;
    }
  /** What stands at the path is renamed to the name of its number, and looked at there. */
  | { readonly kind: "remove"; readonly leaving: Leaving };

/** The rows that state intents, and those that take them back. */
export function intentRows(
  folder: FolderId,
  number: number,
  intents: readonly Intent[],
): { put: Change[]; delete: Change[] } {
  if (intents.length === 0) return { put: [], delete: [] };
  const key = rowKey("i", folder, number);
  return { put: [{ kind: "put", key, value: encodeIntents(intents) }], delete: [{ kind: "delete", key }] };
}

function isIntentRow(row: unknown): row is IntentRow {
  return isObject(row) && typeof row["path"] === "string";
}

interface IntentRow {
  readonly path: string;
  readonly key?: string;
  readonly entry?: string;
  readonly basis?: readonly (readonly [writer: string, sequence: number])[];
  readonly inode?: string;
  readonly born?: string;
  readonly staged?: InternalPath;
  readonly number?: number;
  readonly reason?: KeptReason;
}

function encodeIntents(intents: readonly Intent[]): Uint8Array {
  const rows = intents.map((intent): IntentRow => {
    if (intent.kind === "remove") return leavingRow(intent.leaving);
    const { path, key, entry, basis, inode, bornNs, staged, leaving } = intent;
    return {
      ...(leaving !== undefined && leavingRow(leaving)),
      path,
      key,
      entry: Buffer.from(encodeEntry(entry)).toString("base64"),
      basis: [...basis],
      inode: `${inode}`,
      born: `${bornNs}`,
      staged,
    };
  });
  return writeJson(rows);
}

function leavingRow({ path, number, reason }: Leaving): IntentRow {
  return { path, number, ...(reason !== undefined && { reason }) };
}

/** @throws when the row is not one of ours: the store is damaged */
export function decodeIntents(bytes: Uint8Array): readonly Intent[] {
  const rows = readJson(bytes);
  if (!Array.isArray(rows)) throw new Error("the store holds a damaged intent");
  return rows.map((row: unknown) => {
    if (!isIntentRow(row)) throw new Error("the store holds a damaged intent");
    const path = parseStandingPath(row.path);
    if (path === undefined) throw new Error("the store holds a damaged intent");
    const leaving = row.number === undefined ? undefined : { path, number: row.number, reason: row.reason };
    if (row.key === undefined) {
      if (leaving === undefined) throw new Error("the store holds a damaged intent");
      return { kind: "remove", leaving };
    }
    const key = parseStandingPath(row.key);
    const entry = decodeEntry(Buffer.from(row.entry ?? "", "base64"))?.entry;
    if (key === undefined || entry === undefined || entry.kind === "deleted") {
      throw new Error("the store holds a damaged intent");
    }
    const basis = new Map(
      (row.basis ?? []).flatMap(([text, sequence]) => {
        const writer = parseWriterId(text);
        return writer === undefined ? [] : [[writer, sequence] as const];
      }),
    );
    const staged = row.staged ?? stagingDirectory;
    const [inode, bornNs] = [BigInt(row.inode ?? "0"), BigInt(row.born ?? "0")];
    const place = { kind: "place", key, path, entry, basis, inode, bornNs, staged } as const;
    return leaving === undefined ? place : { ...place, leaving };
  });
}
