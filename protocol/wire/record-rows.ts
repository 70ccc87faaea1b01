/**
 * The rows in which a peer keeps its records, as bytes: sibling sets, batches, writers, buckets.
 *
 * Writers are interned: rows name them by a small number, which their own row holds (FORMATS 4).
 * Sibling sets and buckets are read and written for each record, so they have fixed columns; the
 * others, one for each batch and writer, are protobuf.
 * A row that cannot be read means a broken store; that is no input to refuse, so decoders throw.
 */

import { type WriterId, parsePeerId, recordHashOf } from "../ids.ts";
import type { Fingerprint } from "../records/audit.ts";
import type { BatchHead, Fork } from "../records/batch.ts";
import type { Known } from "../records/context.ts";
import type { Cover } from "../records/merkle.ts";
import { type FloorStanding, vectorBytes, vectorOfBytes } from "../records/floor.ts";
import type { HeldVersion } from "../records/record.ts";
import { emptyVector } from "../records/version.ts";
import {
  BatchRow as BatchRowMessage,
  FloorRow as FloorRowMessage,
  WriterRow as WriterRowMessage,
} from "./generated/record-rows.js";
import { coverOfColumns, decodeRecord, encodePositions, headMessage, headOfBytes, headOfMessage } from "./records.ts";

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

/**
 * Each version: writer number (4 bytes), sequence (8), first of its batch (8), variant (1), sealed
 * at (8), hash (32), length of the record (4), the record.
 */
export function encodeSiblingsRow(
  versions: readonly HeldVersion[],
  numberOf: (writer: WriterId) => number,
): Uint8Array {
  const row = Buffer.allocUnsafe(versions.reduce((sum, { bytes }) => sum + versionBytes + bytes.length, 0));
  let at = 0;
  for (const { dot, first, variant, sealedAtMs, hash, bytes } of versions) {
    at = row.writeUInt32BE(numberOf(dot.writer), at);
    at = writeInteger(row, dot.sequence, at);
    at = writeInteger(row, first, at);
    at = row.writeUInt8(variant, at);
    at = writeInteger(row, sealedAtMs, at);
    at += row.write(hash, at, "hex");
    at = row.writeUInt32BE(bytes.length, at);
    row.set(bytes, at);
    at += bytes.length;
  }
  return row;
}

export function decodeSiblingsRow(bytes: Uint8Array, writerOf: (number: number) => WriterId): readonly HeldVersion[] {
  const row = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const versions: HeldVersion[] = [];
  for (let at = 0; at < row.length; ) {
    const dot = { writer: writerOf(row.readUInt32BE(at)), sequence: readInteger(row, at + 4) };
    const [first, variant, sealedAtMs] = [readInteger(row, at + 12), row.readUInt8(at + 20), readInteger(row, at + 21)];
    const hash = recordHashOf(row.subarray(at + 29, at + 61));
    const end = at + versionBytes + row.readUInt32BE(at + 61);
    const exact = bytes.subarray(at + versionBytes, end);
    const record = end > row.length ? undefined : decodeRecord(exact, dot.writer);
    if (record === undefined) throw new Error(`the store's record ${dot.writer} ${dot.sequence} cannot be read`);
    versions.push({ dot, sealedAtMs, hash, record, bytes: exact, first, variant });
    at = end;
  }
  return versions;
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

export function encodeFloorRow({ floor, goal, claimants }: FloorStanding): Uint8Array {
  return FloorRowMessage.encode({
    floor: Buffer.from(vectorBytes(floor)),
    goal: Buffer.from(vectorBytes(goal ?? emptyVector)),
    catchingUp: goal !== undefined,
    claimants: [...claimants],
  });
}

export function decodeFloorRow(row: Uint8Array): FloorStanding {
  const { floor, goal, catchingUp, claimants } = FloorRowMessage.decode(row);
  const [floorVector, goalVector] = [vectorOfBytes(floor), vectorOfBytes(goal)];
  if (floorVector === undefined || goalVector === undefined) throw new Error("a floor in the store cannot be read");
  return {
    floor: floorVector,
    goal: catchingUp ? goalVector : undefined,
    claimants: claimants.map(parsePeerId).filter((peer) => peer !== undefined),
  };
}

/** Count (8 bytes) and sum (32). */
export function encodeBucketRow({ count, sum }: Fingerprint): Uint8Array {
  const row = Buffer.allocUnsafe(bucketBytes);
  row.set(sum, writeInteger(row, count, 0));
  return row;
}

export function decodeBucketRow(bytes: Uint8Array): Fingerprint {
  if (bytes.length !== bucketBytes) throw new Error("a bucket in the store cannot be read");
  const row = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { count: readInteger(row, 0), sum: bytes.subarray(8) };
}

/** Bytes of a version in its row, without the record. */
const versionBytes = 65;
const bucketBytes = 40;

/** As two halves, which cost a third of one big integer. @returns where it ends */
function writeInteger(row: Buffer, value: number, at: number): number {
  row.writeUInt32BE(Math.floor(value / 2 ** 32), at);
  return row.writeUInt32BE(value % 2 ** 32, at + 4);
}

function readInteger(row: Buffer, at: number): number {
  return row.readUInt32BE(at) * 2 ** 32 + row.readUInt32BE(at + 4);
}
