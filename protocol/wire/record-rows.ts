/**
 * The rows in which a peer keeps its records, as bytes: sibling sets, batches, writers, buckets.
 *
 * Writers are interned: rows name them by a small number, which their own row holds (FORMATS 4).
 * A row that cannot be read means a broken store; that is no input to refuse, so decoders throw.
 */

import { type WriterId, recordHashOf } from "../ids.ts";
import type { Fingerprint } from "../records/audit.ts";
import type { BatchHead, Fork } from "../records/batch.ts";
import type { Known } from "../records/context.ts";
import type { Cover } from "../records/merkle.ts";
import type { HeldVersion } from "../records/record.ts";
import {
  BatchRow as BatchRowMessage,
  BucketRow as BucketRowMessage,
  SiblingsRow as SiblingsRowMessage,
  WriterRow as WriterRowMessage,
} from "./generated/record-rows.js";
import {
  coverOfColumns,
  decodeRecord,
  encodePositions,
  headMessage,
  headOfBytes,
  headOfMessage,
  wireBytes,
} from "./records.ts";

export interface BatchRow {
  readonly head: BatchHead;
  readonly cover: Cover;
}

export interface WriterRow {
  /** Small and unique in the collection. */
  readonly number: number;
  readonly known: Known;
  /** The head that proves `known.sequence`; undefined while nothing of the writer is known for sure. */
  readonly newest: BatchHead | undefined;
  readonly fork: Fork | undefined;
}

export function encodeSiblingsRow(
  versions: readonly HeldVersion[],
  numberOf: (writer: WriterId) => number,
): Uint8Array {
  return SiblingsRowMessage.encode({
    versions: versions.map(({ dot, first, variant, sealedAtMs, hash, bytes }) => ({
      writer: numberOf(dot.writer),
      sequence: dot.sequence,
      first,
      variant,
      sealedAtMs,
      hash: Buffer.from(hash, "hex"),
      record: wireBytes(bytes),
    })),
  });
}

export function decodeSiblingsRow(row: Uint8Array, writerOf: (number: number) => WriterId): readonly HeldVersion[] {
  return SiblingsRowMessage.decode(row).versions.map((message) => {
    const dot = { writer: writerOf(message.writer), sequence: message.sequence };
    const record = decodeRecord(message.record, dot.writer);
    if (record === undefined) throw new Error(`the store's record ${dot.writer} ${dot.sequence} cannot be read`);
    const { first, variant, sealedAtMs, record: bytes } = message;
    return { dot, sealedAtMs, hash: recordHashOf(message.hash), record, bytes, first, variant };
  });
}

export function encodeBatchRow({ head, cover }: BatchRow): Uint8Array {
  return BatchRowMessage.encode({
    ...headMessage(head),
    live: encodePositions(cover.live, cover.count),
    dead: Buffer.concat(cover.dead),
  });
}

export function decodeBatchRow(row: Uint8Array): BatchRow {
  const { header, signature, live, dead } = BatchRowMessage.decode(row);
  const head = headOfBytes(header, signature);
  const cover = head && coverOfColumns(head.header.count, live, dead);
  if (head === undefined || cover === undefined) throw new Error("a batch in the store cannot be read");
  return { head, cover };
}

export function encodeWriterRow({ number, known, newest, fork }: WriterRow): Uint8Array {
  return WriterRowMessage.encode({
    number,
    sequence: known.sequence,
    frozen: known.frozenAt === undefined ? 0 : known.frozenAt + 1,
    ...(newest === undefined ? {} : { newest: headMessage(newest) }),
    ...(fork === undefined ? {} : { forkOne: headMessage(fork.one), forkOther: headMessage(fork.other) }),
  });
}

export function decodeWriterRow(row: Uint8Array): WriterRow {
  const { number, sequence, frozen, newest, forkOne, forkOther } = WriterRowMessage.decode(row);
  const one = headOfMessage(forkOne);
  const other = headOfMessage(forkOther);
  return {
    number,
    known: { sequence, frozenAt: frozen === 0 ? undefined : frozen - 1 },
    newest: headOfMessage(newest),
    fork: one && other && { one, other },
  };
}

export function encodeBucketRow({ count, sum }: Fingerprint): Uint8Array {
  return BucketRowMessage.encode({ count, sum: Uint8Array.from(sum) });
}

export function decodeBucketRow(row: Uint8Array): Fingerprint {
  const { count, sum } = BucketRowMessage.decode(row);
  if (sum.length !== 32) throw new Error("a bucket in the store cannot be read");
  return { count, sum };
}
