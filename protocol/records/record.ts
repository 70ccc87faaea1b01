/**
 * Records: the one thing that is replicated. A record says what a key holds from its dot on.
 *
 * What a payload means is the affair of its kind; merging looks at dots and causes alone. Kinds
 * and fields that this version does not know are kept and passed on as the bytes they came in
 * (FORMATS 10).
 */

import type { RecordHash } from "../ids.ts";
import { limits } from "../limits.ts";
import { type Dot, type Vector, covers, isSameDot, joinVectors, withDot } from "./version.ts";

/** Travels in each record: append only, never reuse. */
export const recordKinds = { fileEntry: 1, address: 2, acknowledgement: 3 } as const;

export interface RecordBody {
  /** One of `recordKinds`, or one that a later version knows. */
  readonly kind: number;
  /** What the record is about, unique in its collection: a path, "address/<peer>". */
  readonly key: string;
  /** What the author had seen of this key: all of it is superseded, but for what is spared. */
  readonly causes: Vector;
  /**
   * Siblings that the causes name only because of a later dot of the same writer: the author wrote
   * beside them, not over them. Without this, a writer's own conflict copy would end with the
   * second edit of its path.
   */
  readonly spared?: readonly Dot[];
  /** The key holds nothing any more. */
  readonly tombstone: boolean;
  readonly payload: Uint8Array;
}

/** A record in its place in the mesh's history. */
export interface Version {
  readonly dot: Dot;
  /** The author's wall clock when it sealed the batch, ms since 1970. It ranks concurrent versions, nothing else. */
  readonly sealedAtMs: number;
  /** Over the record's exact bytes. */
  readonly hash: RecordHash;
  readonly record: RecordBody;
}

/** A version as a peer keeps it: with what it needs to prove it to others. */
export interface HeldVersion extends Version {
  /** The record exactly as it was sealed. */
  readonly bytes: Uint8Array;
  /** First sequence number of its batch. */
  readonly first: number;
  /** Which of the batches that claim `first`: 0, but for those of a fork. */
  readonly variant: number;
}

/** Whether a record says that its author had seen a dot of its key, and wrote over it. */
export function supersedes({ causes, spared }: RecordBody, dot: Dot): boolean {
  return covers(causes, dot) && spared?.some((one) => isSameDot(one, dot)) !== true;
}

/** The siblings among `unseen` that causes cover all the same: what a write with these causes has to spare. */
export function sparedOf(causes: Vector, unseen: readonly Version[]): readonly Dot[] {
  return unseen.filter(({ dot }) => covers(causes, dot)).map(({ dot }) => dot);
}

/**
 * The causes of a write that starts from these versions: it supersedes them and all that they
 * superseded. Causes made in any other way could leave out what a version had superseded, and
 * then whether that comes back would depend on the order of arrival.
 */
export function causesOf(versions: readonly Version[]): Vector {
  let causes = joinVectors(...versions.map((version) => version.record.causes));
  for (const version of versions) causes = withDot(causes, version.dot);
  return causes;
}

/**
 * Why a signed record has no effect anywhere, or undefined for one that has. A pure function of
 * signed bytes, so all honest peers agree (FORMATS 1).
 *
 * @param length bytes of the encoded record
 */
export function recordProblem(record: RecordBody, dot: Dot, length: number): string | undefined {
  if (length > limits.recordBytesMax) return "record too long";
  if (record.key === "") return "key empty";
  if (record.key.includes("\0")) return "key with NUL";
  if (!record.key.isWellFormed()) return "key not Unicode";
  if (Buffer.byteLength(record.key) > limits.pathBytesMax) return "key too long";
  if (record.causes.size > limits.vectorEntriesMax) return "too many causes";
  if ((record.spared?.length ?? 0) > limits.vectorEntriesMax) return "too many spared";
  if (covers(record.causes, dot)) return "record causes itself";
  return undefined;
}
