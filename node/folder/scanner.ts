/**
 * The scanner: what differs between the disk and what is held.
 *
 * It lists directories and compares stats; it reads no content and decides nothing. A listing that
 * fails yields a problem and no deletes (S5). What it finds may be out of date a moment later:
 * the announcer looks again, under the folder's lock, before anything is believed.
 */

import {
  type EntryPath,
  internalName,
  isConflictCopyName,
  joinPath,
  nameOf,
  parentOf,
  pathOfCopy,
} from "../../protocol/folder/path.ts";
import { DiskError, type ListedName, type Stat, type Tree } from "../ports.ts";
import { canBeEntry, type Held, sameStat } from "./held.ts";
import type { FolderIndex } from "./index.ts";
import type { Spelling } from "./spelling.ts";

/** Why something on disk cannot be an entry; it is reported and harms nothing. */
export type ItemProblem =
  | "name-not-utf8"
  | "name-too-long"
  | "name-reserved"
  | "kind-unsupported"
  | "nested-mount"
  | "not-permitted"
  | "unreadable";

export type Finding =
  /** New, or not as it is held. */
  | { readonly kind: "standing"; readonly path: EntryPath; readonly stat: Stat; readonly held: Held | undefined }
  /** Held, and absent from an error-free listing of its directory. */
  | { readonly kind: "gone"; readonly path: EntryPath; readonly held: Held }
  | { readonly kind: "problem"; readonly path: string; readonly problem: ItemProblem }
  /** A listing went well, and there are these directories in it. It comes before what was found there. */
  | { readonly kind: "listed"; readonly path: EntryPath | ""; readonly directories: ReadonlySet<string> };

export interface ScannerOptions {
  readonly tree: Tree;
  readonly index: FolderIndex;
  readonly device: bigint;
  /** Its delete waits for an operator: where it stands again, that is to be found, touched or not. */
  readonly isThoughtGone: (path: EntryPath) => boolean;
  /** Undefined where the file system tells all names apart. */
  readonly spelling: Spelling | undefined;
}

export class Scanner {
  readonly #tree: Tree;
  readonly #index: FolderIndex;
  readonly #device: bigint;
  readonly #isThoughtGone: ScannerOptions["isThoughtGone"];
  readonly #spelling: Spelling | undefined;

  constructor({ tree, index, device, isThoughtGone, spelling }: ScannerOptions) {
    this.#spelling = spelling;
    this.#isThoughtGone = isThoughtGone;
    this.#tree = tree;
    this.#index = index;
    this.#device = device;
  }

  /**
   * Looks at one directory, and below it where something is new. Parents come before what is in them.
   *
   * @param deep also at all directories below that look untouched
   */
  async *scan(directory: EntryPath | "", deep: boolean): AsyncGenerator<Finding> {
    const listed = await this.#list(directory);
    if (listed === "vanished") {
      if (directory !== "") yield* this.#vanished(directory);
      return;
    }
    if (typeof listed === "string") {
      yield { kind: "problem", path: directory, problem: listed };
      return;
    }
    const directories = listed.flatMap(({ name, stat }) => (stat.kind === "directory" ? (name ?? []) : []));
    yield { kind: "listed", path: directory, directories: new Set(directories) };
    const held = await this.#index.heldIn(directory);
    const seen = new Set<string>();
    const below: EntryPath[] = [];
    for (const one of this.#spelling?.asHeld(listed, held) ?? listed) {
      if (directory === "" && one.name === internalName) continue;
      // A file in whose place such a thing stands is gone: nobody could bring it back without touching what is a user's.
      if (one.name !== undefined && canBeEntry(one.name, one.stat)) seen.add(one.name);
      const was = one.name === undefined ? undefined : held.get(one.name);
      const found = this.#judge(directory, one, was);
      if (found === undefined) continue;
      if (typeof found === "object") {
        yield found;
        continue;
      }
      const untouched = was !== undefined && was.trusted && sameStat(was.stat, one.stat) && !this.#isThoughtGone(found);
      if (!untouched) yield { kind: "standing", path: found, stat: one.stat, held: was };
      // What was in a directory is gone when something else has its name by now.
      if (was?.entry.kind === "directory" && one.stat.kind !== "directory") yield* this.#goneBelow(found);
      if (one.stat.kind === "directory" && (deep || was?.entry.kind !== "directory")) below.push(found);
    }
    for (const [name, was] of held) {
      const path = seen.has(name) ? undefined : joinPath(directory, name);
      if (path !== undefined) yield* this.#gone(path, was);
    }
    for (const path of below) yield* this.scan(path, deep);
  }

  /**
   * A directory may be gone before anybody held it, though something in it was held already: then
   * no listing of its parent misses it. It is gone with all that is below if that listing lacks it.
   */
  async *#vanished(directory: EntryPath): AsyncGenerator<Finding> {
    const parent = parentOf(directory);
    const listed = await this.#list(parent);
    if (listed === "vanished") {
      if (parent !== "") yield* this.#vanished(parent);
      return;
    }
    if (typeof listed === "string") {
      yield { kind: "problem", path: parent, problem: listed };
      return;
    }
    const stat = listed.find(({ name }) => name === nameOf(directory))?.stat;
    if (stat?.kind !== "directory") yield* this.#goneBelow(directory);
  }

  /** A path to look at, a problem, or undefined for what is none of ours. */
  #judge(directory: EntryPath | "", one: ListedName, held: Held | undefined): EntryPath | Finding | undefined {
    const shownName = one.name ?? Buffer.from(one.bytes).toString("latin1");
    const shownPath = directory === "" ? shownName : `${directory}/${shownName}`;
    const problem = (why: ItemProblem): Finding => ({ kind: "problem", path: shownPath, problem: why });
    if (one.name === undefined) return problem("name-not-utf8");
    const path = joinPath(directory, one.name);
    if (path === undefined) return problem("name-too-long");
    // A file by such a name is a copy of its path, whoever put it there (X4); anything else cannot be one.
    if (
      isConflictCopyName(one.name) &&
      (held?.copyOf === undefined || !canBeEntry(one.name, one.stat)) &&
      !mayBeCopy(path, one)
    ) {
      return problem("name-reserved");
    }
    if (one.stat.kind === "other") return problem("kind-unsupported");
    if (one.stat.kind === "directory" && one.stat.device !== this.#device) return problem("nested-mount");
    return path;
  }

  async *#gone(path: EntryPath, held: Held): AsyncGenerator<Finding> {
    // What was below a directory that is gone is gone with it.
    if (held.entry.kind === "directory") yield* this.#goneBelow(path);
    yield { kind: "gone", path, held };
  }

  async *#goneBelow(directory: EntryPath): AsyncGenerator<Finding> {
    for await (const [path, held] of this.#index.heldBelow(directory)) yield { kind: "gone", path, held };
  }

  async #list(directory: EntryPath | ""): Promise<readonly ListedName[] | ItemProblem | "vanished"> {
    try {
      // What stands there by another spelling is another directory, which its own scan looks at (C5).
      if (directory !== "" && (await this.#spelling?.look([directory]))?.[0] === "respelled") return "vanished";
      return await this.#tree.list(directory);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      // Whether it is gone is for a listing of its parent to say.
      if (error.failure === "missing" || error.failure === "not-a-directory") return "vanished";
      return error.failure === "not-permitted" ? "not-permitted" : "unreadable";
    }
  }
}

function mayBeCopy(path: EntryPath, { stat }: ListedName): boolean {
  return (stat.kind === "file" || stat.kind === "symlink") && pathOfCopy(path) !== undefined;
}
