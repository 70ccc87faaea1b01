/**
 * What a simulated disk would still have after a crash.
 *
 * A file's content and attributes survive as they were at its last flush; a new file that never
 * was flushed comes back empty, which is what real file systems do and what nobody may show. Names
 * survive from the last flush of their directory. The names that one operation changed survive
 * together or not at all: file systems with a journal lose a rename, but tear none.
 */

import type { DirectoryNode, FakeNode, FileNode } from "./file-nodes.ts";

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
  }

  flushFile(file: FileNode): void {
    file.durable = { content: file.content, mode: file.mode, mtimeNs: file.mtimeNs };
    this.#dirtyFiles.delete(file);
  }

  flushDirectory(directory: DirectoryNode): void {
    const rest: (readonly NameChange[])[] = [];
    for (const operation of this.#operations) {
      apply(operation.filter((change) => change.directory === directory));
      const open = operation.filter((change) => change.directory !== directory);
      if (open.length > 0) rest.push(open);
    }
    this.#operations = rest;
  }

  flushAll(): void {
    for (const file of this.#dirtyFiles) this.flushFile(file);
    for (const operation of this.#operations) apply(operation);
    this.#operations = [];
  }

  /**
   * Leaves below `root` what is durable.
   * @param survives asked for each thing that was not flushed, oldest first: by luck it may have reached the disk
   */
  crash(root: DirectoryNode, survives: (unflushed: Unflushed) => boolean): void {
    for (const operation of this.#operations) {
      if (survives({ kind: "names", names: operation.map((change) => change.name) })) apply(operation);
    }
    this.#operations = [];
    for (const file of this.#dirtyFiles) {
      if (survives({ kind: "content", inode: file.inode })) this.flushFile(file);
    }
    this.#dirtyFiles.clear();
    restore(root);
  }
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
  }
  if (node.kind === "directory") {
    node.entries = new Map(node.durableEntries);
    for (const child of node.entries.values()) restore(child);
  }
}
