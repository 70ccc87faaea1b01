/**
 * One root with a watch on each of its directories, whatever becomes of them.
 *
 * A new directory is watched first and listed then, so nothing that is made in it falls between:
 * what the watch came too late for, the list shows. A watch belongs to an inode, not to a path. So
 * when a name comes or goes, what stands there now is compared with what was watched there: a
 * directory that was swapped for another (a deployment by two renames) or removed and made again
 * gets a new watch, and all that is below it too.
 *
 * Hints are gathered for one turn of the event loop: a burst in a directory is one hint.
 */

import fs from "node:fs/promises";
import { basename } from "node:path";
import { internalName } from "../../../protocol/folder/path.ts";
import type { WatchHint } from "../../ports.ts";
import { WorkQueue } from "./work-queue.ts";

/**
 * Tells of changes of a directory itself, under its own name, and of the names in it; null where the
 * platform names none. May throw, or reject in `stands`, when the platform gives no more watches.
 */
export type WatchDirectory = (
  path: string,
  onEvent: (event: "rename" | "change", name: string | null) => void,
) => DirectoryWatch;

export interface DirectoryWatch {
  /** False when there was no directory, or when it was closed before. Without it the watch stands at once. */
  readonly stands?: Promise<boolean>;
  close(): void;
}

/** Looks at the disk under way at a time: few, for the same threads serve everything else. */
const looksAtOnce = 8;
/** Codes that mean: this platform gives no more watches. */
const codesOfLimits: ReadonlySet<string> = new Set(["ENOSPC", "EMFILE", "ENFILE", "ENOMEM"]);

/** Tells one directory from another that took its path, also if the inode's number is used again. */
interface Identity {
  readonly device: bigint;
  readonly inode: bigint;
  readonly bornNs: bigint;
}

interface WatchedDirectory {
  /** Relative to the root, "" for the root. */
  readonly path: string;
  readonly name: string;
  readonly parent: WatchedDirectory | undefined;
  readonly identity: Identity;
  readonly children: Map<string, WatchedDirectory>;
  /** Names below it that are going to be looked at; "again" when they changed during the look. */
  readonly looks: Map<string, "waiting" | "looking" | "again">;
  watch: DirectoryWatch | undefined;
  dropped: boolean;
}

export class WatchedTree {
  #root: string;
  readonly #watchDirectory: WatchDirectory;
  readonly #onHint: (hint: WatchHint) => void;
  readonly #queue = new WorkQueue(looksAtOnce);
  readonly #dirty = new Set<string>();
  #top: WatchedDirectory | undefined;
  #standing = false;
  #startingOver: "no" | "yes" | "again" = "no";
  #ended = false;

  constructor(root: string, watchDirectory: WatchDirectory, onHint: (hint: WatchHint) => void) {
    this.#root = root;
    this.#watchDirectory = watchDirectory;
    this.#onHint = onHint;
  }

  /** Resolves when the watch stands over the whole tree, or when it was said that it cannot. */
  async start(): Promise<void> {
    // The operator may have named the root by a symlink; the directory behind it is watched.
    this.#root = await fs.realpath(this.#root).catch(() => this.#root);
    const identity = await identityOf(this.#root);
    if (this.#ended) return;
    if (identity === undefined) {
      this.#die("the root is no directory");
      return;
    }
    this.#top = newDirectory("", basename(this.#root), undefined, identity);
    const placed = await this.#place(this.#top);
    if (placed === "standing") await this.#listBelow(this.#top);
    if (placed === "failed") this.#die("the root cannot be watched");
    await this.#queue.idle();
    this.#standing = true;
  }

  /** Events may have been lost, those of new directories too: every watch is set anew. */
  startOver(): void {
    if (this.#startingOver === "no") void this.#startOver();
    else this.#startingOver = "again";
  }

  async #startOver(): Promise<void> {
    do {
      this.#startingOver = "yes";
      this.#standing = false;
      if (this.#top !== undefined) this.#drop(this.#top);
      await this.start();
    } while (this.#startedOverAgain() && !this.#ended);
    this.#startingOver = "no";
    if (!this.#ended) this.#onHint({ kind: "overflow" });
  }

  #startedOverAgain(): boolean {
    return this.#startingOver === "again";
  }

  close(): void {
    this.#ended = true;
    if (this.#top !== undefined) this.#drop(this.#top);
  }

  #die(why: string): void {
    if (this.#ended) return;
    this.close();
    this.#onHint({ kind: "dead", why });
  }

  // --- Hints -----------------------------------------------------------------------------------

  #mark(path: string): void {
    if (this.#dirty.size === 0) setImmediate(() => this.#tell());
    this.#dirty.add(path);
  }

  #tell(): void {
    const paths = [...this.#dirty];
    this.#dirty.clear();
    for (const path of paths) if (!this.#ended) this.#onHint({ kind: "directory", path });
  }

  #heard(directory: WatchedDirectory, event: "rename" | "change", name: string | null): void {
    if (directory.dropped) return;
    // What the peer does for itself is nobody's change.
    if (directory.parent === undefined && name === internalName) return;
    this.#mark(directory.path);
    if (event === "change") return;
    if (name === null) {
      void this.#listBelow(directory);
      return;
    }
    // Of itself a directory says its own name: it was moved or removed, or a child has the same name.
    if (name === directory.name) void this.#suspect(directory);
    if (!directory.dropped) this.#look(directory, name);
  }

  /** The watch may be on a directory that is no longer there, so it is set anew, at once, by the path. */
  async #suspect(directory: WatchedDirectory): Promise<void> {
    const { parent, name, identity } = directory;
    directory.watch?.close();
    const placed = await this.#place(directory);
    if (placed === "overtaken") return;
    if (parent === undefined) {
      this.#queue.add(async () => {
        if (directory.dropped || (placed === "standing" && same(identity, await identityOf(this.#root)))) return;
        this.#die("the root was moved, removed or mounted over");
      });
    } else {
      if (placed === "failed") this.#drop(directory);
      this.#look(parent, name);
    }
    if (placed === "failed") return;
    this.#mark(directory.path);
    await this.#listBelow(directory);
  }

  // --- Watches ---------------------------------------------------------------------------------

  /** Looks what stands under a name now and watches it if it is a directory. */
  #look(parent: WatchedDirectory, name: string): void {
    const state = parent.looks.get(name);
    if (state !== undefined) {
      if (state === "looking") parent.looks.set(name, "again");
      return;
    }
    parent.looks.set(name, "waiting");
    this.#queue.add(async () => {
      parent.looks.set(name, "looking");
      if (!parent.dropped) await this.#lookNow(parent, name);
      const again = parent.looks.get(name) === "again";
      parent.looks.delete(name);
      if (again && !parent.dropped) this.#look(parent, name);
    });
  }

  async #lookNow(parent: WatchedDirectory, name: string): Promise<void> {
    const path = parent.path === "" ? name : `${parent.path}/${name}`;
    const before = await identityOf(this.#placeOf(path));
    if (parent.dropped) return;
    const known = parent.children.get(name);
    if (known !== undefined && same(known.identity, before)) return;
    if (known !== undefined) this.#drop(known);
    // What is mounted inside is another file system and none of this folder's (FORMATS 18).
    if (before === undefined || before.device !== parent.identity.device) return;
    const directory = newDirectory(path, name, parent, before);
    parent.children.set(name, directory);
    const placed = await this.#place(directory);
    if (placed === "failed") this.#drop(directory);
    if (placed !== "standing") return;
    const after = await identityOf(this.#placeOf(path));
    if (directory.dropped) return;
    if (!same(before, after)) {
      // Swapped in between: the watch is on one of the two, nobody knows which.
      this.#drop(directory);
      parent.looks.set(name, "again");
      return;
    }
    if (this.#standing) this.#mark(path);
    await this.#listBelow(directory);
  }

  async #listBelow(directory: WatchedDirectory): Promise<void> {
    try {
      const entries = await fs.readdir(this.#placeOf(directory.path), { withFileTypes: true });
      if (directory.dropped) return;
      const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
      for (const name of new Set([...names, ...directory.children.keys()])) {
        if (directory.parent !== undefined || name !== internalName) this.#look(directory, name);
      }
    } catch {
      // Gone again, or not readable: its parent's watch, or the scanner, tells of it.
    }
  }

  /**
   * Sets the watch. "failed": there is nothing to watch any more, or nothing can be watched any more.
   * "overtaken": the directory was dropped or its watch set anew meanwhile, so the caller has no say.
   */
  async #place(directory: WatchedDirectory): Promise<"standing" | "failed" | "overtaken"> {
    let watch: DirectoryWatch | undefined;
    let stands = false;
    try {
      watch = this.#watchDirectory(this.#placeOf(directory.path), (event, name) => {
        if (directory.watch === watch) this.#heard(directory, event, name);
      });
      directory.watch = watch;
      stands = watch.stands === undefined || (await watch.stands);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
      if (codesOfLimits.has(code)) this.#die(`no more directories can be watched: ${code}`);
    }
    if (directory.dropped || (watch !== undefined && directory.watch !== watch)) return "overtaken";
    return stands ? "standing" : "failed";
  }

  #drop(directory: WatchedDirectory): void {
    if (directory.dropped) return;
    directory.dropped = true;
    directory.watch?.close();
    directory.parent?.children.delete(directory.name);
    for (const child of directory.children.values()) this.#drop(child);
  }

  #placeOf(path: string): string {
    return path === "" ? this.#root : `${this.#root}/${path}`;
  }
}

function newDirectory(
  path: string,
  name: string,
  parent: WatchedDirectory | undefined,
  identity: Identity,
): WatchedDirectory {
  const children = new Map<string, WatchedDirectory>();
  return { path, name, parent, identity, children, looks: new Map(), watch: undefined, dropped: false };
}

/** Undefined when no directory stands there; a symlink to one is none. */
async function identityOf(place: string): Promise<Identity | undefined> {
  try {
    const stats = await fs.lstat(place, { bigint: true });
    if (!stats.isDirectory()) return undefined;
    return { device: stats.dev, inode: stats.ino, bornNs: stats.birthtimeNs };
  } catch {
    return undefined;
  }
}

function same(one: Identity, other: Identity | undefined): boolean {
  return one.device === other?.device && one.inode === other.inode && one.bornNs === other.bornNs;
}
