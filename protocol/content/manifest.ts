/**
 * A manifest: the chunks of a file, in pages under a hash tree whose top page gives the content its
 * name (FORMATS 12).
 *
 * A page lists chunks (level 0) or pages of the level below, each with its hash and how many bytes
 * of content it stands for. Where a page ends is decided by its entries' hashes, so two versions of
 * a file share all pages but those on the path to a change. One content has one manifest: a page
 * that ends elsewhere than the rule says is refused, as are lengths that do not add up.
 *
 * A page as bytes: algorithm id, level, then each entry's hash (32 bytes) and length, big endian (4
 * bytes on level 0, 8 above). A page is named by SHA-256 over a tag and its bytes. The top page has
 * a tag of its own, and its name is the content root; so a file of one chunk costs one small hash.
 * Algorithm 1: frozen.
 */

import {
  type ChunkHash,
  chunkHashOf,
  type ContentRoot,
  contentRootOf,
  fromHex,
  type PageHash,
  pageHashOf,
} from "../ids.ts";
import { limits } from "../limits.ts";
import type { Refusal } from "../refusal.ts";
import { sha256 } from "../sha256.ts";

export interface ChunkRef {
  readonly hash: ChunkHash;
  /** Bytes, 1 to 256 KiB; below 16 KiB only at the end of a file. */
  readonly length: number;
}

/** A chunk and where in the content it starts. */
export interface ChunkPlace extends ChunkRef {
  readonly offset: number;
}

/** What a page says of a page below it: all that is needed to fetch and judge that page. */
export interface PageSlot {
  readonly hash: PageHash;
  /** 0 for a page of chunks. */
  readonly level: number;
  /** Bytes of content before this page and in it. */
  readonly offset: number;
  readonly length: number;
  /** Whether the content ends with this page. */
  readonly last: boolean;
}

/** A page that was verified. */
export type Page =
  | { readonly kind: "chunks"; readonly chunks: readonly ChunkPlace[] }
  | { readonly kind: "pages"; readonly slots: readonly PageSlot[] };

/** An entry of a page: a chunk, or a page of the level below. */
export interface PageEntry {
  readonly hash: ChunkHash | PageHash;
  readonly length: number;
}

/** The id of gear table, cut rules and manifest format taken together. */
const contentAlgorithm = 1;
const pageTag = new TextEncoder().encode("cdmesh page\0");
const topTag = new TextEncoder().encode("cdmesh content\0");
const headerBytes = 2;
const hashBytes = 32;
const chunkLengthBytes = 4;
const pageLengthBytes = 8;
/** As hashes are hex, one in 96 is below this: 32 entries and 96 more are 128 on average. */
const endsBelow = "02ab";

/**
 * Whether a page ends with this entry, as the `count`-th of it, when more entries follow.
 * Entries below the minimum never end one; the maximum always does.
 */
export function endsPage(entry: PageEntry, count: number): boolean {
  if (count < limits.manifestPageEntriesMin) return false;
  return entry.hash < endsBelow || count === limits.manifestPageEntriesMax;
}

export function encodePage(level: number, entries: readonly PageEntry[]): Uint8Array {
  const entryBytes = entryBytesAt(level);
  const bytes = new Uint8Array(headerBytes + entries.length * entryBytes);
  const view = new DataView(bytes.buffer);
  bytes[0] = contentAlgorithm;
  bytes[1] = level;
  let at = headerBytes;
  for (const { hash, length } of entries) {
    bytes.set(fromHex(hash), at);
    if (level === 0) view.setUint32(at + hashBytes, length);
    else view.setBigUint64(at + hashBytes, BigInt(length));
    at += entryBytes;
  }
  return bytes;
}

/** The name of a page that stands below another. */
export function nameOfPage(bytes: Uint8Array): PageHash {
  return pageHashOf(sha256(pageTag, bytes));
}

/** The name of the content whose top page this is. */
export function nameOfTopPage(bytes: Uint8Array): ContentRoot {
  return contentRootOf(sha256(topTag, bytes));
}

/**
 * Verifies the top page of a content.
 *
 * @param size of the whole content in bytes, as its entry says
 */
export function openTopPage(root: ContentRoot, size: number, bytes: Uint8Array): Page | Refusal {
  if (nameOfTopPage(bytes) !== root) return { code: "page-hash-mismatch", page: root };
  const level = bytes[1] ?? 0;
  if (level >= limits.manifestLevelsMax) return malformed(root, `level ${level} is too high`);
  const page = decodePage(root, { level, offset: 0, length: size, last: true }, bytes);
  // A page of one page would give the same chunks a second name.
  if ("kind" in page && page.kind === "pages" && page.slots.length < 2)
    return malformed(root, "the top page has no use");
  return page;
}

/** Verifies a page below the top against what its parent says of it. */
export function openPage(slot: PageSlot, bytes: Uint8Array): Page | Refusal {
  if (nameOfPage(bytes) !== slot.hash) return { code: "page-hash-mismatch", page: slot.hash };
  if (bytes.length === headerBytes) return malformed(slot.hash, "it is empty");
  return decodePage(slot.hash, slot, bytes);
}

type Expected = Omit<PageSlot, "hash">;

function decodePage(name: PageHash | ContentRoot, expected: Expected, bytes: Uint8Array): Page | Refusal {
  const { level } = expected;
  const entryBytes = entryBytesAt(level);
  const count = (bytes.length - headerBytes) / entryBytes;
  if (bytes[0] !== contentAlgorithm) return malformed(name, `algorithm ${bytes[0]} is unknown`);
  if (bytes[1] !== level) return malformed(name, `level ${bytes[1]} instead of ${level}`);
  if (!Number.isInteger(count)) return malformed(name, "part of an entry");
  if (count > limits.manifestPageEntriesMax) return malformed(name, `${count} entries`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: ChunkPlace[] = [];
  const slots: PageSlot[] = [];
  const end = expected.offset + expected.length;
  let offset = expected.offset;
  for (let index = 0; index < count; index += 1) {
    const at = headerBytes + index * entryBytes;
    const digest = bytes.subarray(at, at + hashBytes);
    const final = index === count - 1;
    const last = final && expected.last;
    const length = level === 0 ? view.getUint32(at + hashBytes) : Number(view.getBigUint64(at + hashBytes));
    if (!(level === 0 ? isChunkLength(length, last) : isPageLength(length))) return malformed(name, `length ${length}`);
    const slot = { hash: pageHashOf(digest), level: level - 1, offset, length, last };
    // Only the page that the content ends with may end without a reason.
    if (endsPage(slot, index + 1) !== final && !last)
      return malformed(name, `an end at entry ${index + 1} of ${count}`);
    if (level === 0) chunks.push({ hash: chunkHashOf(digest), offset, length });
    else slots.push(slot);
    offset += length;
    if (offset > end) break;
  }
  if (offset !== end) return malformed(name, `its lengths do not add up to ${expected.length}`);
  return level === 0 ? { kind: "chunks", chunks } : { kind: "pages", slots };
}

function entryBytesAt(level: number): number {
  return hashBytes + (level === 0 ? chunkLengthBytes : pageLengthBytes);
}

function isChunkLength(length: number, last: boolean): boolean {
  return length >= (last ? 1 : limits.chunkBytesMin) && length <= limits.chunkBytesMax;
}

function isPageLength(length: number): boolean {
  return length >= 1 && length <= limits.fileBytesMax;
}

function malformed(page: PageHash | ContentRoot, why: string): Refusal {
  return { code: "page-malformed", page, why };
}
