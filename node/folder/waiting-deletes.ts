/**
 * Deletes that wait for an operator, because the brake stopped them (S5).
 *
 * A delete that was found *here* stays untold: nobody else loses anything, and the path is not made
 * again here. A delete that records have *asked* for is not carried out. Each has a row, so both
 * outlive the process. All of them are known in memory too, about 100 bytes each: whoever scans or
 * pulls asks for every path.
 *
 * A released delete keeps its row until it is told or carried out, so that a crash in between takes
 * no decision back. What speaks for a directory is what waits below it; it has no row of its own.
 */

import { type EntryPath, parentOf, parseStandingPath } from "../../protocol/folder/path.ts";
import type { FolderId } from "../../protocol/ids.ts";
import { isObject, readJson, writeJson } from "../json.ts";
import { afterKey, lastText, rowKey, rowRange } from "../keys.ts";
import type { Change, Log, Store } from "../ports.ts";

/** Where a delete comes from: this peer's own disk, or the records of others. */
export type DeleteSide = "here" | "asked";

export interface WaitingDelete {
  readonly side: DeleteSide;
  /** Wall clock when the brake stopped it. */
  readonly sinceMs: number;
  /** The operator said yes. */
  readonly isReleased: boolean;
}

export interface WaitingDeletesOptions {
  readonly store: Store;
  readonly folder: FolderId;
  readonly log: Log;
}

const pageRows = 1_024;

export class WaitingDeletes {
  readonly #options: WaitingDeletesOptions;
  readonly #rows = new Map<EntryPath, WaitingDelete>();
  /** How many wait below each directory, released ones left out. */
  readonly #below = { here: new Map<EntryPath | "", number>(), asked: new Map<EntryPath | "", number>() };
  readonly #listeners = new Set<() => void>();

  private constructor(options: WaitingDeletesOptions) {
    this.#options = options;
  }

  static async open(options: WaitingDeletesOptions): Promise<WaitingDeletes> {
    const waiting = new WaitingDeletes(options);
    const range = rowRange("g", options.folder);
    let { from } = range;
    for (;;) {
      const rows = await options.store.range({ from, to: range.to, limit: pageRows });
      for (const [key, value] of rows) waiting.#set(parsePath(lastText(key, range.from.length)), parseRow(value));
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageRows) return waiting;
      from = afterKey(last[0]);
    }
  }

  /** Released ones too, in no order. */
  get paths(): Iterable<EntryPath> {
    return this.#rows.keys();
  }

  at(path: EntryPath): WaitingDelete | undefined {
    return this.#rows.get(path);
  }

  /** Whether a path's delete waits for an operator. */
  isHeld(path: EntryPath, side: DeleteSide): boolean {
    const row = this.#rows.get(path);
    return row?.side === side && !row.isReleased;
  }

  /** Whether any wait below a directory; its own delete waits as long. */
  isHeldBelow(directory: EntryPath, side: DeleteSide): boolean {
    return this.#below[side].has(directory);
  }

  /** How many wait for an operator. */
  count(side: DeleteSide): number {
    return this.#below[side].get("") ?? 0;
  }

  /** Hears when something was released. */
  onRelease(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Durable before anybody acts on it. */
  async hold(paths: readonly EntryPath[], side: DeleteSide, sinceMs: number): Promise<void> {
    if (paths.length === 0) return;
    const row: WaitingDelete = { side, sinceMs, isReleased: false };
    await this.#write(paths.map((path) => [path, row]));
    this.#options.log.write("warn", "deletes-held", { side, files: paths.length, waiting: this.count(side) });
  }

  /** The operator says yes to these; what is not waiting is passed over. */
  async release(paths: readonly EntryPath[]): Promise<void> {
    const rows = paths.flatMap((path): [EntryPath, WaitingDelete][] => {
      const row = this.#rows.get(path);
      return row === undefined ? [] : [[path, { ...row, isReleased: true }]];
    });
    await this.#write(rows);
    for (const listener of this.#listeners) listener();
  }

  /** Nothing waits there any more: it was told, carried out, taken back, or is no delete by now. */
  async forget(paths: readonly EntryPath[]): Promise<void> {
    await this.#write(paths.flatMap((path) => (this.#rows.has(path) ? [[path, undefined]] : [])));
  }

  async #write(rows: readonly (readonly [EntryPath, WaitingDelete | undefined])[]): Promise<void> {
    const { store, folder } = this.#options;
    for (let at = 0; at < rows.length; at += pageRows) {
      const page = rows.slice(at, at + pageRows);
      const changes = page.map(([path, row]): Change => {
        const key = rowKey("g", folder, path);
        return row === undefined ? { kind: "delete", key } : { kind: "put", key, value: writeJson(row) };
      });
      await store.write(changes, { durable: true });
      for (const [path, row] of page) this.#set(path, row);
    }
  }

  #set(path: EntryPath, row: WaitingDelete | undefined): void {
    const before = this.#rows.get(path);
    if (before !== undefined && !before.isReleased) this.#countAbove(path, before.side, -1);
    if (row === undefined) this.#rows.delete(path);
    else this.#rows.set(path, row);
    if (row !== undefined && !row.isReleased) this.#countAbove(path, row.side, 1);
  }

  #countAbove(path: EntryPath, side: DeleteSide, sign: 1 | -1): void {
    const below = this.#below[side];
    let directory: EntryPath | "" = path;
    do {
      directory = parentOf(directory);
      const count = (below.get(directory) ?? 0) + sign;
      if (count === 0) below.delete(directory);
      else below.set(directory, count);
    } while (directory !== "");
  }
}

function parsePath(text: string): EntryPath {
  const path = parseStandingPath(text);
  if (path === undefined) throw new Error("the store holds a damaged row of a waiting delete");
  return path;
}

function parseRow(bytes: Uint8Array): WaitingDelete {
  const row = readJson(bytes);
  if (!isObject(row)) throw new Error("the store holds a damaged row of a waiting delete");
  return {
    side: row["side"] === "asked" ? "asked" : "here",
    sinceMs: Number(row["sinceMs"]),
    isReleased: row["isReleased"] === true,
  };
}
