/**
 * How the disk keeps every action inside the folder's root (S7).
 *
 * An action never goes to `root/a/b/name`: between two looks somebody may put a symlink in the
 * place of `a`. It goes to the directory that `a/b` is found to be, and the platform decides how
 * that can be said: `HeldDirectories` on Linux, `CheckedDirectories` elsewhere.
 */

import assert from "node:assert";
import { DiskError } from "../../ports.ts";

/** A directory below the root, found without following a symlink; usable until `release`. */
export interface FoundDirectory {
  /** A path by which the platform reaches this very directory. */
  readonly path: string;
  release(): void;
}

export interface Confinement {
  /** Whether actions reach the very directory that was found, whatever takes its place meanwhile. */
  readonly exact: boolean;
  /**
   * @param directory relative to the root, "" for the root
   * @throws the platform's error: ENOENT, or ENOTDIR for what is a symlink or something else. That
   *   the root is not there is a `DiskError` "failed": nothing can be said about what is in it.
   */
  find(directory: string): Promise<FoundDirectory>;
  close(): Promise<void>;
}

/** The directory that a path stands in, "" for the root. */
export function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** The last part of a path. */
export function lastPartOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/**
 * Paths are made by validators that let no `..` through; this stands behind them, for a mistake
 * there would reach the whole machine.
 * @throws DiskError when this platform would read more than a name into a part
 */
export function checkExpressible(action: string, path: string): void {
  if (path === "") return;
  for (const part of path.split("/")) assert(part !== "" && part !== "." && part !== "..", `${path} is no path`);
  const misread = process.platform === "win32" && /[\\:]/.test(path);
  if (misread) throw new DiskError("name-impossible", "EINVAL", action, path);
}
