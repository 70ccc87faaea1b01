/** Looks at several trees again and again, and tells since when they have been the same. */

import { setTimeout as sleep } from "node:timers/promises";
import { isConflictCopyName } from "../../protocol/folder/path.ts";
import { compareListings, listTree } from "./tree-listing.ts";

export interface TreeLook {
  /** Lines that are not in all trees, by the last look. */
  readonly unequal: readonly string[];
  /** When the looks that found all equal, up to the last one, began; undefined when they were not. */
  readonly equalSinceMs: number | undefined;
  readonly listings: readonly (readonly string[])[];
}

const betweenMs = 400;

/** @param untilMs on the clock of `nowMs`; the last look is after it */
export async function lookUntil(roots: readonly string[], untilMs: number, nowMs: () => number): Promise<TreeLook> {
  let equalSinceMs: number | undefined;
  for (;;) {
    const atMs = nowMs();
    const listings = await Promise.all(roots.map(listTree));
    const unequal = differences(listings);
    equalSinceMs = unequal.length > 0 ? undefined : (equalSinceMs ?? atMs);
    if (atMs >= untilMs) return { unequal, equalSinceMs, listings };
    await sleep(Math.max(0, Math.min(betweenMs, untilMs - nowMs())));
  }
}

function differences(listings: readonly (readonly string[])[]): readonly string[] {
  const [first = [], ...others] = listings;
  return others.flatMap((other, at) => compareListings(first, other).map((line) => `${at + 2}${line}`));
}

/** Paths in lines that `lookUntil` found unequal. */
export function pathsOf(unequal: readonly string[]): ReadonlySet<string> {
  return new Set(unequal.map((line) => line.slice(3, line.indexOf("\t"))));
}

/** Hashes of the files in listings. */
export function hashesOf(listings: TreeLook["listings"]): ReadonlySet<string> {
  return new Set(listings.flat().flatMap((line) => (/\tfile .* ([0-9a-f]{64})$/.exec(line) ?? []).slice(1)));
}

export function countConflictCopies([listing = []]: TreeLook["listings"]): number {
  return listing.filter((line) => isConflictCopyName(line.slice(0, line.indexOf("\t")))).length;
}
