/**
 * What a simulated disk would still have after a crash.
 *
 * A file's content and attributes survive as they were at its last flush; a new file that never
 * was flushed comes back empty, which is what real file systems do and what nobody may show. Names
 * survive from the last flush of their directory. The names that one operation changed survive
 * together or not at all, and none without those before it that it rests on: file systems with a
 * journal lose a rename, but tear none.
 */

import type { DirectoryNode, FakeNode, FileNode } from "./file-nodes.ts";
import { copyOfNames } from "./folded-names.ts";

interface NameChange {
  readonly directory: DirectoryNode;
  readonly name: string;
  /** Undefined: the name went away. */
  readonly node: FakeNode | undefined;
}

/** Something that was not flushed when the machine crashed. */
export type Unflushed =
  | { readonly kind: "names"; readonly names: readonly string[] }
  | { readonly kind: "content"; readonly inode: bigint };

/** Whether it reached the disk. A content may have done so in part: asked for each of its blocks. */
export type Survival = boolean | ((block: number) => boolean);

const blockBytes = 4096;

export class Durability {
  readonly #dirtyFiles = new Set<FileNode>();
  /** Oldest first; each is one operation. */
  #operations: (readonly NameChange[])[] = [];

  /** Names changed, in one operation. */
  changed(...operation: readonly NameChange[]): void {
    this.#operations.push(operation);
  }

  touched(file: FileNode): void {
    this.#dirtyFiles.add(file);
    file.isGivenUp = false;
  }

  flushFile(file: FileNode): void {
    // Not touched since, or given up: nothing is written.
    if (!this.#dirtyFiles.delete(file)) return;
    file.durable = { content: file.content, mode: file.mode, mtimeNs: file.mtimeNs };
  }

  /** With the names of other directories that the same operations changed, and those that they rest on. */
  flushDirectory(directory: DirectoryNode): void {
    const places = new Places();
    const [flushed, rest]: [(readonly NameChange[])[], (readonly NameChange[])[]] = [[], []];
    for (const operation of this.#operations.toReversed()) {
      const isFlushed = operation.some((change) => change.directory === directory || places.has(change));
      if (isFlushed) places.add(operation);
      (isFlushed ? flushed : rest).push(operation);
    }
    for (const operation of flushed.toReversed()) apply(operation);
    this.#operations = rest.toReversed();
  }

  flushAll(): void {
    for (const file of this.#dirtyFiles) this.flushFile(file);
    for (const operation of this.#operations) apply(operation);
    this.#operations = [];
  }

  /**
   * What the kernel could not write: it tells one flush, and takes it for written from then on.
   * @param drops asked for each file that has something to be flushed, oldest first
   */
  drop(drops: (inode: bigint) => boolean): void {
    for (const file of this.#dirtyFiles) {
      if (!drops(file.inode)) continue;
      this.#dirtyFiles.delete(file);
      file.isGivenUp = true;
    }
  }

  /**
   * Leaves below `root` what is durable.
   * @param survives asked for each thing that was not flushed, oldest first: by luck it may have reached the disk
   */
  crash(root: DirectoryNode, survives: (unflushed: Unflushed) => Survival): void {
    const lost = new Places();
    for (const operation of this.#operations) {
      const isLucky = survives({ kind: "names", names: operation.map((change) => change.name) });
      if (isLucky === false || operation.some((change) => lost.has(change))) lost.add(operation);
      else apply(operation);
    }
    this.#operations = [];
    for (const file of this.#dirtyFiles) {
      const survival = survives({ kind: "content", inode: file.inode });
      if (survival === false) continue;
      if (survival !== true) file.content = torn(file, survival);
      this.flushFile(file);
    }
    this.#dirtyFiles.clear();
    restore(root);
  }
}

/** Names of directories that operations changed. */
class Places {
  readonly #names = new Map<DirectoryNode, Set<string>>();

  add(operation: readonly NameChange[]): void {
    for (const { directory, name } of operation) {
      const names = this.#names.get(directory) ?? new Set<string>();
      this.#names.set(directory, names.add(name));
    }
  }

  has({ directory, name }: NameChange): boolean {
    return this.#names.get(directory)?.has(name) === true;
  }
}

/** As long as it was to be; blocks that did not reach the disk are as they were, or empty. */
function torn(file: FileNode, survives: (block: number) => boolean): Uint8Array {
  const content = new Uint8Array(file.content.length);
  for (let from = 0; from < content.length; from += blockBytes) {
    const source = survives(from / blockBytes) ? file.content : file.durable.content;
    content.set(source.subarray(from, Math.min(from + blockBytes, content.length)), from);
  }
  return content;
}

function apply(changes: readonly NameChange[]): void {
  for (const { directory, name, node } of changes) {
    if (node === undefined) directory.durableEntries.delete(name);
    else directory.durableEntries.set(name, node);
  }
}

function restore(node: FakeNode): void {
  if (node.kind === "file") {
    node.content = node.durable.content;
    node.mode = node.durable.mode;
    node.mtimeNs = node.durable.mtimeNs;
    node.isGivenUp = false;
  }
  if (node.kind === "directory") {
    node.entries = copyOfNames(node.durableEntries);
    for (const child of node.entries.values()) restore(child);
  }
}
