/**
 * Records, batch heads and parts of batches as bytes.
 *
 * What is signed has one reading only: it is written by the generated codec and read strictly, with
 * whatever a later version adds behind the known fields. A lenient decoder would let one peer read
 * a tombstone where another, of some other version, reads none.
 */

import { type WriterId, fromHex, parseCollectionId, parseSiteId, toHex, writerIdOfBytes } from "../ids.ts";
import { limits } from "../limits.ts";
import { type BatchHead, type BatchHeader, type BatchPart, headerProblem } from "../records/batch.ts";
import type { RecordBody } from "../records/record.ts";
import { type Dot, type Vector, covers, emptyVector } from "../records/version.ts";
import {
  BatchHeader as BatchHeaderMessage,
  BatchPart as BatchPartMessage,
  Record as RecordMessage,
} from "./generated/records.js";
import { readStrictly } from "./strict-reader.ts";

/** The highest field numbers of this version. */
const recordFields = 7;
const headerFields = 8;
const writerBytes = 40;
const causeBytes = 48;
const hashBytes = 32;
const uint32Max = 2 ** 32 - 1;
const noBytes = new Uint8Array();
const none: readonly Dot[] = [];
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @param writer of the batch that the record is sealed in: a cause on it is written without its name */
export function encodeRecord(record: RecordBody, writer: WriterId): Uint8Array {
  const { kind, tombstone, payload, causes, spared = [] } = record;
  const others = [...causes]
    .filter(([other]) => other !== writer)
    .map(([other, sequence]): Dot => ({ writer: other, sequence }));
  return RecordMessage.encode({
    kind,
    key: Buffer.from(record.key),
    tombstone,
    payload: wireBytes(payload),
    ownCause: causes.get(writer) ?? 0,
    causes: encodeDots(others),
    spared: encodeDots(spared),
  });
}

/** @returns undefined for what is malformed. The payload is a view of the bytes given. */
export function decodeRecord(bytes: Uint8Array, writer: WriterId): RecordBody | undefined {
  const fields = bytes.length > limits.recordBytesMax ? undefined : readStrictly(bytes, recordFields);
  if (fields === undefined) return undefined;
  const [, kind = 0, key = noBytes, tombstone = 0, payload = noBytes, ownCause = 0, column = noBytes, dots = noBytes] =
    fields;
  if (typeof kind !== "number" || kind > uint32Max || typeof tombstone !== "number" || tombstone > 1) return undefined;
  if (typeof key === "number" || typeof payload === "number") return undefined;
  if (typeof ownCause !== "number" || typeof column === "number" || typeof dots === "number") return undefined;
  const text = textOf(key);
  const causes = decodeCauses(column, ownCause, writer);
  const spared = dots.length === 0 ? none : decodeDots(dots);
  if (text === undefined || causes === undefined || spared === undefined) return undefined;
  if (!spared.every((dot, at) => covers(causes, dot) && isBehind(dot, spared[at - 1]))) return undefined;
  return { kind, key: text, causes, tombstone: tombstone === 1, payload, ...(spared.length > 0 && { spared }) };
}

export function encodeHeader(header: BatchHeader): Uint8Array {
  const { first, count, policyVersion, sealedAtMs } = header;
  return BatchHeaderMessage.encode({
    site: wireBytes(fromHex(header.site)),
    collection: Buffer.from(header.collection),
    writer: wireBytes(fromHex(header.writer)),
    first,
    count,
    policyVersion,
    sealedAtMs,
    root: wireBytes(header.root),
  });
}

/** @returns undefined for what is malformed or beyond the limits */
export function decodeHeader(bytes: Uint8Array): BatchHeader | undefined {
  const fields = bytes.length > limits.batchHeaderBytesMax ? undefined : readStrictly(bytes, headerFields);
  if (fields === undefined) return undefined;
  const [, siteBytes, collectionBytes, writerName, first, count, policyVersion = 0, sealedAtMs = 0, root] = fields;
  if (!(siteBytes instanceof Uint8Array && collectionBytes instanceof Uint8Array)) return undefined;
  if (!(writerName instanceof Uint8Array && root instanceof Uint8Array)) return undefined;
  if (typeof first !== "number" || typeof count !== "number") return undefined;
  if (typeof policyVersion !== "number" || typeof sealedAtMs !== "number") return undefined;
  const site = parseSiteId(toHex(siteBytes));
  const collection = parseCollectionId(textOf(collectionBytes) ?? "");
  const writer = writerIdOfBytes(writerName);
  if (site === undefined || collection === undefined || writer === undefined) return undefined;
  const header = { site, collection, writer, first, count, policyVersion, sealedAtMs, root };
  return headerProblem(header) === undefined ? header : undefined;
}

/** The exact signed bytes and the signature, however they travelled. */
export function headOfBytes(bytes: Uint8Array, signature: Uint8Array): BatchHead | undefined {
  const header = signature.length === 64 ? decodeHeader(bytes) : undefined;
  return header === undefined ? undefined : { header, bytes, signature };
}

export function encodePart(part: BatchPart): Uint8Array {
  return BatchPartMessage.encode(partMessage(part));
}

/** @returns undefined for what is malformed; signature and root are still to be checked */
export function decodePart(bytes: Uint8Array): BatchPart | undefined {
  try {
    return partOfMessage(BatchPartMessage.decode(bytes, { limits: partLimits }));
  } catch {
    return undefined;
  }
}

/** For messages that hold parts. */
export const partLimits = { records: limits.batchRecordsMax };

export function partMessage(part: BatchPart): BatchPartMessage {
  return {
    head: headMessage(part.head),
    live: encodePositions(part.cover.live, part.cover.count),
    records: part.records.map(wireBytes),
    dead: Buffer.concat(part.cover.dead),
  };
}

export function partOfMessage(message: BatchPartMessage): BatchPart | undefined {
  const head = headOfMessage(message.head);
  if (head === undefined) return undefined;
  const cover = coverOfColumns(head.header.count, message.live, message.dead);
  if (cover === undefined || cover.live.length !== message.records.length) return undefined;
  return { head, cover, records: message.records };
}

export function headMessage(head: BatchHead): { header: Uint8Array<ArrayBuffer>; signature: Uint8Array<ArrayBuffer> } {
  return { header: wireBytes(head.bytes), signature: wireBytes(head.signature) };
}

export function headOfMessage(
  message: { readonly header: Uint8Array; readonly signature: Uint8Array } | undefined,
): BatchHead | undefined {
  return message === undefined ? undefined : headOfBytes(message.header, message.signature);
}

/** @returns undefined when the columns do not fit a tree of `count` leaves */
export function coverOfColumns(count: number, live: Uint8Array, dead: Uint8Array): BatchPart["cover"] | undefined {
  const positions = decodePositions(live, count);
  if (positions === undefined || dead.length % hashBytes !== 0 || dead.length > count * hashBytes) return undefined;
  const hashes = Array.from({ length: dead.length / hashBytes }, (_, index) =>
    dead.subarray(index * hashBytes, (index + 1) * hashBytes),
  );
  return { count, live: positions, dead: hashes };
}

/** One bit for each of `count` positions, lowest first. */
export function encodePositions(positions: readonly number[], count: number): Uint8Array<ArrayBuffer> {
  const bits = new Uint8Array(Math.ceil(count / 8));
  for (const position of positions) bits[position >> 3] = (bits[position >> 3] ?? 0) | (1 << (position & 7));
  return bits;
}

function decodePositions(bits: Uint8Array, count: number): readonly number[] | undefined {
  if (bits.length !== Math.ceil(count / 8)) return undefined;
  const positions: number[] = [];
  for (let position = 0; position < bits.length * 8; position += 1) {
    if (((bits[position >> 3] ?? 0) & (1 << (position & 7))) === 0) continue;
    if (position >= count) return undefined;
    positions.push(position);
  }
  return positions;
}

function decodeCauses(column: Uint8Array, ownCause: number, writer: WriterId): Vector | undefined {
  if (column.length === 0 && ownCause === 0) return emptyVector;
  const dots = decodeDots(column);
  if (dots === undefined) return undefined;
  const causes = new Map<WriterId, number>();
  let previous = "";
  for (const { writer: other, sequence } of dots) {
    if (other <= previous || other === writer) return undefined;
    causes.set(other, sequence);
    previous = other;
  }
  if (ownCause !== 0) causes.set(writer, ownCause);
  return causes;
}

/** Dots in a column, rising by writer, then by sequence. */
function encodeDots(dots: readonly Dot[]): Uint8Array<ArrayBuffer> {
  const column = Buffer.allocUnsafe(dots.length * causeBytes);
  const rising = dots.toSorted((one, other) => (isBehind(one, other) ? 1 : -1));
  for (const [index, { writer, sequence }] of rising.entries()) {
    column.set(fromHex(writer), index * causeBytes);
    column.writeBigUInt64BE(BigInt(sequence), index * causeBytes + writerBytes);
  }
  return wireBytes(column);
}

function decodeDots(column: Uint8Array): readonly Dot[] | undefined {
  const count = column.length / causeBytes;
  if (!Number.isInteger(count) || count > limits.vectorEntriesMax) return undefined;
  const view = Buffer.from(column.buffer, column.byteOffset, column.byteLength);
  const dots: Dot[] = [];
  for (let at = 0; at < column.length; at += causeBytes) {
    const writer = writerIdOfBytes(column.subarray(at, at + writerBytes));
    const sequence = Number(view.readBigUInt64BE(at + writerBytes));
    if (writer === undefined || sequence === 0 || sequence > limits.integerMax) return undefined;
    dots.push({ writer, sequence });
  }
  return dots;
}

function isBehind(dot: Dot, previous: Dot | undefined): boolean {
  if (previous === undefined || dot.writer > previous.writer) return true;
  return dot.writer === previous.writer && dot.sequence > previous.sequence;
}

/** @returns undefined for bytes that are not UTF-8 */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The same bytes as the type that the generated codecs ask for. */
function wireBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : Uint8Array.from(bytes);
}
