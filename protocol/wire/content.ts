/** Requests for content and their answers as bytes. */

import { type BlockSet, blockSetBytes } from "../content/patch.ts";
import { type FolderId, fromHex, parseFolderId, toHex } from "../ids.ts";
import { limits } from "../limits.ts";
import { ContentAnswer, ContentRequest } from "./generated/content.js";

/**
 * What is asked for: whole small files by content root; by their hash manifest pages, chunks, the
 * block lists of chunks, or blocks of chunks.
 */
export const pieceKinds = ["file", "page", "chunk", "block-list", "blocks"] as const;
export type PieceKind = (typeof pieceKinds)[number];

export interface PieceRequest {
  readonly folder: FolderId;
  readonly kind: PieceKind;
  /** 64 hex digits each; at most `limits.contentNamesMax`. */
  readonly names: readonly string[];
  /** For each name the blocks of the chunk that are asked for; of kind "blocks" only. */
  readonly wanted: readonly BlockSet[];
  /** What the asked peer sent last was wrong: it shall look at what it has before it answers. */
  readonly doubted: boolean;
  /** Whether the answer may be compressed. */
  readonly compression: boolean;
}

/** A piece as answered: its bytes, not had, or had but the answer was full. */
export type Piece =
  | { readonly state: "sent"; readonly bytes: Uint8Array }
  | { readonly state: "missing" }
  | { readonly state: "later" };

/** An answer as it came. */
export interface PieceAnswer {
  /** What was sent, one piece behind the other; compressed if `isCompressed`. */
  readonly data: Uint8Array;
  readonly isCompressed: boolean;
  /** Bytes of all pieces. */
  readonly piecesBytes: number;
  readonly states: Uint8Array;
  /** Of the pieces sent. */
  readonly lengths: readonly number[];
}

const states = { missing: 0, sent: 1, later: 2 } as const;
const nameBytes = 32;
const requestBytesMax = limits.contentNamesMax * (nameBytes + blockSetBytes) + 1_024;

export function encodePieceRequest(request: PieceRequest): Uint8Array {
  return ContentRequest.encode({
    folder: request.folder,
    kind: pieceKinds.indexOf(request.kind) + 1,
    names: new Uint8Array(fromHex(request.names.join(""))),
    wanted: new Uint8Array(Buffer.concat(request.wanted)),
    doubted: request.doubted,
    compression: request.compression,
  });
}

/** @returns undefined for what is malformed or above its limits */
export function decodePieceRequest(body: Uint8Array): PieceRequest | undefined {
  if (body.length > requestBytesMax) return undefined;
  let message: ContentRequest;
  try {
    message = ContentRequest.decode(body);
  } catch {
    return undefined;
  }
  const { names, wanted, doubted, compression } = message;
  const folder = parseFolderId(message.folder);
  const kind = pieceKinds[message.kind - 1];
  if (folder === undefined || kind === undefined) return undefined;
  const count = names.length / nameBytes;
  if (!Number.isInteger(count) || count === 0 || count > limits.contentNamesMax) return undefined;
  if (wanted.length !== (kind === "blocks" ? count * blockSetBytes : 0)) return undefined;
  const hex = toHex(names);
  return {
    folder,
    kind,
    names: Array.from({ length: count }, (_, at) => hex.slice(at * 64, at * 64 + 64)),
    wanted: Array.from({ length: wanted.length / blockSetBytes }, (_, at) =>
      wanted.subarray(at * blockSetBytes, (at + 1) * blockSetBytes),
    ),
    doubted,
    compression,
  };
}

/** @param compressed all that is sent as one zstd frame, where that is smaller */
export function encodePieceAnswer(pieces: readonly Piece[], compressed?: Uint8Array): Uint8Array {
  const sent = pieces.filter((piece) => piece.state === "sent");
  const lengths = Buffer.alloc(sent.length * 4);
  for (const [at, piece] of sent.entries()) lengths.writeUInt32BE(piece.bytes.length, at * 4);
  const head = ContentAnswer.encode({
    states: Uint8Array.from(pieces, (piece) => states[piece.state]),
    lengths: new Uint8Array(lengths),
    compressed: compressed !== undefined,
  });
  const parts = compressed === undefined ? sent.map(({ bytes }) => bytes) : [compressed];
  const dataBytes = parts.reduce((sum, bytes) => sum + bytes.length, 0);
  if (dataBytes === 0) return head;
  // This field is appended by hand: an answer is a megabyte, and each copy of it costs.
  const tag = [...head, dataTag, ...varint(dataBytes)];
  const answer = new Uint8Array(tag.length + dataBytes);
  answer.set(tag);
  let at = tag.length;
  for (const bytes of parts) {
    answer.set(bytes, at);
    at += bytes.length;
  }
  return answer;
}

/** Field 3 of `ContentAnswer`, length-delimited. */
const dataTag = (3 << 3) | 2;

function varint(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

/**
 * @param count how many names were asked for
 * @returns undefined when the answer does not fit the question
 */
export function decodePieceAnswer(body: Uint8Array, count: number): PieceAnswer | undefined {
  if (body.length > limits.messageBytesMax) return undefined;
  let message: ContentAnswer;
  try {
    message = ContentAnswer.decode(body);
  } catch {
    return undefined;
  }
  const { data, compressed, states: said } = message;
  if (said.length !== count || said.some((state) => state > states.later)) return undefined;
  const view = Buffer.from(message.lengths.buffer, message.lengths.byteOffset, message.lengths.byteLength);
  const sent = said.reduce((sum, state) => sum + (state === states.sent ? 1 : 0), 0);
  if (view.length !== sent * 4) return undefined;
  const lengths = Array.from({ length: sent }, (_, at) => view.readUInt32BE(at * 4));
  const piecesBytes = lengths.reduce((sum, length) => sum + length, 0);
  if (piecesBytes > limits.messageBytesMax || (!compressed && piecesBytes !== data.length)) return undefined;
  return { data, isCompressed: compressed, piecesBytes, states: said, lengths };
}

/** @param data of the answer, decompressed if it was compressed: `piecesBytes` of it */
export function piecesOf({ states: said, lengths, piecesBytes }: PieceAnswer, data: Uint8Array): readonly Piece[] {
  if (data.length !== piecesBytes) throw new Error(`${data.length} bytes are not those of an answer`);
  const sent = lengths.values();
  let at = 0;
  return Array.from(said, (state): Piece => {
    if (state === states.missing) return { state: "missing" };
    if (state === states.later) return { state: "later" };
    const length = sent.next().value ?? 0;
    return { state: "sent", bytes: data.subarray(at, (at += length)) };
  });
}
