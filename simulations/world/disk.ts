/**
 * The disk as one simulated process sees it: every call takes its effect at one instant, after a
 * seeded delay, on the file system of its machine.
 */

import assert from "node:assert";
import type {
  Disk,
  InternalPath,
  ListedName,
  OpenFile,
  StagedFile,
  Space,
  Stat,
  Tree,
  TreePath,
} from "../../node/ports.ts";
import type { NameFolding } from "../../protocol/folder/fold.ts";
import { DiskCalls, type FakeDiskOptions } from "./disk-calls.ts";
import { FakeOpenFile, FakeStagedFile } from "./disk-files.ts";
import { nameBytes } from "./file-nodes.ts";
import { type FakeFileSystem, FileSystemError } from "./file-system.ts";
import type { Stage } from "./world.ts";

export class FakeDisk implements Disk {
  readonly #call: DiskCalls;

  constructor(stage: Stage, fileSystem: FakeFileSystem, options: FakeDiskOptions = {}) {
    this.#call = new DiskCalls(stage, fileSystem, options);
  }

  openTree(root: string): Promise<Tree> {
    return this.#call.answer("open", root, (fileSystem) => {
      const resolved = fileSystem.realPath(root);
      fileSystem.directory(this.#call.shown(resolved));
      return new FakeTree(this.#call, root, resolved);
    });
  }
}

class FakeTree implements Tree {
  readonly #call: DiskCalls;
  readonly #named: string;
  readonly #root: string;

  /** @param named as the operator said it @param root the same with all symlinks followed */
  constructor(call: DiskCalls, named: string, root: string) {
    this.#call = call;
    this.#named = named;
    this.#root = root;
  }

  rootStat(): Promise<Stat> {
    return this.#call.answer("stat", "", (fileSystem) =>
      fileSystem.statOf(fileSystem.node(this.#call.shown(fileSystem.realPath(this.#named)))),
    );
  }

  space(): Promise<Space> {
    return this.#act("look at the space of", "", (fileSystem) => fileSystem.space());
  }

  /** Nothing is asked of the disk. */
  async namesFolded(): Promise<NameFolding | undefined> {
    return this.#call.folding;
  }

  list(directory: TreePath): Promise<readonly ListedName[]> {
    return this.#act("list", directory, (fileSystem, place) => {
      const node = fileSystem.directory(place);
      checkReadable(node);
      const entries = [...node.entries];
      return entries.map(([name, child]) => listedName(name, fileSystem.statOf(child)));
    });
  }

  stat(path: TreePath): Promise<Stat | undefined> {
    return this.#act("stat", path, (fileSystem, place) => {
      const node = fileSystem.find(place);
      return node && fileSystem.statOf(node);
    });
  }

  open(path: TreePath): Promise<OpenFile> {
    return this.#act("open", path, (fileSystem, place) => {
      const node = fileSystem.node(place);
      if (node.kind === "directory") throw new FileSystemError("EISDIR");
      if (node.kind !== "file") throw new FileSystemError("ELOOP");
      checkReadable(node);
      return new FakeOpenFile(this.#call, path, node);
    });
  }

  readLink(path: TreePath): Promise<string | undefined> {
    return this.#act("read link", path, (fileSystem, place) => {
      const node = fileSystem.find(place);
      return node?.kind === "symlink" ? node.target : undefined;
    });
  }

  stage(path: InternalPath): Promise<StagedFile> {
    return this.#act("stage", path, (fileSystem, place) => {
      return new FakeStagedFile(this.#call, path, fileSystem.createFile(place, 0o600));
    });
  }

  makeSymlink(target: string, path: TreePath): Promise<void> {
    return this.#act("make symlink", path, (fileSystem, place) => fileSystem.makeSymlink(target, place));
  }

  makeDirectory(path: TreePath, mode: number): Promise<void> {
    return this.#act("make directory", path, (fileSystem, place) => fileSystem.makeDirectory(place, mode & 0o777));
  }

  setAttributes(path: TreePath, attributes: { readonly mode: number; readonly mtimeUs: number }): Promise<void> {
    return this.#act("set attributes of", path, (fileSystem, place) => {
      fileSystem.setAttributes(fileSystem.node(place), attributes.mode, BigInt(attributes.mtimeUs) * 1_000n);
      fileSystem.tell(place);
    });
  }

  link(from: TreePath, to: TreePath): Promise<void> {
    return this.#act("link", to, (fileSystem, place) => fileSystem.link(this.#place(from), place), from);
  }

  rename(from: TreePath, to: TreePath): Promise<void> {
    return this.#act("rename", to, (fileSystem, place) => fileSystem.rename(this.#place(from), place), from);
  }

  async exchange(one: TreePath, other: TreePath): Promise<boolean> {
    if (!this.#call.likeLinux) return false;
    const exchange = (fileSystem: FakeFileSystem, place: string): true => {
      fileSystem.exchange(place, this.#place(other));
      return true;
    };
    return this.#act("exchange", one, exchange, other);
  }

  remove(path: TreePath): Promise<void> {
    return this.#act("remove", path, (fileSystem, place) => fileSystem.remove(place));
  }

  removeDirectory(path: TreePath): Promise<void> {
    return this.#act("remove directory", path, (fileSystem, place) => fileSystem.removeDirectory(place));
  }

  async flushDirectories(directories: readonly TreePath[]): Promise<void> {
    const flush = (directory: TreePath): Promise<void> =>
      this.#act("flush", directory, (fileSystem, place) => fileSystem.flushDirectory(place));
    await Promise.all([...new Set(directories)].map(flush));
  }

  async flushAll(): Promise<boolean> {
    if (!this.#call.likeLinux) return false;
    return this.#call.answer("flush all of", "", (fileSystem) => {
      fileSystem.flushAll();
      return true;
    });
  }

  async close(): Promise<void> {}

  #act<T>(
    action: string,
    path: TreePath,
    act: (fileSystem: FakeFileSystem, place: string) => T,
    other?: TreePath,
  ): Promise<T> {
    const take = (fileSystem: FakeFileSystem): T => {
      // Nothing can be said about what is in a root that is not there.
      if (fileSystem.find(this.#call.shown(this.#root))?.kind !== "directory") throw new FileSystemError("EIO");
      return act(fileSystem, this.#place(path));
    };
    return this.#call.answer(action, path, take, other);
  }

  #place(path: TreePath): string {
    assert(path === "" || !path.split("/").some((part) => ["", ".", ".."].includes(part)), `${path} is no path`);
    const root = this.#call.shown(this.#root);
    return path === "" ? root : `${root}/${path}`;
  }
}

/** The peer is not the superuser: what its owner may not read, it may not. */
function checkReadable({ mode }: { readonly mode: number }): void {
  if ((mode & 0o400) === 0) throw new FileSystemError("EACCES");
}

function listedName(name: string, stat: Stat): ListedName {
  return { name: name.isWellFormed() ? name : undefined, bytes: nameBytes(name), stat };
}
