/**
 * The hands of the commit: single steps on disk, each with the look that makes it safe (S2).
 *
 * A step that finds something else than was expected changes nothing and throws SurpriseError.
 */

import { type EntryPath, parentOf } from "../../protocol/folder/path.ts";
import type { Folder } from "../folder/folder.ts";
import { type Held, sameStat } from "../folder/held.ts";
import type { HeldChange } from "../folder/index.ts";
import { DiskError, type InternalPath, type Stat, type Tree } from "../ports.ts";
import type { ReadyPlace } from "./stager.ts";
import { outOf, sameButChangeTime } from "./intents.ts";
import type { AttributesItem, RemoveItem } from "./items.ts";

/** The disk is not as it was held. */
export class SurpriseError extends Error {
  constructor(path: EntryPath) {
    super(`${path} is not as it was held`);
    this.name = "SurpriseError";
  }
}

const implicitMode = 0o755;

export class Hands {
  readonly #folder: Folder;
  readonly #tree: Tree;
  #implicit: HeldChange[] = [];

  constructor(folder: Folder) {
    this.#folder = folder;
    this.#tree = folder.tree;
  }

  /** Gives staged content its name. @returns the stat of what stands there now */
  async place(place: ReadyPlace): Promise<Stat> {
    const { item, staged } = place;
    const { path, entry } = item.shown;
    if (entry.kind === "directory") return this.#placeDirectory(path, entry.mode, item.expected);
    if (staged.kind === "move") return this.#move(staged.from, staged.stat, path);
    if (staged.kind === "directory") throw new Error(`${path} is no directory`);
    await this.#checkStaged(place);
    if (item.expected?.entry.kind === "directory") {
      await this.#expect(path, item.expected);
      await this.#tree.removeDirectory(path);
      await this.#create(staged.path, path);
    } else if (item.expected === undefined) await this.#create(staged.path, path);
    else await this.#replace(staged.path, path, item.expected);
    return this.#proven(path, staged.stat);
  }

  /** Another mode or time for what stands there. */
  async setAttributes({ shown, expected }: AttributesItem): Promise<Stat> {
    const { path, entry } = shown;
    await this.#expect(path, expected);
    if (entry.kind === "directory") {
      if (entry.mode !== expected.stat.mode) await this.#setMode(path, entry.mode);
      return this.#standing(path, expected.stat.inode);
    }
    if (entry.kind === "symlink") return expected.stat;
    await this.#tree.setAttributes(path, { mode: entry.mode, mtimeUs: entry.mtimeUs });
    return this.#proven(path, { ...expected.stat, mode: entry.mode, mtimeNs: BigInt(entry.mtimeUs) * 1_000n });
  }

  /** @returns what stays: a directory that something lives in, for its sake */
  async remove({ path, expected }: RemoveItem): Promise<Held | undefined> {
    const found = await this.#tree.stat(path);
    // Somebody was faster: what should be gone is gone.
    if (found === undefined) return undefined;
    if (!sameStat(expected.stat, found)) throw new SurpriseError(path);
    if (expected.entry.kind !== "directory") {
      await this.#takeOut(path, expected);
      return undefined;
    }
    try {
      await this.#tree.removeDirectory(path);
      return undefined;
    } catch (error) {
      if (!(error instanceof DiskError) || error.failure !== "exists") throw error;
    }
    // As it would be made where it is missing: the copies are to be equal.
    if (found.mode !== implicitMode) await this.#setMode(path, implicitMode);
    return implicitAt(await this.#standing(path, found.inode));
  }

  /** Directories that no record asks for any more, but something below shall stand in them. */
  async makeParents(paths: readonly EntryPath[]): Promise<void> {
    for (const parent of parentsOf(paths)) {
      try {
        await this.#makeParent(parent);
      } catch (error) {
        // What was to stand in it fails by itself, and says why.
        if (!(error instanceof DiskError || error instanceof SurpriseError)) throw error;
      }
    }
  }

  /** What `makeParents` made since the last call. */
  takeImplicit(): readonly HeldChange[] {
    const implicit = this.#implicit;
    this.#implicit = [];
    return implicit;
  }

  async #makeParent(parent: EntryPath): Promise<void> {
    if ((await this.#tree.stat(parent)) !== undefined) return;
    const above = parentOf(parent);
    if (above !== "") await this.#makeParent(above);
    await this.#tree.makeDirectory(parent, implicitMode);
    const stat = await this.#tree.stat(parent);
    if (stat === undefined) throw new SurpriseError(parent);
    this.#implicit.push({ path: parent, after: implicitAt(stat) });
  }

  async #placeDirectory(path: EntryPath, mode: number, expected: Held | undefined): Promise<Stat> {
    if (expected !== undefined) await this.#takeOut(path, expected);
    await this.makeParents([path]);
    try {
      await this.#tree.makeDirectory(path, mode);
    } catch (error) {
      if (!(error instanceof DiskError) || error.failure !== "exists") throw error;
      // A directory that somebody made meanwhile serves as well as ours.
      if ((await this.#tree.stat(path))?.kind !== "directory") throw new SurpriseError(path);
      await this.#setMode(path, mode);
    }
    return this.#standing(path, undefined);
  }

  /** A second name for content that leaves its first: no byte is copied. */
  async #move(from: EntryPath, expected: Stat, path: EntryPath): Promise<Stat> {
    const found = await this.#tree.stat(from);
    if (found === undefined || !sameStat(expected, found)) throw new SurpriseError(from);
    await this.#create(from, path, "stays");
    const linked = await this.#standing(path, expected.inode);
    const left = await this.#tree.stat(from);
    const isLeft = left !== undefined && left.inode === expected.inode;
    if (!sameButChangeTime(expected, linked)) {
      // Somebody wrote into it just now, at its old path; there it stays.
      if (isLeft) await this.#tree.remove(path);
      throw new SurpriseError(from);
    }
    if (isLeft) await this.#tree.remove(from);
    return this.#proven(path, expected);
  }

  /** The name must be free; whoever took it meanwhile keeps it. */
  async #create(from: EntryPath | InternalPath, path: EntryPath, source: "goes" | "stays" = "goes"): Promise<void> {
    try {
      await this.#tree.link(from, path);
    } catch (error) {
      if (error instanceof DiskError && error.failure === "exists") throw new SurpriseError(path);
      throw error;
    }
    if (source === "goes") await this.#tree.remove(from);
  }

  async #replace(staged: InternalPath, path: EntryPath, expected: Held): Promise<void> {
    await this.#expect(path, expected);
    if (await this.#tree.exchange(staged, path)) {
      const out = await this.#tree.stat(staged);
      if (out === undefined || !sameButChangeTime(expected.stat, out)) {
        await this.#tree.exchange(staged, path);
        throw new SurpriseError(path);
      }
      await this.#tree.remove(staged);
    } else {
      // Without an exchange a write between this look and the rename is lost; SPEC.md says so.
      await this.#expect(path, expected);
      await this.#tree.rename(staged, path);
    }
  }

  /** Takes a file out of its place, looks at it there, and only then removes it. */
  async #takeOut(path: EntryPath, expected: Held): Promise<void> {
    await this.#expect(path, expected);
    const out = outOf(path);
    await this.#tree.rename(path, out);
    const found = await this.#tree.stat(out);
    if (found === undefined || !sameButChangeTime(expected.stat, found)) {
      await this.#putBack(out, path);
      throw new SurpriseError(path);
    }
    await this.#tree.remove(out);
  }

  async #putBack(out: InternalPath, path: EntryPath): Promise<void> {
    try {
      await this.#tree.link(out, path);
    } catch (error) {
      if (!(error instanceof DiskError) || error.failure !== "exists") throw error;
      // Written anew meanwhile, by whoever wrote what was taken out: the later of two writes stays.
    }
    await this.#tree.remove(out);
  }

  /** The staged file is still the one that was verified. */
  async #checkStaged({ item, staged }: ReadyPlace): Promise<void> {
    if (staged.kind === "file" && !sameStat(staged.stat, await staged.file.stat()))
      throw new SurpriseError(item.shown.path);
  }

  async #expect(path: EntryPath, expected: Held): Promise<void> {
    const found = await this.#tree.stat(path);
    if (found === undefined || !sameStat(expected.stat, found)) throw new SurpriseError(path);
  }

  /**
   * The stat of what was just placed. If somebody wrote there already, it is the stat that was
   * proven, so that the next scan sees the difference.
   */
  async #proven(path: EntryPath, proven: Stat): Promise<Stat> {
    const now = await this.#tree.stat(path);
    if (now !== undefined && sameButChangeTime(proven, now)) return now;
    this.#folder.lookAt(path);
    return proven;
  }

  async #standing(path: EntryPath, inode: bigint | undefined): Promise<Stat> {
    const stat = await this.#tree.stat(path);
    if (stat === undefined || (inode !== undefined && stat.inode !== inode)) throw new SurpriseError(path);
    return stat;
  }

  /** A directory's time is nobody's business: it is set to what it is. */
  async #setMode(path: EntryPath, mode: number): Promise<void> {
    const stat = await this.#tree.stat(path);
    if (stat === undefined) throw new SurpriseError(path);
    await this.#tree.setAttributes(path, { mode, mtimeUs: Number(stat.mtimeNs / 1_000n) });
  }
}

function implicitAt(stat: Stat): Held {
  const entry = { kind: "directory", mode: implicitMode } as const;
  return { entry, stat, trusted: true, basis: new Map(), implicit: true };
}

/** The directories that paths stand in, the root left out. */
function parentsOf(paths: readonly EntryPath[]): EntryPath[] {
  const parents = new Set(paths.map((path) => parentOf(path)));
  return [...parents].flatMap((parent) => (parent === "" ? [] : [parent]));
}
