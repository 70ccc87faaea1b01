/**
 * The disk of this machine, through node:fs.
 *
 * On Linux every action is confined by handles, and two calls that Node lacks come through koffi.
 * Elsewhere, or without /proc, confinement is a look before each action (see
 * checked-directories.ts), and `exchange` and `flushAll` answer false.
 */

import { isAbsolute } from "node:path";
import { type Disk, DiskError, type Tree } from "../../ports.ts";
import { lstatCall, realpathCall, statCall } from "./calls.ts";
import { CheckedDirectories } from "./checked-directories.ts";
import type { Confinement } from "./confinement.ts";
import { diskErrorOf } from "./failures.ts";
import { FileSystemFlush } from "./file-system-flush.ts";
import { HeldDirectories } from "./held-directories.ts";
import { type LinuxCalls, loadLinuxCalls } from "./linux-calls.ts";
import { NodeTree } from "./tree.ts";

export interface NodeDiskOptions {
  /** "portable" does on Linux, too, only what every platform can. */
  readonly use?: "all-of-linux" | "portable";
}

export class NodeDisk implements Disk {
  readonly #linux: boolean;
  #linuxCalls: Promise<LinuxCalls | undefined> | undefined;

  constructor(options: NodeDiskOptions = {}) {
    this.#linux = process.platform === "linux" && options.use !== "portable";
  }

  async openTree(root: string): Promise<Tree> {
    if (!isAbsolute(root)) throw new Error(`the root ${root} is not an absolute path`);
    try {
      const resolved = await realpathCall(root);
      if (!(await statCall(resolved)).isDirectory()) throw new DiskError("not-a-directory", "ENOTDIR", "open", root);
      if (!this.#linux) return portableTree(root, resolved);
      this.#linuxCalls ??= loadLinuxCalls();
      const linuxCalls = await this.#linuxCalls;
      return new NodeTree({
        root,
        confinement: await confinementOfLinux(resolved),
        linuxCalls,
        fileSystemFlush: linuxCalls === undefined ? undefined : await FileSystemFlush.open(resolved, linuxCalls),
      });
    } catch (error) {
      throw diskErrorOf(error, "open", root);
    }
  }
}

function portableTree(root: string, resolved: string): Tree {
  const confinement = new CheckedDirectories(resolved);
  return new NodeTree({ root, confinement, linuxCalls: undefined, fileSystemFlush: undefined });
}

async function confinementOfLinux(resolved: string): Promise<Confinement> {
  try {
    await lstatCall("/proc/self/fd");
    return new HeldDirectories(resolved);
  } catch {
    return new CheckedDirectories(resolved);
  }
}
