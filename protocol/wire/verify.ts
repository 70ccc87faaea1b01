/** Questions about a peer's copy of a folder, and their answers, as bytes. */

import type { CopyItem } from "../folder/copy.ts";
import { type EntryPath, parseStandingPath } from "../folder/path.ts";
import { type FolderId, fromHex, parseFolderId, toHex } from "../ids.ts";
import { limits } from "../limits.ts";
import { type FolderState, folderStates } from "../membership/beacon.ts";
import { sha256 } from "../sha256.ts";
import { decodeEntry, encodeEntry } from "./entry.ts";
import {
  CopyState as CopyStateMessage,
  RangeDigest as RangeDigestMessage,
  RangeItems as RangeItemsMessage,
  VerifyRequest as VerifyRequestMessage,
} from "./generated/verify.js";

const verifyAsks = ["state", "digest", "items"] as const;

/** Paths after `after` up to and including `to`, in the order of stores; undefined for an open end. */
export interface PathRange {
  readonly after: EntryPath | undefined;
  readonly to: EntryPath | undefined;
}

export type VerifyRequest =
  | { readonly ask: "state"; readonly folder: FolderId }
  | { readonly ask: "digest" | "items"; readonly folder: FolderId; readonly range: PathRange; readonly deep: boolean };

/** What a holder says of its copy as a whole. */
export interface CopyState {
  /** 64 hex digits, as in the beacon. */
  readonly contextDigest: string;
  readonly count: number;
  readonly sum: string;
  readonly state: FolderState;
  readonly missingFiles: number;
  readonly blockedFiles: number;
  readonly heldBack: number;
}

export interface RangeDigest {
  readonly items: number;
  /** 64 hex digits. */
  readonly digest: string;
  /** False: the range has more items than one answer looks at. */
  readonly isWhole: boolean;
}

export interface RangeItems {
  readonly items: readonly CopyItem[];
  /** Undefined: that is the whole range. Otherwise the rest comes after this path. */
  readonly readTo: EntryPath | undefined;
}

const requestBytesMax = 3 * limits.pathBytesMax;

/** Equal items in equal order have equal digests. */
export function digestOfRange({ items, readTo }: RangeItems): RangeDigest {
  const parts = items.flatMap(({ path, entry }) => {
    const bytes = [new TextEncoder().encode(path), entry === undefined ? new Uint8Array(0) : encodeEntry(entry)];
    return bytes.flatMap((each) => [lengthBytes(each.length), each]);
  });
  return { items: items.length, digest: toHex(sha256(...parts)), isWhole: readTo === undefined };
}

export function encodeVerifyRequest(request: VerifyRequest): Uint8Array {
  const range = request.ask === "state" ? { after: undefined, to: undefined } : request.range;
  return VerifyRequestMessage.encode({
    folder: request.folder,
    ask: verifyAsks.indexOf(request.ask) + 1,
    after: range.after ?? "",
    to: range.to ?? "",
    deep: request.ask === "state" ? false : request.deep,
  });
}

/** @returns undefined for what is malformed or above its limits */
export function decodeVerifyRequest(body: Uint8Array): VerifyRequest | undefined {
  const message = body.length > requestBytesMax ? undefined : attempt(() => VerifyRequestMessage.decode(body));
  if (message === undefined) return undefined;
  const folder = parseFolderId(message.folder);
  const ask = verifyAsks[message.ask - 1];
  if (folder === undefined || ask === undefined) return undefined;
  if (ask === "state") return { ask, folder };
  const after = parseStandingPath(message.after);
  const to = parseStandingPath(message.to);
  if ((after === undefined && message.after !== "") || (to === undefined && message.to !== "")) return undefined;
  return { ask, folder, range: { after, to }, deep: message.deep };
}

export function encodeCopyState(copy: CopyState): Uint8Array {
  return CopyStateMessage.encode({
    ...copy,
    contextDigest: new Uint8Array(fromHex(copy.contextDigest)),
    sum: new Uint8Array(fromHex(copy.sum)),
    state: folderStates.indexOf(copy.state) + 1,
  });
}

export function decodeCopyState(body: Uint8Array): CopyState | undefined {
  const message = attempt(() => CopyStateMessage.decode(body));
  const state = message === undefined ? undefined : folderStates[message.state - 1];
  if (message === undefined || state === undefined) return undefined;
  const { contextDigest, sum, count, missingFiles, blockedFiles, heldBack } = message;
  if (contextDigest.length !== 32 || sum.length !== 32) return undefined;
  return { contextDigest: toHex(contextDigest), count, sum: toHex(sum), state, missingFiles, blockedFiles, heldBack };
}

export function encodeRangeDigest({ items, digest, isWhole }: RangeDigest): Uint8Array {
  return RangeDigestMessage.encode({ items, digest: new Uint8Array(fromHex(digest)), isWhole });
}

export function decodeRangeDigest(body: Uint8Array): RangeDigest | undefined {
  const message = attempt(() => RangeDigestMessage.decode(body));
  if (message === undefined || message.digest.length !== 32) return undefined;
  return { items: message.items, digest: toHex(message.digest), isWhole: message.isWhole };
}

export function encodeRangeItems({ items, readTo }: RangeItems): Uint8Array {
  return RangeItemsMessage.encode({
    items: items.map(({ path, entry }) => ({
      path,
      entry: new Uint8Array(entry === undefined ? [] : encodeEntry(entry)),
    })),
    readTo: readTo ?? "",
  });
}

/** @returns undefined for what is malformed or above its limits */
export function decodeRangeItems(body: Uint8Array): RangeItems | undefined {
  if (body.length > limits.messageBytesMax) return undefined;
  const message = attempt(() => RangeItemsMessage.decode(body, { limits: { items: limits.verifyItemsMax } }));
  if (message === undefined) return undefined;
  const readTo = parseStandingPath(message.readTo);
  if (readTo === undefined && message.readTo !== "") return undefined;
  const items: CopyItem[] = [];
  for (const item of message.items) {
    const path = parseStandingPath(item.path);
    const decoded = item.entry.length === 0 ? undefined : decodeEntry(item.entry)?.entry;
    if (path === undefined || decoded?.kind === "deleted") return undefined;
    // An entry of a kind that only the other side knows is one that this side cannot read.
    items.push({ path, entry: decoded });
  }
  return { items, readTo };
}

function lengthBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, length);
  return bytes;
}

function attempt<Message>(decode: () => Message): Message | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}
