/**
 * Merge: the state of a key is the set of versions that none dominates (FORMATS 6).
 *
 * It looks at causality alone. Equal contents stay two siblings here and collapse in the view:
 * joining them in the state would make the result depend on the order of arrival. So the merge is
 * commutative, associative and idempotent (C2), and every peer that has seen the same versions
 * holds the same set, whoever told it and in whatever batches.
 */

import { type Version, supersedes } from "./record.ts";
import { isSameDot } from "./version.ts";

/** What merging did to a sibling set. `siblings` is the set given if nothing changed. */
export interface Merged<V extends Version> {
  readonly siblings: readonly V[];
  readonly added: readonly V[];
  readonly removed: readonly V[];
}

/** One version into a sibling set. */
export function merge<V extends Version>(siblings: readonly V[], incoming: V): Merged<V> {
  for (const sibling of siblings) {
    if (isSame(sibling, incoming) || dominates(sibling, incoming)) return { siblings, added: [], removed: [] };
  }
  const removed = siblings.filter((sibling) => dominates(incoming, sibling));
  const kept = removed.length === 0 ? siblings : siblings.filter((sibling) => !removed.includes(sibling));
  return { siblings: [...kept, incoming], added: [incoming], removed };
}

/**
 * Whether `one` was written by someone who had seen `other`. Two versions that each claim to have
 * seen the other are a lie of one author at least: then neither dominates and both are shown.
 */
export function dominates(one: Version, other: Version): boolean {
  return supersedes(one.record, other.dot) && !supersedes(other.record, one.dot);
}

/** The same siblings, primary first: the one that a plain file system would show. */
export function orderSiblings<V extends Version>(versions: readonly V[]): readonly V[] {
  return versions.length < 2 ? versions : versions.toSorted(comparePrimary);
}

/** Edits over deletes; then the later sealed, the greater writer, the later dot. Total: the hash decides a forked dot. */
function comparePrimary(one: Version, other: Version): number {
  if (one.record.tombstone !== other.record.tombstone) return one.record.tombstone ? 1 : -1;
  if (one.sealedAtMs !== other.sealedAtMs) return other.sealedAtMs - one.sealedAtMs;
  if (one.dot.writer !== other.dot.writer) return one.dot.writer < other.dot.writer ? 1 : -1;
  if (one.dot.sequence !== other.dot.sequence) return other.dot.sequence - one.dot.sequence;
  if (one.hash !== other.hash) return one.hash < other.hash ? 1 : -1;
  return 0;
}

function isSame(one: Version, other: Version): boolean {
  return isSameDot(one.dot, other.dot) && one.hash === other.hash;
}
