/**
 * Which paths are covered: something lives below them, so they are directories, whatever their own
 * records say (FORMATS 23).
 *
 * Each covered path has a row that counts the live keys below it. The rows change in the same
 * atomic write as the records, and only by what that write makes live or dead, so they are as
 * exact as the records are. A path is told when it becomes covered or ceases to be: what it shows
 * changes then, though its own records do not.
 */

import { type EntryPath, parentOf, parseEntryPath } from "../../protocol/folder/path.ts";
import type { FolderId } from "../../protocol/ids.ts";
import { recordKinds, type Version } from "../../protocol/records/record.ts";
import { isObject, readJson, writeJson } from "../json.ts";
import { rowKey } from "../keys.ts";
import type { Change, Store } from "../ports.ts";
import type { ChangedKey } from "../records/replica.ts";

/** What a write of records does to the coverage of paths. */
export interface CoverageChange {
  /** Whether a path above the changed keys is covered from now on. */
  readonly covered: ReadonlyMap<EntryPath, boolean>;
  /** Paths that become covered or cease to be. */
  readonly flipped: readonly EntryPath[];
  readonly rows: readonly Change[];
}

export const sameCoverage: CoverageChange = { covered: new Map(), flipped: [], rows: [] };

export class Coverage {
  readonly #store: Store;
  readonly #folder: FolderId;

  constructor(store: Store, folder: FolderId) {
    this.#store = store;
    this.#folder = folder;
  }

  /** A row stands there exactly while the path is covered. */
  key(path: EntryPath): Uint8Array {
    return rowKey("l", this.#folder, path);
  }

  async coveredMany(paths: readonly EntryPath[]): Promise<readonly boolean[]> {
    const rows = await this.#store.getMany(paths.map((path) => this.key(path)));
    return rows.map((row) => row !== undefined);
  }

  async isCovered(path: EntryPath): Promise<boolean> {
    return (await this.#store.get(this.key(path))) !== undefined;
  }

  async changeBy(changed: readonly ChangedKey[]): Promise<CoverageChange> {
    const risen = new Map<EntryPath, number>();
    for (const { key, before, versions } of changed) {
      const rise = Number(isLive(versions)) - Number(isLive(before));
      const path = rise === 0 ? undefined : parseEntryPath(key);
      if (path === undefined) continue;
      for (const above of pathsAbove(path)) risen.set(above, (risen.get(above) ?? 0) + rise);
    }
    const paths = [...risen].flatMap(([path, rise]) => (rise === 0 ? [] : [path]));
    if (paths.length === 0) return sameCoverage;
    const stored = await this.#store.getMany(paths.map((path) => this.key(path)));
    const covered = new Map<EntryPath, boolean>();
    const flipped: EntryPath[] = [];
    const rows: Change[] = [];
    for (const [at, path] of paths.entries()) {
      const row = stored[at];
      const was = row === undefined ? 0 : parseCount(row);
      const is = was + (risen.get(path) ?? 0);
      if (is < 0) throw new Error(`the store holds a damaged count of what lives below ${path}`);
      covered.set(path, is > 0);
      if (was > 0 !== is > 0) flipped.push(path);
      const key = this.key(path);
      rows.push(is === 0 ? { kind: "delete", key } : { kind: "put", key, value: writeJson({ live: is }) });
    }
    return { covered, flipped, rows };
  }
}

/** Kinds that are not known here say nothing of what stands on disk. */
function isLive(versions: readonly Version[]): boolean {
  return versions.some(({ record }) => record.kind === recordKinds.fileEntry && !record.tombstone);
}

/** The directories that a path stands in, nearest first. */
export function* pathsAbove(path: EntryPath): Generator<EntryPath> {
  for (let above = parentOf(path); above !== ""; above = parentOf(above)) yield above;
}

function parseCount(row: Uint8Array): number {
  const count = readJson(row);
  if (!isObject(count) || typeof count["live"] !== "number") throw new Error("the store holds a damaged count");
  return count["live"];
}
