/**
 * Kept versions as a source of content: what a path wants may be left here only among them, for
 * example after a store was lost that knew what had been written over what.
 *
 * Nothing is believed of a kept file: it is cut anew whenever it is read, and taken for a content
 * only if its root says so (S6). What was found without a row is read once, to know its root.
 */

import { ManifestBuilder, type ManifestPage } from "../../../protocol/content/manifest-builder.ts";
import type { FileEntry } from "../../../protocol/folder/entry.ts";
import type { ContentRoot } from "../../../protocol/ids.ts";
import type { Folder } from "../../folder/folder.ts";
import { type Compute, DiskError, type StagedFile } from "../../ports.ts";
import { writeUnlessZero } from "../holes.ts";
import { keptName } from "./kept-rows.ts";
import type { Versions } from "./versions.ts";

export interface KeptContentsOptions {
  readonly folder: Pick<Folder, "tree" | "lock">;
  readonly versions: Versions;
  readonly compute: Pick<Compute, "cut">;
}

type OnChunk = (bytes: Uint8Array, offset: number) => Promise<void>;

interface Content {
  readonly root: ContentRoot;
  readonly pages: readonly ManifestPage[];
}

const segmentBytes = 4 * 1024 * 1024;

export class KeptContents {
  readonly #options: KeptContentsOptions;

  constructor(options: KeptContentsOptions) {
    this.#options = options;
  }

  /** A whole small file. */
  async read({ root, size }: FileEntry): Promise<Uint8Array | undefined> {
    let bytes: Uint8Array | undefined;
    const pages = await this.#find(root, async (chunk, offset) => {
      bytes ??= new Uint8Array(size);
      if (offset + chunk.length <= size) bytes.set(chunk, offset);
    });
    return pages && bytes;
  }

  /** @returns the pages of its manifest; undefined when no version has the content, and the file is empty */
  async copyTo(file: StagedFile, { root, size }: FileEntry): Promise<readonly ManifestPage[] | undefined> {
    let isBegun = false;
    const pages = await this.#find(root, async (chunk, offset) => {
      isBegun = true;
      await writeUnlessZero(file, chunk, offset);
    });
    // What turned out to be something else leaves nothing behind; and a hole may end the file.
    if (isBegun) await file.truncate(pages === undefined ? 0 : size);
    return pages;
  }

  /** Reads what was found without a row. Until the signal aborts. */
  async nameFound(signal: AbortSignal): Promise<void> {
    const { folder, versions } = this.#options;
    for await (const page of versions.pages(versions.all())) {
      for (const version of page) {
        if (version.entry.kind !== "file" || version.entry.root !== undefined) continue;
        if (signal.aborted) return;
        const content = await this.#cut(version.number, async () => undefined);
        if (content !== undefined) await folder.lock.run(() => versions.name(version, content.root));
      }
    }
  }

  /** @returns undefined when no version has it, or what was handed over is not it */
  async #find(root: ContentRoot, onChunk: OnChunk): Promise<readonly ManifestPage[] | undefined> {
    const number = await this.#options.versions.numberOf(root);
    const content = number === undefined ? undefined : await this.#cut(number, onChunk);
    return content?.root === root ? content.pages : undefined;
  }

  /** @returns undefined when it cannot be read, or is gone */
  async #cut(number: number, onChunk: OnChunk): Promise<Content | undefined> {
    const { folder, compute } = this.#options;
    const file = await unlessRefused(folder.tree.open(keptName(number)));
    if (file === undefined) return undefined;
    try {
      const size = (await unlessRefused(file.stat()))?.size ?? 0;
      const pages: ManifestPage[] = [];
      const builder = new ManifestBuilder((page) => pages.push(page));
      const segment = new Uint8Array(Math.min(size, segmentBytes));
      for (let offset = 0; offset < size; ) {
        const length = await unlessRefused(file.read(segment, offset));
        if (length === undefined || length === 0) return undefined;
        const { chunks, consumed } = await compute.cut(segment.subarray(0, length), offset + length >= size);
        let at = 0;
        for (const chunk of chunks) {
          builder.add(chunk);
          await onChunk(segment.subarray(at, at + chunk.length), offset + at);
          at += chunk.length;
        }
        offset += consumed;
      }
      return { root: builder.finish().root, pages };
    } finally {
      await unlessRefused(file.close());
    }
  }
}

/** A disk that refuses one version is no reason to stop. */
async function unlessRefused<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof DiskError) return undefined;
    throw error;
  }
}
