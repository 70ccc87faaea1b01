/**
 * The puller: works off a folder's wanted list until the disk shows what the records say.
 *
 * One pass goes over the list twice: first everything that shall stand, then everything that shall
 * go, so that a file that moved still lies at its old path while its new one is made. What cannot
 * be done now (nobody has it, the disk is full, the name cannot live here) waits longer each time
 * and harms nothing else.
 */

import type { EntryPath } from "../../protocol/folder/path.ts";
import { Bell } from "../bell.ts";
import type { Folder } from "../folder/folder.ts";
import { DiskError, type Log, type Ports } from "../ports.ts";
import { Backlog } from "./backlog.ts";
import { Commit, CommitError, type CommitResult } from "./commit.ts";
import type { CommitGroup } from "./commit-group.ts";
import { Committer } from "./committer.ts";
import { Fetcher, type Sources } from "./fetcher.ts";
import { FilePull, type Moving } from "./file-pull.ts";
import { gate } from "./gate.ts";
import { recover } from "./intents.ts";
import { type AttributesItem, type Item, itemsFor, type PlaceItem, type RemoveItem } from "./items.ts";
import { type ReadyPlace, Stager } from "./stager.ts";
import { Unplaced } from "./unplaced.ts";
import type { FolderVersions } from "./versions/folder-versions.ts";

export interface PullerOptions {
  readonly folder: Folder;
  readonly ports: Ports;
  readonly sources: Sources;
  readonly kept: FolderVersions;
}

/** Wanted paths looked at together. */
const pageSize = 1_024;
const idleMs = 30_000;
/** How soon a root or disk in trouble is tried again. */
const troubledMs = 5_000;

export class Puller {
  readonly #folder: Folder;
  readonly #ports: Ports;
  readonly #kept: FolderVersions;
  readonly #log: Log;
  readonly #fetcher: Fetcher;
  readonly #stager: Stager;
  readonly #committer: Committer;
  readonly #filePull: FilePull;
  readonly #backlog: Backlog;
  readonly #unplaced = new Unplaced();
  readonly #bell = new Bell();
  readonly #stopped = new AbortController();
  #heldBack = 0;
  /** What was done makes more to do, such as an empty directory to remove. */
  #isMoving = false;
  #running: Promise<void> | undefined;

  constructor({ folder, ports, sources, kept }: PullerOptions) {
    this.#kept = kept;
    this.#folder = folder;
    this.#ports = ports;
    this.#log = ports.log.with({ folder: folder.id });
    this.#backlog = new Backlog(ports.clock);
    this.#fetcher = new Fetcher({ folder: folder.id, network: ports.network, sources, log: this.#log });
    this.#stager = new Stager({ folder, compute: ports.compute, fetcher: this.#fetcher });
    const { store, clock } = ports;
    const commit = new Commit({ folder, store, clock, versions: kept.versions, rules: kept.rules });
    this.#committer = new Committer(commit, this.#stager);
    this.#filePull = new FilePull({
      stager: this.#stager,
      backlog: this.#backlog,
      unplaced: this.#unplaced,
      commit: (places) => this.#commit({ places, attributes: [], removes: [] }),
      onFailure: ({ key, shown }, error) => this.#failed(key, shown.path, error),
    });
    folder.replica.onChange((changed) => {
      // Why it had to wait was said of what its records showed before.
      for (const { key } of changed) this.#backlog.recordsChanged(key);
      this.#bell.ring();
    });
  }

  /** Settles what a crash cut short. Before the folder is scanned. */
  async recover(): Promise<void> {
    const recovered = await recover(this.#folder, this.#ports.store, this.#kept.versions);
    if (recovered.intents > 0) this.#log.write("info", "commit-recovered", { ...recovered });
  }

  start(): void {
    this.#running = this.#run(this.#stopped.signal);
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
  get blocked(): readonly { readonly path: string; readonly why: string }[] {
    return this.#backlog.blocked();
  }

  get heldBack(): number {
    return this.#heldBack;
  }

  get bytesFetched(): number {
    return this.#fetcher.bytesFetched;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let isTroubled = false;
      this.#isMoving = false;
      try {
        await this.#pass("stand", signal);
        await this.#pass("go", signal);
      } catch (error) {
        // The root does not prove itself, or a flush failed: nothing was lost, all of it is tried again.
        if (!(error instanceof CommitError || error instanceof DiskError)) throw error;
        isTroubled = true;
        this.#log.write("error", "pull-troubled", { why: error.message });
      }
      if (this.#isMoving && !isTroubled) continue;
      const waitMs = isTroubled ? troubledMs : Math.min(this.#backlog.nextDueInMs() ?? idleMs, idleMs);
      await this.#bell.wait(this.#ports.clock, waitMs, signal);
    }
  }

  async #pass(phase: "stand" | "go", signal: AbortSignal): Promise<void> {
    let heldBack = 0;
    let after: EntryPath | undefined;
    if (phase === "stand") this.#unplaced.clear();
    for (;;) {
      const paths = await this.#folder.index.wantedAfter(after, pageSize);
      after = paths.at(-1);
      if (after === undefined || signal.aborted) break;
      const due = paths.filter((path) => this.#backlog.isDue(path));
      const items = await itemsFor(this.#folder.index, this.#folder.replica, due);
      const open = items.filter((item) => gate(this.#folder.id, item) === "open");
      heldBack += items.length - open.length;
      if (phase === "stand") await this.#stand(open, signal);
      else await this.#go(open);
    }
    if (phase === "stand") this.#heldBack = heldBack;
  }

  async #stand(items: readonly Item[], signal: AbortSignal): Promise<void> {
    const places = items.filter((item) => item.kind === "place");
    const attributes = items.filter((item) => item.kind === "attributes");
    for (const { shown } of places) this.#unplaced.add(shown.path, shown.entry);
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

  async #go(items: readonly Item[]): Promise<void> {
    const removes = this.#spared(items.filter((item) => item.kind === "remove"));
    await this.#commit({ places: [], attributes: [], removes });
  }

  async #stageSymlink(item: PlaceItem): Promise<readonly ReadyPlace[]> {
    if (item.shown.entry.kind !== "symlink") return [];
    return [{ item, staged: await this.#stager.stageSymlink(item.shown.entry.target) }];
  }

  async #commit(group: CommitGroup): Promise<void> {
    if (group.places.length + group.attributes.length + group.removes.length === 0) return;
    for (const result of await this.#committer.run(group)) this.#settle(result);
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
    this.#log.write("warn", "item-failed", { path, why: error.message });
    this.#backlog.failed(key, error.failure);
  }
}
