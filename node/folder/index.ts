/**
 * The index of one folder: what is held on disk, what is wanted and not held, and counts of both.
 *
 * Wanted follows from the sibling sets of the records, held from the disk; neither is made from
 * the other (FORMATS 11). A path is on the wanted list exactly while what its records show differs
 * from what is held, so the list survives a restart and is the puller's work and the operator's
 * progress in one. All rows are computed here and written by the caller under the replica's lock,
 * in one atomic write with what caused them.
 */

import { type EntryPath, joinPath, parentOf, parseEntryPath, parseStandingPath } from "../../protocol/folder/path.ts";
import type { ManifestPage } from "../../protocol/content/manifest-builder.ts";
import type { ContentRoot, FolderId } from "../../protocol/ids.ts";
import { readJson, writeJson } from "../json.ts";
import { afterKey, lastText, rowKey, rowRange } from "../keys.ts";
import type { Change, Store } from "../ports.ts";
import type { ChangedKey, KeyState, Origin, ReadStates } from "../records/replica.ts";
import { ContentRows } from "./content-rows.ts";
import { type Counts, countHeld, countWanted, parseCounts, parseWanted, type WantedRow } from "./counts.ts";
import { Coverage, sameCoverage } from "./coverage.ts";
import { decodeHeld, encodeHeld, type Held, heldKey, pathOfHeldKey } from "./held.ts";
import { missingIn, seeAll, shownIn, viewOfState, type Want } from "./views.ts";

/** What stands at a path from now on. */
export interface HeldChange {
  readonly path: EntryPath;
  /** Undefined: nothing. */
  readonly after: Held | undefined;
  /** The manifest of a larger file whose content may be new here. */
  readonly pages?: readonly ManifestPage[];
}

export class FolderIndex {
  readonly folder: FolderId;
  readonly contents: ContentRows;
  readonly coverage: Coverage;
  readonly #store: Store;
  #counts: Counts;
  #expected: readonly HeldChange[] = [];
  /** Contents that a path gave up since the last sweep. */
  readonly #left = new Set<ContentRoot>();

  private constructor(store: Store, folder: FolderId, counts: Counts) {
    this.#store = store;
    this.folder = folder;
    this.contents = new ContentRows(store, folder);
    this.coverage = new Coverage(store, folder);
    this.#counts = counts;
  }

  static async open(store: Store, folder: FolderId): Promise<FolderIndex> {
    return new FolderIndex(store, folder, parseCounts(await store.get(rowKey("s", folder))));
  }

  counts(): Counts {
    return this.#counts;
  }

  async held(path: EntryPath): Promise<Held | undefined> {
    return (await this.heldMany([path]))[0];
  }

  async heldMany(paths: readonly EntryPath[]): Promise<readonly (Held | undefined)[]> {
    const rows = await this.#store.getMany(paths.map((path) => heldKey(this.folder, path)));
    return rows.map((row) => row && decodeHeld(row));
  }

  /** Everything that stands directly in a directory, by name. */
  async heldIn(directory: EntryPath | ""): Promise<Map<string, Held>> {
    const range = rowRange("h", this.folder, directory);
    const held = new Map<string, Held>();
    for await (const [key, value] of this.#rows(range)) held.set(lastText(key, range.from.length), decodeHeld(value));
    return held;
  }

  /** Everything that stands below a directory, deepest last, a page at a time. */
  async *heldBelow(directory: EntryPath): AsyncGenerator<readonly [EntryPath, Held]> {
    const prefix = rowRange("h", this.folder).from.length;
    const inside = rowRange("h", this.folder, directory);
    for await (const [key, value] of this.#rows(inside)) yield [pathOfHeldKey(key, prefix), decodeHeld(value)];
    // Directories below sort together: "name/" up to "name0".
    const below = rowKey("h", this.folder, `${directory}/`).slice(0, -1);
    const end = rowKey("h", this.folder, `${directory}0`).slice(0, -1);
    for await (const [key, value] of this.#rows({ from: below, to: end }))
      yield [pathOfHeldKey(key, prefix), decodeHeld(value)];
  }

  /** Paths whose records show something else than the disk, in order. */
  async wantedAfter(after: EntryPath | undefined, limit: number): Promise<readonly EntryPath[]> {
    const range = rowRange("w", this.folder);
    const from = after === undefined ? range.from : afterKey(rowKey("w", this.folder, after));
    const rows = await this.#store.range({ from, to: range.to, limit });
    return rows.map(([key]) => parseEntryPath(lastText(key, range.from.length))).filter((path) => path !== undefined);
  }

  /** The conflict copies that stand beside a path now. */
  async copiesOf(path: EntryPath): Promise<readonly EntryPath[]> {
    const row = await this.#store.get(rowKey("k", this.folder, path));
    return row === undefined ? [] : parsePaths(row);
  }

  /** Makes the contents of larger files known, before `rowsFor` says which paths have them. */
  async writeContents(heldChanges: readonly HeldChange[]): Promise<void> {
    for (const { after, pages } of heldChanges) {
      if (after?.entry.kind === "file" && pages !== undefined) await this.contents.write(after.entry.root, pages);
    }
  }

  /** Forgets what no path has any more. Under the folder's lock, once the rows are written. */
  async sweepContents(): Promise<void> {
    const left = [...this.#left];
    this.#left.clear();
    for (const root of left) await this.contents.sweep(root);
  }

  /** What the next local write of the replica says of this disk. Under the folder's lock. */
  expectLocal(heldChanges: readonly HeldChange[]): void {
    this.#expected = heldChanges;
  }

  /** The folder's part in each write of its replica: rows for wanted, held and covered. */
  async project(changed: readonly ChangedKey[], origin: Origin, read: ReadStates): Promise<readonly Change[]> {
    const heldChanges = origin === "local" ? this.#expected : [];
    if (origin === "local") this.#expected = [];
    const coverage = await this.coverage.changeBy(changed);
    const keys = new Set<string>(changed.map(({ key }) => key));
    const flipped = coverage.flipped.filter((path) => !keys.has(path));
    const states = flipped.length === 0 ? [] : await read(flipped);
    const others = flipped.map((key, at): KeyState => ({ key, versions: states[at] ?? [] }));
    return [...coverage.rows, ...(await this.rowsFor(heldChanges, [...changed, ...others], coverage))];
  }

  /**
   * The rows for changes on disk and for the keys whose wants they or new records may alter: the
   * path itself, and for a copy the path that it belongs to. Counts follow at once.
   *
   * @param coverage what the same write changes of it
   */
  async rowsFor(
    heldChanges: readonly HeldChange[],
    states: readonly KeyState[],
    coverage = sameCoverage,
  ): Promise<readonly Change[]> {
    const { wants, counted } = await this.#wants(states, heldChanges, coverage.covered);
    const paths = new Set(heldChanges.map(({ path }) => path));
    for (const want of wants) for (const path of want.paths) paths.add(path);
    const before = await this.#heldMap([...paths]);
    const after = new Map(before);
    for (const change of heldChanges) after.set(change.path, change.after);
    for (const want of wants) seeAll(want.view, after);

    const changes: Change[] = [];
    let counts = counted;
    for (const path of paths) {
      const [was, is] = [before.get(path), after.get(path)];
      if (was === is) continue;
      const key = heldKey(this.folder, path);
      changes.push(is === undefined ? { kind: "delete", key } : { kind: "put", key, value: encodeHeld(is) });
      counts = countHeld(countHeld(counts, was, -1), is, 1);
    }
    changes.push(...this.#pathRows(heldChanges, before, after));
    const emptied = new Set(await this.#emptied(heldChanges, wants, after, coverage.covered));
    for (const want of wants) {
      // Said here too: whatever else is written of a path must not take it from the list.
      const missing = missingIn(want, after) ?? (emptied.delete(want.path) ? { bytes: 0 } : undefined);
      changes.push(...this.#wantedRows(want, missing));
      counts = countWanted(countWanted(counts, want.row, -1), missing, 1);
      changes.push(...this.#copyRows(want, after));
      if (missing !== undefined) emptied.delete(want.path);
    }
    for (const path of emptied) {
      const key = rowKey("w", this.folder, path);
      if ((await this.#store.get(key)) === undefined) counts = countWanted(counts, { bytes: 0 }, 1);
      changes.push({ kind: "put", key, value: writeJson({ bytes: 0 }) });
    }
    this.#counts = counts;
    changes.push({ kind: "put", key: rowKey("s", this.folder), value: writeJson(counts) });
    return changes;
  }

  /**
   * Directories that stood only for what lived in them, when the last of that goes. One of which
   * the same write says that it stands is left alone: it was just made, or could not be removed.
   */
  async #emptied(
    heldChanges: readonly HeldChange[],
    wants: readonly Want[],
    after: ReadonlyMap<EntryPath, Held | undefined>,
    covered: ReadonlyMap<EntryPath, boolean>,
  ): Promise<readonly EntryPath[]> {
    const parents = new Set<EntryPath | "">(wants.map(({ path }) => path));
    const filled = new Set<EntryPath | "">([""]);
    for (const change of heldChanges) {
      if (change.after === undefined) parents.add(parentOf(change.path));
      else filled.add(change.path).add(parentOf(change.path));
    }
    const emptied: EntryPath[] = [];
    for (const parent of parents) {
      if (parent === "" || filled.has(parent)) continue;
      const held = after.has(parent) ? after.get(parent) : await this.held(parent);
      if (held?.implicit !== true) continue;
      const names = [...(await this.heldIn(parent)).keys()];
      const isLeft = (name: string): boolean => {
        const path = joinPath(parent, name);
        return path !== undefined && (!after.has(path) || after.get(path) !== undefined);
      };
      if (names.some(isLeft)) continue;
      if (!(covered.get(parent) ?? (await this.coverage.isCovered(parent)))) emptied.push(parent);
    }
    return emptied;
  }

  /** And the counts as they are stored: those in memory may be of a write that failed. */
  async #wants(
    states: readonly KeyState[],
    heldChanges: readonly HeldChange[],
    covered: ReadonlyMap<EntryPath, boolean>,
  ): Promise<{ readonly wants: readonly Want[]; readonly counted: Counts }> {
    const known = states.flatMap((state) => {
      const path = parseEntryPath(state.key);
      return path === undefined ? [] : [{ path, state }];
    });
    const keys = known.flatMap(({ path }) => [
      rowKey("w", this.folder, path),
      rowKey("k", this.folder, path),
      this.coverage.key(path),
    ]);
    const [counts, ...rows] = await this.#store.getMany([rowKey("s", this.folder), ...keys]);
    const wants = known.map(({ path, state }, at): Want => {
      const [wanted, copies, count] = rows.slice(3 * at, 3 * at + 3);
      const view = viewOfState(path, state, covered.get(path) ?? count !== undefined);
      const copyPaths = copies === undefined ? [] : parsePaths(copies);
      const paths = new Set([path, ...copyPaths, ...shownIn(view).map((shown) => shown.path)]);
      // A copy that was made for versions which are superseded by now is to be found again too.
      for (const change of heldChanges) if (change.after?.copyOf === path) paths.add(change.path);
      return { path, view, paths, copyPaths, row: wanted && parseWanted(wanted) };
    });
    return { wants, counted: parseCounts(counts) };
  }

  #wantedRows(want: Want, missing: WantedRow | undefined): readonly Change[] {
    const key = rowKey("w", this.folder, want.path);
    if (missing !== undefined) return [{ kind: "put", key, value: writeJson(missing) }];
    return want.row === undefined ? [] : [{ kind: "delete", key }];
  }

  #copyRows(want: Want, after: ReadonlyMap<EntryPath, Held | undefined>): readonly Change[] {
    const copies = [...want.paths].filter((path) => after.get(path)?.copyOf === want.path);
    if (copies.length === 0 && want.copyPaths.length === 0) return [];
    const key = rowKey("k", this.folder, want.path);
    return [copies.length === 0 ? { kind: "delete", key } : { kind: "put", key, value: writeJson(copies) }];
  }

  /** Which paths have which content. What a path left is swept later, if no other path has it. */
  #pathRows(
    heldChanges: readonly HeldChange[],
    before: ReadonlyMap<EntryPath, Held | undefined>,
    after: ReadonlyMap<EntryPath, Held | undefined>,
  ): readonly Change[] {
    const changes: Change[] = [];
    for (const { path } of heldChanges) {
      const [was, is] = [rootOf(before.get(path)), rootOf(after.get(path))];
      if (was === is) continue;
      if (was !== undefined) {
        changes.push({ kind: "delete", key: this.contents.pathKey(was, path) });
        this.#left.add(was);
      }
      if (is !== undefined) changes.push({ kind: "put", key: this.contents.pathKey(is, path), value: empty });
    }
    return changes;
  }

  async #heldMap(paths: readonly EntryPath[]): Promise<Map<EntryPath, Held | undefined>> {
    const held = await this.heldMany(paths);
    return new Map(paths.map((path, at) => [path, held[at]]));
  }

  async *#rows(range: {
    readonly from: Uint8Array;
    readonly to: Uint8Array;
  }): AsyncGenerator<readonly [Uint8Array, Uint8Array]> {
    let { from } = range;
    for (;;) {
      const rows = await this.#store.range({ from, to: range.to, limit: pageRows });
      yield* rows;
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageRows) return;
      from = afterKey(last[0]);
    }
  }
}

const pageRows = 512;
const empty = new Uint8Array(0);

function rootOf(held: Held | undefined): ContentRoot | undefined {
  return held?.entry.kind === "file" ? held.entry.root : undefined;
}

function parsePaths(row: Uint8Array): readonly EntryPath[] {
  const json = readJson(row);
  return Array.isArray(json) ? json.map(String).flatMap((text) => parseStandingPath(text) ?? []) : [];
}
