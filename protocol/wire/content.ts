/** Requests for content and their answers as bytes. */

import { type FolderId, fromHex, parseFolderId, toHex } from "../ids.ts";
import { limits } from "../limits.ts";
import { ContentAnswer, ContentRequest } from "./generated/content.js";

/** What is asked for: whole small files by content root, manifest pages or chunks by their hash. */
export const pieceKinds = ["file", "page", "chunk"] as const;
export type PieceKind = (typeof pieceKinds)[number];

export interface PieceRequest {
  readonly folder: FolderId;
  readonly kind: PieceKind;
  /** 64 hex digits each; at most `limits.contentNamesMax`. */
  readonly names: readonly string[];
  /** What the asked peer sent last was wrong: it shall look at what it has before it answers. */
  readonly doubted: boolean;
}

/** A piece as answered: its bytes, not had, or had but the answer was full. */
export type Piece =
  | { readonly state: "sent"; readonly bytes: Uint8Array }
  | { readonly state: "missing" }
  | { readonly state: "later" };

const states = { missing: 0, sent: 1, later: 2 } as const;
const nameBytes = 32;

export function encodePieceRequest(request: PieceRequest): Uint8Array {
  return ContentRequest.encode({
    folder: request.folder,
    kind: pieceKinds.indexOf(request.kind) + 1,
    names: new Uint8Array(fromHex(request.names.join(""))),
    doubted: request.doubted,
  });
}

/** @returns undefined for what is malformed or above its limits */
export function decodePieceRequest(body: Uint8Array): PieceRequest | undefined {
  if (body.length > limits.contentNamesMax * nameBytes + 1024) return undefined;
  let message: ContentRequest;
  try {
    message = ContentRequest.decode(body);
  } catch {
    return undefined;
  }
  const folder = parseFolderId(message.folder);
  const kind = pieceKinds[message.kind - 1];
  if (folder === undefined || kind === undefined) return undefined;
  const { names } = message;
  if (names.length === 0 || names.length % nameBytes !== 0 || names.length > limits.contentNamesMax * nameBytes) {
    return undefined;
  }
  const hex = toHex(names);
  return {
    folder,
    kind,
    names: Array.from({ length: names.length / nameBytes }, (_, at) => hex.slice(at * 64, at * 64 + 64)),
    doubted: message.doubted,
  };
}

export function encodePieceAnswer(pieces: readonly Piece[]): Uint8Array {
  const sent = pieces.filter((piece) => piece.state === "sent");
  const lengths = Buffer.alloc(sent.length * 4);
  for (const [at, piece] of sent.entries()) lengths.writeUInt32BE(piece.bytes.length, at * 4);
  const head = ContentAnswer.encode({
    states: Uint8Array.from(pieces, (piece) => states[piece.state]),
    lengths: new Uint8Array(lengths),
    data: new Uint8Array(0),
  });
  const dataBytes = sent.reduce((sum, piece) => sum + piece.bytes.length, 0);
  if (dataBytes === 0) return head;
  // The last field is appended by hand: an answer is a megabyte, and each copy of it costs.
  const tag = [...head, dataTag, ...varint(dataBytes)];
  const answer = new Uint8Array(tag.length + dataBytes);
  answer.set(tag);
  let at = tag.length;
  for (const { bytes } of sent) {
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
export function decodePieceAnswer(body: Uint8Array, count: number): readonly Piece[] | undefined {
  if (body.length > limits.messageBytesMax) return undefined;
  let message: ContentAnswer;
  try {
    message = ContentAnswer.decode(body);
  } catch {
    return undefined;
  }
  if (message.states.length !== count) return undefined;
  const lengths = Buffer.from(message.lengths.buffer, message.lengths.byteOffset, message.lengths.byteLength);
  const pieces: Piece[] = [];
  let lengthsAt = 0;
  let dataAt = 0;
  for (const state of message.states) {
    if (state === states.sent) {
      if (lengthsAt + 4 > lengths.length) return undefined;
      const length = lengths.readUInt32BE(lengthsAt);
      if (dataAt + length > message.data.length) return undefined;
      pieces.push({ state: "sent", bytes: message.data.subarray(dataAt, dataAt + length) });
      lengthsAt += 4;
      dataAt += length;
    } else if (state === states.missing) pieces.push({ state: "missing" });
    else if (state === states.later) pieces.push({ state: "later" });
    else return undefined;
  }
  return lengthsAt === lengths.length && dataAt === message.data.length ? pieces : undefined;
}
