/** What a Disk under test brings with it, and the small words that its contract is written in. */

import assert from "node:assert/strict";
import {
  type Disk,
  DiskError,
  type DiskFailure,
  type InternalPath,
  type StagedFile,
  type Stat,
  type Tree,
  type TreePath,
} from "../../node/ports.ts";
import { parseEntryPath } from "../../protocol/folder/path.ts";

export interface DiskUnderTest {
  readonly disk: Disk;
  /** Absolute; an empty directory with nothing else in it than what the test makes. */
  readonly base: string;
  readonly user: DiskUser;
  /** What this platform and adapter can do beyond what all can. */
  readonly can: {
    readonly exchange: boolean;
    readonly flushAll: boolean;
    /** Acts on the very directory that was found, whatever takes its place meanwhile. */
    readonly holdDirectories: boolean;
    readonly rawNames: boolean;
  };
  /** Lets time pass until the promise settles. */
  readonly settle: <T>(work: Promise<T>) => Promise<T>;
  readonly end: () => Promise<void>;
}

/** Somebody who works on that machine, outside of the port. Paths are relative to `base`. */
export interface DiskUser {
  write(path: string, text: string): Promise<void>;
  read(path: string): Promise<string | undefined>;
  names(directory: string): Promise<readonly string[]>;
  makeDirectory(path: string): Promise<void>;
  makeSymlink(target: string, path: string): Promise<void>;
  makeFifo(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** A file whose name is these bytes. */
  writeRaw(directory: string, name: Uint8Array): Promise<void>;
}

/** A tree over `base/folder`, and where the contract's paths begin. */
export interface Opened extends DiskUnderTest {
  readonly tree: Tree;
}

export type DiskTest = (name: string, body: (opened: Opened) => Promise<void>) => void;

export function entry(text: string): TreePath {
  const path = parseEntryPath(text);
  assert.ok(path !== undefined, `${text} is no entry path`);
  return path;
}

export async function fails(failure: DiskFailure, work: Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof DiskError, `not a DiskError: ${String(error)}`);
    assert.equal(error.failure, failure, error.message);
    return true;
  });
}

export async function there(tree: Tree, path: TreePath): Promise<Stat> {
  const stat = await tree.stat(path);
  assert.ok(stat !== undefined, `${path} is not there`);
  return stat;
}

/** A staged file with this text, still open. */
export async function staged(tree: Tree, path: InternalPath, text: string): Promise<StagedFile> {
  const file = await tree.stage(path);
  await file.write(Buffer.from(text), 0);
  return file;
}

export async function readAll(tree: Tree, path: TreePath): Promise<string> {
  const file = await tree.open(path);
  try {
    const into = new Uint8Array((await file.stat()).size + 10);
    return Buffer.from(into.subarray(0, await file.read(into, 0))).toString();
  } finally {
    await file.close();
  }
}

/** As FORMATS 17 has it. */
export function roundedUs(timeNs: bigint): number {
  const shifted = timeNs + 500n;
  const whole = shifted / 1_000n;
  return Number(shifted < 0n && shifted % 1_000n !== 0n ? whole - 1n : whole);
}
