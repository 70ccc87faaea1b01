/** Counts over a folder's rows: what stands on disk, and what does not stand there yet. */

import { contentBytes } from "../../protocol/folder/entry.ts";
import { isObject, readJson } from "../json.ts";
import type { Held } from "./held.ts";

export interface Counts {
  /** Files, symlinks and directories that stand on disk. */
  readonly files: number;
  /** Of those, how many are directories. */
  readonly directories: number;
  readonly bytes: number;
  /** Paths whose disk differs from what their records show. */
  readonly missingFiles: number;
  readonly missingBytes: number;
}

/** A row of the wanted list. */
export interface WantedRow {
  readonly bytes: number;
}

const noCounts: Counts = { files: 0, directories: 0, bytes: 0, missingFiles: 0, missingBytes: 0 };

export function countHeld(counts: Counts, held: Held | undefined, sign: 1 | -1): Counts {
  if (held === undefined) return counts;
  return {
    ...counts,
    files: counts.files + sign,
    directories: counts.directories + (held.entry.kind === "directory" ? sign : 0),
    bytes: counts.bytes + sign * contentBytes(held.entry),
  };
}

export function countWanted(counts: Counts, row: WantedRow | undefined, sign: 1 | -1): Counts {
  if (row === undefined) return counts;
  return {
    ...counts,
    missingFiles: counts.missingFiles + sign,
    missingBytes: counts.missingBytes + sign * row.bytes,
  };
}

export function parseCounts(row: Uint8Array | undefined): Counts {
  return row === undefined ? noCounts : { ...noCounts, ...numbersIn(row) };
}

export function parseWanted(row: Uint8Array): WantedRow {
  return { bytes: 0, ...numbersIn(row) };
}

function numbersIn(row: Uint8Array): Record<string, number> {
  const json = readJson(row);
  const fields = isObject(json) ? Object.entries(json) : [];
  return Object.fromEntries(fields.flatMap(([name, value]) => (typeof value === "number" ? [[name, value]] : [])));
}
