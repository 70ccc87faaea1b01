/**
 * Restore: puts a kept version back, as a user would who copies it there.
 *
 * The bytes are copied, for the version stays kept; the copy gets its name in one step, and what
 * stood there is kept first. Nothing is said to the index: the next scan finds the file and
 * announces it, over what stood there, like any other local write.
 */

import { type EntryPath, parentOf } from "../../../protocol/folder/path.ts";
import type { Folder } from "../../folder/folder.ts";
import { sameStat } from "../../folder/held.ts";
import { stagingDirectory } from "../../folder/marker.ts";
import { DiskError, type InternalPath, type OpenFile, type StagedFile, type Stat, type Tree } from "../../ports.ts";
import { type Kept, keptAsHeld, keptAsSurprise, keptName, type KeptVersion } from "./kept-rows.ts";
import { Versions } from "./versions.ts";

/** A version that cannot be put where it was asked for, in words for the operator. */
export class RestoreError extends Error {
  constructor(why: string) {
    super(why);
    this.name = "RestoreError";
  }
}

const copyBytes = 1024 * 1024;
const directoryMode = 0o755;

export interface RestoreParts {
  readonly folder: Pick<Folder, "tree" | "lock" | "marker" | "index" | "lookAt">;
  readonly versions: Versions;
}

/**
 * @returns what had to make room, if something stood there
 * @throws RestoreError
 */
export async function restoreVersion(
  parts: RestoreParts,
  version: KeptVersion,
  to: EntryPath,
): Promise<Kept | undefined> {
  const { folder } = parts;
  const { tree } = folder;
  const staged: InternalPath = `${stagingDirectory}/restore-${version.number}`;
  try {
    const problem = await folder.marker.problem();
    if (problem !== undefined) throw new RestoreError(problem);
    await refuseUnlessFree(tree, to);
    try {
      await stageCopy(tree, version, staged);
      const kept = await folder.lock.run(() => place(parts, staged, to));
      folder.lookAt(to);
      return kept;
    } finally {
      await removeIfThere(tree, staged);
    }
  } catch (error) {
    if (error instanceof DiskError) throw new RestoreError(`the disk refused: ${error.message}`);
    throw error;
  }
}

async function stageCopy(tree: Tree, { number, entry }: KeptVersion, staged: InternalPath): Promise<void> {
  // Left over from a restore that could not remove it.
  await removeIfThere(tree, staged);
  if (entry.kind === "symlink") {
    if (entry.target === undefined) throw new RestoreError("where this symlink pointed to is not known");
    await tree.makeSymlink(entry.target, staged);
    return;
  }
  const source = await openKept(tree, number);
  try {
    const copy = await tree.stage(staged);
    try {
      await copyContent(source, copy);
      await copy.setAttributes({ mode: entry.mode, mtimeUs: entry.mtimeUs });
      await copy.flush();
    } finally {
      await copy.close();
    }
  } finally {
    await source.close();
  }
}

async function openKept(tree: Tree, number: number): Promise<OpenFile> {
  try {
    return await tree.open(keptName(number));
  } catch (error) {
    if (!(error instanceof DiskError) || error.failure !== "missing") throw error;
    throw new RestoreError("this version is not kept any more: it was let go just now, or somebody removed it");
  }
}

async function copyContent(source: OpenFile, copy: StagedFile): Promise<void> {
  const buffer = new Uint8Array(copyBytes);
  for (let offset = 0; ; ) {
    const length = await source.read(buffer, offset);
    if (length > 0) await copy.write(buffer.subarray(0, length), offset);
    offset += length;
    if (length < buffer.length) return;
  }
}

/** Under the folder's lock: gives the copy its name, and keeps what has it until then. */
async function place(parts: RestoreParts, staged: InternalPath, to: EntryPath): Promise<Kept | undefined> {
  const { tree } = parts.folder;
  await makeParents(tree, to);
  const standing = await refuseUnlessFree(tree, to);
  if (standing === undefined) {
    await named(to, () => tree.link(staged, to));
    await tree.flushDirectories([parentOf(to)]);
    return undefined;
  }
  const kept = await keepStanding(parts, to, standing);
  if (!(await tree.exchange(staged, to))) await tree.rename(staged, to);
  else if ((await tree.stat(staged))?.inode !== standing.inode) {
    await tree.exchange(staged, to);
    throw changedJustNow(to);
  }
  await tree.flushDirectories([parentOf(to)]);
  return kept;
}

/** A second name for what stands there, durably, before anything happens to the first. */
async function keepStanding({ folder, versions }: RestoreParts, path: EntryPath, standing: Stat): Promise<Kept> {
  const { tree, index } = folder;
  const number = await versions.reserve(1);
  const name = keptName(number);
  const target = standing.kind === "symlink" ? await tree.readLink(path) : undefined;
  if (target === undefined) await tree.link(path, name);
  else await tree.makeSymlink(target, name);
  const linked = await tree.stat(path);
  if (linked?.inode !== standing.inode) {
    await tree.remove(name);
    throw changedJustNow(path);
  }
  const held = await index.held(path);
  const isHeld = held !== undefined && sameStat(held.stat, standing);
  const kept =
    (isHeld ? keptAsHeld(number, path, held, "replaced") : undefined) ??
    keptAsSurprise(number, path, held, linked, target);
  await tree.flushDirectories(Versions.directoriesOf([kept]));
  await versions.keep([kept]);
  return kept;
}

/** @returns what stands there. @throws RestoreError when that is nothing which could be kept */
async function refuseUnlessFree(tree: Tree, to: EntryPath): Promise<Stat | undefined> {
  const standing = await tree.stat(to);
  if (standing === undefined || standing.kind === "file" || standing.kind === "symlink") return standing;
  const what = standing.kind === "directory" ? "a directory" : "neither a file nor a symlink";
  throw new RestoreError(`what stands at ${to} is ${what}: restore to another path`);
}

async function makeParents(tree: Tree, path: EntryPath): Promise<void> {
  const parent = parentOf(path);
  if (parent === "" || (await tree.stat(parent))?.kind === "directory") return;
  await makeParents(tree, parent);
  await named(path, () => tree.makeDirectory(parent, directoryMode));
  await tree.flushDirectories([parentOf(parent)]);
}

async function named(path: EntryPath, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    if (error.failure === "exists") throw changedJustNow(path);
    if (error.failure === "not-a-directory") {
      throw new RestoreError(`a part of ${path} is no directory: restore to another path`);
    }
    throw error;
  }
}

function changedJustNow(path: EntryPath): RestoreError {
  return new RestoreError(`somebody changed ${path} just now; look at it, and try again`);
}

async function removeIfThere(tree: Tree, path: InternalPath): Promise<void> {
  if ((await tree.stat(path)) !== undefined) await tree.remove(path);
}
