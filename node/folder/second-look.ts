/**
 * A second look at what differs from what is held although nobody wrote it, as far as size and time tell.
 *
 * Either a write hides behind them, or the disk lied, now or when it was read before. A write reads
 * the same twice; a disk that lies tells something else each time, and none of that is told as
 * anybody's edit: later on the truth would stand beside what another user put in its place (C4).
 */

import { sameContent } from "../../protocol/folder/entry.ts";
import type { Hasher, Reading, Standing } from "./hasher.ts";
import type { Held } from "./held.ts";

/** What a scan found, beside what was held there. */
export interface FoundStanding extends Standing {
  readonly held: Held | undefined;
}

/** Like `Hasher.read`. What does not read the same twice is unsettled. */
export async function readSurely(
  hasher: Hasher,
  standing: readonly FoundStanding[],
  signal: AbortSignal,
): Promise<readonly Reading[]> {
  const readings = await hasher.read(standing, signal);
  const doubtful = standing.filter(({ held }, at) => isDoubtful(readings[at], held));
  if (doubtful.length === 0) return readings;
  const again = new Map((await hasher.read(doubtful, signal)).map((reading) => [reading.path, reading] as const));
  return readings.map((reading) => {
    const second = again.get(reading.path);
    return second === undefined || isAgreed(reading, second) ? reading : { kind: "unsettled", path: reading.path };
  });
}

function isDoubtful(reading: Reading | undefined, held: Held | undefined): boolean {
  if (reading?.kind !== "read" || held === undefined) return false;
  const { size, mtimeNs } = held.stat;
  return size === reading.stat.size && mtimeNs === reading.stat.mtimeNs && !sameContent(held.entry, reading.entry);
}

function isAgreed(one: Reading, other: Reading): boolean {
  return one.kind === "read" && other.kind === "read" && sameContent(one.entry, other.entry);
}
