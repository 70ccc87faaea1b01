/**
 * Confinement where the platform gives no handles to act on: each parent is looked at with lstat
 * before each action, and a symlink among them is refused. That is weaker than S7 wants: who
 * swaps a parent for a symlink between the look and the action leads that action astray.
 */

import { DiskError } from "../../ports.ts";
import { lstatCall } from "./calls.ts";
import type { Confinement, FoundDirectory } from "./confinement.ts";
import { codeOf } from "./failures.ts";

export class CheckedDirectories implements Confinement {
  readonly exact = false;
  readonly #root: string;

  /** @param root absolute, no symlink in it */
  constructor(root: string) {
    this.#root = root;
  }

  async find(directory: string): Promise<FoundDirectory> {
    let path = this.#root;
    try {
      await lookAt(path);
    } catch (error) {
      const code = codeOf(error);
      throw code === undefined ? error : new DiskError("failed", code, "open the root", "");
    }
    for (const part of directory === "" ? [] : directory.split("/")) {
      path = `${path}/${part}`;
      await lookAt(path);
    }
    return { path, release: () => undefined };
  }

  async close(): Promise<void> {}
}

async function lookAt(path: string): Promise<void> {
  const stats = await lstatCall(path);
  if (!stats.isDirectory()) throw Object.assign(new Error(`${path} is no directory`), { code: "ENOTDIR" });
}
