/**
 * The audit: sums over buckets show whether two peers that say they know the same hold the same.
 *
 * Each live version that is no tombstone adds a hash of its dot and bytes to the bucket of its
 * key (FORMATS 8). Buckets stand under a 16-ary tree by the key's hash, where a parent is the sum
 * of its children; so the sum of any prefix follows from the lowest level, and two peers descend
 * from the whole to the few buckets that differ. A sum, unlike a chained hash, is updated with
 * each write in either order.
 */

import { fromHex, toHex } from "../ids.ts";
import { sha256 } from "../sha256.ts";
import type { Version } from "./record.ts";

export interface Fingerprint {
  readonly count: number;
  /** 32 bytes, big-endian: the sum of hashes modulo 2^256. */
  readonly sum: Uint8Array;
}

/** Hex digits of a bucket: 256 buckets while they hold few versions each, 65,536 in a large collection. */
export const bucketDigits = { few: 2, many: 4 } as const;
/** With more versions than this, a collection has the larger number of buckets (FORMATS 8). */
export const fewBucketsMax = 65_536;

export const emptyFingerprint: Fingerprint = { count: 0, sum: new Uint8Array(32) };

/** The bucket of a key, as the larger number of hex digits; with fewer buckets, it is the one of its first digits. */
export function bucketOf(key: string): string {
  return toHex(sha256(Buffer.from(key)).subarray(0, bucketDigits.many / 2));
}

/** What a version adds to its bucket; undefined for tombstones, which may be collected at different times. */
export function fingerprintOf(version: Version): Uint8Array | undefined {
  if (version.record.tombstone) return undefined;
  const bytes = Buffer.allocUnsafe(81);
  bytes[0] = 2;
  bytes.set(fromHex(version.dot.writer), 1);
  bytes.writeBigUInt64BE(BigInt(version.dot.sequence), 41);
  bytes.set(fromHex(version.hash), 49);
  return sha256(bytes);
}

export function addFingerprint(one: Fingerprint, other: Fingerprint): Fingerprint {
  return { count: one.count + other.count, sum: addSums(one.sum, other.sum) };
}

export function subtractFingerprint(one: Fingerprint, other: Fingerprint): Fingerprint {
  return { count: one.count - other.count, sum: addSums(one.sum, negated(other.sum)) };
}

/** @param elements what `fingerprintOf` said of the versions that came and went */
export function changeFingerprint(
  base: Fingerprint,
  added: readonly Uint8Array[],
  removed: readonly Uint8Array[],
): Fingerprint {
  let sum = base.sum;
  for (const element of added) sum = addSums(sum, element);
  for (const element of removed) sum = addSums(sum, negated(element));
  return { count: base.count + added.length - removed.length, sum };
}

export function isSameFingerprint(one: Fingerprint, other: Fingerprint): boolean {
  return one.count === other.count && Buffer.compare(one.sum, other.sum) === 0;
}

/** The 16 prefixes below one, in order. */
export function childrenOf(prefix: string): readonly string[] {
  return Array.from("0123456789abcdef", (digit) => prefix + digit);
}

/** Where to look next: of the children that differ, and which are small enough to compare whole. */
export interface Descent {
  readonly descend: readonly string[];
  readonly compare: readonly string[];
}

/**
 * One step down the tree.
 *
 * @param ours what this peer holds below each prefix, `theirs` what the other one says
 * @param compareMax up to so many versions a subtree is cheaper to compare whole than to descend
 * @param digits of a bucket here: below it there is nothing to descend to
 */
export function descend(
  prefixes: readonly string[],
  ours: readonly Fingerprint[],
  theirs: readonly Fingerprint[],
  compareMax: number,
  digits: number,
): Descent {
  const deeper: string[] = [];
  const whole: string[] = [];
  prefixes.forEach((prefix, index) => {
    const our = ours[index] ?? emptyFingerprint;
    const their = theirs[index] ?? emptyFingerprint;
    if (isSameFingerprint(our, their)) return;
    const isLeaf = prefix.length >= digits || Math.max(our.count, their.count) <= compareMax;
    (isLeaf ? whole : deeper).push(prefix);
  });
  return { descend: deeper, compare: whole };
}

function addSums(one: Uint8Array, other: Uint8Array): Uint8Array {
  const sum = new Uint8Array(32);
  let carry = 0;
  for (let at = 31; at >= 0; at -= 1) {
    const digit = (one[at] ?? 0) + (other[at] ?? 0) + carry;
    sum[at] = digit & 0xff;
    carry = digit >> 8;
  }
  return sum;
}

/** The number that makes zero with this one. */
function negated(value: Uint8Array): Uint8Array {
  const complement = value.map((byte) => 0xff - byte);
  for (let at = 31; at >= 0; at -= 1) {
    complement[at] = ((complement[at] ?? 0) + 1) & 0xff;
    if (complement[at] !== 0) break;
  }
  return complement;
}
