/**
 * The puller: works off a folder's wanted list until the disk shows what the records say.
 *
 * One pass goes over the list twice: first everything that shall stand, then everything that shall
 * go, so that a file that moved still lies at its old path while its new one is made. What cannot
 * be done now (nobody has it, the disk is full, the name cannot live here) waits longer each time
 * and harms nothing else.
 */

import { contentBytes, type FileEntry } from "../../protocol/folder/entry.ts";
import type { EntryPath } from "../../protocol/folder/path.ts";
import { limits } from "../../protocol/limits.ts";
import { Bell } from "../bell.ts";
import type { Folder } from "../folder/folder.ts";
import { DiskError, type Log, type Ports } from "../ports.ts";
import { Backlog } from "./backlog.ts";
import { Commit, CommitError, type CommitResult, type ReadyPlace } from "./commit.ts";
import { type Batch, Committer } from "./committer.ts";
import { Fetcher, type Sources } from "./fetcher.ts";
import { gate } from "./gate.ts";
import { recover } from "./intents.ts";
import { type AttributesItem, type Item, itemsFor, type PlaceItem, type RemoveItem } from "./items.ts";
import { Stager } from "./stager.ts";

export interface PullerOptions {
  readonly folder: Folder;
  readonly ports: Ports;
  readonly sources: Sources;
}

export interface Moving {
  readonly path: string;
  readonly bytes: number;
  readonly bytesDone: number;
}

/** Wanted paths looked at together. */
const pageSize = 1_024;
/** Packs of small files under way at a time, and how many files and bytes one has. */
const packsAtOnce = 4;
const packFiles = 128;
const packBytes = limits.contentAnswerBytesMax;
/** Large files under way at a time. */
const largeAtOnce = 2;
const idleMs = 30_000;

export class Puller {
  readonly #folder: Folder;
  readonly #ports: Ports;
  readonly #log: Log;
  readonly #fetcher: Fetcher;
  readonly #stager: Stager;
  readonly #committer: Committer;
  readonly #backlog: Backlog;
  readonly #bell = new Bell();
  readonly #stopped = new AbortController();
  readonly #moving = new Map<string, { bytes: number; bytesDone: number }>();
  #heldBack = 0;
  #running: Promise<void> | undefined;

  constructor({ folder, ports, sources }: PullerOptions) {
    this.#folder = folder;
    this.#ports = ports;
    this.#log = ports.log.with({ folder: folder.id });
    this.#fetcher = new Fetcher({ folder: folder.id, network: ports.network, sources, log: this.#log });
    this.#stager = new Stager({ folder, compute: ports.compute, fetcher: this.#fetcher });
    this.#committer = new Committer(new Commit({ folder, store: ports.store, clock: ports.clock }), this.#stager);
    this.#backlog = new Backlog(ports.clock);
    folder.replica.onChange(() => this.#bell.ring());
  }

  /** Settles what a crash cut short. Before the folder is scanned. */
  async recover(): Promise<void> {
    const recovered = await recover(this.#folder, this.#ports.store);
    if (recovered.intents > 0) this.#log.write("info", "commit-recovered", recovered);
  }

  start(): void {
    this.#running = this.#run(this.#stopped.signal);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  /** There may be work, or somebody who has what was missing. */
  wake(): void {
    this.#backlog.sourcesChanged();
    this.#bell.ring();
  }

  get moving(): readonly Moving[] {
    return [...this.#moving].map(([path, progress]) => ({ path, ...progress }));
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
      try {
        await this.#pass("stand", signal);
        await this.#pass("go", signal);
      } catch (error) {
        // The root does not prove itself, or a flush failed: nothing was lost, all of it is tried again.
        if (!(error instanceof CommitError || error instanceof DiskError)) throw error;
        isTroubled = true;
        this.#log.write("error", "pull-troubled", { why: error.message });
      }
      const waitMs = isTroubled ? troubledMs : Math.min(this.#backlog.nextDueInMs() ?? idleMs, idleMs);
      await this.#bell.wait(this.#ports.clock, waitMs, signal);
    }
  }

  async #pass(phase: "stand" | "go", signal: AbortSignal): Promise<void> {
    let heldBack = 0;
    let after: EntryPath | undefined;
    for (;;) {
      const paths = await this.#folder.index.wantedAfter(after, pageSize);
      after = paths.at(-1);
      if (after === undefined || signal.aborted) break;
      const due = paths.filter((path) => this.#backlog.isDue(path));
      const items = await itemsFor(this.#folder.index, this.#folder.replica, due);
      const open = items.filter((item) => gate(this.#folder.id, item) === "open");
      heldBack += items.length - open.length;
      if (phase === "stand")
        await this.#stand(
          open.filter((item) => item.kind !== "remove"),
          signal,
        );
      else await this.#commit({ places: [], attributes: [], removes: open.filter((item) => item.kind === "remove") });
    }
    if (phase === "stand") this.#heldBack = heldBack;
  }

  async #stand(items: readonly Exclude<Item, RemoveItem>[], signal: AbortSignal): Promise<void> {
    const places = items.filter((item) => item.kind === "place");
    const attributes: AttributesItem[] = items.filter((item) => item.kind === "attributes");
    const directories = places.filter(({ shown }) => shown.entry.kind === "directory");
    const ready = directories.map((item): ReadyPlace => ({ item, staged: { kind: "directory", pages: [] } }));
    await this.#commit({ places: ready, attributes, removes: [] });
    const symlinks = await Promise.all(places.map((item) => this.#stageSymlink(item)));
    const files = await this.#findFiles(places);
    const moves = files.flatMap(({ item, leaving }) => (leaving === undefined ? [] : [{ item, staged: leaving }]));
    await this.#commit({ places: [...symlinks.flat(), ...moves], attributes: [], removes: [] });
    const rest = files.filter(({ leaving }) => leaving === undefined);
    const small = rest.filter(({ entry }) => entry.size <= limits.smallFileBytesMax);
    const large = rest.filter(({ entry }) => entry.size > limits.smallFileBytesMax);
    await Promise.all([
      eachAtOnce(packsOf(small), packsAtOnce, (pack) => this.#pullPack(pack, signal)),
      eachAtOnce(large, largeAtOnce, (file) => this.#pullLarge(file, signal)),
    ]);
  }

  /** Where the content of each file comes from: a path that is given up, this disk, or other peers. */
  async #findFiles(places: readonly PlaceItem[]): Promise<readonly FileToPlace[]> {
    const files = places.flatMap((item) =>
      item.shown.entry.kind === "file" ? [{ item, entry: item.shown.entry }] : [],
    );
    const found = await Promise.all(files.map(({ entry }) => this.#stager.findLocal(entry)));
    const taken = new Set<string>();
    return files.map(({ item, entry }, at): FileToPlace => {
      const local = found[at];
      // A path can be moved once, to a name that is free.
      if (local?.kind === "leaving" && item.expected === undefined && !taken.has(local.path)) {
        taken.add(local.path);
        const leaving = { kind: "move", from: local.path, stat: local.stat, pages: [] } as const;
        return { item, entry, local: undefined, leaving };
      }
      return { item, entry, local: local?.path, leaving: undefined };
    });
  }

  async #stageSymlink(item: PlaceItem): Promise<readonly ReadyPlace[]> {
    if (item.shown.entry.kind !== "symlink") return [];
    return [{ item, staged: await this.#stager.stageSymlink(item.shown.entry.target) }];
  }

  async #pullPack(pack: readonly FileToPlace[], signal: AbortSignal): Promise<void> {
    for (const { item, entry } of pack) this.#moving.set(item.shown.path, { bytes: entry.size, bytesDone: 0 });
    try {
      const staged = await this.#stager.stageSmall(pack, signal);
      const arrived = new Set(staged.map(([want]) => want));
      for (const want of pack) if (!arrived.has(want)) this.#backlog.missing(want.item.key);
      await this.#commit({
        places: staged.map(([{ item }, one]) => ({ item, staged: one })),
        attributes: [],
        removes: [],
      });
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      for (const { item } of pack) this.#failed(item.key, item.shown.path, error);
    } finally {
      for (const { item } of pack) this.#moving.delete(item.shown.path);
    }
  }

  async #pullLarge({ item, entry }: FileToPlace, signal: AbortSignal): Promise<void> {
    const progress = { bytes: entry.size, bytesDone: 0 };
    this.#moving.set(item.shown.path, progress);
    try {
      const staged = await this.#stager.stageLarge(entry, signal, (bytes) => {
        progress.bytesDone += bytes;
      });
      if (staged === undefined) this.#backlog.missing(item.key);
      else await this.#commit({ places: [{ item, staged }], attributes: [], removes: [] });
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.#failed(item.key, item.shown.path, error);
    } finally {
      this.#moving.delete(item.shown.path);
    }
  }

  async #commit(batch: Batch): Promise<void> {
    if (batch.places.length + batch.attributes.length + batch.removes.length === 0) return;
    for (const result of await this.#committer.run(batch)) this.#settle(result);
  }

  #settle({ path, key, outcome }: CommitResult): void {
    switch (outcome.kind) {
      case "done":
        this.#backlog.done(key);
        return;
      case "changed":
        // Somebody wrote there meanwhile: that is scanned and announced before it is touched (S2).
        this.#folder.lookAt(path);
        this.#backlog.changed(key);
        return;
      case "failed":
        this.#failed(key, path, outcome.error);
    }
  }

  #failed(key: EntryPath, path: EntryPath, error: DiskError): void {
    this.#log.write("warn", "item-failed", { path, why: error.message });
    this.#backlog.failed(key, error.failure);
  }
}

/** How soon a root or disk in trouble is tried again. */
const troubledMs = 5_000;

interface FileToPlace {
  readonly item: PlaceItem;
  readonly entry: FileEntry;
  /** A path on this disk that has the content and keeps it. */
  readonly local: EntryPath | undefined;
  readonly leaving: ReadyPlace["staged"] | undefined;
}

function packsOf(files: readonly FileToPlace[]): readonly (readonly FileToPlace[])[] {
  const packs: FileToPlace[][] = [];
  let pack: FileToPlace[] = [];
  let bytes = 0;
  for (const file of files) {
    const size = contentBytes(file.entry);
    if (pack.length >= packFiles || (pack.length > 0 && bytes + size > packBytes)) {
      packs.push(pack);
      pack = [];
      bytes = 0;
    }
    pack.push(file);
    bytes += size;
  }
  if (pack.length > 0) packs.push(pack);
  return packs;
}

/** Runs `act` for each item, some at a time; the first failure ends it once those under way are done. */
async function eachAtOnce<Value>(
  values: readonly Value[],
  atOnce: number,
  act: (value: Value) => Promise<void>,
): Promise<void> {
  const queue = [...values];
  const work = async (): Promise<void> => {
    for (let value = queue.shift(); value !== undefined; value = queue.shift()) await act(value);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
