/**
 * The audit's view of what is held: sums of buckets, the sibling sets in some of them with their
 * proofs, and a recount. Buckets are no index: finding their keys means hashing all keys, which is
 * affordable because it happens only where two peers differ.
 */

import { limits } from "../../protocol/limits.ts";
import {
  type Fingerprint,
  addFingerprint,
  bucketDigits,
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
import { BucketTable } from "./bucket-table.ts";
import type { Finished, Holdings } from "./holdings.ts";

const pageKeys = 512;

/** What is held below each prefix. Only prefixes below the buckets, which a larger peer may ask for, take a search. */
export async function sumsBelow(holdings: Holdings, prefixes: readonly string[]): Promise<readonly Fingerprint[]> {
  const { buckets } = holdings;
  const deep = prefixes.filter((prefix) => prefix.length > buckets.digits);
  const counted = deep.length === 0 ? new Map<string, Fingerprint>() : await countBelow(holdings, deep);
  return prefixes.map((prefix) => {
    if (prefix.length <= buckets.digits) return buckets.sumBelow(prefix);
    const parts = [...counted].filter(([digits]) => digits.startsWith(prefix));
    return parts.reduce((sum, [, part]) => addFingerprint(sum, part), emptyFingerprint);
  });
}

/** Keys in some buckets, in order, from behind `after` up to `upTo`; `next` is undefined when there are no more. */
export async function keysBelow(
  holdings: Holdings,
  prefixes: readonly string[],
  after: string | undefined,
  limit: number,
  upTo?: string,
): Promise<{ readonly keys: readonly string[]; readonly next: string | undefined }> {
  const found: string[] = [];
  let last = after;
  for (;;) {
    const page = await holdings.keysAfter(last, pageKeys);
    for (const key of page) {
      if (upTo !== undefined && isBehind(key, upTo)) return { keys: found, next: undefined };
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
 * Counts the buckets below some prefixes again. Called under the replica's lock.
 *
 * @returns what corrects those whose sum was wrong
 */
export async function recount(holdings: Holdings, prefixes: readonly string[]): Promise<Finished> {
  const { buckets: table, keys } = holdings;
  const asked = [...new Set(prefixes.map((prefix) => prefix.slice(0, table.digits)))];
  const counted = grouped(await countBelow(holdings, asked), table.digits);
  const rows: Change[] = [];
  const buckets = new Map<string, Fingerprint>();
  for (const digits of asked.flatMap((prefix) => table.below(prefix))) {
    const now = counted.get(digits) ?? emptyFingerprint;
    if (isSameFingerprint(now, table.get(digits))) continue;
    buckets.set(digits, now);
    rows.push({ kind: "put", key: keys.bucket(digits), value: encodeBucketRow(now) });
  }
  return { rows, writers: new Map(), buckets, tombstones: 0 };
}

/** Gives a collection that has grown the larger number of buckets. Called under the replica's lock. */
export async function splitBuckets(holdings: Holdings): Promise<void> {
  const { buckets, keys } = holdings;
  const table = new BucketTable(bucketDigits.many);
  const rows: Change[] = buckets.below("").map((digits) => ({ kind: "delete", key: keys.bucket(digits) }));
  for (const [digits, sum] of await countBelow(holdings, [""])) {
    table.set(digits, sum);
    rows.push({ kind: "put", key: keys.bucket(digits), value: encodeBucketRow(sum) });
  }
  await holdings.regroup(rows, table);
}

/** The sums that the sibling sets give, for each of the larger number of buckets. */
async function countBelow(holdings: Holdings, prefixes: readonly string[]): Promise<ReadonlyMap<string, Fingerprint>> {
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

/** In the order of the store, which is that of bytes. */
function isBehind(key: string, other: string): boolean {
  return Buffer.compare(Buffer.from(key), Buffer.from(other)) > 0;
}

function grouped(sums: ReadonlyMap<string, Fingerprint>, digits: number): ReadonlyMap<string, Fingerprint> {
  const groups = new Map<string, Fingerprint>();
  for (const [bucket, sum] of sums) {
    const group = bucket.slice(0, digits);
    groups.set(group, addFingerprint(groups.get(group) ?? emptyFingerprint, sum));
  }
  return groups;
}
