/**
 * Spelling: names on a file system that takes different ones for one (C5).
 *
 * There a look at a path also finds what stands by another spelling, and whoever believed it would
 * take one file for two, or what a user renamed for what stood there before. Only a listing tells
 * how a name is spelled. Folders whose file system tells all names apart have no `Spelling`.
 */

import { composedName, foldName, type NameFolding, stepsTo } from "../../protocol/folder/fold.ts";
import { type EntryPath, internalName, joinPath, nameOf, parentOf } from "../../protocol/folder/path.ts";
import { canBeEntry } from "./held.ts";
import { DiskError, type ListedName, type Tree } from "../ports.ts";
import type { FolderIndex } from "./index.ts";

/** What a look at a path finds may stand there by another spelling. */
export type Look = "nothing" | "standing" | "respelled";

export class Spelling {
  readonly folding: NameFolding;
  readonly #tree: Tree;

  constructor(tree: Tree, folding: NameFolding) {
    this.#tree = tree;
    this.folding = folding;
  }

  /** What stands at each path, by the spelling of each of its parts. */
  async look(paths: readonly EntryPath[]): Promise<readonly Look[]> {
    const listings = new Listings(this.#tree, this.folding);
    const looks: Look[] = [];
    for (const path of paths) {
      const stat = await this.#tree.stat(path);
      if (stat === undefined || !canBeEntry(nameOf(path), stat)) looks.push("nothing");
      else looks.push((await this.#isSpelled(path, listings)) ? "standing" : "respelled");
    }
    return looks;
  }

  /**
   * For each path what stands in its place, or in that of a directory above it, by another spelling.
   * What is held is not doubted: if it is spelled otherwise by now, a scan finds that it was renamed.
   */
  async twins(paths: readonly EntryPath[], index: FolderIndex): Promise<readonly (string | undefined)[]> {
    const listings = new Listings(this.#tree, this.folding);
    const twins: (string | undefined)[] = [];
    for (const path of paths) twins.push(await this.#twin(path, index, listings));
    return twins;
  }

  /** A listing by the names that are held: some file systems list another Unicode form than they were given. */
  asHeld(listed: readonly ListedName[], held: ReadonlyMap<string, unknown>): readonly ListedName[] {
    if (!this.folding.normalization) return listed;
    const heldNames = new Map([...held.keys()].map((name) => [this.#composed(name), name]));
    return listed.map((one) => {
      const name = one.name === undefined ? undefined : heldNames.get(this.#composed(one.name));
      return name === undefined ? one : { ...one, name };
    });
  }

  async #twin(path: EntryPath, index: FolderIndex, listings: Listings): Promise<string | undefined> {
    const steps = stepsTo(path);
    const held = await index.heldMany(steps);
    for (const [at, step] of steps.entries()) {
      if (held[at] !== undefined) continue;
      if (!(await this.#exists(step))) return undefined;
      const names = await listings.namesIn(parentOf(step));
      if (names.all.includes(nameOf(step))) continue;
      const folded = foldName(nameOf(step), this.folding);
      const twin = names.all.find((name) => foldName(name, this.folding) === folded);
      // The disk knows more of names than the fold does: then the other spelling cannot be told.
      if (twin === undefined) return step;
      return twin === internalName ? internalName : (joinPath(parentOf(step), twin) ?? twin);
    }
    return undefined;
  }

  async #isSpelled(path: EntryPath, listings: Listings): Promise<boolean> {
    for (const step of stepsTo(path)) {
      const names = await listings.namesIn(parentOf(step));
      if (!names.has(nameOf(step))) return false;
    }
    return true;
  }

  async #exists(path: EntryPath): Promise<boolean> {
    return (await this.#tree.stat(path)) !== undefined;
  }

  #composed(name: string): string {
    return composedName(name, this.folding);
  }
}

/** Directories are listed once for all the paths that are asked for together. */
class Listings {
  readonly #tree: Tree;
  readonly #folding: NameFolding;
  readonly #names = new Map<EntryPath | "", Names>();

  constructor(tree: Tree, folding: NameFolding) {
    this.#tree = tree;
    this.#folding = folding;
  }

  /** None where no directory stands. @throws DiskError where it cannot be listed, for then nobody knows */
  async namesIn(directory: EntryPath | ""): Promise<Names> {
    const known = this.#names.get(directory);
    if (known !== undefined) return known;
    const names = new Names(await this.#list(directory), this.#folding);
    this.#names.set(directory, names);
    return names;
  }

  async #list(directory: EntryPath | ""): Promise<readonly string[]> {
    try {
      return (await this.#tree.list(directory)).flatMap(({ name }) => name ?? []);
    } catch (error) {
      const isNone = error instanceof DiskError && (error.failure === "missing" || error.failure === "not-a-directory");
      // The root itself is always there, or nothing can be said.
      if (isNone && directory !== "") return [];
      throw error;
    }
  }
}

class Names {
  readonly all: readonly string[];
  readonly #composed: ReadonlySet<string>;
  readonly #folding: NameFolding;

  constructor(all: readonly string[], folding: NameFolding) {
    this.all = all;
    this.#folding = folding;
    this.#composed = new Set(all.map((name) => composedName(name, folding)));
  }

  /** Whether a name is there by this spelling. */
  has(name: string): boolean {
    return this.#composed.has(composedName(name, this.#folding));
  }
}
