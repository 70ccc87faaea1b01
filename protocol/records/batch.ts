/**
 * Batches: up to 256 records that one writer sealed together (FORMATS 5).
 *
 * The signed header binds site, collection, writer, the range of sequence numbers, the policy
 * version and the root over the records. The writer's name holds its peer's public key, so the
 * header names the peer as well and anybody can check it, however it was relayed. Exact bytes are
 * what is signed, kept and passed on; nothing is ever encoded a second time.
 */

import type { CollectionId, PeerId, SiteId, WriterId } from "../ids.ts";
import { peerOfWriter, toHex } from "../ids.ts";
import { type PublicKey, type SigningKey, sign, verify } from "../ed25519.ts";
import { limits } from "../limits.ts";
import type { Refusal } from "../refusal.ts";
import { type Cover, coverRoot } from "./merkle.ts";

export interface BatchHeader {
  readonly site: SiteId;
  readonly collection: CollectionId;
  readonly writer: WriterId;
  /** Sequence number of the first record, from 1. */
  readonly first: number;
  /** Records, 1 to `limits.batchRecordsMax`. */
  readonly count: number;
  /** The policy that the batch was made under and is judged under (FORMATS 1). */
  readonly policyVersion: number;
  /** The author's wall clock, ms since 1970. */
  readonly sealedAtMs: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

export interface BatchHead {
  readonly header: BatchHeader;
  /** The header exactly as it was signed. */
  readonly bytes: Uint8Array;
  /** 64 bytes, by the key in the writer's name. */
  readonly signature: Uint8Array;
}

/** What some peer still has of a batch: enough to prove each record in it. */
export interface BatchPart {
  readonly head: BatchHead;
  readonly cover: Cover;
  /** Exact bytes of the live records, in the order of their positions. */
  readonly records: readonly Uint8Array[];
}

/** Two heads of one writer over one sequence number: proof that it forked. */
export interface Fork {
  readonly one: BatchHead;
  readonly other: BatchHead;
}

const signatureDomain = "cdmesh batch 1";

export function lastOf(header: BatchHeader): number {
  return header.first + (header.count - 1);
}

export function signHead(key: SigningKey, headerBytes: Uint8Array): Uint8Array {
  return sign(key, signatureDomain, headerBytes);
}

/** What is wrong with a header by itself, whoever signed it. */
export function headerProblem(header: BatchHeader): string | undefined {
  if (!Number.isSafeInteger(header.first) || header.first < 1) return "first";
  if (!Number.isInteger(header.count) || header.count < 1 || header.count > limits.batchRecordsMax) return "count";
  if (!Number.isSafeInteger(lastOf(header))) return "last";
  if (!Number.isSafeInteger(header.policyVersion) || header.policyVersion < 0) return "policyVersion";
  if (!Number.isSafeInteger(header.sealedAtMs) || header.sealedAtMs < 0) return "sealedAt";
  if (header.root.length !== 32) return "root";
  return undefined;
}

/** @param key of the peer that the writer's name holds */
export function verifyHead(key: PublicKey, head: BatchHead): Refusal | undefined {
  if (verify(key, signatureDomain, head.bytes, head.signature)) return undefined;
  return { code: "signature-invalid", signer: authorOf(head.header) };
}

/** Whether the records are the signed ones, each at its place. The head is checked apart. */
export function verifyRecords(part: BatchPart, leaves: readonly Uint8Array[]): Refusal | undefined {
  const { header } = part.head;
  const root = part.cover.count === header.count ? coverRoot(part.cover, leaves) : undefined;
  if (root !== undefined && toHex(root) === toHex(header.root)) return undefined;
  return { code: "batch-root-mismatch", writer: header.writer, first: header.first };
}

export function authorOf(header: BatchHeader): PeerId {
  return peerOfWriter(header.writer);
}

/**
 * Whether two signed heads prove that one writer used a dot twice: a cloned machine, a store that
 * was set back, or malice. No honest writer signs two different heads over one sequence number.
 */
export function isFork({ one, other }: Fork): boolean {
  return (
    one.header.writer === other.header.writer &&
    one.header.site === other.header.site &&
    one.header.collection === other.header.collection &&
    one.header.first <= lastOf(other.header) &&
    other.header.first <= lastOf(one.header) &&
    Buffer.compare(one.bytes, other.bytes) !== 0
  );
}

/** The last sequence number before the first dot that both heads use. */
export function lastBeforeFork({ one, other }: Fork): number {
  return Math.max(one.header.first, other.header.first) - 1;
}

/**
 * Where to end batches, so that each stays within its limits.
 *
 * @param sizes bytes of each record
 * @returns for each batch, the index behind its last record
 */
export function batchEnds(sizes: readonly number[]): readonly number[] {
  const ends: number[] = [];
  let count = 0;
  let bytes = 0;
  sizes.forEach((size, index) => {
    if (count > 0 && (count === limits.batchRecordsMax || bytes + size > limits.batchBytesMax)) {
      ends.push(index);
      count = 0;
      bytes = 0;
    }
    count += 1;
    bytes += size;
  });
  if (count > 0) ends.push(sizes.length);
  return ends;
}
