/**
 * The audit's view of what is held: sums of buckets, the sibling sets in some of them with their
 * proofs, and a recount. Buckets are no index: finding their keys means hashing all keys, which is
 * affordable because it happens only where two peers differ.
 */

import { limits } from "../../protocol/limits.ts";
import {
  type Fingerprint,
  addFingerprint,
  bucketOf,
  changeFingerprint,
  emptyFingerprint,
  fingerprintOf,
  isSameFingerprint,
} from "../../protocol/records/audit.ts";
import type { BatchPart } from "../../protocol/records/batch.ts";
import { buryLeaves, hashLeaf } from "../../protocol/records/merkle.ts";
import type { HeldVersion } from "../../protocol/records/record.ts";
import { decodeBatchRow, encodeBucketRow } from "../../protocol/wire/record-rows.ts";
import type { SiblingsAnswer } from "../../protocol/wire/records-exchange.ts";
import type { Change } from "../ports.ts";
import { bytesOf, readParts } from "./delta.ts";
import type { Holdings } from "./holdings.ts";

const pageKeys = 512;

/** What is held below each prefix of a bucket's hex digits. */
export async function fingerprintsBelow(
  holdings: Holdings,
  prefixes: readonly string[],
): Promise<readonly Fingerprint[]> {
  const sums: Fingerprint[] = [];
  for (const prefix of prefixes) {
    const buckets = await holdings.buckets(prefix);
    sums.push(buckets.reduce((total, [, sum]) => addFingerprint(total, sum), emptyFingerprint));
  }
  return sums;
}

/** Keys in some buckets, in order, from behind `after`; `next` is undefined when there are no more. */
export async function keysBelow(
  holdings: Holdings,
  prefixes: readonly string[],
  after: string | undefined,
  limit: number,
): Promise<{ readonly keys: readonly string[]; readonly next: string | undefined }> {
  const found: string[] = [];
  let last = after;
  for (;;) {
    const page = await holdings.keysAfter(last, pageKeys);
    for (const key of page) {
      const bucket = bucketOf(key);
      if (prefixes.some((prefix) => bucket.startsWith(prefix))) found.push(key);
      last = key;
      if (found.length === limit) return { keys: found, next: key };
    }
    if (page.length < pageKeys) return { keys: found, next: undefined };
  }
}

/**
 * All versions of these keys with the batches that prove them, as many keys as fit one answer.
 * Called under the replica's lock.
 */
export async function provenSiblings(holdings: Holdings, keys: readonly string[]): Promise<SiblingsAnswer> {
  const batches: BatchPart[] = [];
  let bytes = 0;
  let lastKey: string | undefined;
  for (const key of keys) {
    const [versions = []] = await holdings.siblings([key]);
    const parts = await Promise.all(versions.map((version) => provenVersion(holdings, version)));
    const more = parts.reduce((sum, part) => sum + bytesOf(part), 0);
    if (batches.length > 0 && bytes + more > limits.deltaBytesMax) return { batches, next: lastKey };
    batches.push(...parts);
    bytes += more;
    lastKey = key;
  }
  return { batches, next: undefined };
}

/** One version with its batch's head, everything else of the batch as hashes. */
async function provenVersion(holdings: Holdings, version: HeldVersion): Promise<BatchPart> {
  const { dot, first, variant } = version;
  const number = holdings.writers.row(dot.writer)?.number ?? 0;
  const row = await holdings.store.get(holdings.keys.batch(number, first, variant));
  if (row === undefined) throw new Error(`the store lost the batch of ${dot.writer} ${dot.sequence}`);
  const [whole] = await readParts(holdings, dot.writer, [{ ...decodeBatchRow(row), first, variant }]);
  if (whole === undefined) throw new Error(`the store lost the writer ${dot.writer}`);
  const position = dot.sequence - first;
  const others = new Map<number, Uint8Array>();
  whole.cover.live.forEach((live, index) => {
    const record = whole.records[index];
    if (live !== position && record !== undefined) others.set(live, hashLeaf(record));
  });
  return { head: whole.head, cover: buryLeaves(whole.cover, others), records: [version.bytes] };
}

/**
 * Counts some buckets again from the sibling sets. Called under the replica's lock.
 *
 * @returns rows for those whose stored sum was wrong, and the total that follows
 */
export async function recount(
  holdings: Holdings,
  prefixes: readonly string[],
): Promise<{ readonly rows: readonly Change[]; readonly total: Fingerprint }> {
  const counted = await countBelow(holdings, prefixes);
  const stored = new Map<string, Fingerprint>();
  for (const prefix of prefixes) {
    for (const [digits, sum] of await holdings.buckets(prefix)) stored.set(digits, sum);
  }
  const rows: Change[] = [];
  for (const digits of new Set([...counted.keys(), ...stored.keys()])) {
    const now = counted.get(digits) ?? emptyFingerprint;
    if (isSameFingerprint(now, stored.get(digits) ?? emptyFingerprint)) continue;
    const key = holdings.keys.bucket(digits);
    rows.push(now.count === 0 ? { kind: "delete", key } : { kind: "put", key, value: encodeBucketRow(now) });
  }
  const isCorrected = rows.length > 0;
  const total = isCorrected ? await totalAfter(holdings, counted, stored) : holdings.total;
  if (isCorrected) rows.push({ kind: "put", key: holdings.keys.total(), value: encodeBucketRow(total) });
  return { rows, total };
}

async function countBelow(holdings: Holdings, prefixes: readonly string[]): Promise<Map<string, Fingerprint>> {
  const counted = new Map<string, Fingerprint>();
  let after: string | undefined;
  for (;;) {
    const { keys, next } = await keysBelow(holdings, prefixes, after, pageKeys);
    const siblings = await holdings.siblings(keys);
    keys.forEach((key, index) => {
      const elements = (siblings[index] ?? []).map(fingerprintOf).filter((element) => element !== undefined);
      const digits = bucketOf(key);
      counted.set(digits, changeFingerprint(counted.get(digits) ?? emptyFingerprint, elements, []));
    });
    if (next === undefined) return counted;
    after = next;
  }
}

/** The sum over all buckets, with the counted ones in place of the stored ones. */
async function totalAfter(
  holdings: Holdings,
  counted: ReadonlyMap<string, Fingerprint>,
  corrected: ReadonlyMap<string, Fingerprint>,
): Promise<Fingerprint> {
  let total = emptyFingerprint;
  for (const [digits, sum] of await holdings.buckets("")) {
    if (!corrected.has(digits)) total = addFingerprint(total, sum);
  }
  for (const sum of counted.values()) total = addFingerprint(total, sum);
  return total;
}
