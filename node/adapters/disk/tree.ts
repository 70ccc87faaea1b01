/**
 * One folder's tree on a real file system.
 *
 * Each call finds the directories it needs and acts in them at once; how strictly they are held
 * is the confinement's matter. No call used here follows a symlink in the last part of its path,
 * and the parts before it come from the confinement.
 */

import assert from "node:assert";
import type { NameFolding } from "../../../protocol/folder/fold.ts";
import {
  DiskError,
  type InternalPath,
  type ListedName,
  type OpenFile,
  type StagedFile,
  type Space,
  type Stat,
  type Tree,
  type TreePath,
} from "../../ports.ts";
import { type Attributes, setAttributesChecked, setAttributesHeld } from "./attributes.ts";
import { eachOf } from "./bounded.ts";
import * as calls from "./calls.ts";
import { checkExpressible, type Confinement, directoryOf, lastPartOf } from "./confinement.ts";
import { codeOf, diskErrorOf } from "./failures.ts";
import { foldingIn } from "./folding.ts";
import type { FileSystemFlush } from "./file-system-flush.ts";
import type { LinuxCalls } from "./linux-calls.ts";
import { listDirectory } from "./listing.ts";
import { openForReading } from "./open-file.ts";
import { createStaged } from "./staged-file.ts";
import { spaceOf, statOf } from "./stats.ts";
import { textOf } from "./text.ts";

export interface NodeTreeParts {
  /** As the operator named it: it may be a symlink. */
  readonly root: string;
  readonly confinement: Confinement;
  readonly linuxCalls: LinuxCalls | undefined;
  readonly fileSystemFlush: FileSystemFlush | undefined;
}

export class NodeTree implements Tree {
  readonly #root: string;
  readonly #confinement: Confinement;
  readonly #linuxCalls: LinuxCalls | undefined;
  readonly #fileSystemFlush: FileSystemFlush | undefined;

  constructor({ root, confinement, linuxCalls, fileSystemFlush }: NodeTreeParts) {
    this.#root = root;
    this.#confinement = confinement;
    this.#linuxCalls = linuxCalls;
    this.#fileSystemFlush = fileSystemFlush;
  }

  async rootStat(): Promise<Stat> {
    try {
      return statOf(await calls.statCall(this.#root));
    } catch (error) {
      throw diskErrorOf(error, "stat", "");
    }
  }

  space(): Promise<Space> {
    return this.#inside("look at the space of", "", "", async (place) => spaceOf(await calls.statfsCall(`${place}/.`)));
  }

  namesFolded(): Promise<NameFolding | undefined> {
    return this.#inside("probe the names of", ".cdmesh", ".cdmesh", foldingIn);
  }

  list(directory: TreePath): Promise<readonly ListedName[]> {
    return this.#inside("list", directory, directory, listDirectory);
  }

  stat(path: TreePath): Promise<Stat | undefined> {
    const look = async (place: string): Promise<Stat> => statOf(await calls.lstatCall(place));
    if (path === "") return this.#inside("stat", "", "", (place) => look(`${place}/.`));
    return this.#at("stat", path, look).catch(nothingThere);
  }

  open(path: TreePath): Promise<OpenFile> {
    return this.#at("open", path, (place) => openForReading(place, path));
  }

  readLink(path: TreePath): Promise<string | undefined> {
    return this.#at("read link", path, (place) => readTarget(place, path)).catch(nothingThere);
  }

  stage(path: InternalPath): Promise<StagedFile> {
    return this.#at("stage", path, (place) => createStaged(place, path));
  }

  makeSymlink(target: string, path: TreePath): Promise<void> {
    return this.#at("make symlink", path, (place) => calls.symlinkCall(target, place));
  }

  makeDirectory(path: TreePath, mode: number): Promise<void> {
    return this.#at("make directory", path, async (place) => {
      // The process's umask takes bits away, so the mode is set by itself; until then nobody else gets in.
      await calls.mkdirCall(place, 0o700);
      await this.#setAttributes(place, { mode, mtimeUs: undefined });
    });
  }

  setAttributes(path: TreePath, attributes: { readonly mode: number; readonly mtimeUs: number }): Promise<void> {
    return this.#at("set attributes of", path, (place) => this.#setAttributes(place, attributes));
  }

  link(from: TreePath, to: TreePath): Promise<void> {
    return this.#atBoth("link", from, to, calls.linkCall);
  }

  rename(from: TreePath, to: TreePath): Promise<void> {
    return this.#atBoth("rename", from, to, calls.renameCall);
  }

  async exchange(one: TreePath, other: TreePath): Promise<boolean> {
    const linux = this.#linuxCalls;
    if (linux === undefined) return false;
    // The platform's code for this is the one for "no such call", too.
    const nested = one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
    if (nested) throw new DiskError("name-impossible", "EINVAL", "exchange", one);
    return this.#atBoth("exchange", one, other, linux.exchange);
  }

  remove(path: TreePath): Promise<void> {
    return this.#at("remove", path, calls.unlinkCall);
  }

  removeDirectory(path: TreePath): Promise<void> {
    return this.#at("remove directory", path, calls.rmdirCall);
  }

  flushDirectories(directories: readonly TreePath[]): Promise<void> {
    const different = [...new Set(directories)];
    return eachOf(different, (directory) => this.#inside("flush", directory, directory, flushDirectory));
  }

  async flushAll(): Promise<boolean> {
    try {
      return (await this.#fileSystemFlush?.flush()) ?? false;
    } catch (error) {
      throw diskErrorOf(error, "flush all of", "");
    }
  }

  async close(): Promise<void> {
    await this.#confinement.close();
    await this.#fileSystemFlush?.close();
  }

  /** Acts in a directory; `path` is the one to blame for an error. */
  async #inside<T>(action: string, path: string, directory: string, act: (place: string) => Promise<T>): Promise<T> {
    checkExpressible(action, path);
    try {
      const found = await this.#confinement.find(directory);
      try {
        return await act(found.path);
      } finally {
        found.release();
      }
    } catch (error) {
      throw diskErrorOf(error, action, path);
    }
  }

  #at<T>(action: string, path: TreePath, act: (place: string) => Promise<T>): Promise<T> {
    assert(path !== "", "the root itself stays as it is");
    return this.#inside(action, path, directoryOf(path), (directory) => act(`${directory}/${lastPartOf(path)}`));
  }

  #atBoth<T>(
    action: string,
    one: TreePath,
    other: TreePath,
    act: (onePlace: string, otherPlace: string) => Promise<T>,
  ): Promise<T> {
    assert(other !== "", "the root itself stays as it is");
    return this.#at(action, one, (onePlace) => this.#at(action, other, (otherPlace) => act(onePlace, otherPlace)));
  }

  #setAttributes(place: string, attributes: Attributes): Promise<void> {
    return this.#confinement.exact ? setAttributesHeld(place, attributes) : setAttributesChecked(place, attributes);
  }
}

/** That a name or a parent of it is not there is an answer; that the root is not there is an error. */
function nothingThere(error: unknown): undefined {
  if (error instanceof DiskError && (error.failure === "missing" || error.failure === "not-a-directory"))
    return undefined;
  throw error;
}

async function readTarget(place: string, path: string): Promise<string | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await calls.readlinkCall(place);
  } catch (error) {
    // Something is there, but no symlink.
    if (codeOf(error) === "EINVAL") return undefined;
    throw error;
  }
  const target = textOf(bytes);
  if (target === undefined) throw new DiskError("name-impossible", "EILSEQ", "read link", path);
  return target;
}

async function flushDirectory(place: string): Promise<void> {
  const descriptor = await calls.openCall(place, calls.openFlags.readDirectory);
  try {
    await calls.fsyncCall(descriptor);
  } finally {
    await calls.closeCall(descriptor);
  }
}
