/**
 * When planted content is whole at a target, judged from outside and for every program alike: each
 * file stands under its own name in its full size. All programs here write aside and rename, so a
 * file under its name has its content; the comparison afterwards proves it by hash.
 *
 * Only the first directory that is not yet full is listed at each look, so that watching 10,000 files
 * costs the machine next to nothing.
 */

import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Planted } from "./plant.ts";

const lookEveryMs = 5;

export interface Patience {
  readonly limitMs: number;
  /** Ends the waiting early, with its reason. */
  readonly signal: AbortSignal;
}

export async function untilWhole(root: string, planted: Planted, { limitMs, signal }: Patience): Promise<void> {
  const deadlineMs = performance.now() + limitMs;
  let full = 0;
  for (const [directory, sizes] of planted) {
    while (!(await isFull(join(root, directory), sizes))) {
      if (performance.now() > deadlineMs) {
        throw new Error(`after ${limitMs / 1000} s ${full} of ${planted.size} directories were full, not ${directory}`);
      }
      await pause(lookEveryMs, undefined, { signal });
    }
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

/** Resolves when this file has this content. Looks every millisecond. */
export async function untilHolds(path: string, content: Uint8Array, { limitMs, signal }: Patience): Promise<void> {
  const deadlineMs = performance.now() + limitMs;
  for (;;) {
    const found = await orWhenAbsent(stat(path), undefined);
    if (found?.size === content.length && (await readFile(path)).equals(content)) return;
    if (performance.now() > deadlineMs) throw new Error(`after ${limitMs / 1000} s ${path} is still not whole`);
    await pause(1, undefined, { signal });
  }
}

async function orWhenAbsent<Found, Absent>(found: Promise<Found>, absent: Absent): Promise<Found | Absent> {
  try {
    return await found;
  } catch (failure) {
    if (failure instanceof Error && "code" in failure && failure.code === "ENOENT") return absent;
    throw failure;
  }
}
