/**
 * Commit: carries a group of items out on disk, so that a crash at any point leaves each path whole,
 * old or new (S3), and nobody's late change is overwritten (S2).
 *
 * The order is that of S4: staged files are flushed, the intents are durable, then names change,
 * directories are flushed, and last the index says "held", durably. Flushes are grouped over the
 * items. A replaced file is exchanged with its successor in one step and looked at on its way out;
 * where it is not what was expected, it goes back.
 */

import type { EntryPath } from "../../protocol/folder/path.ts";
import type { Folder } from "../folder/folder.ts";
import { Hasher } from "../folder/hasher.ts";
import type { Held } from "../folder/held.ts";
import { coarseMs } from "../folder/announcer.ts";
import type { HeldChange } from "../folder/index.ts";
import { stagingDirectory } from "../folder/marker.ts";
import { type Change, type Clock, type Compute, DiskError, type Stat, type Store, type TreePath } from "../ports.ts";
import { flushNames } from "./flush-names.ts";
import { type Intent, intentRows } from "./intent-rows.ts";
import { settleIntents } from "./intents.ts";
import type { AttributesItem, PlaceItem, RemoveItem } from "./items.ts";
import { Hands } from "./hands.ts";
import { recheck } from "./recheck.ts";
import { removeSpent } from "./spent.ts";
import { SurpriseError } from "./surprise.ts";
import type { Kept } from "./versions/kept-rows.ts";
import { type Keeping, type KeepingRules, planKeeping } from "./versions/keeping.ts";
import type { Versions } from "./versions/versions.ts";
import type { CommitGroup } from "./commit-group.ts";
import type { ReadyPlace } from "./stager.ts";

export type Outcome =
  | { readonly kind: "done" }
  /** The disk is not as it was held: the path has to be scanned before anything else. */
  | { readonly kind: "changed" }
  /** The records ask for something else by now: nothing was done. */
  | { readonly kind: "stale" }
  | { readonly kind: "failed"; readonly error: DiskError };

export interface CommitResult {
  readonly path: EntryPath;
  readonly key: EntryPath;
  readonly outcome: Outcome;
}

interface Done {
  readonly result: CommitResult;
  readonly changes: readonly HeldChange[];
}

/** What was done on disk, to be said in the store. */
interface Carried {
  readonly changes: readonly HeldChange[];
  readonly done: readonly Done[];
  readonly kept: readonly Kept[];
}

/** By the path of the item that they are of. */
type Intents = ReadonlyMap<EntryPath, readonly Intent[]>;

export interface CommitOptions {
  readonly folder: Folder;
  readonly store: Store;
  readonly clock: Clock;
  readonly compute: Compute;
  readonly versions: Versions;
  readonly rules: KeepingRules;
}

export class Commit {
  readonly #folder: Folder;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #hasher: Hasher<TreePath>;
  readonly #versions: Versions;
  readonly #rules: KeepingRules;
  #intentNumber = 0;

  constructor({ folder, store, clock, compute, versions, rules }: CommitOptions) {
    this.#folder = folder;
    this.#store = store;
    this.#clock = clock;
    this.#hasher = new Hasher(folder.tree, compute);
    this.#versions = versions;
    this.#rules = rules;
  }

  /** One result for each item. @throws CommitError when the root does not prove itself, DiskError when a flush failed */
  run(group: CommitGroup): Promise<readonly CommitResult[]> {
    return this.#folder.lock.run(() => this.#run(group));
  }

  async #run(ready: CommitGroup): Promise<readonly CommitResult[]> {
    const problem = await this.#folder.marker.problemBeforeChange();
    if (problem !== undefined) throw new CommitError(problem);
    // The intents of an earlier one mean what stood there then: once other commits went by, they would bring it back (C4).
    await this.#folder.halfDone.settle();
    const { due: group, stale, fates } = await recheck(this.#folder, ready);
    await this.#flushStaged(group.places);
    const { replica } = this.#folder;
    const parts = { replica, versions: this.#versions, rules: this.#rules };
    const keeping = await planKeeping(parts, group, fates);
    this.#intentNumber += 1;
    const intents = new Map([
      ...group.places.map((place) => [place.item.shown.path, intentsOfPlace(place, keeping)] as const),
      ...group.removes.map(({ path }) => [path, intentsOfLeaving(path, keeping)] as const),
    ]);
    const { put } = this.#rowsOf(intents);
    if (put.length > 0) await this.#store.write(put, { durable: true });

    try {
      const done = await this.#carryOut(group, new Hands(this.#folder, this.#hasher, keeping), intents);
      return [...done.map(({ result }) => result), ...stale.map(staleResult)];
    } catch (error) {
      await this.#settle();
      throw error;
    }
  }

  #rowsOf(intents: Intents): ReturnType<typeof intentRows> {
    return intentRows(this.#folder.id, this.#intentNumber, [...intents.values()].flat());
  }

  async #carryOut(group: CommitGroup, hands: Hands, intents: Intents): Promise<readonly Done[]> {
    const done: Done[] = [];
    const places = sortPlaces(group.places);
    // Parents stand before their children, and go after them.
    for (const place of places.directories) done.push(await this.#place(hands, place));
    await hands.makeParents(places.others.map(({ item }) => item.shown.path));
    done.push(...(await Promise.all(places.others.map((place) => this.#place(hands, place)))));
    done.push(...(await Promise.all(group.attributes.map((item) => this.#setAttributes(hands, item)))));
    const removes = sortRemoves(group.removes);
    done.push(...(await Promise.all(removes.others.map((item) => this.#remove(hands, item)))));
    for (const item of removes.directories) done.push(await this.#remove(hands, item));
    for (const place of places.overDirectories) done.push(await this.#place(hands, place));

    if (hands.unsettled !== undefined) throw hands.unsettled;
    const changes = [...hands.implicit, ...done.flatMap((one) => one.changes)];
    // A call that failed may have had its effect all the same: the intents say what to look for.
    const failed = new Set(done.flatMap(({ result }) => (result.outcome.kind === "failed" ? [result.path] : [])));
    const open = new Map([...intents].filter(([path, { length }]) => length > 0 && failed.has(path)));
    const numbers = new Set([...open.values()].flat().map(({ leaving }) => leaving?.number));
    const kept = hands.kept.filter(({ number }) => !numbers.has(number));
    // What was undone too: without its intents a power cut must not find it half done (S1).
    await flushNames(this.#folder.tree, [...changes.map(({ path }) => path), ...hands.undone], kept);
    await this.#record(
      { changes, done, kept },
      open.size === 0 ? this.#rowsOf(intents).delete : this.#rowsOf(open).put,
    );
    const spent = [...hands.spent].filter(([path]) => !failed.has(path)).map(([, name]) => name);
    await removeSpent(this.#folder.tree, spent);
    if (open.size > 0) await this.#settle();
    return done;
  }

  /** What was done before a failure is said in the index; where that fails too, whoever comes next does it. */
  async #settle(): Promise<void> {
    const { marker, halfDone } = this.#folder;
    halfDone.note(async () => void (await settleIntents(this.#folder, this.#store, this.#versions, "this life")));
    const settle = async (): Promise<void> => {
      if ((await marker.problem()) === undefined) await halfDone.settle();
    };
    // The failure that led here is what the caller hears of.
    await settle().catch(() => undefined);
  }

  /** S4, S9: nothing gets its name before its bytes are durable. */
  async #flushStaged(places: readonly ReadyPlace[]): Promise<void> {
    const files = places.flatMap(({ staged }) => (staged.kind === "file" ? [staged.file] : []));
    if (files.length > groupFlushMin && (await this.#folder.tree.flushAll())) return;
    await Promise.all(files.map((file) => file.flush()));
  }

  async #place(hands: Hands, place: ReadyPlace): Promise<Done> {
    const { item, staged } = place;
    return this.#guard(item.key, item.shown.path, async () => {
      const stat = await hands.place(place);
      const moved: HeldChange[] = staged.kind === "move" ? [{ path: staged.from, after: undefined }] : [];
      return [...moved, { path: item.shown.path, after: this.#heldAs(item, stat), pages: staged.pages }];
    });
  }

  async #setAttributes(hands: Hands, item: AttributesItem): Promise<Done> {
    return this.#guard(item.key, item.shown.path, async () => {
      const stat = await hands.setAttributes(item);
      return [{ path: item.shown.path, after: this.#heldAs(item, stat) }];
    });
  }

  async #remove(hands: Hands, item: RemoveItem): Promise<Done> {
    return this.#guard(item.key, item.path, async () => {
      const after = await hands.remove(item);
      return [{ path: item.path, after }];
    });
  }

  #heldAs({ key, shown }: PlaceItem | AttributesItem, stat: Stat): Held {
    const { entry, basis, path } = shown;
    // The change time is this commit's own; a user's write would show in the modification time.
    const isSettled = entry.kind !== "file" || Number(stat.mtimeNs / 1_000_000n) + coarseMs < this.#clock.wallMs();
    return { entry, stat, basis, trusted: isSettled, ...(path !== key && { copyOf: key }) };
  }

  async #guard(key: EntryPath, path: EntryPath, act: () => Promise<readonly HeldChange[]>): Promise<Done> {
    try {
      return { result: { path, key, outcome: { kind: "done" } }, changes: await act() };
    } catch (error) {
      if (error instanceof SurpriseError) return { result: { path, key, outcome: { kind: "changed" } }, changes: [] };
      if (error instanceof DiskError) return { result: { path, key, outcome: { kind: "failed", error } }, changes: [] };
      throw error;
    }
  }

  /** Says what is held, and takes the intents back, in one durable write. */
  async #record({ changes, done, kept }: Carried, intents: readonly Change[]): Promise<void> {
    const { replica, index } = this.#folder;
    const keys = [...new Set([...done.map(({ result }) => result.key), ...changes.map(({ path }) => path)])];
    await index.writeContents(changes);
    await replica.exclusive(async () => {
      const states = await replica.stateMany(keys);
      const known = keys.map((key, at) => ({ key, versions: states[at] ?? [] }));
      const rows = await index.rowsFor(changes, known);
      await this.#store.write([...rows, ...this.#versions.rowsFor(kept), ...intents], { durable: true });
    });
    this.#versions.keptAll(kept);
    await index.sweepContents();
    // A delete that waited is none any more, also where it turned out to be a move.
    await this.#folder.waiting.forget(changes.flatMap(({ path, after }) => (after === undefined ? [path] : [])));
    for (const { path, after } of changes) if (after?.trusted === false) this.#folder.lookAtSoon(path, after.stat);
  }
}

function staleResult(item: PlaceItem | RemoveItem): CommitResult {
  const path = item.kind === "place" ? item.shown.path : item.path;
  return { path, key: item.key, outcome: { kind: "stale" } };
}

/** The root does not prove itself; nothing was changed. */
export class CommitError extends Error {
  constructor(why: string) {
    super(why);
    this.name = "CommitError";
  }
}

/** From this many files on, one flush of the file system is cheaper than one for each (FORMATS 20). */
const groupFlushMin = 4;

interface SortedPlaces {
  readonly directories: readonly ReadyPlace[];
  readonly others: readonly ReadyPlace[];
  /** They wait until what the directory held is removed. */
  readonly overDirectories: readonly ReadyPlace[];
}

function sortPlaces(places: readonly ReadyPlace[]): SortedPlaces {
  const isDirectory = ({ item }: ReadyPlace) => item.shown.entry.kind === "directory";
  const isOverDirectory = ({ item }: ReadyPlace) => item.expected?.entry.kind === "directory";
  const byPath = (one: ReadyPlace, other: ReadyPlace) => (one.item.shown.path < other.item.shown.path ? -1 : 1);
  return {
    directories: places.filter(isDirectory).toSorted(byPath),
    others: places.filter((place) => !isDirectory(place) && !isOverDirectory(place)),
    overDirectories: places.filter((place) => !isDirectory(place) && isOverDirectory(place)),
  };
}

function sortRemoves(removes: readonly RemoveItem[]): { directories: RemoveItem[]; others: RemoveItem[] } {
  const isDirectory = ({ expected }: RemoveItem) => expected.entry.kind === "directory";
  const deepestFirst = (one: RemoveItem, other: RemoveItem) =>
    other.path.split("/").length - one.path.split("/").length;
  return {
    directories: removes.filter(isDirectory).toSorted(deepestFirst),
    others: removes.filter((item) => !isDirectory(item)),
  };
}

function intentsOfPlace({ item, staged }: ReadyPlace, keeping: Keeping): readonly Intent[] {
  const { path, entry, basis } = item.shown;
  if (staged.kind === "directory") return intentsOfLeaving(path, keeping);
  // A move has no staged file: its inode stands at a path of the folder before and after.
  const at = staged.kind === "move" ? stagingDirectory : staged.path;
  const { inode, bornNs } = staged.stat;
  const place = { kind: "place", key: item.key, path, entry, basis, inode, bornNs, staged: at } as const;
  if (staged.kind === "move") return [place, ...intentsOfLeaving(staged.from, keeping)];
  const leaving = keeping.get(path);
  return [leaving === undefined ? place : { ...place, leaving }];
}

function intentsOfLeaving(path: EntryPath, keeping: Keeping): readonly Intent[] {
  const leaving = keeping.get(path);
  return leaving === undefined ? [] : [{ kind: "remove", leaving }];
}
