/** From what the platform says about a file or a file system to what the port has. */

import type { BigIntStats, BigIntStatsFs } from "node:fs";
import type { FileKind, Space, Stat } from "../../ports.ts";

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
    bornNs: stats.birthtimeNs,
    device: stats.dev,
  };
}

export function spaceOf({ bsize, bavail, blocks, files, ffree }: BigIntStatsFs): Space {
  return {
    // What others than root may use: the rest is the system's own reserve.
    freeBytes: Number(bsize * bavail),
    totalBytes: Number(bsize * blocks),
    freeInodes: files === 0n ? Infinity : Number(ffree),
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
