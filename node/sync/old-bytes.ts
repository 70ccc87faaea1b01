/**
 * Where on this disk the old bytes lie that a missing chunk replaces, most likely: between the
 * chunks before and behind it that are known, or, where none is near, at its place in the old file.
 * It is a guess that costs nothing but a little traffic: a patch is verified by the chunk's name.
 */

import type { ChunkPlace } from "../../protocol/content/manifest.ts";
import type { ChunkHash } from "../../protocol/ids.ts";
import { limits } from "../../protocol/limits.ts";
import type { HeldPlace } from "./local-read.ts";

/** Bytes looked through around the place where the old ones should be. */
const slackBytes = limits.chunkBytesMax;
/** An old file up to this size is looked through as a whole where no chunk of it is left. */
const wholeBytesMax = 2 * limits.chunkBytesMax;

export interface OldBytes {
  readonly place: HeldPlace;
  /** Whether known chunks stand around it; otherwise the old file may have nothing of the new one. */
  readonly isSure: boolean;
}

/**
 * @param row chunks in a row
 * @param known where those of them lie that are on this disk
 * @param old the file that stands at the path now, if one does
 * @returns of each missing chunk that may have replaced something; those of one run share an object
 */
export function oldBytesOf(
  row: readonly ChunkPlace[],
  known: readonly (HeldPlace | undefined)[],
  old: HeldPlace | undefined,
): ReadonlyMap<ChunkHash, OldBytes> {
  const found = new Map<ChunkHash, OldBytes>();
  for (let from = 0; from < row.length; from += 1) {
    if (known[from] !== undefined) continue;
    let to = from + 1;
    while (to < row.length && known[to] === undefined) to += 1;
    const run = row.slice(from, to);
    const bytes = between(run, known[from - 1], known[to]) ?? inOldFile(run, old);
    if (bytes !== undefined) for (const { hash } of run) found.set(hash, bytes);
    from = to;
  }
  return found;
}

function between(
  run: readonly ChunkPlace[],
  before: HeldPlace | undefined,
  behind: HeldPlace | undefined,
): OldBytes | undefined {
  const runBytes = run.reduce((sum, { length }) => sum + length, 0);
  const end = before && before.offset + before.length;
  if (before !== undefined && end !== undefined) {
    const isOneFile = behind?.path === before.path && behind.offset >= end;
    const length = isOneFile ? behind.offset - end : runBytes + slackBytes;
    return length === 0 ? undefined : sure(before.path, end, Math.min(length, runBytes + 2 * slackBytes));
  }
  if (behind === undefined || behind.offset === 0) return undefined;
  const offset = Math.max(0, behind.offset - runBytes - slackBytes);
  return sure(behind.path, offset, behind.offset - offset);
}

function sure(path: HeldPlace["path"], offset: number, length: number): OldBytes {
  return { place: { path, offset, length }, isSure: true };
}

function inOldFile(run: readonly ChunkPlace[], old: HeldPlace | undefined): OldBytes | undefined {
  const [first] = run;
  const last = run.at(-1);
  if (old === undefined || old.length === 0 || first === undefined || last === undefined) return undefined;
  if (old.length <= wholeBytesMax) return { place: old, isSure: false };
  const offset = Math.max(0, first.offset - slackBytes);
  const length = Math.min(old.length, last.offset + last.length + slackBytes) - offset;
  return length <= 0 ? undefined : { place: { ...old, offset, length }, isSure: false };
}
