/**
 * Where the content of held paths lies: which paths have a content root, which pages its manifest
 * has, which chunk stands at which offset.
 *
 * Small files travel whole and are found by their root; only larger ones have rows for pages and
 * chunks. Rows of a content go with the last path that held it.
 */

import {
  type ChunkHash,
  type ContentRoot,
  type FolderId,
  fromHex,
  parseContentRoot,
  toHex,
} from "../../protocol/ids.ts";
import type { ManifestPage } from "../../protocol/content/manifest-builder.ts";
import { type EntryPath, parseStandingPath } from "../../protocol/folder/path.ts";
import { afterKey, lastText, rowKey, rowRange } from "../keys.ts";
import type { Change, Store } from "../ports.ts";

/** A chunk in a file that this peer holds. */
export interface LocalChunk {
  readonly path: EntryPath;
  readonly offset: number;
  readonly length: number;
}

/** How many contents with one chunk are looked at before it is called missing. */
const contentsTried = 4;
const pageRows = 256;
/** Rows written at a time: a few milliseconds' work. */
const partRows = 1_024;

export class ContentRows {
  readonly #store: Store;
  readonly #folder: FolderId;

  constructor(store: Store, folder: FolderId) {
    this.#store = store;
    this.#folder = folder;
  }

  /** Paths that hold a content, at most `limit` of them. */
  async pathsOf(root: ContentRoot, limit: number): Promise<readonly EntryPath[]> {
    const range = rowRange("r", this.#folder, { hex: root });
    const rows = await this.#store.range({ ...range, limit });
    return rows
      .map(([key]) => parseStandingPath(lastText(key, range.from.length)))
      .filter((path) => path !== undefined);
  }

  /** Where on this peer's disk the bytes of each chunk should lie. Whoever reads them checks. */
  async findChunks(chunks: readonly ChunkHash[]): Promise<readonly (LocalChunk | undefined)[]> {
    // Chunks that are looked for together mostly lie in one content.
    const paths = new Map<ContentRoot, Promise<EntryPath | undefined>>();
    const pathOf = (root: ContentRoot): Promise<EntryPath | undefined> => {
      const path = paths.get(root) ?? this.pathsOf(root, 1).then(([first]) => first);
      paths.set(root, path);
      return path;
    };
    return Promise.all(chunks.map((chunk) => this.#findChunk(chunk, pathOf)));
  }

  async #findChunk(
    chunk: ChunkHash,
    pathOf: (root: ContentRoot) => Promise<EntryPath | undefined>,
  ): Promise<LocalChunk | undefined> {
    const range = rowRange("c", this.#folder, { hex: chunk });
    for (const [key, value] of await this.#store.range({ ...range, limit: contentsTried })) {
      const root = parseContentRoot(toHex(key.subarray(range.from.length)));
      const path = root === undefined ? undefined : await pathOf(root);
      if (path !== undefined) return { path, ...placeOf(value) };
    }
    return undefined;
  }

  /** A manifest page of any held content. */
  async page(hash: string): Promise<Uint8Array | undefined> {
    const range = rowRange("m", this.#folder, { hex: hash });
    const [row] = await this.#store.range({ ...range, limit: 1 });
    return row?.[1];
  }

  /**
   * Makes a content known, before a path that has it does: without such a path its rows mean
   * nothing. A content of many chunks is written in parts, so that nothing else has to wait long.
   */
  async write(root: ContentRoot, pages: readonly ManifestPage[]): Promise<void> {
    if (pages.length === 0) return;
    // First of all the list by which the rest is found again, also after a crash in between.
    const names = new Uint8Array(Buffer.concat(pages.map((page) => pageNames(page))));
    await this.#store.write([{ kind: "put", key: this.#listKey(root), value: names }], { durable: false });
    await this.#writeParts(this.#rowsOf(root, pages));
  }

  /** Forgets a content unless a path holds it. */
  async sweep(root: ContentRoot): Promise<void> {
    if ((await this.pathsOf(root, 1)).length > 0) return;
    const names = await this.#store.get(this.#listKey(root));
    if (names === undefined) return;
    await this.#writeParts(this.#forgottenRows(root, readPageNames(names)));
  }

  /** Contents that a crash left without a path. */
  async sweepAll(): Promise<void> {
    const range = rowRange("n", this.#folder);
    let { from } = range;
    for (;;) {
      const rows = await this.#store.range({ from, to: range.to, limit: pageRows });
      for (const [key] of rows) {
        const root = parseContentRoot(toHex(key.subarray(range.from.length)));
        if (root !== undefined) await this.sweep(root);
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageRows) return;
      from = afterKey(last[0]);
    }
  }

  pathKey(root: ContentRoot, path: EntryPath): Uint8Array {
    return rowKey("r", this.#folder, { hex: root }, path);
  }

  *#rowsOf(root: ContentRoot, pages: readonly ManifestPage[]): Generator<Change> {
    for (const page of pages) {
      yield { kind: "put", key: this.#pageKey(page.hash, root), value: page.bytes };
      for (const chunk of page.chunks)
        yield { kind: "put", key: this.#chunkKey(chunk.hash, root), value: placeBytes(chunk) };
    }
  }

  *#forgottenRows(root: ContentRoot, pages: ReturnType<typeof readPageNames>): Generator<Change> {
    for (const { page, chunks } of pages) {
      yield { kind: "delete", key: this.#pageKey(page, root) };
      for (const chunk of chunks) yield { kind: "delete", key: this.#chunkKey(chunk, root) };
    }
    yield { kind: "delete", key: this.#listKey(root) };
  }

  async #writeParts(rows: Iterable<Change>): Promise<void> {
    let part: Change[] = [];
    for (const row of rows) {
      part.push(row);
      if (part.length < partRows) continue;
      await this.#store.write(part, { durable: false });
      part = [];
    }
    if (part.length > 0) await this.#store.write(part, { durable: false });
  }

  #listKey(root: ContentRoot): Uint8Array {
    return rowKey("n", this.#folder, { hex: root });
  }

  #pageKey(page: string, root: ContentRoot): Uint8Array {
    return rowKey("m", this.#folder, { hex: page }, { hex: root });
  }

  #chunkKey(chunk: string, root: ContentRoot): Uint8Array {
    return rowKey("c", this.#folder, { hex: chunk }, { hex: root });
  }
}

const hashBytes = 32;
const countBytes = 4;

/** One page in an "n" row: its hash, how many chunks it names, their hashes. */
function pageNames(page: ManifestPage): Uint8Array {
  const count = Buffer.alloc(countBytes);
  count.writeUInt32BE(page.chunks.length);
  return Buffer.concat([fromHex(page.hash), count, ...page.chunks.map((chunk) => fromHex(chunk.hash))]);
}

function readPageNames(row: Uint8Array): { readonly page: string; readonly chunks: readonly string[] }[] {
  const buffer = Buffer.from(row.buffer, row.byteOffset, row.byteLength);
  const pages: { page: string; chunks: string[] }[] = [];
  let at = 0;
  const nextHash = (): string => buffer.toString("hex", at, (at += hashBytes));
  while (at < buffer.length) {
    const page = nextHash();
    const count = buffer.readUInt32BE(at);
    at += countBytes;
    pages.push({ page, chunks: Array.from({ length: count }, nextHash) });
  }
  return pages;
}

function placeBytes(place: { readonly offset: number; readonly length: number }): Uint8Array {
  const bytes = Buffer.alloc(12);
  bytes.writeBigUInt64BE(BigInt(place.offset), 0);
  bytes.writeUInt32BE(place.length, 8);
  return bytes;
}

function placeOf(value: Uint8Array): { readonly offset: number; readonly length: number } {
  const view = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return { offset: Number(view.readBigUInt64BE(0)), length: view.readUInt32BE(8) };
}
