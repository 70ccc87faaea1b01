/** Makes durable what steps of a commit did to names: done or undone, and kept. */

import { type EntryPath, parentOf } from "../../protocol/folder/path.ts";
import { DiskError, type Tree } from "../ports.ts";
import type { Kept } from "./versions/kept-rows.ts";
import { Versions } from "./versions/versions.ts";

/** Directories that are gone by now, with this commit or by somebody's hand, hold no names to flush. */
export async function flushNames(tree: Tree, paths: readonly EntryPath[], kept: readonly Kept[]): Promise<void> {
  const parents = [...new Set(paths.map((path) => parentOf(path))), ...Versions.directoriesOf(kept)];
  const stats = await Promise.all(parents.map((parent) => (parent === "" ? tree.rootStat() : tree.stat(parent))));
  const standing = parents.filter((_, at) => stats[at]?.kind === "directory");
  try {
    await tree.flushDirectories(standing);
  } catch (error) {
    // Removed in between: the flush of its parent says so durably.
    if (!(error instanceof DiskError) || error.failure !== "missing") throw error;
    await flushNames(tree, paths, kept);
  }
}
