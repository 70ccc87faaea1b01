/** From what the platform says about a file to a `Stat`. */

import type { BigIntStats } from "node:fs";
import type { FileKind, Stat } from "../../ports.ts";

const kindBits = 0o170000;
const kindOfBits: Readonly<Record<number, FileKind>> = { 0o100000: "file", 0o040000: "directory", 0o120000: "symlink" };

export function statOf(stats: BigIntStats): Stat {
  const mode = Number(stats.mode);
  return {
    kind: kindOfBits[mode & kindBits] ?? "other",
    size: Number(stats.size),
    mode: mode & 0o777,
    mtimeNs: stats.mtimeNs,
    ctimeNs: stats.ctimeNs,
    inode: stats.ino,
    device: stats.dev,
  };
}

/**
 * Seconds, as the platform's calls take a time; their doubles keep microseconds when rounded
 * (FORMATS 17). Node takes a negative number for "now" and only a text for a time before 1970.
 */
export function secondsOf(timeUs: number): number | string {
  const seconds = timeUs / 1_000_000;
  return seconds < 0 ? String(seconds) : seconds;
}
