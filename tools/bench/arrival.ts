/**
 * When content is whole at a target, judged from outside and for every program alike. All programs
 * here write aside and rename, so what stands under its own name stands there with all its content;
 * the comparison at the end of a run proves it by hash.
 *
 * Looking costs the machine next to nothing: of 10,000 files only the first directory that is not yet
 * full is listed, and a file is read again only when another one stands in its place.
 */

import { existsSync } from "node:fs";
import { lstat, open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { orWhenAbsent } from "./absent.ts";
import { type ExpectedFacts, factOf } from "./compare.ts";
import type { Planted } from "./plant.ts";

const lookEveryMs = 5;
/** At a single file, whose way may take no more than some tens of milliseconds. */
const lookCloselyEveryMs = 1;

export interface Patience {
  /** By performance.now(). */
  readonly deadlineMs: number;
  /** Ends the waiting early, with its reason. */
  readonly signal: AbortSignal;
}

/** How a file looks that has arrived after a change. */
export interface Appearance {
  /** Below the root. */
  readonly path: string;
  readonly size: number;
  /** What is new in it. */
  readonly pieces: readonly Piece[];
  /** A path where nothing stands any more. */
  readonly gone?: string;
}

export interface Piece {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** Each file stands under its own name in its full size. */
export async function untilWhole(root: string, planted: Planted, patience: Patience): Promise<void> {
  let full = 0;
  for (const [directory, sizes] of planted) {
    const what = `${full} of ${planted.size} directories were full, not ${directory}`;
    while (!(await isFull(join(root, directory), sizes))) await between(lookEveryMs, what, patience);
    full += 1;
  }
}

async function isFull(directory: string, sizes: ReadonlyMap<string, number>): Promise<boolean> {
  const names = new Set(await orWhenAbsent(readdir(directory), []));
  for (const name of sizes.keys()) if (!names.has(name)) return false;
  for (const [name, size] of sizes) {
    const found = await orWhenAbsent(stat(join(directory, name)), undefined);
    if (found?.size !== size) return false;
  }
  return true;
}

/** A file looks like this, to the last byte of what is new in it. */
export async function untilAppears(root: string, appearance: Appearance, patience: Patience): Promise<void> {
  const { path, size, pieces, gone } = appearance;
  await untilShown(join(root, path), lookCloselyEveryMs, (file) => holds(file, size, pieces), patience);
  if (gone !== undefined)
    await untilShown(join(root, gone), lookCloselyEveryMs, async (file) => !existsSync(file), patience);
}

/** What stands at each of these paths is as its fact says (compare.ts); nothing, where there is none. */
export async function untilFactsHold(root: string, facts: ExpectedFacts, patience: Patience): Promise<void> {
  for (const [path, fact] of facts) {
    const isAsSaid = async (file: string) => (await orWhenAbsent(factOf(file), undefined)) === fact;
    await untilShown(join(root, path), lookEveryMs, isAsSaid, patience);
  }
}

/** Looks anew whenever something else stands at this path. */
async function untilShown(
  path: string,
  everyMs: number,
  isShown: (path: string) => Promise<boolean>,
  patience: Patience,
): Promise<void> {
  let seen: string | undefined;
  for (;;) {
    const now = await identityOf(path);
    if (now !== seen && (await isShown(path))) return;
    seen = now;
    await between(everyMs, `${path} was still not as it should be`, patience);
  }
}

async function identityOf(path: string): Promise<string> {
  const found = await orWhenAbsent(lstat(path, { bigint: true }), undefined);
  return found === undefined ? "nothing" : `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
}

async function holds(path: string, size: number, pieces: readonly Piece[]): Promise<boolean> {
  const file = await orWhenAbsent(open(path), undefined);
  if (file === undefined) return false;
  try {
    if ((await file.stat()).size !== size) return false;
    for (const { at, bytes } of pieces) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes.length), 0, bytes.length, at);
      if (!buffer.subarray(0, bytesRead).equals(bytes)) return false;
    }
    return true;
  } finally {
    await file.close();
  }
}

async function between(everyMs: number, what: string, { deadlineMs, signal }: Patience): Promise<void> {
  if (performance.now() > deadlineMs) throw new Error(`the time was up and ${what}`);
  await pause(everyMs, undefined, { signal });
}
