/**
 * How a simulated process's disk calls reach its machine's file system: late, perhaps with a fault,
 * and with errors as the port has them.
 */

import { DiskError, type DiskFailure } from "../../node/ports.ts";
import type { NameFolding } from "../../protocol/folder/fold.ts";
import { type FakeFileSystem, type FileSystemCode, FileSystemError } from "./file-system.ts";
import { type Call, MachineFaults } from "./machine-faults.ts";
import type { Stage } from "./world.ts";

export interface FakeDiskOptions {
  readonly faults?: MachineFaults;
  /** Whether this platform can swap two names, and flush a file system: Linux can. Default true. */
  readonly likeLinux?: boolean;
}

export class DiskCalls {
  readonly likeLinux: boolean;
  readonly #stage: Stage;
  readonly #fileSystem: FakeFileSystem;
  readonly #faults: MachineFaults;

  constructor(stage: Stage, fileSystem: FakeFileSystem, options: FakeDiskOptions) {
    this.likeLinux = options.likeLinux ?? true;
    this.#stage = stage;
    this.#fileSystem = fileSystem;
    this.#faults = options.faults ?? new MachineFaults();
  }

  get folding(): NameFolding | undefined {
    return this.#fileSystem.folding;
  }

  /** Where a process that looks for `root` gets to now. */
  shown(root: string): string {
    switch (this.#faults.shownRoot) {
      case "itself":
        return root;
      case "empty":
        return this.#emptyInsteadOf(root);
      case "nothing":
        return "/nothing";
    }
  }

  /** What the process is told was read. */
  told(path: string, bytes: Uint8Array, offset: number): void {
    this.#faults.spoilRead?.(path, bytes, offset);
  }

  /** @param other of two names the other one */
  answer<T>(action: string, path: string, act: (fileSystem: FakeFileSystem) => T, other?: string): Promise<T> {
    const call: Call = { port: "disk", action, path, ...(other !== undefined && { other }) };
    const take = (): T => {
      try {
        fail(this.#faults.disk?.(action, path) ?? this.#faults.before(call));
        // The power was cut right before it.
        if (this.#stage.hasEnded) throw new FileSystemError("EIO");
        const answer = act(this.#fileSystem);
        fail(this.#faults.after(call));
        return answer;
      } catch (error) {
        if (!(error instanceof FileSystemError)) throw error;
        throw new DiskError(failureOfCode[error.code], error.code, action, path);
      }
    };
    return this.#stage.answer(`disk ${action} ${path}`, take, this.#faults.diskSlowness);
  }

  /** The directory that something was mounted on. It is another one. */
  #emptyInsteadOf(root: string): string {
    const name = `/mount point of ${root.slice(root.lastIndexOf("/") + 1)}`;
    if (this.#fileSystem.find(name) === undefined) this.#fileSystem.makeDirectory(name, 0o755);
    return name;
  }
}

function fail(code: FileSystemCode | undefined): void {
  if (code !== undefined) throw new FileSystemError(code);
}

const failureOfCode: Readonly<Record<FileSystemCode, DiskFailure>> = {
  ENOENT: "missing",
  EEXIST: "exists",
  ENOTEMPTY: "exists",
  ENOTDIR: "not-a-directory",
  ELOOP: "not-a-directory",
  EISDIR: "is-a-directory",
  EPERM: "not-permitted",
  EACCES: "not-permitted",
  EROFS: "not-permitted",
  EINVAL: "name-impossible",
  ENAMETOOLONG: "name-impossible",
  EXDEV: "other-device",
  ENOSPC: "no-space",
  EMFILE: "failed",
  EIO: "failed",
};
