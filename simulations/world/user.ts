/**
 * Somebody who works in a folder of a simulated machine: editors, scripts, deployments. Acts at
 * once, outside of every port, and knows nothing of the peer.
 */

import { type FakeNode, type FileNode, nameBytes } from "./file-nodes.ts";
import type { FakeFileSystem } from "./file-system.ts";

/** What a tree holds at one path. */
export type TreeItem =
  | { readonly kind: "file"; readonly mode: number; readonly mtimeNs: bigint; readonly content: Uint8Array }
  | { readonly kind: "directory"; readonly mode: number; readonly mtimeNs: bigint }
  | { readonly kind: "symlink"; readonly target: string }
  | { readonly kind: "other" };

export class FakeUser {
  readonly #fileSystem: FakeFileSystem;
  readonly #root: string;
  /** What the programs of this user say the time of all that they write is; undefined: when it was written. */
  timeUs: number | undefined;

  /** @param root absolute; made, with its parents, if it is not there. Paths below are relative to it. */
  constructor(fileSystem: FakeFileSystem, root: string) {
    this.#fileSystem = fileSystem;
    this.#root = root;
    this.#makeParents(`${root}/.`);
  }

  /** Writes into the file that is there, or a new one; makes missing parents. */
  write(path: string, content: string | Uint8Array): void {
    const place = this.#place(path);
    this.#makeParents(place);
    const there = this.#fileSystem.find(place);
    const file = there?.kind === "file" ? there : this.#fileSystem.createFile(place, 0o644);
    this.#fileSystem.truncate(file, 0);
    this.#put(file, content, 0, place);
  }

  append(path: string, content: string | Uint8Array): void {
    const place = this.#place(path);
    const file = this.#fileSystem.node(place);
    if (file.kind !== "file") throw new Error(`${path} is a ${file.kind}`);
    this.#put(file, content, file.content.length, place);
  }

  /** Saves as editors do: a new file beside it takes its name. */
  replace(path: string, content: string | Uint8Array): void {
    const beside = `${path}~`;
    this.write(beside, content);
    this.rename(beside, path);
  }

  makeDirectory(path: string, mode = 0o755): void {
    this.#makeParents(this.#place(path));
    this.#fileSystem.makeDirectory(this.#place(path), mode);
  }

  makeSymlink(target: string, path: string): void {
    this.#makeParents(this.#place(path));
    this.#fileSystem.makeSymlink(target, this.#place(path));
  }

  /** A FIFO, socket or device. */
  makeOther(path: string): void {
    this.#makeParents(this.#place(path));
    this.#fileSystem.makeOther(this.#place(path));
  }

  link(from: string, to: string): void {
    this.#fileSystem.link(this.#place(from), this.#place(to));
  }

  rename(from: string, to: string): void {
    this.#makeParents(this.#place(to));
    this.#fileSystem.rename(this.#place(from), this.#place(to));
  }

  setMode(path: string, mode: number): void {
    this.#fileSystem.setAttributes(this.#fileSystem.node(this.#place(path)), mode, undefined);
    this.#fileSystem.tell(this.#place(path));
  }

  setTime(path: string, mtimeUs: number): void {
    this.#fileSystem.setAttributes(this.#fileSystem.node(this.#place(path)), undefined, BigInt(mtimeUs) * 1_000n);
    this.#fileSystem.tell(this.#place(path));
  }

  /** With all that is below it. Nothing there is fine. */
  remove(path: string): void {
    const place = this.#place(path);
    const node = this.#fileSystem.find(place);
    if (node === undefined) return;
    if (node.kind !== "directory") {
      this.#fileSystem.remove(place);
      return;
    }
    for (const name of node.entries.keys()) this.remove(`${path}/${name}`);
    this.#fileSystem.removeDirectory(place);
  }

  /** Undefined when no file is there. */
  read(path: string): Uint8Array | undefined {
    const node = this.#fileSystem.find(this.#place(path));
    return node?.kind === "file" ? node.content : undefined;
  }

  /** Undefined when no file is there. */
  readText(path: string): string | undefined {
    const bytes = this.read(path);
    return bytes && new TextDecoder().decode(bytes);
  }

  has(path: string): boolean {
    return this.#fileSystem.find(this.#place(path)) !== undefined;
  }

  /** Which file it is, whatever it is called; undefined when nothing is there. */
  inode(path: string): bigint | undefined {
    return this.#fileSystem.find(this.#place(path))?.inode;
  }

  /** Whether a power cut takes the content of a file that is there, and no flush can help it. */
  isGivenUp(path: string): boolean {
    const node = this.#fileSystem.find(this.#place(path));
    return node?.kind === "file" && node.isGivenUp === true;
  }

  names(directory: string): readonly string[] {
    return [...this.#fileSystem.directory(this.#place(directory)).entries.keys()];
  }

  /** The whole tree by path, parents first, names in the order of their bytes; what the peer keeps for itself is left out. */
  snapshot(): ReadonlyMap<string, TreeItem> {
    const items = new Map<string, TreeItem>();
    const collect = (directory: string): void => {
      const entries = [...this.#fileSystem.directory(this.#place(directory)).entries];
      entries.sort(([one], [other]) => Buffer.compare(nameBytes(one), nameBytes(other)));
      for (const [name, node] of entries) {
        const path = directory === "" ? name : `${directory}/${name}`;
        if (path === ".cdmesh") continue;
        items.set(path, itemOf(node));
        if (node.kind === "directory") collect(path);
      }
    };
    collect("");
    return items;
  }

  #put(file: FileNode, content: string | Uint8Array, offset: number, place: string): void {
    this.#fileSystem.write(file, bytesOf(content), offset);
    if (this.timeUs !== undefined) this.#fileSystem.setAttributes(file, undefined, BigInt(this.timeUs) * 1_000n);
    this.#fileSystem.tell(place);
  }

  #place(path: string): string {
    return path === "" ? this.#root : `${this.#root}/${path}`;
  }

  #makeParents(place: string): void {
    const slash = place.lastIndexOf("/");
    if (slash <= 0) return;
    const parent = place.slice(0, slash);
    if (this.#fileSystem.find(parent) !== undefined) return;
    this.#makeParents(parent);
    this.#fileSystem.makeDirectory(parent, 0o755);
  }
}

function itemOf(node: FakeNode): TreeItem {
  switch (node.kind) {
    case "file":
      return { kind: "file", mode: node.mode, mtimeNs: node.mtimeNs, content: node.content };
    case "directory":
      return { kind: "directory", mode: node.mode, mtimeNs: node.mtimeNs };
    case "symlink":
      return { kind: "symlink", target: node.target };
    case "other":
      return { kind: "other" };
  }
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}
