/**
 * From chunks to a manifest, in one pass and little memory: one open page for each level.
 *
 * A page that could end is closed only when a further entry comes: the only page of a level is the
 * top, and the top has another name than a page with others beside it.
 */

import type { ContentRoot, PageHash } from "../ids.ts";
import { limits } from "../limits.ts";
import {
  type ChunkPlace,
  type ChunkRef,
  encodePage,
  endsPage,
  nameOfPage,
  nameOfTopPage,
  type PageEntry,
} from "./manifest.ts";

export interface ManifestPage {
  /** Of the top page the content root. */
  readonly hash: PageHash | ContentRoot;
  readonly bytes: Uint8Array;
  /** None above level 0. */
  readonly chunks: readonly ChunkPlace[];
}

export interface Manifest {
  readonly root: ContentRoot;
  /** Bytes of the content. */
  readonly size: number;
  /** Each page behind those it names; the top page last. */
  readonly pages: readonly ManifestPage[];
}

export class ManifestBuilder {
  readonly #onPage: (page: ManifestPage) => void;
  /** The entries of the open page of each level. */
  readonly #open: PageEntry[][] = [[]];
  #places: ChunkPlace[] = [];
  #size = 0;

  /** @param onPage gets each page as soon as it is whole, the top page last */
  constructor(onPage: (page: ManifestPage) => void = () => undefined) {
    this.#onPage = onPage;
  }

  add(chunk: ChunkRef): void {
    const { hash, length } = chunk;
    if (!(length >= 1 && length <= limits.chunkBytesMax)) throw new Error(`no chunk has ${length} bytes`);
    this.#append(0, { hash, length });
    this.#places.push({ hash, offset: this.#size, length });
    this.#size += length;
  }

  /** Call it once, behind the last chunk. */
  finish(): { readonly root: ContentRoot; readonly size: number } {
    let level = 0;
    // Closing a page may open a level above.
    while (level < this.#open.length - 1) {
      this.#close(level);
      level += 1;
    }
    const bytes = encodePage(level, this.#open[level] ?? []);
    const root = nameOfTopPage(bytes);
    this.#onPage({ hash: root, bytes, chunks: level === 0 ? this.#places : [] });
    return { root, size: this.#size };
  }

  #append(level: number, entry: PageEntry): void {
    const entries = this.#open[level];
    const previous = entries?.at(-1);
    if (entries === undefined) this.#open[level] = [entry];
    else if (previous === undefined || !endsPage(previous, entries.length)) entries.push(entry);
    else {
      this.#close(level);
      this.#open[level] = [entry];
    }
  }

  #close(level: number): void {
    const entries = this.#open[level] ?? [];
    const bytes = encodePage(level, entries);
    const hash = nameOfPage(bytes);
    this.#onPage({ hash, bytes, chunks: level === 0 ? this.#places : [] });
    if (level === 0) this.#places = [];
    this.#append(level + 1, { hash, length: entries.reduce((sum, entry) => sum + entry.length, 0) });
  }
}

export function buildManifest(chunks: Iterable<ChunkRef>): Manifest {
  const pages: ManifestPage[] = [];
  const builder = new ManifestBuilder((page) => pages.push(page));
  for (const chunk of chunks) builder.add(chunk);
  return { ...builder.finish(), pages };
}

/** The name of a content whose chunks are known. One hash for small files. */
export function rootOfChunks(chunks: readonly ChunkRef[]): ContentRoot {
  // So few entries are one page, whatever their hashes are.
  if (chunks.length <= limits.manifestPageEntriesMin) return nameOfTopPage(encodePage(0, chunks));
  const builder = new ManifestBuilder();
  for (const chunk of chunks) builder.add(chunk);
  return builder.finish().root;
}
