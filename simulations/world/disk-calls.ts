/**
 * How a simulated process's disk calls reach its machine's file system: late, perhaps with a fault,
 * and with errors as the port has them.
 */

import { DiskError, type DiskFailure } from "../../node/ports.ts";
import { type FakeFileSystem, type FileSystemCode, FileSystemError } from "./file-system.ts";
import type { Stage } from "./world.ts";

export interface FakeDiskOptions {
  /** Asked right before each call takes effect: the platform's code that it shall fail with. */
  readonly faults?: (action: string, path: string) => FileSystemCode | undefined;
  /** Whether this platform can swap two names, and flush a file system: Linux can. Default true. */
  readonly likeLinux?: boolean;
}

export class DiskCalls {
  readonly likeLinux: boolean;
  readonly #stage: Stage;
  readonly #fileSystem: FakeFileSystem;
  readonly #faults: (action: string, path: string) => FileSystemCode | undefined;

  constructor(stage: Stage, fileSystem: FakeFileSystem, options: FakeDiskOptions) {
    this.likeLinux = options.likeLinux ?? true;
    this.#stage = stage;
    this.#fileSystem = fileSystem;
    this.#faults = options.faults ?? (() => undefined);
  }

  answer<T>(action: string, path: string, act: (fileSystem: FakeFileSystem) => T): Promise<T> {
    return this.#stage.answer(`disk ${action} ${path}`, () => {
      try {
        const code = this.#faults(action, path);
        if (code !== undefined) throw new FileSystemError(code);
        return act(this.#fileSystem);
      } catch (error) {
        if (!(error instanceof FileSystemError)) throw error;
        throw new DiskError(failureOfCode[error.code], error.code, action, path);
      }
    });
  }
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
