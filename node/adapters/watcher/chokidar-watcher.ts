/**
 * Watching a tree by chokidar, one instance per directory, for platforms whose events are not Linux's.
 *
 * At every event chokidar reads the directory again and tells which directories came and went, also
 * where the platform's event names none or a wrong one, and it knows the false errors of Windows.
 * But it compares names: a directory that was swapped for another of the same name, or removed and
 * made again at once, it goes on watching where it was. `WatchedTree` compares what stands under a
 * name and sets watches anew. For that one must be able to end the watch of one directory for good,
 * and chokidar ends only a whole instance: `unwatch` ignores the path from then on, and keeps what
 * is below. So each instance gets one directory and the tree does the descending.
 */

import { basename, isAbsolute, resolve, sep } from "node:path";
import { FSWatcher } from "chokidar";
import type { Cancel, WatchHint, Watcher } from "../../ports.ts";
import { DirectoryWatcher, watchWithNode } from "./directory-watcher.ts";
import type { DirectoryWatch, WatchDirectory } from "./watched-tree.ts";

export class ChokidarWatcher implements Watcher {
  readonly #watcher = new DirectoryWatcher({ watchDirectory: watchWithChokidar });

  watch(root: string, onHint: (hint: WatchHint) => void): Promise<Cancel> {
    return this.#watcher.watch(root, onHint);
  }
}

const watchWithChokidar: WatchDirectory = (path, onEvent) => {
  // chokidar takes a backslash for a separator, also where it is a letter like others.
  if (path.includes("\\") && sep !== "\\") return watchWithNode(path, onEvent);
  return new ChokidarWatch(path, onEvent);
};

class ChokidarWatch implements DirectoryWatch {
  readonly stands: Promise<boolean>;
  readonly #instance: OneDirectory;
  readonly #settle: (stands: boolean) => void;

  constructor(path: string, onEvent: Parameters<WatchDirectory>[1]) {
    const standing = Promise.withResolvers<boolean>();
    this.stands = standing.promise;
    this.#settle = standing.resolve;
    this.#instance = new OneDirectory({
      depth: 0,
      // A file costs no watch then; it is heard of by the raw events of its directory.
      ignored: (_path, stats) => stats !== undefined && !stats.isDirectory(),
      ignoreInitial: true,
      // A directory that may not be read is the scanner's to report.
      ignorePermissionErrors: true,
      followSymlinks: false,
      // Else names that look like an editor's, such as `old~`, are passed over.
      atomic: false,
    });
    let isReady = false;
    this.#instance.on("ready", () => {
      isReady = true;
      // Ready is also told where no directory was.
      standing.resolve(resolve(path) in this.#instance.getWatched());
    });
    this.#instance.on("error", (error) => {
      standing.reject(error);
      if (isReady) onEvent("rename", basename(path));
    });
    const cameOrWent = (child: string): void => onEvent("rename", basename(child));
    this.#instance.on("addDir", cameOrWent);
    this.#instance.on("unlinkDir", cameOrWent);
    this.#instance.on("raw", (event, name: string | null) => {
      // A path for a name: it is polled, for so the environment can have it.
      if (name === null || isAbsolute(name)) onEvent("rename", null);
      else onEvent(event === "change" ? "change" : "rename", name);
    });
    this.#instance.add(path);
  }

  close(): void {
    this.#settle(false);
    // The watch ends at once; what the promise waits for is nothing of it.
    void this.#instance.close();
    // It forgets its listeners, and an error that comes still would be thrown.
    this.#instance.on("error", () => undefined);
  }
}

/**
 * Takes the directory it is given first and no other. By itself chokidar adds more: where nothing
 * stands it waits in the directories above, and after `close` what it still had to clean up of a
 * removed directory makes it add that one's parent and live on, with a watch that nobody ends.
 */
class OneDirectory extends FSWatcher {
  #isGiven = false;

  override add(path: string | string[]): this {
    if (!this.#isGiven) {
      this.#isGiven = true;
      super.add(path);
    }
    return this;
  }
}
