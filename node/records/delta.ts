/**
 * What another peer lacks of a collection, read from the store: the answer to its context.
 *
 * Of each writer the batches with live records behind what the asker knows, in order, each with
 * the proof of its survivors. A batch is always told whole as far as it lives. Up to the last head
 * named, everything is told or dead; that head is signed, so nobody can lift another's context
 * above what the writer wrote (P2). The asker goes on with what it knows then (ALGORITHMS 1).
 * Where our floor lies above the asker's context, deletes may be missing: the answer says so (C4).
 */

import type { WriterId } from "../../protocol/ids.ts";
import { limits } from "../../protocol/limits.ts";
import { type BatchPart, type Fork, lastOf } from "../../protocol/records/batch.ts";
import { type Context, knownOf, showsFork, writersAhead } from "../../protocol/records/context.ts";
import { above } from "../../protocol/records/floor.ts";
import type { HeldVersion } from "../../protocol/records/record.ts";
import { emptyVector, type Vector } from "../../protocol/records/version.ts";
import type { DeltaAnswer, DeltaContent, WriterDelta } from "../../protocol/wire/records-exchange.ts";
import type { Holdings, PlacedBatch } from "./holdings.ts";

/** Batches read at a time. */
const pageBatches = 64;
/** Live records read at a time: about a quarter of an answer. */
const pageRecords = 256;

/** Called under the replica's lock, since it reads rows that belong together one after the other. */
export async function deltaBehind(
  holdings: Holdings,
  theirs: Context,
  skip: ReadonlySet<WriterId>,
): Promise<DeltaAnswer> {
  const { floor, goal = emptyVector } = holdings.standing;
  // Told whole: what the asker has from below it is in doubt.
  const unreached = (vector: Vector): Vector => (above(vector, theirs).size > 0 ? vector : emptyVector);
  return { ...(await recordsBehind(holdings, theirs, skip)), floor: unreached(floor), goal: unreached(goal) };
}

async function recordsBehind(holdings: Holdings, theirs: Context, skip: ReadonlySet<WriterId>): Promise<DeltaContent> {
  const answer: { writers: WriterDelta[]; forks: Fork[]; bytes: number } = { writers: [], forks: [], bytes: 0 };
  for (const writer of writersAhead(theirs, holdings.writers.context)) {
    const row = holdings.writers.row(writer);
    const their = knownOf(theirs, writer);
    if (row?.fork !== undefined && showsFork(their, row.known)) {
      answer.forks.push(row.fork);
      answer.bytes += 2 * headBytesMax;
    }
    if (row === undefined || skip.has(writer)) continue;
    if (answer.bytes >= limits.deltaBytesMax) return { ...answer, more: true };
    const upTo = Math.min(row.known.sequence, their.frozenAt ?? Infinity);
    const batches: BatchPart[] = [];
    const isWhole = await readBehind(holdings, writer, their.sequence, upTo, (part) => {
      const bytes = bytesOf(part);
      if (answer.bytes > 0 && answer.bytes + bytes > limits.deltaBytesMax) return false;
      answer.bytes += bytes;
      batches.push(part);
      return true;
    });
    const told = batches.at(-1);
    const newest = row.newest;
    const tail =
      newest === undefined || (told && lastOf(told.head.header) >= lastOf(newest.header)) ? undefined : newest;
    if (batches.length > 0 || (isWhole && tail !== undefined && upTo > their.sequence)) {
      answer.writers.push({ batches, tail: isWhole ? tail : undefined });
      answer.bytes += headBytesMax;
    }
    if (!isWhole) return { ...answer, more: true };
  }
  return { writers: answer.writers, forks: answer.forks, more: false };
}

/** A batch head in an answer, signature and framing included. */
const headBytesMax = 512;

/** Hands over what lives of a writer behind `after` up to `upTo`. @returns false when `take` had enough */
async function readBehind(
  holdings: Holdings,
  writer: WriterId,
  after: number,
  upTo: number,
  take: (part: BatchPart) => boolean,
): Promise<boolean> {
  // The batch that holds the next sequence number may start this far before it.
  let next = Math.max(1, after + 2 - limits.batchRecordsMax);
  for (;;) {
    const page = await holdings.batches(writer, next, upTo, pageBatches);
    const wanted = page.filter(({ variant, head }) => variant === 0 && lastOf(head.header) > after);
    for (const group of groupsOf(wanted)) {
      for (const part of await readParts(holdings, writer, group)) if (!take(part)) return false;
    }
    const last = page.at(-1);
    if (last === undefined || page.length < pageBatches) return true;
    next = last.first + 1;
  }
}

/** Batches of one writer with the bytes of what lives in them. */
export async function readParts(
  holdings: Holdings,
  writer: WriterId,
  batches: readonly PlacedBatch[],
): Promise<readonly BatchPart[]> {
  const number = holdings.writers.row(writer)?.number;
  const [first, last] = [batches[0], batches.at(-1)];
  if (number === undefined || first === undefined || last === undefined) return [];
  const wanted = batches.flatMap(({ first: start, variant, cover }) =>
    cover.live.map((position) => holdings.keys.version(number, start + position, variant)),
  );
  const keyRows = await holdings.store.getMany(wanted);
  const keys = [...new Set(keyRows.map((row) => Buffer.from(row ?? []).toString("utf8")))];
  const siblings = await holdings.siblings(keys);
  const versions = new Map<string, HeldVersion>();
  for (const version of siblings.flat()) {
    if (version.dot.writer === writer) versions.set(placeOf(version.dot.sequence, version.variant), version);
  }
  return batches.map(({ head, cover, first: start, variant }) => {
    const records = cover.live.map((position) => {
      const version = versions.get(placeOf(start + position, variant));
      if (version === undefined) throw new Error(`the store lost the record ${writer} ${start + position}`);
      return version.bytes;
    });
    return { head, cover, records };
  });
}

/** Bytes of a part in an answer, from above. */
export function bytesOf({ cover, records }: BatchPart): number {
  const framing = 4;
  return records.reduce((sum, record) => sum + record.length + framing, headBytesMax + cover.dead.length * 32);
}

/** Batches in a row whose records are read together. */
function groupsOf(batches: readonly PlacedBatch[]): readonly (readonly PlacedBatch[])[] {
  const groups: PlacedBatch[][] = [];
  let records = pageRecords;
  for (const batch of batches) {
    if (records >= pageRecords) {
      groups.push([]);
      records = 0;
    }
    groups.at(-1)?.push(batch);
    records += batch.cover.live.length;
  }
  return groups;
}

function placeOf(sequence: number, variant: number): string {
  return `${sequence} ${variant}`;
}
