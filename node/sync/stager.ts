/**
 * The stager: brings the content of an item into a temporary file beside the folder, whole and
 * verified, from this disk or from other peers.
 *
 * What this peer already has is not fetched: a file that only changed its name is moved, a copy is
 * read from here, of a new version only what is new comes over the network.
 */

import type { ManifestPage } from "../../protocol/content/manifest-builder.ts";
import type { FileEntry } from "../../protocol/folder/entry.ts";
import type { EntryPath } from "../../protocol/folder/path.ts";
import { limits } from "../../protocol/limits.ts";
import type { Folder } from "../folder/folder.ts";
import { sameStat } from "../folder/held.ts";
import { stagingDirectory } from "../folder/marker.ts";
import { viewOfState } from "../folder/views.ts";
import { DiskError, type InternalPath, type StagedFile, type Stat } from "../ports.ts";
import type { ChunkFinderOptions } from "./chunk-finder.ts";
import { Download, type DownloadWish, PieceMissingError } from "./download.ts";
import type { Fetcher } from "./fetcher.ts";
import type { PlaceItem } from "./items.ts";
import { fileCheck, type Verify } from "./piece-check.ts";
import { readHeld } from "./local-read.ts";
import type { KeptContents } from "./versions/kept-contents.ts";

/** Content at hand, waiting for its name. */
export type Staged =
  | {
      readonly kind: "file";
      readonly path: InternalPath;
      readonly file: StagedFile;
      readonly stat: Stat;
      readonly pages: readonly ManifestPage[];
    }
  | {
      readonly kind: "symlink";
      readonly path: InternalPath;
      readonly stat: Stat;
      readonly pages: readonly ManifestPage[];
    }
  /** The content stands at a path that the folder gives up. */
  | { readonly kind: "move"; readonly from: EntryPath; readonly stat: Stat; readonly pages: readonly ManifestPage[] }
  | { readonly kind: "directory"; readonly pages: readonly ManifestPage[] };

/** A place item with its content at hand. */
export interface ReadyPlace {
  readonly item: PlaceItem;
  readonly staged: Staged;
}

/** Where this disk already has a content. */
export type LocalContent =
  | { readonly kind: "leaving"; readonly path: EntryPath; readonly stat: Stat }
  | { readonly kind: "staying"; readonly path: EntryPath };

export interface StagerOptions extends ChunkFinderOptions {
  readonly kept: KeptContents;
}

const localTried = 4;
/** Of what was fetched, so much stays at hand: the last answer or more, for small files travel many to one. */
const fetchedBytesMax = limits.contentAnswerBytesMax;

export class Stager {
  readonly #options: StagerOptions;
  readonly #folder: Folder;
  readonly #verifyFiles: Verify;
  readonly #kept: KeptContents;
  readonly #fetcher: Fetcher;
  /** Small files that were fetched a moment ago, oldest first. */
  readonly #fetched = new Map<string, Uint8Array>();
  #number = 0;

  constructor(options: StagerOptions) {
    const { folder, compute, kept, fetcher } = options;
    this.#options = options;
    this.#kept = kept;
    this.#folder = folder;
    this.#verifyFiles = fileCheck(compute);
    this.#fetcher = fetcher;
  }

  /** Whether and where this disk already has a file's content. */
  async findLocal(entry: FileEntry): Promise<LocalContent | undefined> {
    const { index, tree, replica } = this.#folder;
    if (index.counts().files === 0) return undefined;
    for (const path of await index.contents.pathsOf(entry.root, localTried)) {
      const held = await index.held(path);
      const stat = await tree.stat(path);
      if (held === undefined || stat === undefined || !sameStat(held.stat, stat)) continue;
      // A move takes its inode along, attributes and all.
      const sameAttributes =
        held.entry.kind === "file" && held.entry.mode === entry.mode && held.entry.mtimeUs === entry.mtimeUs;
      const state = held.copyOf === undefined && sameAttributes ? await replica.state(path) : undefined;
      const isLeaving =
        state !== undefined &&
        state.length > 0 &&
        viewOfState(path, { key: path, versions: state }, await index.coverage.isCovered(path)).primary === undefined;
      return isLeaving ? { kind: "leaving", path, stat } : { kind: "staying", path };
    }
    return undefined;
  }

  /**
   * Whole small files, verified, from this disk or elsewhere, staged, or why the disk refused one.
   * What nobody has is left out. An empty file is made of nothing: nobody need have it.
   */
  async stageSmall<Want extends { readonly entry: FileEntry; readonly local: EntryPath | undefined }>(
    wants: readonly Want[],
    signal: AbortSignal,
  ): Promise<readonly (readonly [Want, Staged | DiskError])[]> {
    const bytesOf = new Map<string, Uint8Array>();
    const places = wants.map(({ local, entry }) => local && { path: local, offset: 0, length: entry.size });
    const held = await readHeld(this.#folder, places);
    const read = await Promise.all(
      wants.map(async ({ entry }, at) => (entry.size === 0 ? empty : (held[at] ?? this.#kept.read(entry)))),
    );
    const atHand = wants.flatMap(({ entry: { root } }, at) => {
      const bytes = read[at];
      return bytes === undefined ? [] : [{ root, bytes }];
    });
    const verified = await this.#verifyFiles(
      atHand.map(({ root }) => root),
      atHand.map(({ bytes }) => bytes),
    );
    for (const [at, { root, bytes }] of atHand.entries()) if (verified[at] === true) bytesOf.set(root, bytes);
    const names = [...new Set(wants.map(({ entry }) => entry.root))].filter((name) => !bytesOf.has(name));
    for (const [name, bytes] of await this.#fetchSmall(names, signal)) bytesOf.set(name, bytes);
    return Promise.all(
      wants.flatMap((want) => {
        const bytes = bytesOf.get(want.entry.root);
        return bytes === undefined || bytes.length !== want.entry.size ? [] : [this.#stageBytes(want, bytes)];
      }),
    );
  }

  /** Whether a small file was fetched a moment ago and need not be fetched again. */
  isAtHand({ root }: FileEntry): boolean {
    return this.#fetched.has(root);
  }

  /** Nothing is about to be staged: what was fetched a moment ago will not be asked for again. */
  forgetFetched(): void {
    this.#fetched.clear();
  }

  /**
   * While a file travels, a concurrent version may take its place and make it a copy. Nobody could
   * fetch it from us then, and everybody would fetch it twice: so what came is kept for another try.
   */
  async #fetchSmall(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Uint8Array>> {
    const got = new Map<string, Uint8Array>();
    for (const name of names) {
      const bytes = this.#fetched.get(name);
      if (bytes !== undefined) got.set(name, bytes);
    }
    const wanted = names.filter((name) => !got.has(name));
    const fetched = await this.#fetcher.fetch({ kind: "file", names: wanted, verify: this.#verifyFiles }, signal);
    for (const [name, bytes] of fetched) {
      got.set(name, bytes);
      this.#fetched.set(name, bytes);
    }
    let kept = this.#fetched.values().reduce((sum, bytes) => sum + bytes.length, 0);
    for (const [name, bytes] of this.#fetched) {
      if (kept <= fetchedBytesMax) break;
      this.#fetched.delete(name);
      kept -= bytes.length;
    }
    return got;
  }

  /** A file of any size, chunk by chunk. @returns undefined when a piece is to be had from nobody */
  async stageLarge(wish: DownloadWish, signal: AbortSignal): Promise<Staged | undefined> {
    const { entry } = wish;
    try {
      return await this.#stageFile(entry, async (file) => {
        const pages = await this.#kept.copyTo(file, entry);
        return pages ?? (await new Download(this.#options, wish, file, signal).run());
      });
    } catch (error) {
      if (error instanceof PieceMissingError) return undefined;
      throw error;
    }
  }

  async stageSymlink(target: string): Promise<Staged> {
    const path = this.#nextPath();
    await this.#folder.tree.makeSymlink(target, path);
    const stat = await this.#folder.tree.stat(path);
    if (stat === undefined) throw new Error(`${path} vanished`);
    return { kind: "symlink", path, stat, pages: [] };
  }

  /**
   * Closes what was staged; what did not get its name is removed. What refuses to go stays until the
   * next start. Nothing hangs on the close: what has its name was flushed before it got it.
   */
  async release(staged: Staged): Promise<void> {
    if (staged.kind === "file") await quietly(staged.file.close());
    if (staged.kind !== "file" && staged.kind !== "symlink") return;
    // A user's file may lie there by now, whose place could not be given back: it is for the intents to settle.
    const isOurs = (stat: Stat | undefined): boolean => stat?.inode === staged.stat.inode;
    await this.#remove(staged.path, isOurs);
  }

  async #remove(path: InternalPath, isOurs: (stat: Stat | undefined) => boolean): Promise<void> {
    const { tree } = this.#folder;
    await quietly(tree.stat(path).then((stat) => (isOurs(stat) ? tree.remove(path) : undefined)));
  }

  async #stageBytes<Want extends { readonly entry: FileEntry }>(
    want: Want,
    bytes: Uint8Array,
  ): Promise<readonly [Want, Staged | DiskError]> {
    try {
      const staged = await this.#stageFile(want.entry, async (file) => {
        if (bytes.length > 0) await file.write(bytes, 0);
        return [];
      });
      return [want, staged];
    } catch (error) {
      if (error instanceof DiskError) return [want, error];
      throw error;
    }
  }

  async #stageFile(entry: FileEntry, fill: (file: StagedFile) => Promise<readonly ManifestPage[]>): Promise<Staged> {
    const file = await this.#folder.tree.stage(this.#nextPath());
    try {
      const pages = await fill(file);
      await file.setAttributes({ mode: entry.mode, mtimeUs: entry.mtimeUs });
      return { kind: "file", path: file.path, file, stat: await file.stat(), pages };
    } catch (error) {
      await quietly(file.close());
      await this.#remove(file.path, (stat) => stat !== undefined);
      throw error;
    }
  }

  #nextPath(): InternalPath {
    this.#number += 1;
    return `${stagingDirectory}/in-${this.#number}`;
  }
}

/** A failing disk is not heeded. */
async function quietly(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
  }
}

const empty = new Uint8Array(0);
