/**
 * The kept versions of one folder: what commits took out of its place, and where to find it again.
 *
 * Keeping moves no byte: the old inode gets a name below `.cdmesh/versions/`, on the same file
 * system. A commit names the number in its intents before it touches anything, and its rows go out
 * in the write that says what is held; so after a crash the intents tell whose each inode is. What
 * nobody can tell any more is kept as "found", for it may be all that is left of somebody's work.
 *
 * A version goes in the other order: first its inode, durably, then its rows.
 */

import type { EntryPath } from "../../../protocol/folder/path.ts";
import type { ContentRoot, FolderId } from "../../../protocol/ids.ts";
import type { Folder } from "../../folder/folder.ts";
import { isObject, readJson, writeJson } from "../../json.ts";
import { afterKey, rowKey, rowRange } from "../../keys.ts";
import { type Change, DiskError, type InternalPath, type Store, type Tree } from "../../ports.ts";
import {
  contentKey,
  decodeKept,
  encodeKept,
  type Kept,
  keptAsFound,
  directoryOf,
  directoryPath,
  keptKey,
  keptName,
  type KeptVersion,
  numberKey,
  numberOfKey,
  numberOfName,
  numbersIn,
  pathOfNumber,
  versionsDirectory,
} from "./kept-rows.ts";

export interface KeptTotals {
  readonly count: number;
  readonly bytes: number;
}

export interface VersionsOptions {
  readonly folder: Pick<Folder, "id" | "tree" | "lock">;
  readonly store: Store;
  readonly clock: { wallMs(): number };
}

const empty = new Uint8Array(0);
/** Rows read at a time. */
const pageRows = 256;

export class Versions {
  readonly #id: FolderId;
  readonly #tree: Tree;
  readonly #store: Store;
  readonly #clock: VersionsOptions["clock"];
  #totals: KeptTotals = { count: 0, bytes: 0 };
  #next = 0;
  readonly #opened = Promise.withResolvers<void>();
  #onKept: (paths: readonly EntryPath[]) => void = () => undefined;

  constructor({ folder, store, clock }: VersionsOptions) {
    this.#id = folder.id;
    this.#tree = folder.tree;
    this.#store = store;
    this.#clock = clock;
  }

  get totals(): KeptTotals {
    return this.#totals;
  }

  /** Hears the paths of which versions were kept, once that is durable. */
  onKept(listener: (paths: readonly EntryPath[]) => void): void {
    this.#onKept = listener;
  }

  /**
   * After a start, before anything is kept: finds out which numbers are free. A store that came
   * back from an older snapshot does not know the newest names.
   */
  async open(): Promise<void> {
    await this.reload();
    if ((await this.#tree.stat(versionsDirectory)) === undefined) {
      await this.#tree.makeDirectory(versionsDirectory, 0o700);
      await this.#tree.flushDirectories([".cdmesh"]);
    }
    const newest = (await this.directories()).at(-1);
    const numbers = newest === undefined ? [] : await this.#numbersAt(newest);
    for (const number of numbers) this.#next = Math.max(this.#next, number + 1);
    this.#opened.resolve();
  }

  /** Resolves once what a crash cut short is settled and `open` is done. */
  get opened(): Promise<void> {
    return this.#opened.promise;
  }

  // --- Keeping: under the folder's lock --------------------------------------------------------

  /** Free numbers, with directories for them to lie in. @returns the first */
  async reserve(count: number): Promise<number> {
    const first = this.#next;
    if (count === 0) return first;
    for (let directory = directoryOf(first); directory <= directoryOf(first + count - 1); directory += 1) {
      if ((await this.#tree.stat(directoryPath(directory))) !== undefined) continue;
      await this.#tree.makeDirectory(directoryPath(directory), 0o700);
      await this.#tree.flushDirectories([versionsDirectory]);
    }
    this.#next += count;
    return first;
  }

  /** The rows of what lies under its name by now, to be written durably once the names are. */
  rowsFor(kept: readonly Kept[]): readonly Change[] {
    if (kept.length === 0) return [];
    const keptAtMs = this.#clock.wallMs();
    for (const { number } of kept) this.#next = Math.max(this.#next, number + 1);
    const rows = kept.flatMap((one): Change[] => [
      { kind: "put", key: keptKey(this.#id, one), value: encodeKept({ ...one, keptAtMs }) },
      { kind: "put", key: numberKey(this.#id, one.number), value: new TextEncoder().encode(one.path) },
      ...this.#contentKeys(one).map((key): Change => ({ kind: "put", key, value: empty })),
    ]);
    return [...rows, this.#count(kept, 1)];
  }

  /** For who keeps something outside of a commit: its name is durable already. */
  async keep(kept: readonly Kept[]): Promise<void> {
    await this.#store.write(this.rowsFor(kept), { durable: true });
    this.keptAll(kept);
  }

  /** What `rowsFor` told is durable. */
  keptAll(kept: readonly Kept[]): void {
    if (kept.length > 0) this.#onKept([...new Set(kept.map(({ path }) => path))]);
  }

  /** Directories whose names have to be flushed before the rows are written. */
  static directoriesOf(kept: readonly Kept[]): readonly InternalPath[] {
    return [...new Set(kept.map(({ number }) => directoryPath(directoryOf(number))))];
  }

  /** The inode first: a version without an inode is forgotten at the next start, one without a row is found. */
  async discard(chosen: readonly KeptVersion[]): Promise<void> {
    // As they are by now: one that was found may have been named since it was chosen.
    const keys = chosen.map((one) => keptKey(this.#id, one));
    const rows = await this.#store.getMany(keys);
    const versions = keys.flatMap((key, at) => {
      const row = rows[at];
      return row === undefined ? [] : [decodeKept(this.#id, key, row)];
    });
    if (versions.length === 0) return;
    await Promise.all(versions.map(({ number }) => this.#removeName(keptName(number))));
    await this.#flushDirectories(Versions.directoriesOf(versions));
    await this.#forget(versions);
  }

  // --- Looking ---------------------------------------------------------------------------------

  /** Versions in the order of their paths, the oldest of each path first. @param prefix of the range, as `rowKey` has it */
  async page(range: { readonly from: Uint8Array; readonly to: Uint8Array }, limit: number): Promise<KeptPage> {
    const rows = await this.#store.range({ ...range, limit });
    const last = rows.at(-1);
    const versions = rows.map(([key, value]) => decodeKept(this.#id, key, value));
    return { versions, next: last === undefined || rows.length < limit ? undefined : afterKey(last[0]) };
  }

  async *pages(range: { readonly from: Uint8Array; readonly to: Uint8Array }): AsyncGenerator<readonly KeptVersion[]> {
    for (let from: Uint8Array | undefined = range.from; from !== undefined; ) {
      const { versions, next }: KeptPage = await this.page({ from, to: range.to }, pageRows);
      if (versions.length > 0) yield versions;
      from = next;
    }
  }

  /** The oldest first. */
  async *oldest(): AsyncGenerator<readonly KeptVersion[]> {
    for await (const numbers of this.#numberPages()) {
      const keys = numbers.map((place) => keptKey(this.#id, place));
      const rows = await this.#store.getMany(keys);
      yield keys.flatMap((key, at) => {
        const value = rows[at];
        return value === undefined ? [] : [decodeKept(this.#id, key, value)];
      });
    }
  }

  all(): KeyRange {
    return rowRange("o", this.#id);
  }

  ofPath(path: EntryPath): KeyRange {
    return rowRange("o", this.#id, path);
  }

  /** Of everything that stood below a directory. */
  below(directory: EntryPath): KeyRange {
    // Paths end in a zero byte: those below sort together, from "name/" up to "name0".
    return {
      from: rowKey("o", this.#id, `${directory}/`).slice(0, -1),
      to: rowKey("o", this.#id, `${directory}0`).slice(0, -1),
    };
  }

  async find(path: EntryPath, number: number): Promise<KeptVersion | undefined> {
    const key = keptKey(this.#id, { path, number });
    const row = await this.#store.get(key);
    return row && decodeKept(this.#id, key, row);
  }

  /** Which version has a content, if one is known to. */
  async numberOf(root: ContentRoot): Promise<number | undefined> {
    if (this.#totals.count === 0) return undefined;
    const [row] = await this.#store.range({ ...rowRange("j", this.#id, { hex: root }), limit: 1 });
    return row && numberOfKey(row[0]);
  }

  /** Notes the content of one that nobody had read. Under the folder's lock. */
  async name({ path, number }: KeptVersion, root: ContentRoot): Promise<void> {
    const version = await this.find(path, number);
    if (version === undefined) return;
    const named = { ...version, entry: { ...version.entry, root } };
    const changes: readonly Change[] = [
      { kind: "put", key: keptKey(this.#id, named), value: encodeKept(named) },
      { kind: "put", key: contentKey(this.#id, root, number), value: empty },
    ];
    await this.#store.write(changes, { durable: false });
  }

  // --- Rows and names compared: under the folder's lock ------------------------------------------

  /** The numbers of directories of names, rising. */
  async directories(): Promise<readonly number[]> {
    const listed = await this.#tree.list(versionsDirectory);
    const numbers = listed.flatMap(({ name, stat }) => (stat.kind === "directory" ? [numberOfName(name)] : []));
    return numbers.filter((number) => number !== undefined).toSorted((one, other) => one - other);
  }

  /** Takes in what lies in one directory without a row, and forgets rows without an inode. */
  async reconcile(directory: number): Promise<{ readonly found: number; readonly gone: number }> {
    const present = new Set(await this.#numbersAt(directory));
    const { first, last } = numbersIn(directory);
    const range = { from: numberKey(this.#id, first), to: numberKey(this.#id, last + 1) };
    const rows = await this.#store.range({ ...range, limit: last - first + 1 });
    const known = new Map(rows.map(([key, value]) => [numberOfKey(key), pathOfNumber(value)]));
    const vanished = [...known].filter(([number]) => !present.has(number));
    const rowsOfVanished = await Promise.all(vanished.map(([number, path]) => this.find(path, number)));
    const gone = rowsOfVanished.filter((version) => version !== undefined);
    await this.#forget(gone);
    const found: Kept[] = [];
    for (const number of present) {
      if (known.has(number)) continue;
      const stat = await this.#tree.stat(keptName(number));
      if (stat?.kind !== "file" && stat?.kind !== "symlink") continue;
      const target = stat.kind === "symlink" ? await this.#tree.readLink(keptName(number)) : undefined;
      found.push(keptAsFound(number, stat, target));
    }
    await this.#store.write(this.rowsFor(found), { durable: false });
    if (present.size === 0 && directory !== directoryOf(this.#next)) await this.#removeDirectory(directory);
    return { found: found.length, gone: gone.length };
  }

  /** Directories that rows name, a few at a time: some may be gone from the disk. */
  async *directoriesOfRows(): AsyncGenerator<number> {
    let before: number | undefined;
    for await (const places of this.#numberPages()) {
      for (const { number } of places) {
        const directory = directoryOf(number);
        if (directory !== before) yield directory;
        before = directory;
      }
    }
  }

  async *#numberPages(): AsyncGenerator<readonly { readonly path: EntryPath; readonly number: number }[]> {
    const range = rowRange("y", this.#id);
    let { from } = range;
    for (;;) {
      const rows = await this.#store.range({ from, to: range.to, limit: pageRows });
      if (rows.length > 0) yield rows.map(([key, value]) => ({ path: pathOfNumber(value), number: numberOfKey(key) }));
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageRows) return;
      from = afterKey(last[0]);
    }
  }

  async #forget(versions: readonly KeptVersion[]): Promise<void> {
    if (versions.length === 0) return;
    const rows = versions.flatMap((one): Change[] => [
      { kind: "delete", key: keptKey(this.#id, one) },
      { kind: "delete", key: numberKey(this.#id, one.number) },
      ...this.#contentKeys(one).map((key): Change => ({ kind: "delete", key })),
    ]);
    await this.#store.write([...rows, this.#count(versions, -1)], { durable: false });
  }

  #contentKeys({ number, entry: { root } }: Kept): readonly Uint8Array[] {
    return root === undefined ? [] : [contentKey(this.#id, root, number)];
  }

  #count(versions: readonly Kept[], sign: 1 | -1): Change {
    const bytes = versions.reduce((sum, { entry }) => sum + entry.size, 0);
    this.#totals = {
      count: this.#totals.count + sign * versions.length,
      bytes: this.#totals.bytes + sign * bytes,
    };
    return { kind: "put", key: rowKey("q", this.#id), value: writeJson({ ...this.#totals, next: this.#next }) };
  }

  /** What was counted for a write that failed is not so. */
  async reload(): Promise<void> {
    const row = await this.#store.get(rowKey("q", this.#id));
    const json = row === undefined ? {} : readJson(row);
    const field = (name: string): number => (isObject(json) && typeof json[name] === "number" ? json[name] : 0);
    this.#totals = { count: field("count"), bytes: field("bytes") };
    this.#next = Math.max(this.#next, field("next"));
  }

  async #numbersAt(directory: number): Promise<readonly number[]> {
    try {
      const listed = await this.#tree.list(directoryPath(directory));
      const numbers = listed.map(({ name }) => numberOfName(name)).filter((number) => number !== undefined);
      return numbers.filter((number) => directoryOf(number) === directory);
    } catch (error) {
      if (error instanceof DiskError && error.failure === "missing") return [];
      throw error;
    }
  }

  async #removeName(name: InternalPath): Promise<void> {
    try {
      await this.#tree.remove(name);
    } catch (error) {
      if (!(error instanceof DiskError) || error.failure !== "missing") throw error;
    }
  }

  async #removeDirectory(directory: number): Promise<void> {
    try {
      await this.#tree.removeDirectory(directoryPath(directory));
    } catch (error) {
      if (!(error instanceof DiskError) || (error.failure !== "missing" && error.failure !== "exists")) throw error;
    }
  }

  async #flushDirectories(directories: readonly InternalPath[]): Promise<void> {
    const stats = await Promise.all(directories.map((directory) => this.#tree.stat(directory)));
    await this.#tree.flushDirectories(directories.filter((_, at) => stats[at]?.kind === "directory"));
  }
}

export interface KeyRange {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

export interface KeptPage {
  readonly versions: readonly KeptVersion[];
  /** Where the next page begins. */
  readonly next: Uint8Array | undefined;
}
