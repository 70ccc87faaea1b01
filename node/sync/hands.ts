/**
 * The hands of one commit: single steps on disk, each with the look that makes it safe (S2).
 *
 * A step that finds something else than was expected changes nothing and throws SurpriseError.
 * What goes is put aside under the name that was planned for it, and so is a user's late write
 * whose place somebody took in the same moment: nothing that has no other name is ever removed.
 */

import { sameContent } from "../../protocol/folder/entry.ts";
import { type EntryPath, parentOf } from "../../protocol/folder/path.ts";
import type { Folder } from "../folder/folder.ts";
import type { Hasher } from "../folder/hasher.ts";
import { type Held, sameStat } from "../folder/held.ts";
import type { HeldChange } from "../folder/index.ts";
import { stagingDirectory } from "../folder/marker.ts";
import { Mutex } from "../mutex.ts";
import { DiskError, type InternalPath, type Stat, type Tree, type TreePath } from "../ports.ts";
import type { ReadyPlace } from "./stager.ts";
import { givesBack, sameButChangeTime } from "./intents.ts";
import type { AttributesItem, RemoveItem } from "./items.ts";
import { SurpriseError } from "./surprise.ts";
import { type Kept, keptAsHeld, keptAsSurprise, keptName } from "./versions/kept-rows.ts";
import { asideName, directoryOfAside, type Keeping, type Leaving } from "./versions/keeping.ts";

const implicitMode = 0o755;

export class Hands {
  /** What `makeParents` made. */
  readonly implicit: HeldChange[] = [];
  /** What lies under the name of a kept version by now. */
  readonly kept: Kept[] = [];
  /** Where what went and is not kept lies, by the path that it left. */
  readonly spent = new Map<EntryPath, InternalPath>();
  /** Where names are again as they were before a step. */
  readonly undone: EntryPath[] = [];
  /** A user's file could not be given its place back: the intents know where it is. */
  unsettled: DiskError | undefined;
  readonly #folder: Folder;
  readonly #tree: Tree;
  readonly #hasher: Hasher<TreePath>;
  /** One file at a time: a commit may take out any number of them. */
  readonly #reading = new Mutex();
  readonly #keeping: Keeping;
  /** Parents that could not be made, with the reason. */
  readonly #refused = new Map<string, DiskError | SurpriseError>();

  constructor(folder: Folder, hasher: Hasher<TreePath>, keeping: Keeping) {
    this.#folder = folder;
    this.#tree = folder.tree;
    this.#hasher = hasher;
    this.#keeping = keeping;
  }

  /** Gives staged content its name. @returns the stat of what stands there now */
  async place(place: ReadyPlace): Promise<Stat> {
    const { item, staged } = place;
    const { path, entry } = item.shown;
    if (entry.kind === "directory") return this.#placeDirectory(path, entry.mode, item.expected);
    const refused = this.#refused.get(parentOf(path));
    if (refused !== undefined) throw refused;
    if (staged.kind === "move") return this.#move(staged.from, staged.stat, path);
    if (staged.kind === "directory") throw new Error(`${path} is no directory`);
    await this.#checkStaged(place);
    if (item.expected?.entry.kind === "directory") {
      await this.#expect(path, item.expected);
      await this.#tree.removeDirectory(path);
      await this.#create(staged.path, path);
    } else if (item.expected === undefined) await this.#create(staged.path, path);
    else await this.#replace(staged, path, item.expected);
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
        if (!(error instanceof DiskError || error instanceof SurpriseError)) throw error;
        // What was to stand in it fails for the same reason.
        if (!(error instanceof DiskError && error.failure === "exists")) this.#refused.set(parent, error);
      }
    }
  }

  async #makeParent(parent: EntryPath): Promise<void> {
    if ((await this.#tree.stat(parent)) !== undefined) return;
    const held = await this.#folder.index.held(parent);
    if (held !== undefined && held.entry.kind !== "directory") {
      // Somebody removed the file that stood here: that is announced first.
      this.#folder.lookAt(parent);
      throw new SurpriseError(parent);
    }
    const above = parentOf(parent);
    if (above !== "") await this.#makeParent(above);
    await this.#tree.makeDirectory(parent, implicitMode);
    this.implicit.push({ path: parent, after: implicitAt(await this.#standingDirectory(parent)) });
  }

  async #placeDirectory(path: EntryPath, mode: number, expected: Held | undefined): Promise<Stat> {
    if (expected !== undefined) await this.#takeOut(path, expected);
    await this.makeParents([path]);
    try {
      await this.#tree.makeDirectory(path, mode);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      if (error.failure !== "exists") {
        if (expected !== undefined) await this.#takeBack(path);
        throw this.#refused.get(parentOf(path)) ?? error;
      }
      if ((await this.#folder.spelling?.look([path]))?.[0] === "respelled") throw new SurpriseError(path);
      // A directory that somebody made meanwhile serves as well as ours.
      if ((await this.#tree.stat(path))?.kind !== "directory") throw new SurpriseError(path);
      await this.#setMode(path, mode);
    }
    return this.#standingDirectory(path);
  }

  /** A second name for content that leaves its first: no byte is copied. */
  async #move(from: EntryPath, expected: Stat, path: EntryPath): Promise<Stat> {
    const found = await this.#tree.stat(from);
    if (found === undefined || !sameStat(expected, found)) throw new SurpriseError(from);
    await this.#create(from, path, "stays");
    const linked = await this.#standing(path, expected.inode);
    if (!sameButChangeTime(expected, linked)) {
      // Somebody wrote into it just now, at its old path; there it stays.
      if ((await this.#tree.stat(from))?.inode === expected.inode) await this.#tree.remove(path);
      this.undone.push(path);
      throw new SurpriseError(from);
    }
    await this.#leave(from, expected.inode);
    return this.#proven(path, expected);
  }

  /** Gives up the old name of what has another one by now; whoever took it meanwhile keeps it. */
  async #leave(from: EntryPath, inode: bigint): Promise<void> {
    const leaving = this.#leaving(from);
    const name = asideName(leaving);
    try {
      await this.#tree.rename(from, name);
    } catch (error) {
      if (error instanceof DiskError && error.failure === "missing") return;
      throw error;
    }
    await this.#orUnsettled(async () => {
      if ((await this.#tree.stat(name))?.inode === inode) await this.#tree.remove(name);
      else await this.#putBack(name, leaving);
    });
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

  async #replace(staged: StagedPath, path: EntryPath, expected: Held): Promise<void> {
    const leaving = this.#leaving(path);
    await this.#expect(path, expected);
    if (!(await this.#tree.exchange(staged.path, path))) {
      await this.#renameOver(staged.path, path, expected);
      return;
    }
    try {
      if (!(await this.#isAsHeld(staged.path, expected))) throw new SurpriseError(path);
      if (leaving.reason === undefined) this.spent.set(path, staged.path);
      else await this.#putAside(staged.path, leaving, expected);
    } catch (error) {
      await this.#orUnsettled(() => this.#exchangeBack(staged, leaving));
      throw error;
    }
  }

  /**
   * Where two names cannot be swapped, the old file gets a second name first: what is written into
   * it until the rename is not lost. Another file that takes its name in that moment is; SPEC.md says so.
   */
  async #renameOver(staged: InternalPath, path: EntryPath, expected: Held): Promise<void> {
    // A second name would be one of what a symlink points to, on some of these platforms (S7).
    if (expected.entry.kind === "symlink") return this.#tree.rename(staged, path);
    const leaving = this.#leaving(path);
    const name = asideName(leaving);
    // With a second name beside, a staged name that is gone then tells that the rename was done.
    await this.#tree.flushDirectories([stagingDirectory]);
    await this.#tree.link(path, name);
    try {
      // Before the rename can be durable, or a power cut could leave it with neither name.
      await this.#tree.flushDirectories([directoryOfAside(leaving)]);
      if (!(await this.#isAsHeld(path, expected))) throw new SurpriseError(path);
      await this.#tree.rename(staged, path);
    } catch (error) {
      await this.#orUnsettled(() => this.#tree.remove(name));
      throw error;
    }
    await this.#orUnsettled(async () => {
      if (!(await this.#isAsHeld(name, expected))) {
        await this.#tree.rename(name, path);
        this.undone.push(path);
        throw new SurpriseError(path);
      }
      if (leaving.reason === undefined) this.spent.set(path, name);
      else this.#keep(leaving, expected);
    });
  }

  /** Takes a file out of its place and looks at it there, under the name that it is kept by. */
  async #takeOut(path: EntryPath, expected: Held): Promise<void> {
    const leaving = this.#leaving(path);
    const name = asideName(leaving);
    await this.#expect(path, expected);
    await this.#tree.rename(path, name);
    await this.#orUnsettled(async () => {
      if (!(await this.#isAsHeld(name, expected))) {
        await this.#putBack(name, leaving);
        throw new SurpriseError(path);
      }
      if (leaving.reason === undefined) this.spent.set(path, name);
      else this.#keep(leaving, expected);
    });
  }

  /** Undoes `#takeOut`. What was not to be kept is not there any more, and comes back from the mesh. */
  async #takeBack(path: EntryPath): Promise<void> {
    const leaving = this.#leaving(path);
    const at = this.kept.findIndex(({ number }) => number === leaving.number);
    if (at === -1) return;
    this.kept.splice(at, 1);
    await this.#orUnsettled(() => this.#putBack(keptName(leaving.number), leaving));
  }

  /** Gives a user's file its place back, if that is free; if not, it is kept. */
  async #putBack(from: InternalPath, leaving: Leaving): Promise<void> {
    if (!(await givesBack(this.#tree, from, leaving.path))) await this.#quarantine(from, leaving);
    this.undone.push(leaving.path);
  }

  /** The two names as they were. What a user put in the place of ours meanwhile comes out, and is kept. */
  async #exchangeBack({ path: staged, stat }: StagedPath, leaving: Leaving): Promise<void> {
    try {
      await this.#tree.exchange(staged, leaving.path);
    } catch (error) {
      if (!(error instanceof DiskError) || error.failure !== "missing") throw error;
      await this.#putBack(staged, leaving);
      return;
    }
    this.undone.push(leaving.path);
    const out = await this.#tree.stat(staged);
    if (out !== undefined && !sameButChangeTime(stat, out)) await this.#quarantine(staged, leaving);
  }

  async #quarantine(from: InternalPath, { path, number }: Leaving): Promise<void> {
    const name = keptName(number);
    if (from !== name) await this.#tree.rename(from, name);
    const stat = await this.#tree.stat(name);
    if (stat === undefined) return;
    this.kept.push(keptAsSurprise(number, path, await this.#folder.index.held(path), stat));
  }

  async #putAside(from: InternalPath, leaving: Leaving, expected: Held): Promise<void> {
    await this.#tree.rename(from, keptName(leaving.number));
    this.#keep(leaving, expected);
  }

  #keep({ number, path, reason }: Leaving, expected: Held): void {
    const kept = reason && keptAsHeld(number, path, expected, reason);
    if (kept !== undefined) this.kept.push(kept);
  }

  #leaving(path: EntryPath): Leaving {
    const leaving = this.#keeping.get(path);
    if (leaving === undefined) throw new Error(`nothing was planned to go from ${path}`);
    return leaving;
  }

  /** For steps that must not be left half done: where the disk fails, the intents stay and say what to do. */
  async #orUnsettled(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (error instanceof DiskError) this.unsettled ??= error;
      throw error;
    }
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
   * Whether what a step took in hand is what was held. A write of the same length can hide behind a stat that is
   * not trusted, while the clock stands still: there the content tells.
   */
  async #isAsHeld(at: TreePath, expected: Held): Promise<boolean> {
    const stat = await this.#tree.stat(at);
    if (stat === undefined || !sameButChangeTime(expected.stat, stat)) return false;
    if (expected.trusted) return true;
    const [reading] = await this.#reading.run(() => this.#hasher.read([{ path: at, stat }]));
    return reading?.kind === "read" && sameContent(reading.entry, expected.entry);
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

  async #standing(path: EntryPath, inode: bigint): Promise<Stat> {
    const stat = await this.#tree.stat(path);
    if (stat?.inode !== inode) throw new SurpriseError(path);
    return stat;
  }

  /** Of a directory that was just made. What a user put in its place since must not be taken for it. */
  async #standingDirectory(path: EntryPath): Promise<Stat> {
    const stat = await this.#tree.stat(path);
    if (stat?.kind === "directory") return stat;
    this.#folder.lookAt(path);
    throw new SurpriseError(path);
  }

  /** A directory's time is nobody's business: it is set to what it is. */
  async #setMode(path: EntryPath, mode: number): Promise<void> {
    const stat = await this.#tree.stat(path);
    if (stat === undefined) throw new SurpriseError(path);
    await this.#tree.setAttributes(path, { mode, mtimeUs: Number(stat.mtimeNs / 1_000n) });
  }
}

/** Staged content that has a name of its own. */
interface StagedPath {
  readonly path: InternalPath;
  readonly stat: Stat;
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
