/**
 * The watcher as one simulated process has it: hints about what happens on its machine's file
 * system, late, and as unreliable as a seed wants them.
 *
 * It watches directories one by one, as the real one does: a new directory is watched only a
 * moment after it was made, what happens in it before that makes no hint of its own, and a hint
 * for it follows as soon as its watch stands.
 */

import type { Cancel, WatchHint, Watcher } from "../../node/ports.ts";
import { internalName } from "../../protocol/folder/path.ts";
import type { Chance } from "./chance.ts";
import type { FakeFileSystem } from "./file-system.ts";
import type { Stage } from "./world.ts";

export interface FakeWatcherOptions {
  /** The part of all hints that never arrives, 0 to 1. */
  readonly lost?: number;
  /** The part of all hints that arrives twice. */
  readonly doubled?: number;
  /** No hint takes longer than this. */
  readonly latestMs?: number;
  /** So many directories can be watched, and no more. */
  readonly watchesMax?: number;
}

export class FakeWatcher implements Watcher {
  readonly #stage: Stage;
  readonly #fileSystem: FakeFileSystem;
  readonly #watches = new Set<FakeWatch>();
  #options: FakeWatcherOptions;

  constructor(stage: Stage, fileSystem: FakeFileSystem, options: FakeWatcherOptions = {}) {
    this.#stage = stage;
    this.#fileSystem = fileSystem;
    this.#options = options;
  }

  /** From now on. Watches that stand change too. */
  set options(options: FakeWatcherOptions) {
    this.#options = options;
  }

  watch(root: string, onHint: (hint: WatchHint) => void): Promise<Cancel> {
    return this.#stage.answer(`watch ${root}`, () => {
      const watch = new FakeWatch(this.#stage, this.#fileSystem, root, () => this.#options, onHint);
      this.#watches.add(watch);
      return () => {
        this.#watches.delete(watch);
        watch.end();
      };
    });
  }

  /** The kernel dropped events and said so. */
  overflow(): void {
    for (const watch of this.#watches) watch.tell({ kind: "overflow" });
  }

  /** The platform took the watches away. */
  die(why: string): void {
    for (const watch of this.#watches) watch.die(why);
  }
}

class FakeWatch {
  readonly #stage: Stage;
  readonly #chance: Chance;
  readonly #fileSystem: FakeFileSystem;
  readonly #root: string;
  readonly #options: () => FakeWatcherOptions;
  readonly #onHint: (hint: WatchHint) => void;
  readonly #unlisten: Cancel;
  /** By path relative to the root: the inode that the watch is on. */
  readonly #watched = new Map<string, bigint>();
  #ended = false;

  constructor(
    stage: Stage,
    fileSystem: FakeFileSystem,
    root: string,
    options: () => FakeWatcherOptions,
    onHint: (hint: WatchHint) => void,
  ) {
    this.#stage = stage;
    this.#chance = stage.chance.fork(`watch ${root}`);
    this.#fileSystem = fileSystem;
    this.#root = fileSystem.find(root) === undefined ? root : fileSystem.realPath(root);
    this.#options = options;
    this.#onHint = onHint;
    this.#unlisten = fileSystem.onChange((directory, name) => this.#changed(directory, name));
    this.#place("", false);
    if (this.#watched.size === 0) this.die("the root is no directory");
  }

  end(): void {
    this.#ended = true;
    this.#unlisten();
  }

  die(why: string): void {
    if (this.#ended) return;
    this.end();
    this.#stage.schedule(0, () => this.#onHint({ kind: "dead", why }));
  }

  tell(hint: WatchHint): void {
    const { lost = 0, doubled = 0, latestMs = 5 } = this.#options();
    if (this.#chance.happens(lost)) return;
    const times = this.#chance.happens(doubled) ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      this.#stage.schedule(this.#chance.unit() * latestMs, () => {
        if (this.#ended) return;
        this.#stage.trace(`hint ${hint.kind === "directory" ? hint.path : hint.kind}`);
        this.#onHint(hint);
      });
    }
  }

  #changed(directory: string, name: string): void {
    if (`${directory}/${name}` === this.#root && this.#inodeOf("") !== this.#watched.get("")) {
      this.die("the root was moved or removed");
      return;
    }
    const path = this.#pathOf(directory);
    if (path === undefined || (path === "" && name === internalName)) return;
    // Its own watch does not stand yet; once it does, all that is in it is looked at.
    if (!this.#watched.has(path)) return;
    this.tell({ kind: "directory", path });
    this.#look(path === "" ? name : `${path}/${name}`);
  }

  /** Something came or went under this path: whether it is a directory shows after a moment. */
  #look(path: string): void {
    if (this.#watched.get(path) !== this.#inodeOf(path)) this.#forget(path);
    if (this.#inodeOf(path) === undefined || this.#watched.has(path)) return;
    this.#stage.schedule(this.#chance.unit(), () => {
      if (!this.#ended && !this.#watched.has(path)) this.#place(path, true);
    });
  }

  /** Sets the watch on a directory and all below it. */
  #place(path: string, hint: boolean): void {
    const inode = this.#inodeOf(path);
    const node = this.#fileSystem.find(this.#placeOf(path));
    if (inode === undefined || node?.kind !== "directory") return;
    if (this.#watched.size >= (this.#options().watchesMax ?? Number.POSITIVE_INFINITY)) {
      this.die("no more directories can be watched: ENOSPC");
      return;
    }
    this.#watched.set(path, inode);
    if (hint) this.tell({ kind: "directory", path });
    for (const name of node.entries.keys()) {
      if (path === "" && name === internalName) continue;
      const below = path === "" ? name : `${path}/${name}`;
      if (hint) this.#look(below);
      else this.#place(below, false);
    }
  }

  #forget(path: string): void {
    for (const watched of this.#watched.keys()) {
      if (watched === path || watched.startsWith(`${path}/`)) this.#watched.delete(watched);
    }
  }

  /** Of the directory that stands at a path; undefined when none does. */
  #inodeOf(path: string): bigint | undefined {
    const node = this.#fileSystem.find(this.#placeOf(path));
    return node?.kind === "directory" ? node.inode : undefined;
  }

  /** Relative to the root; undefined for what lies elsewhere. */
  #pathOf(directory: string): string | undefined {
    if (directory === this.#root) return "";
    return directory.startsWith(`${this.#root}/`) ? directory.slice(this.#root.length + 1) : undefined;
  }

  #placeOf(path: string): string {
    return path === "" ? this.#root : `${this.#root}/${path}`;
  }
}
