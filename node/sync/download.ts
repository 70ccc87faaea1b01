/**
 * A download: a file of any size, chunk by chunk, into a staged file.
 *
 * It walks down the manifest, of which this peer knows the pages that did not change, and brings in
 * the chunks of a part at a time, several parts at once. Every chunk is verified in the buffer that
 * is written, and the manifest covers the whole file, so nothing is read a second time (FORMATS 13).
 */

import { ManifestBuilder, type ManifestPage } from "../../protocol/content/manifest-builder.ts";
import { ManifestWalk } from "../../protocol/content/manifest-walk.ts";
import { type ChunkPlace, nameOfPage, nameOfTopPage, openTopPage } from "../../protocol/content/manifest.ts";
import type { FileEntry } from "../../protocol/folder/entry.ts";
import { limits } from "../../protocol/limits.ts";
import { allOf } from "../all-of.ts";
import type { StagedFile } from "../ports.ts";
import { ChunkFinder, type ChunkFinderOptions } from "./chunk-finder.ts";
import { writeUnlessZero } from "./holes.ts";
import type { HeldPlace } from "./local-read.ts";
import type { Verify } from "./piece-check.ts";

/** Parts of a large file that are under way at a time, each up to `limits.contentAnswerBytesMax`. */
const partsAtOnce = 6;
/** Manifest pages asked for at a time, about 130 files of 8 MiB each. */
const pagesAtOnce = 16;

/** Nobody who was asked has a piece; somebody may have it later. */
export class PieceMissingError extends Error {}

export interface DownloadWish {
  readonly entry: FileEntry;
  /** What stands at the path now, which the file may share much with. */
  readonly old: HeldPlace | undefined;
  readonly onBytes: (bytes: number) => void;
}

export class Download {
  readonly #options: ChunkFinderOptions;
  readonly #wish: DownloadWish;
  readonly #file: StagedFile;
  readonly #signal: AbortSignal;
  readonly #chunks: ChunkFinder;

  constructor(options: ChunkFinderOptions, wish: DownloadWish, file: StagedFile, signal: AbortSignal) {
    this.#options = options;
    this.#wish = wish;
    this.#file = file;
    this.#signal = signal;
    this.#chunks = new ChunkFinder(options, wish.old);
  }

  /** @returns the pages of the manifest. @throws PieceMissingError, DiskError */
  async run(): Promise<readonly ManifestPage[]> {
    const { entry, onBytes } = this.#wish;
    const [topBytes] = await this.#pages([entry.root], (bytes) => nameOfTopPage(bytes));
    const top = openTopPage(entry.root, entry.size, topBytes ?? empty);
    if ("code" in top) throw new PieceMissingError(top.code);
    const walk = new ManifestWalk(top);
    const pages: ManifestPage[] = [];
    const builder = new ManifestBuilder((page) => pages.push(page));
    const underWay = new Set<Promise<void>>();
    let failure: Error | undefined;
    const start = async (part: readonly ChunkPlace[]): Promise<void> => {
      if (underWay.size >= partsAtOnce) await Promise.race(underWay);
      const task: Promise<void> = this.#bring(part)
        .then(() => onBytes(part.reduce((sum, chunk) => sum + chunk.length, 0)))
        .catch((error: unknown) => {
          failure ??= error instanceof Error ? error : new Error(String(error));
        })
        .finally(() => underWay.delete(task));
      underWay.add(task);
    };
    try {
      while (!walk.finished && failure === undefined && !this.#signal.aborted) {
        const chunks = walk.take();
        for (const chunk of chunks) builder.add(chunk);
        for (const part of partsOf(chunks)) if (failure === undefined) await start(part);
        const slots = walk.wanted(pagesAtOnce);
        const bytes = await this.#pages(
          slots.map(({ hash }) => hash),
          (page) => nameOfPage(page),
        );
        for (const [at, slot] of slots.entries()) {
          const refusal = walk.give(slot, bytes[at] ?? empty);
          if (refusal !== undefined) failure ??= new PieceMissingError(refusal.code);
        }
      }
    } finally {
      // Whatever ended it: a write that is still under way must not outlive the file's descriptor.
      await Promise.all(underWay);
    }
    if (failure !== undefined) throw failure;
    if (this.#signal.aborted || builder.finish().root !== entry.root) throw new PieceMissingError("aborted");
    // Sets the size where a hole ends the file.
    await this.#file.truncate(entry.size);
    return pages;
  }

  async #pages(names: readonly string[], nameOf: (bytes: Uint8Array) => string): Promise<readonly Uint8Array[]> {
    const { folder, fetcher } = this.#options;
    const local = await Promise.all(names.map((name) => folder.index.contents.page(name)));
    const missing = names.filter((_, at) => local[at] === undefined);
    const verify: Verify = async (asked, pieces) => pieces.map((bytes, at) => nameOf(bytes) === asked[at]);
    const fetched = await fetcher.fetch({ kind: "page", names: missing, verify }, this.#signal);
    return names.map((name, at) => {
      const bytes = local[at] ?? fetched.get(name);
      if (bytes === undefined) throw new PieceMissingError(`page ${name}`);
      return bytes;
    });
  }

  async #bring(part: readonly ChunkPlace[]): Promise<void> {
    const found = await this.#chunks.find(part, this.#signal);
    await allOf(
      part.map(async ({ hash, offset, length }) => {
        const bytes = found.get(hash);
        if (bytes === undefined || bytes.length !== length) throw new PieceMissingError(`chunk ${hash}`);
        await writeUnlessZero(this.#file, bytes, offset);
      }),
    );
  }
}

const empty = new Uint8Array(0);

/** Chunks in a row that fit in one answer together. */
function* partsOf(chunks: readonly ChunkPlace[]): Generator<readonly ChunkPlace[]> {
  let part: ChunkPlace[] = [];
  let bytes = 0;
  for (const chunk of chunks) {
    if (bytes + chunk.length > limits.contentAnswerBytesMax || part.length >= limits.contentNamesMax) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(chunk);
    bytes += chunk.length;
  }
  if (part.length > 0) yield part;
}
