/**
 * Questions and answers of the protocol /cdmesh/1/records as bytes: digests, deltas, how far a
 * writer is known, and the two steps of an audit. Every decoder bounds what it makes and answers
 * undefined for what is malformed.
 */

import { type CollectionId, type WriterId, fromHex, parseCollectionId, toHex, writerIdOfBytes } from "../ids.ts";
import { limits } from "../limits.ts";
import type { Fingerprint } from "../records/audit.ts";
import type { BatchHead, BatchPart, Fork } from "../records/batch.ts";
import { type Context, contextBytes, contextOfBytes } from "../records/context.ts";
import { vectorBytes, vectorOfBytes } from "../records/floor.ts";
import type { Vector } from "../records/version.ts";
import {
  BucketsAnswer as BucketsAnswerMessage,
  type CollectionDigest as CollectionDigestMessage,
  DeltaAnswer as DeltaAnswerMessage,
  DigestsAnswer as DigestsAnswerMessage,
  RecordsRequest as RecordsRequestMessage,
  SiblingsAnswer as SiblingsAnswerMessage,
  WriterAnswer as WriterAnswerMessage,
} from "./generated/records.js";
import { headMessage, headOfMessage, partLimits, partMessage, partOfMessage } from "./records.ts";

/** What a peer says it knows and holds of a collection. */
export interface CollectionDigest {
  readonly collection: CollectionId;
  /** 64 hex digits. */
  readonly contextDigest: string;
  readonly fingerprint: Fingerprint;
}

export type RecordsRequest =
  | { readonly kind: "digests"; readonly collections: readonly CollectionDigest[] }
  | {
      readonly kind: "delta";
      readonly collection: CollectionId;
      readonly context: Context;
      readonly skip: readonly WriterId[];
    }
  | { readonly kind: "writer"; readonly writer: WriterId }
  | { readonly kind: "buckets"; readonly collection: CollectionId; readonly prefixes: readonly string[] }
  | {
      readonly kind: "siblings";
      readonly collection: CollectionId;
      readonly prefixes: readonly string[];
      readonly after: string;
    };

/** "unsure": equal, but the answerer is catching up with a floor. */
export type Standing = "not-shared" | "equal" | "differs" | "unsure";

export interface DigestsAnswer {
  /** For each collection asked, in that order. */
  readonly standings: readonly Standing[];
  /** The answerer's digests where it differs. */
  readonly differing: readonly CollectionDigest[];
}

/** Everything of one writer that lives behind the asker's context, and up to where that is everything. */
export interface WriterDelta {
  /** Of one writer, rising, not overlapping. */
  readonly batches: readonly BatchPart[];
  /** The newest head, when it is newer than the last of `batches`: nothing lives up to its end. */
  readonly tail: BatchHead | undefined;
}

export interface DeltaAnswer {
  readonly writers: readonly WriterDelta[];
  readonly forks: readonly Fork[];
  /** There is more: ask again with what is known then. */
  readonly more: boolean;
  /** The answerer's floor, if the asker's context does not reach it: the delta may leave out what that kept away. */
  readonly floor: Vector;
  /** The same of what the answerer is catching up with itself. */
  readonly goal: Vector;
}

/** What a delta tells of records. */
export type DeltaContent = Omit<DeltaAnswer, "floor" | "goal">;

export interface BucketsAnswer {
  readonly contextDigest: string;
  /** 16 for each prefix asked. */
  readonly fingerprints: readonly Fingerprint[];
  /** The answerer is catching up: what it holds may be long dead. */
  readonly unsure: boolean;
}

export interface SiblingsAnswer {
  readonly batches: readonly BatchPart[];
  /** Ask again from behind this key; undefined at the end. */
  readonly next: string | undefined;
}

const standings: readonly Standing[] = ["not-shared", "equal", "differs", "unsure"];
const fingerprintBytes = 40;
const batchesMax = 4096;
const prefixPattern = /^[0-9a-f]{0,4}$/;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function encodeRecordsRequest(request: RecordsRequest): Uint8Array {
  switch (request.kind) {
    case "digests":
      return RecordsRequestMessage.encode({ digests: { collections: request.collections.map(digestMessage) } });
    case "delta":
      return RecordsRequestMessage.encode({
        delta: {
          collection: Buffer.from(request.collection),
          context: Buffer.from(contextBytes(request.context)),
          skip: Buffer.from(request.skip.join(""), "hex"),
        },
      });
    case "writer":
      return RecordsRequestMessage.encode({ writer: { writer: Buffer.from(request.writer, "hex") } });
    case "buckets":
      return RecordsRequestMessage.encode({
        buckets: { collection: Buffer.from(request.collection), prefixes: [...request.prefixes] },
      });
    case "siblings":
      return RecordsRequestMessage.encode({
        siblings: {
          collection: Buffer.from(request.collection),
          prefixes: [...request.prefixes],
          after: Buffer.from(request.after),
        },
      });
  }
}

export function decodeRecordsRequest(bytes: Uint8Array): RecordsRequest | undefined {
  return orUndefined(() => {
    const message = RecordsRequestMessage.decode(bytes, {
      limits: {
        digests: { collections: limits.exchangeCollectionsMax },
        buckets: { prefixes: limits.auditPrefixesMax },
        siblings: { prefixes: limits.auditPrefixesMax },
      },
    });
    const { digests, delta, writer, buckets, siblings } = message;
    if ([digests, delta, writer, buckets, siblings].filter((ask) => ask !== undefined).length !== 1) return undefined;
    if (digests !== undefined) {
      const collections = all(digests.collections, digestOfMessage);
      return collections && { kind: "digests", collections };
    }
    if (writer !== undefined) {
      const asked = writerIdOfBytes(writer.writer);
      return asked && { kind: "writer", writer: asked };
    }
    if (delta !== undefined) {
      const collection = parseCollectionId(utf8.decode(delta.collection));
      const context = contextOfBytes(delta.context);
      const skip = writersOfColumn(delta.skip);
      return collection && context && skip && { kind: "delta", collection, context, skip };
    }
    const audit = buckets ?? siblings;
    const collection = audit && parseCollectionId(utf8.decode(audit.collection));
    if (audit === undefined || collection === undefined) return undefined;
    if (!audit.prefixes.every((prefix) => prefixPattern.test(prefix))) return undefined;
    const { prefixes } = audit;
    if (siblings !== undefined) return { kind: "siblings", collection, prefixes, after: utf8.decode(siblings.after) };
    return prefixes.every((prefix) => prefix.length < 4) ? { kind: "buckets", collection, prefixes } : undefined;
  });
}

export function encodeDigestsAnswer(answer: DigestsAnswer): Uint8Array {
  return DigestsAnswerMessage.encode({
    standings: Uint8Array.from(answer.standings, (standing) => standings.indexOf(standing)),
    differing: answer.differing.map(digestMessage),
  });
}

export function decodeDigestsAnswer(bytes: Uint8Array): DigestsAnswer | undefined {
  return orUndefined(() => {
    const message = DigestsAnswerMessage.decode(bytes, { limits: { differing: limits.exchangeCollectionsMax } });
    if (message.standings.length > limits.exchangeCollectionsMax) return undefined;
    const stands = all([...message.standings], (code) => standings[code]);
    const differing = all(message.differing, digestOfMessage);
    return stands && differing && { standings: stands, differing };
  });
}

export function encodeDeltaAnswer(answer: DeltaAnswer): Uint8Array {
  return DeltaAnswerMessage.encode({
    writers: answer.writers.map(({ batches, tail }) => ({
      batches: batches.map(partMessage),
      ...(tail === undefined ? {} : { tail: headMessage(tail) }),
    })),
    forks: answer.forks.map(({ one, other }) => ({ one: headMessage(one), other: headMessage(other) })),
    more: answer.more,
    floor: Buffer.from(vectorBytes(answer.floor)),
    goal: Buffer.from(vectorBytes(answer.goal)),
  });
}

export function decodeDeltaAnswer(bytes: Uint8Array): DeltaAnswer | undefined {
  if (bytes.length > limits.deltaAnswerBytesMax) return undefined;
  return orUndefined(() => {
    const message = DeltaAnswerMessage.decode(bytes, {
      limits: {
        writers: limits.contextWritersMax,
        writers$: { batches: batchesMax, batches$: partLimits },
        forks: limits.contextWritersMax,
      },
    });
    const writers = all(message.writers, (section) => {
      const batches = all(section.batches, partOfMessage);
      const tail = headOfMessage(section.tail);
      return batches && (section.tail === undefined || tail !== undefined) ? { batches, tail } : undefined;
    });
    const forks = all(message.forks, (fork) => {
      const one = headOfMessage(fork.one);
      const other = headOfMessage(fork.other);
      return one && other && { one, other };
    });
    const floor = vectorOfBytes(message.floor);
    const goal = vectorOfBytes(message.goal);
    return writers && forks && floor && goal && { writers, forks, more: message.more, floor, goal };
  });
}

/** @param sequences how far the writer asked about is known, for each collection */
export function encodeWriterAnswer(sequences: ReadonlyMap<CollectionId, number>): Uint8Array {
  return WriterAnswerMessage.encode({
    collections: [...sequences].map(([collection, sequence]) => ({ collection: Buffer.from(collection), sequence })),
  });
}

export function decodeWriterAnswer(bytes: Uint8Array): ReadonlyMap<CollectionId, number> | undefined {
  return orUndefined(() => {
    const message = WriterAnswerMessage.decode(bytes, { limits: { collections: limits.exchangeCollectionsMax } });
    const entries = all(message.collections, (standing): readonly [CollectionId, number] | undefined => {
      const collection = parseCollectionId(utf8.decode(standing.collection));
      return collection && [collection, standing.sequence];
    });
    return entries && new Map(entries);
  });
}

export function encodeBucketsAnswer(answer: BucketsAnswer): Uint8Array {
  const column = Buffer.allocUnsafe(answer.fingerprints.length * fingerprintBytes);
  answer.fingerprints.forEach(({ count, sum }, index) => {
    column.writeBigUInt64BE(BigInt(count), index * fingerprintBytes);
    column.set(sum, index * fingerprintBytes + 8);
  });
  const context = Buffer.from(answer.contextDigest, "hex");
  return BucketsAnswerMessage.encode({ context, fingerprints: column, unsure: answer.unsure });
}

export function decodeBucketsAnswer(bytes: Uint8Array): BucketsAnswer | undefined {
  return orUndefined(() => {
    const { context, fingerprints: column, unsure } = BucketsAnswerMessage.decode(bytes);
    const count = column.length / fingerprintBytes;
    if (context.length !== 32 || !Number.isInteger(count) || count > limits.auditPrefixesMax * 16) return undefined;
    const view = Buffer.from(column.buffer, column.byteOffset, column.byteLength);
    const fingerprints = Array.from({ length: count }, (_, index): Fingerprint => {
      const at = index * fingerprintBytes;
      return { count: Number(view.readBigUInt64BE(at)), sum: column.subarray(at + 8, at + fingerprintBytes) };
    });
    return { contextDigest: toHex(context), fingerprints, unsure };
  });
}

export function encodeSiblingsAnswer(answer: SiblingsAnswer): Uint8Array {
  return SiblingsAnswerMessage.encode({
    batches: answer.batches.map(partMessage),
    next: Buffer.from(answer.next ?? ""),
  });
}

export function decodeSiblingsAnswer(bytes: Uint8Array): SiblingsAnswer | undefined {
  if (bytes.length > limits.deltaAnswerBytesMax) return undefined;
  return orUndefined(() => {
    const message = SiblingsAnswerMessage.decode(bytes, { limits: { batches: batchesMax, batches$: partLimits } });
    const batches = all(message.batches, partOfMessage);
    return batches && { batches, next: message.next.length === 0 ? undefined : utf8.decode(message.next) };
  });
}

function digestMessage({ collection, contextDigest, fingerprint }: CollectionDigest): CollectionDigestMessage {
  return {
    collection: Buffer.from(collection),
    context: Buffer.from(fromHex(contextDigest)),
    count: fingerprint.count,
    sum: Uint8Array.from(fingerprint.sum),
  };
}

function digestOfMessage(message: CollectionDigestMessage): CollectionDigest | undefined {
  const collection = parseCollectionId(utf8.decode(message.collection));
  if (collection === undefined || message.context.length !== 32 || message.sum.length !== 32) return undefined;
  return {
    collection,
    contextDigest: toHex(message.context),
    fingerprint: { count: message.count, sum: message.sum },
  };
}

function writersOfColumn(column: Uint8Array): readonly WriterId[] | undefined {
  const count = column.length / 40;
  if (!Number.isInteger(count) || count > limits.contextWritersMax) return undefined;
  return all(Array.from({ length: count }), (_, index) =>
    writerIdOfBytes(column.subarray(index * 40, index * 40 + 40)),
  );
}

/** Each item made into something; undefined as soon as one cannot be. */
function all<From, To>(
  items: readonly From[],
  make: (item: From, index: number) => To | undefined,
): readonly To[] | undefined {
  const made: To[] = [];
  for (const [index, item] of items.entries()) {
    const value = make(item, index);
    if (value === undefined) return undefined;
    made.push(value);
  }
  return made;
}

/** The runtime of the codecs throws on what it cannot read, and so does strict UTF-8. */
function orUndefined<T>(decode: () => T | undefined): T | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}
