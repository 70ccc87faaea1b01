/**
 * The puller: works off a folder's wanted list until the disk shows what the records say.
 *
 * One pass goes over the list twice: first everything that shall stand, then everything that shall
 * go, so that a file that moved still lies at its old path while its new one is made. What cannot
 * be done now (nobody has it, the disk is full, the name cannot live here) waits longer each time
 * and harms nothing else.
 */

import type { LinkRule } from "../../protocol/documents/policy.ts";
import type { EntryPath } from "../../protocol/folder/path.ts";
import type { PeerId } from "../../protocol/ids.ts";
import { Bell } from "../bell.ts";
import type { Folder } from "../folder/folder.ts";
import type { Held } from "../folder/held.ts";
import { DiskError, type Log, type Ports } from "../ports.ts";
import { StoreError } from "../store-error.ts";
import { Backlog, type BlockedPath, type UnfoundFile } from "./backlog.ts";
import { Commit, CommitError, type CommitResult } from "./commit.ts";
import type { CommitGroup } from "./commit-group.ts";
import { Committer } from "./committer.ts";
import { Fetcher, type Sources } from "./fetcher.ts";
import { FilePull, type Moving } from "./file-pull.ts";
import { Gate } from "./gate.ts";
import { freePlaces } from "./free-places.ts";
import { recover } from "./intents.ts";
import { type AttributesItem, type Item, itemsFor, type PlaceItem, type RemoveItem } from "./items.ts";
import { type ReadyPlace, Stager } from "./stager.ts";
import { NoRoomError, type StagingRoom } from "./staging-room.ts";
import { Unplaced } from "./unplaced.ts";
import type { FolderVersions } from "./versions/folder-versions.ts";

export interface PullerOptions {
  readonly folder: Folder;
  readonly ports: Ports;
  readonly sources: Sources;
  /** What the policy says of the link to a peer. */
  readonly linkTo: (peer: PeerId) => LinkRule;
  readonly kept: FolderVersions;
  /** On the file system of the folder's root. */
  readonly room: StagingRoom;
}

/** Wanted paths looked at together. */
const pageSize = 1_024;
const idleMs = 30_000;
/** How soon a root, disk or store in trouble is tried again. */
const troubledMs = 5_000;
/** How often room is looked for while something waits for it. */
const roomLookMs = 5_000;

export class Puller {
  readonly #folder: Folder;
  readonly #ports: Ports;
  readonly #kept: FolderVersions;
  readonly #room: StagingRoom;
  readonly #log: Log;
  readonly #fetcher: Fetcher;
  readonly #stager: Stager;
  readonly #committer: Committer;
  readonly #filePull: FilePull;
  readonly #backlog: Backlog;
  readonly #unplaced = new Unplaced();
  readonly #gate: Gate;
  readonly #bell = new Bell();
  readonly #stopped = new AbortController();
  #heldBack = 0;
  /** What was done makes more to do, such as an empty directory to remove. */
  #isMoving = false;
  #isRecovered = false;
  /** What ended the first of the two passes early. */
  #standingTrouble: Trouble | undefined;
  #trouble: string | undefined;
  #running: Promise<void> | undefined;

  constructor({ folder, ports, sources, linkTo, kept, room }: PullerOptions) {
    this.#kept = kept;
    this.#room = room;
    this.#folder = folder;
    this.#ports = ports;
    this.#log = ports.log.with({ folder: folder.id });
    this.#backlog = new Backlog(ports.clock);
    this.#gate = new Gate(folder, ports.clock);
    const { network, store, clock, compute } = ports;
    this.#fetcher = new Fetcher({ folder: folder.id, network, compute, sources, log: this.#log });
    this.#stager = new Stager({ folder, compute, kept: kept.contents, fetcher: this.#fetcher, linkTo });
    const rules = { ...kept.rules, isAwaited: (held: Held) => this.#unplaced.isAwaited(held) };
    const commit = new Commit({ folder, store, clock, compute, versions: kept.versions, rules });
    this.#committer = new Committer(commit, this.#stager);
    this.#filePull = new FilePull({
      stager: this.#stager,
      backlog: this.#backlog,
      unplaced: this.#unplaced,
      takeRoom: (sizes) => room.take(sizes, (bytes) => kept.freeSpace(bytes)),
      commit: async (places) => {
        await this.#commit({ places, attributes: [], removes: [] });
      },
      onFailure: ({ key, shown }, error) => this.#failed(key, shown.path, error),
    });
    folder.replica.onChange((changed) => {
      // Why it had to wait was said of what its records showed before.
      for (const { key } of changed) this.#backlog.recordsChanged(key);
      this.#bell.ring();
    });
    folder.waiting.onRelease(() => {
      // Until the next pass has looked, what was released is missing.
      this.#heldBack = 0;
      this.#bell.ring();
    });
  }

  /** Settles what a crash cut short, if disk and store let it; otherwise `start` goes on trying. */
  async recover(): Promise<void> {
    this.#trouble = await this.#troubleOf(async () => {
      const recovered = await recover(this.#folder, this.#ports.store, this.#kept.versions);
      this.#isRecovered = true;
      if (recovered.intents > 0) this.#log.write("info", "commit-recovered", { ...recovered });
    });
  }

  /** @param onRecovered called once nothing of an earlier life is open: the folder may be scanned */
  start(onRecovered: () => void): void {
    this.#running = this.#run(this.#stopped.signal, onRecovered);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  /** There may be somebody who has what was missing. */
  wake(): void {
    if (this.#backlog.sourcesChanged()) this.#bell.ring();
  }

  get moving(): readonly Moving[] {
    return this.#filePull.moving;
  }

  /** Paths that cannot be made here as things are, with the reason. */
  get blocked(): readonly BlockedPath[] {
    return this.#backlog.blocked();
  }

  /** How many of these lack nothing else, and so are not missing. */
  get blockedAlone(): number {
    return this.#backlog.blockedAlone;
  }

  /** Files that are missing because nobody who was asked had their content. */
  get unfound(): readonly UnfoundFile[] {
    return this.#backlog.unfound();
  }

  /** Why nothing is brought in or taken away; undefined when that goes on. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  get heldBack(): number {
    return this.#heldBack;
  }

  get bytesFetched(): number {
    return this.#fetcher.bytesFetched;
  }

  async #run(signal: AbortSignal, onRecovered: () => void): Promise<void> {
    while (!this.#isRecovered) {
      await this.recover();
      if (!this.#isRecovered) await this.#ports.clock.sleep(troubledMs, signal);
      if (signal.aborted) return;
    }
    onRecovered();
    await this.#folder.untilLookedAt(signal);
    while (!signal.aborted) {
      this.#isMoving = false;
      this.#trouble = await this.#troubleOf(() => this.#round(signal));
      if (this.#isMoving && this.#trouble === undefined) continue;
      await this.#bell.wait(this.#ports.clock, this.#waitMs(), signal);
    }
  }

  #waitMs(): number {
    if (this.#trouble !== undefined) return troubledMs;
    const longestMs = this.#backlog.waitsForRoom ? roomLookMs : idleMs;
    return Math.min(this.#backlog.nextDueInMs() ?? longestMs, longestMs);
  }

  /**
   * A root that does not prove itself, a flush that failed, a store that refuses: nothing was lost,
   * all of it is tried again. @returns what it was
   */
  async #troubleOf(act: () => Promise<void>): Promise<string | undefined> {
    try {
      await act();
      return undefined;
    } catch (error) {
      if (!isTrouble(error)) throw error;
      // Told when it begins or changes, not each time that it is found to last.
      if (error.message !== this.#trouble) this.#log.write("error", "pull-troubled", { why: error.message });
      return error.message;
    }
  }

  async #round(signal: AbortSignal): Promise<void> {
    if (this.#backlog.waitsForRoom) this.#backlog.roomIs(await this.#room.freeBytes());
    this.#backlog.beginRound();
    const standing = await this.#pass("stand", signal);
    const going = await this.#pass("go", signal);
    this.#heldBack = standing + going;
    const trouble = this.#standingTrouble;
    if (trouble !== undefined) throw trouble;
    if (!signal.aborted) this.#backlog.endRound();
    if (this.#backlog.nextDueInMs() === undefined) this.#stager.forgetFetched();
  }

  /** @returns how many items the gate held back */
  async #pass(phase: "stand" | "go", signal: AbortSignal): Promise<number> {
    let heldBack = 0;
    if (phase === "stand") {
      this.#unplaced.clear();
      this.#standingTrouble = undefined;
      await this.#gate.settle();
    }
    let deletesBehind = phase === "go" && this.#gate.mayEngage ? await this.#deletesAhead(signal) : 0;
    for await (const { items, waiting } of this.#wanted(signal)) {
      if (phase === "stand") {
        const open = this.#gate.standing(items);
        heldBack += items.length - open.length;
        await this.#tryToStand(open, signal);
      } else {
        const removes = this.#spared(items.filter((item) => item.kind === "remove"));
        deletesBehind = Math.max(0, deletesBehind - this.#fresh(removes).length);
        const open = await this.#gate.removals(removes, deletesBehind);
        heldBack += waiting + removes.length - open.length;
        await this.#go(open);
      }
    }
    return heldBack;
  }

  /** The wanted list, a page at a time: what is due, and how many paths wait for an operator. */
  async *#wanted(signal: AbortSignal): AsyncGenerator<{ readonly items: readonly Item[]; readonly waiting: number }> {
    let after: EntryPath | undefined;
    for (;;) {
      const paths = await this.#folder.index.wantedAfter(after, pageSize);
      after = paths.at(-1);
      if (after === undefined || signal.aborted) return;
      const open = paths.filter((path) => !this.#gate.isHeldBack(path));
      const due = open.filter((path) => this.#backlog.isDue(path));
      const items = await itemsFor(this.#folder.index, this.#folder.replica, due);
      yield { items, waiting: paths.length - open.length };
    }
  }

  /** How many deletes the brake has not judged yet: they are one go, whatever page they stand on. */
  async #deletesAhead(signal: AbortSignal): Promise<number> {
    let deletes = 0;
    for await (const { items } of this.#wanted(signal)) {
      const removes = items.filter((item) => item.kind === "remove");
      deletes += this.#fresh(removes).filter(({ expected }) => this.#unplaced.isSpare(expected)).length;
    }
    return deletes;
  }

  #fresh(removes: readonly RemoveItem[]): readonly RemoveItem[] {
    return removes.filter((item) => this.#gate.isFresh(item));
  }

  /**
   * When the disk cannot take in more, what shall go still goes, for that makes room. So after a
   * trouble the rest of the list is only looked at for what it wants to keep.
   */
  async #tryToStand(items: readonly Item[], signal: AbortSignal): Promise<void> {
    try {
      if (this.#standingTrouble === undefined) await this.#stand(items, signal);
      else this.#wantPlaced(items);
    } catch (error) {
      if (!isTrouble(error)) throw error;
      this.#standingTrouble = error;
    }
  }

  #wantPlaced(items: readonly Item[]): void {
    for (const item of items) if (item.kind === "place") this.#unplaced.add(item.shown.path, item.shown.entry);
  }

  async #stand(items: readonly Item[], signal: AbortSignal): Promise<void> {
    const places = await this.#withFreePlace(items.filter((item) => item.kind === "place"));
    const attributes = items.filter((item) => item.kind === "attributes");
    this.#wantPlaced(places);
    const directories = places.filter(({ shown }) => shown.entry.kind === "directory");
    await this.#makeDirectories(
      directories.filter(({ expected }) => expected === undefined),
      attributes,
    );
    const files = await this.#filePull.find(places);
    await this.#filePull.pullLocal(files, signal);
    // By now what had to step aside stands beside, or it is spared.
    await this.#makeDirectories(this.#spared(directories.filter(({ expected }) => expected !== undefined)), []);
    const symlinks = this.#spared(places.filter(({ shown }) => shown.entry.kind === "symlink"));
    const staged = await Promise.all(symlinks.map((item) => this.#stageSymlink(item)));
    await this.#commit({ places: staged.flat(), attributes: [], removes: [] });
    await this.#filePull.pullRemote(files, signal);
  }

  /** The others are not waited for by what goes. */
  async #withFreePlace(items: readonly PlaceItem[]): Promise<readonly PlaceItem[]> {
    const { free, taken, shut } = await freePlaces(this.#folder, items);
    for (const [{ key }, by] of taken) this.#backlog.taken(key, by);
    for (const { key, shown } of shut) {
      this.#unplaced.addShutOut(shown.entry);
      this.#backlog.changed(key);
    }
    return free;
  }

  async #makeDirectories(items: readonly PlaceItem[], attributes: readonly AttributesItem[]): Promise<void> {
    const places = items.map((item): ReadyPlace => ({ item, staged: { kind: "directory", pages: [] } }));
    await this.#commit({ places, attributes, removes: [] });
  }

  /** Items in whose place nothing stands that is still wanted elsewhere; the others come later. */
  #spared<One extends PlaceItem | RemoveItem>(items: readonly One[]): readonly One[] {
    return items.filter(({ key, expected }) => {
      const isSpare = this.#unplaced.isSpare(expected);
      if (!isSpare) this.#backlog.changed(key);
      return isSpare;
    });
  }

  async #go(removes: readonly RemoveItem[]): Promise<void> {
    const fresh = new Set(this.#fresh(removes).map(({ path }) => path));
    const results = await this.#commit({ places: [], attributes: [], removes });
    this.#gate.pass(results.filter(({ path, outcome }) => outcome.kind === "done" && fresh.has(path)).length);
  }

  async #stageSymlink(item: PlaceItem): Promise<readonly ReadyPlace[]> {
    if (item.shown.entry.kind !== "symlink") return [];
    return [{ item, staged: await this.#stager.stageSymlink(item.shown.entry.target) }];
  }

  async #commit(group: CommitGroup): Promise<readonly CommitResult[]> {
    if (group.places.length + group.attributes.length + group.removes.length === 0) return [];
    const results = await this.#committer.run(group);
    for (const result of results) this.#settle(result);
    return results;
  }

  #settle({ path, key, outcome }: CommitResult): void {
    switch (outcome.kind) {
      case "done":
        this.#isMoving = true;
        this.#backlog.done(key);
        this.#unplaced.placed(path);
        return;
      case "changed":
        // Somebody wrote there meanwhile: that is scanned and announced before it is touched (S2).
        this.#folder.lookAt(path);
        this.#backlog.changed(key);
        return;
      case "stale":
        this.#backlog.changed(key);
        return;
      case "failed":
        this.#failed(key, path, outcome.error);
    }
  }

  #failed(key: EntryPath, path: EntryPath, error: DiskError): void {
    // The tree around it has another shape than it will have; other items are about to change that.
    if (error.failure === "not-a-directory" || error.failure === "exists") {
      this.#backlog.changed(key);
      return;
    }
    if (error instanceof NoRoomError) {
      this.#backlog.noRoom(key, error);
      return;
    }
    this.#log.write("warn", "item-failed", { path, why: error.message });
    this.#backlog.failed(key, error.failure);
  }
}

type Trouble = CommitError | DiskError | StoreError;

/** What the world does and not this program. */
function isTrouble(error: unknown): error is Trouble {
  return error instanceof CommitError || error instanceof DiskError || error instanceof StoreError;
}
