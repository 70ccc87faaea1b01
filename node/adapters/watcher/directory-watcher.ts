/**
 * Watching a tree by one `fs.watch` per directory: files cost nothing, 2,500 directories with
 * 100,000 files cost 2,500 watches of the kernel.
 *
 * Libraries that report files keep a picture of each directory and read it anew at every event.
 * The scanner does that anyway, once per settled burst, so here an event only marks its directory.
 * What is left to do right is to have a watch on every directory at all times: `WatchedTree`.
 */

import fs from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Cancel, WatchHint, Watcher } from "../../ports.ts";
import { EventFlood } from "./event-flood.ts";
import { type DirectoryWatch, type WatchDirectory, WatchedTree } from "./watched-tree.ts";

export interface DirectoryWatcherOptions {
  readonly watchDirectory?: WatchDirectory;
}

export class DirectoryWatcher implements Watcher {
  readonly #watchDirectory: WatchDirectory;
  readonly #trees = new Set<WatchedTree>();
  #flood: Promise<EventFlood> | undefined;

  constructor(options: DirectoryWatcherOptions = {}) {
    this.#watchDirectory = options.watchDirectory ?? watchWithNode;
  }

  async watch(root: string, onHint: (hint: WatchHint) => void): Promise<Cancel> {
    this.#flood ??= this.#floodOfThisMachine();
    const flood = await this.#flood;
    const watchDirectory: WatchDirectory = (path, onEvent) =>
      this.#watchDirectory(path, (event, name) => {
        flood.count();
        onEvent(event, name);
      });
    const tree = new WatchedTree(root, watchDirectory, onHint);
    this.#trees.add(tree);
    await tree.start();
    return () => {
      this.#trees.delete(tree);
      tree.close();
    };
  }

  /** All watches of a process share one queue in the kernel: if it overflowed, each may have lost something. */
  async #floodOfThisMachine(): Promise<EventFlood> {
    const queued = await readFile("/proc/sys/fs/inotify/max_queued_events", "utf8").catch(() => "");
    return new EventFlood(Number.parseInt(queued, 10), () => {
      for (const tree of this.#trees) tree.startOver();
    });
  }
}

export function watchWithNode(path: string, onEvent: Parameters<WatchDirectory>[1]): DirectoryWatch {
  const watch = fs.watch(path, onEvent);
  // The directory of a watch that fails has gone, as Windows tells it.
  watch.on("error", () => onEvent("rename", basename(path)));
  return watch;
}
