/**
 * Answers of a hostile peer: true ones, altered. Each alteration says nothing to questions that are
 * not its own.
 */

import { zstdDecompressSync } from "node:zlib";
import { contentProtocol } from "../../node/sync/fetcher.ts";
import { verifyProtocol } from "../../node/control/copy-server.ts";
import { recordsProtocol } from "../../node/records/exchange.ts";
import { documentsProtocol } from "../../node/trust/document-sync.ts";
import type { BatchPart } from "../../protocol/records/batch.ts";
import { limits } from "../../protocol/limits.ts";
import { toHex } from "../../protocol/ids.ts";
import {
  decodePieceAnswer,
  decodePieceRequest,
  encodePieceAnswer,
  type Piece,
  piecesOf,
} from "../../protocol/wire/content.ts";
import { decodeDocumentsAnswer, encodeDocumentsAnswer } from "../../protocol/wire/documents.ts";
import {
  decodeBucketsAnswer,
  decodeDeltaAnswer,
  decodeDigestsAnswer,
  decodeRecordsRequest,
  decodeSiblingsAnswer,
  decodeWriterAnswer,
  type DeltaAnswer,
  encodeBucketsAnswer,
  encodeDeltaAnswer,
  encodeDigestsAnswer,
  encodeSiblingsAnswer,
  encodeWriterAnswer,
} from "../../protocol/wire/records-exchange.ts";
import { flipped, nonsense } from "./hostile-bytes.ts";
import type { Chance } from "./chance.ts";

export interface Question {
  readonly protocol: string;
  readonly body: Uint8Array;
  readonly truth: Uint8Array;
  readonly chance: Chance;
}

/** Undefined: the truth, this time. */
type Answering = (question: Question) => Uint8Array | undefined;

export const hostileAnswers = {
  "wrong-bytes": onPieces(({ bytes }, chance) => ({ state: "sent", bytes: flipped(bytes, chance) })),
  "wrong-lengths": onPieces(({ bytes }, chance) => ({
    state: "sent",
    bytes: chance.happens(0.5) ? bytes.subarray(0, bytes.length >> 1) : Buffer.concat([bytes, chance.bytes(9)]),
  })),
  "content-not-had": onPieces((_piece, chance) => ({ state: chance.happens(0.5) ? "missing" : "later" })),
  "nonsense-answers": ({ truth, chance }) => nonsense(truth, chance),
  "oversized-answers": ({ chance }) =>
    chance.happens(0.1) ? new Uint8Array(limits.messageBytesMax - chance.integer(2)) : undefined,
  /** A head that its writer signed says how far the answer reaches, and what lives up to there is left out. */
  "withheld-records": onDelta((answer) => ({
    ...answer,
    writers: answer.writers.map(({ batches, tail }) => ({
      batches: batches.slice(0, -1),
      tail: tail ?? batches.at(-1)?.head,
    })),
    more: false,
  })),
  /** Batches with some of their records buried: the proof still stands. */
  "endless-answers": onDelta((answer) => ({ ...answer, writers: [], more: true })),
  "flipped-records": onDelta((answer, chance) => ({
    ...answer,
    writers: answer.writers.map((section) => ({
      ...section,
      batches: section.batches.map((part) => withFlippedRecord(part, chance)),
    })),
  })),
  "swapped-records": onDelta((answer) => ({
    ...answer,
    writers: answer.writers.map((section) => ({
      ...section,
      batches: section.batches.map((part) => ({ ...part, records: part.records.toReversed() })),
    })),
  })),
  "foreign-sections": onDelta((answer) => ({
    ...answer,
    writers: answer.writers.map((section, at) => ({ ...section, batches: answer.writers.at(at - 1)?.batches ?? [] })),
  })),
  "false-floors": onDelta((answer) => {
    const all = new Map(
      answer.writers
        .flatMap(({ batches }) => batches.map(({ head }) => head.header.writer))
        .map((writer) => [writer, 2 ** 40]),
    );
    return { ...answer, floor: all, goal: all };
  }),
  "false-standings": ({ protocol, truth, chance }) => {
    const answer = protocol === recordsProtocol ? decodeDigestsAnswer(truth) : undefined;
    if (answer === undefined || answer.standings.length === 0) return undefined;
    const isEqual = chance.happens(0.5);
    const differing = answer.differing.map((digest) => ({ ...digest, contextDigest: toHex(chance.bytes(32)) }));
    return encodeDigestsAnswer({ standings: answer.standings.map(() => (isEqual ? "equal" : "differs")), differing });
  },
  "false-buckets": ({ protocol, body, truth, chance }) => {
    if (protocol !== recordsProtocol || decodeRecordsRequest(body)?.kind !== "buckets") return undefined;
    const answer = decodeBucketsAnswer(truth);
    if (answer === undefined) return undefined;
    const fingerprints = answer.fingerprints.map(() => ({ count: chance.integer(9), sum: chance.bytes(32) }));
    return encodeBucketsAnswer({ ...answer, fingerprints });
  },
  "withheld-siblings": ({ protocol, body, truth, chance }) => {
    if (protocol !== recordsProtocol || decodeRecordsRequest(body)?.kind !== "siblings") return undefined;
    const answer = decodeSiblingsAnswer(truth);
    if (answer === undefined) return undefined;
    return encodeSiblingsAnswer({ batches: answer.batches.filter(() => chance.happens(0.5)), next: undefined });
  },
  /** Whoever comes back asks how far its own writer is known. */
  "false-counters": ({ protocol, body, truth, chance }) => {
    if (protocol !== recordsProtocol || decodeRecordsRequest(body)?.kind !== "writer") return undefined;
    const known = decodeWriterAnswer(truth);
    return (
      known && encodeWriterAnswer(new Map([...known].map(([collection]) => [collection, chance.integer(2 ** 31)])))
    );
  },
  "false-documents": ({ protocol, truth, chance }) => {
    const answer = protocol === documentsProtocol ? decodeDocumentsAnswer(truth) : undefined;
    if (answer === undefined || "code" in answer) return undefined;
    return encodeDocumentsAnswer({
      documents: answer.documents.map((document) => ({
        ...document,
        version: document.version + 1 + chance.integer(9),
        hash: toHex(chance.bytes(32)),
      })),
      envelopes: answer.envelopes.map((envelope) => flipped(envelope, chance)),
    });
  },
  "false-copies": ({ protocol, truth, chance }) => (protocol === verifyProtocol ? flipped(truth, chance) : undefined),
} as const satisfies Record<string, Answering>;

function onPieces(alter: (piece: Piece & { readonly state: "sent" }, chance: Chance) => Piece): Answering {
  return ({ protocol, body, truth, chance }) => {
    const names = protocol === contentProtocol ? decodePieceRequest(body)?.names.length : undefined;
    const answer = names === undefined ? undefined : decodePieceAnswer(truth, names);
    const data = answer?.isCompressed === true ? zstdDecompressSync(answer.data) : answer?.data;
    const pieces = answer && data && piecesOf(answer, data);
    return pieces && encodePieceAnswer(pieces.map((piece) => (piece.state === "sent" ? alter(piece, chance) : piece)));
  };
}

function onDelta(alter: (answer: DeltaAnswer, chance: Chance) => DeltaAnswer): Answering {
  return ({ protocol, body, truth, chance }) => {
    if (protocol !== recordsProtocol || decodeRecordsRequest(body)?.kind !== "delta") return undefined;
    const answer = decodeDeltaAnswer(truth);
    return answer && encodeDeltaAnswer(alter(answer, chance));
  };
}

function withFlippedRecord(part: BatchPart, chance: Chance): BatchPart {
  const at = chance.integer(Math.max(1, part.records.length));
  return { ...part, records: part.records.map((record, index) => (index === at ? flipped(record, chance) : record)) };
}
