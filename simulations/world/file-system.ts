/**
 * The file system of one simulated machine, in memory. It outlives the processes of that machine.
 *
 * Its calls act at once and mean what POSIX says: inodes with names, hard links, renames that
 * replace, times that change as on ext4. Processes reach it through `FakeDisk`, which answers after
 * a delay; users through `FakeUser`. Paths are absolute; no call follows a symlink.
 *
 * Times move in steps of 4 ms, as the clock of a real kernel's file systems does: who takes equal
 * times for an untouched file is caught (FORMATS 17).
 */

import type { Cancel, Space, Stat } from "../../node/ports.ts";
import type { NameFolding } from "../../protocol/folder/fold.ts";
import { worldEpochMs } from "./clock.ts";
import { copyOfTree, type DiskImage } from "./disk-image.ts";
import { Durability, type Survival, type Unflushed } from "./durability.ts";
import { type DirectoryNode, type FakeNode, type FileNode, sizeOf } from "./file-nodes.ts";
import { isRespelled, noNames, spelledPath } from "./folded-names.ts";

/** A call that failed, with the platform's code. */
export class FileSystemError extends Error {
  readonly code: FileSystemCode;
  constructor(code: FileSystemCode) {
    super(code);
    this.name = "FileSystemError";
    this.code = code;
  }
}

export type FileSystemCode =
  | "ENOENT"
  | "EEXIST"
  | "ENOTEMPTY"
  | "ENOTDIR"
  | "ELOOP"
  | "EISDIR"
  | "EPERM"
  | "EACCES"
  | "EROFS"
  | "EINVAL"
  | "ENAMETOOLONG"
  | "EXDEV"
  | "ENOSPC"
  | "EMFILE"
  | "EIO";

/** How much fits on a disk: bytes of content, holes included, and inodes. */
export interface Capacity {
  readonly bytes: number;
  readonly inodes: number;
}

/** Something changed under this name of this directory (both as at that moment). */
export type ChangeListener = (directory: string, name: string) => void;

const timeStepMs = 4;
const nameBytesMax = 255;
const unbounded: Capacity = { bytes: 2 ** 50, inodes: 2 ** 40 };

export class FakeFileSystem {
  readonly #time: { readonly nowMs: number };
  #durability = new Durability();
  readonly #listeners = new Set<ChangeListener>();
  #inodes = 1n;
  #top: DirectoryNode;
  /** Names that this platform cannot hold, such as those with a colon: the code that they fail with. */
  refuses: (name: string) => FileSystemCode | undefined = () => undefined;
  /** What it does not tell apart in names. */
  readonly folding: NameFolding | undefined;
  /** May be changed at any time: below what is there, nothing more fits. */
  capacity: Capacity;

  constructor(time: { readonly nowMs: number }, capacity: Capacity = unbounded, folding?: NameFolding) {
    this.#time = time;
    this.capacity = capacity;
    this.folding = folding;
    this.#top = this.#newDirectory(0o755);
  }

  onChange(listener: ChangeListener): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The machine loses power. Whoever holds an open file must not use it any more. */
  crash(survives: (unflushed: Unflushed) => Survival = () => false): void {
    this.#durability.crash(this.#top, survives);
  }

  snapshot(): DiskImage {
    return { top: copyOfTree(this.#top), inodes: this.#inodes };
  }

  /** All is again as it was then, and durable. For when no process runs. */
  restore({ top, inodes }: DiskImage): void {
    this.#durability = new Durability();
    this.#top = copyOfTree(top);
    this.#inodes = inodes;
  }

  // --- Looking ---------------------------------------------------------------------------------

  /** @throws ENOENT, or ENOTDIR when a parent is no directory */
  node(path: string): FakeNode {
    let node: FakeNode = this.#top;
    for (const part of partsOf(path)) {
      if (node.kind !== "directory") throw new FileSystemError("ENOTDIR");
      const child = node.entries.get(part);
      if (child === undefined) throw new FileSystemError("ENOENT");
      node = child;
    }
    return node;
  }

  find(path: string): FakeNode | undefined {
    try {
      return this.node(path);
    } catch {
      return undefined;
    }
  }

  /** What a power cut would leave of a content: undefined when no file would stand there. */
  durableContent(path: string): Uint8Array | undefined {
    let node: FakeNode | undefined = this.#top;
    for (const part of partsOf(path)) node = node?.kind === "directory" ? node.durableEntries.get(part) : undefined;
    return node?.kind === "file" ? node.durable.content : undefined;
  }

  directory(path: string): DirectoryNode {
    const node = this.node(path);
    if (node.kind !== "directory") throw new FileSystemError("ENOTDIR");
    return node;
  }

  /** The path with all symlinks followed, as realpath says it. */
  realPath(path: string): string {
    let followed = 0;
    let real = "";
    const ahead = partsOf(path);
    for (let part = ahead.shift(); part !== undefined; part = ahead.shift()) {
      if (part === ".") continue;
      if (part === "..") {
        real = real.slice(0, Math.max(0, real.lastIndexOf("/")));
        continue;
      }
      const node = this.node(`${real}/${part}`);
      if (node.kind !== "symlink") {
        real = `${real}/${part}`;
        continue;
      }
      followed += 1;
      if (followed > 40) throw new FileSystemError("ELOOP");
      if (node.target.startsWith("/")) real = "";
      ahead.unshift(...partsOf(node.target));
    }
    return real === "" ? "/" : real;
  }

  statOf(node: FakeNode): Stat {
    const { kind, mode, mtimeNs, ctimeNs, inode, bornNs } = node;
    return { kind, size: sizeOf(node), mode, mtimeNs, ctimeNs, inode, bornNs, device: 1n };
  }

  space(): Space {
    const used = this.capacity === unbounded ? { bytes: 0, inodes: 0 } : usedBelow(this.#top);
    return {
      freeBytes: Math.max(0, this.capacity.bytes - used.bytes),
      totalBytes: this.capacity.bytes,
      freeInodes: Math.max(0, this.capacity.inodes - used.inodes),
    };
  }

  // --- Names -----------------------------------------------------------------------------------

  createFile(path: string, mode: number): FileNode {
    const nowNs = this.#nowNs();
    const empty = new Uint8Array(0);
    const durable = { content: empty, mode, mtimeNs: nowNs };
    const file: FileNode = { kind: "file", ...this.#newInode(), mode, content: empty, durable };
    this.#put(path, file);
    return file;
  }

  makeDirectory(path: string, mode: number): void {
    this.#put(path, this.#newDirectory(mode));
  }

  makeSymlink(target: string, path: string): void {
    this.#put(path, { kind: "symlink", ...this.#newInode(), mode: 0o777, target });
  }

  /** A FIFO, socket or device. */
  makeOther(path: string): void {
    this.#put(path, { kind: "other", ...this.#newInode(), mode: 0o644 });
  }

  link(from: string, to: string): void {
    const node = this.node(from);
    if (node.kind === "directory") throw new FileSystemError("EPERM");
    this.#put(to, node);
    node.ctimeNs = this.#nowNs();
  }

  rename(from: string, to: string): void {
    const node = this.node(from);
    const [oldParent, oldName] = this.#parent(from);
    const [newParent, newName] = this.#parent(to);
    const respells = oldParent === newParent && isRespelled(newParent.entries, oldName, newName);
    const replaced = respells ? undefined : newParent.entries.get(newName);
    // POSIX: two names of one inode, and nothing happens.
    if (replaced === node) return;
    if (node.kind === "directory" && isBelow(to, from)) throw new FileSystemError("EINVAL");
    if (replaced !== undefined) checkReplace(node, replaced);
    oldParent.entries.delete(oldName);
    newParent.entries.set(newName, node);
    this.#durability.changed(
      { directory: oldParent, name: oldName, node: undefined },
      { directory: newParent, name: newName, node },
    );
    this.#stamp(oldParent, newParent);
    node.ctimeNs = this.#nowNs();
    if (replaced !== undefined) replaced.ctimeNs = this.#nowNs();
    this.tell(from);
    this.tell(to);
  }

  exchange(one: string, other: string): void {
    const [oneNode, otherNode] = [this.node(one), this.node(other)];
    if (isBelow(one, other) || isBelow(other, one)) throw new FileSystemError("EINVAL");
    const [oneParent, oneName] = this.#parent(one);
    const [otherParent, otherName] = this.#parent(other);
    oneParent.entries.set(oneName, otherNode);
    otherParent.entries.set(otherName, oneNode);
    this.#durability.changed(
      { directory: oneParent, name: oneName, node: otherNode },
      { directory: otherParent, name: otherName, node: oneNode },
    );
    this.#stamp(oneParent, otherParent);
    oneNode.ctimeNs = this.#nowNs();
    otherNode.ctimeNs = this.#nowNs();
    this.tell(one);
    this.tell(other);
  }

  remove(path: string): void {
    const node = this.node(path);
    if (node.kind === "directory") throw new FileSystemError("EISDIR");
    this.#take(path);
    node.ctimeNs = this.#nowNs();
  }

  removeDirectory(path: string): void {
    if (this.directory(path).entries.size > 0) throw new FileSystemError("ENOTEMPTY");
    this.#take(path);
  }

  // --- Content and attributes ------------------------------------------------------------------

  write(file: FileNode, bytes: Uint8Array, offset: number): void {
    this.#checkRoom(offset + bytes.length - file.content.length);
    const content = new Uint8Array(Math.max(file.content.length, offset + bytes.length));
    content.set(file.content);
    content.set(bytes, offset);
    this.#setContent(file, content);
  }

  truncate(file: FileNode, size: number): void {
    this.#checkRoom(size - file.content.length);
    const content = new Uint8Array(size);
    content.set(file.content.subarray(0, size));
    this.#setContent(file, content);
  }

  /** What a symlink's mode is cannot be changed. */
  setAttributes(node: FakeNode, mode: number | undefined, mtimeNs: bigint | undefined): void {
    if (mode !== undefined && node.kind !== "symlink") node.mode = mode & 0o777;
    if (mtimeNs !== undefined) node.mtimeNs = mtimeNs;
    node.ctimeNs = this.#nowNs();
    if (node.kind === "file") this.#durability.touched(node);
  }

  /** Tells listeners that something changed under this path. Names do it by themselves. */
  tell(path: string): void {
    const slash = path.lastIndexOf("/");
    const directory = this.folding === undefined ? path.slice(0, slash) : spelledPath(this.#top, path.slice(0, slash));
    for (const listener of this.#listeners) listener(directory, path.slice(slash + 1));
  }

  // --- Durability ------------------------------------------------------------------------------

  flushFile(file: FileNode): void {
    this.#durability.flushFile(file);
  }

  flushDirectory(path: string): void {
    this.#durability.flushDirectory(this.directory(path));
  }

  flushAll(): void {
    this.#durability.flushAll();
  }

  /** The kernel gives up what it could not write: one flush fails, and later ones say yes to nothing. */
  dropUnflushed(drops: (inode: bigint) => boolean): void {
    this.#durability.drop(drops);
  }

  // --- Inside ----------------------------------------------------------------------------------

  #checkRoom(moreBytes: number): void {
    if (moreBytes <= 0 || this.capacity === unbounded) return;
    if (moreBytes > this.space().freeBytes) throw new FileSystemError("ENOSPC");
  }

  #setContent(file: FileNode, content: Uint8Array): void {
    file.content = content;
    file.mtimeNs = this.#nowNs();
    file.ctimeNs = file.mtimeNs;
    this.#durability.touched(file);
  }

  #put(path: string, node: FakeNode): void {
    const [parent, name] = this.#parent(path);
    if (parent.entries.has(name)) throw new FileSystemError("EEXIST");
    if (this.capacity !== unbounded && this.space().freeInodes === 0) throw new FileSystemError("ENOSPC");
    parent.entries.set(name, node);
    this.#durability.changed({ directory: parent, name, node });
    this.#stamp(parent);
    this.tell(path);
  }

  #take(path: string): void {
    const [parent, name] = this.#parent(path);
    parent.entries.delete(name);
    this.#durability.changed({ directory: parent, name, node: undefined });
    this.#stamp(parent);
    this.tell(path);
  }

  #parent(path: string): readonly [directory: DirectoryNode, name: string] {
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (name === "") throw new FileSystemError("EPERM");
    if (Buffer.byteLength(name) > nameBytesMax) throw new FileSystemError("ENAMETOOLONG");
    const refusal = this.refuses(name);
    if (refusal !== undefined) throw new FileSystemError(refusal);
    return [this.directory(path.slice(0, path.lastIndexOf("/"))), name];
  }

  #stamp(...directories: readonly DirectoryNode[]): void {
    for (const directory of directories) {
      directory.mtimeNs = this.#nowNs();
      directory.ctimeNs = directory.mtimeNs;
    }
  }

  #newDirectory(mode: number): DirectoryNode {
    const [entries, durableEntries] = [noNames(this.folding), noNames(this.folding)];
    return { kind: "directory", ...this.#newInode(), mode, entries, durableEntries };
  }

  #newInode(): { readonly inode: bigint; readonly bornNs: bigint; mtimeNs: bigint; ctimeNs: bigint } {
    this.#inodes += 1n;
    const nowNs = this.#nowNs();
    return { inode: this.#inodes, bornNs: nowNs, mtimeNs: nowNs, ctimeNs: nowNs };
  }

  #nowNs(): bigint {
    const nowMs = worldEpochMs + this.#time.nowMs;
    return BigInt(Math.floor(nowMs / timeStepMs) * timeStepMs) * 1_000_000n;
  }
}

/** Files with several names count once. */
function usedBelow(top: DirectoryNode): { readonly bytes: number; readonly inodes: number } {
  const seen = new Set<FakeNode>();
  const ahead: FakeNode[] = [top];
  let bytes = 0;
  for (let node = ahead.pop(); node !== undefined; node = ahead.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.kind === "file") bytes += node.content.length;
    if (node.kind === "directory") ahead.push(...node.entries.values());
  }
  return { bytes, inodes: seen.size };
}

function checkReplace(node: FakeNode, replaced: FakeNode): void {
  if (node.kind !== "directory" && replaced.kind === "directory") throw new FileSystemError("EISDIR");
  if (node.kind === "directory" && replaced.kind !== "directory") throw new FileSystemError("ENOTDIR");
  if (replaced.kind === "directory" && replaced.entries.size > 0) throw new FileSystemError("ENOTEMPTY");
}

function isBelow(path: string, directory: string): boolean {
  return path.startsWith(`${directory}/`);
}

function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "");
}
