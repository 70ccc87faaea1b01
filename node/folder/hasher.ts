/**
 * The hasher: from files on disk to entries, with proof that each stood still meanwhile.
 *
 * Small files are read whole and cut many at a time; larger ones go through in segments, so that
 * memory does not depend on their size. A file whose stat differs before and after is left for a
 * later look.
 */

import { type ManifestPage, ManifestBuilder, rootOfChunks } from "../../protocol/content/manifest-builder.ts";
import type { LiveEntry } from "../../protocol/folder/entry.ts";
import type { EntryPath } from "../../protocol/folder/path.ts";
import { limits } from "../../protocol/limits.ts";
import { type Compute, DiskError, type Stat, type Tree, type TreePath } from "../ports.ts";
import { sameStat } from "./held.ts";

export interface Standing<Path extends TreePath = EntryPath> {
  readonly path: Path;
  readonly stat: Stat;
}

export type Reading<Path extends TreePath = EntryPath> =
  | {
      readonly kind: "read";
      readonly path: Path;
      readonly stat: Stat;
      readonly entry: LiveEntry;
      readonly pages: readonly ManifestPage[];
    }
  /** It changed while it was read, or is gone. */
  | { readonly kind: "unsettled"; readonly path: Path }
  | { readonly kind: "failed"; readonly path: Path; readonly error: DiskError };

/** What is read in one go: at most this many files and bytes wait in memory. */
export const hashGroup = { files: 256, bytes: 4 * 1024 * 1024 } as const;
/** Files up to this size are read whole. */
const wholeBytesMax = limits.chunkBytesMax;
const segmentBytes = 4 * 1024 * 1024;

export class Hasher<Path extends TreePath = EntryPath> {
  readonly #tree: Tree;
  readonly #compute: Compute;
  /** Large files go through it one after the other. */
  #segment: Uint8Array | undefined;

  constructor(tree: Tree, compute: Compute) {
    this.#tree = tree;
    this.#compute = compute;
  }

  /**
   * @param standing files, directories and symlinks; whole files among them at most `hashGroup`
   * @param signal leaves large files unread, as if they had changed
   */
  async read(standing: readonly Standing<Path>[], signal?: AbortSignal): Promise<readonly Reading<Path>[]> {
    const whole = await Promise.all(standing.map((one) => this.#readWhole(one)));
    const pieces = whole.filter((one) => one instanceof WholeFile);
    const cut = pieces.length === 0 ? [] : await this.#compute.cutMany(pieces.map((piece) => piece.bytes));
    const chunksOf = new Map(pieces.map((piece, at) => [piece, cut[at] ?? []]));
    const readings: Reading<Path>[] = [];
    for (const [at, one] of standing.entries()) {
      const piece = whole[at];
      if (piece === undefined) readings.push(await this.#guard(one, () => this.#readSegments(one, signal)));
      else if (piece instanceof WholeFile) readings.push(readWhole(one, chunksOf.get(piece) ?? []));
      else readings.push(piece);
    }
    return readings;
  }

  /** The bytes of a small file, a reading of anything else, undefined for a large file. */
  async #readWhole(one: Standing<Path>): Promise<WholeFile | Reading<Path> | undefined> {
    const { path, stat } = one;
    if (stat.kind === "file" && stat.size > wholeBytesMax) return undefined;
    if (stat.kind === "directory")
      return { kind: "read", path, stat, entry: { kind: "directory", mode: stat.mode }, pages: [] };
    if (stat.kind === "symlink") return this.#guard(one, () => this.#readSymlink(one));
    return this.#guard(one, async () => {
      const file = await this.#tree.open(path);
      try {
        const bytes = new Uint8Array(stat.size);
        const length = await file.read(bytes, 0);
        const after = await file.stat();
        return length === stat.size && sameStat(stat, after) ? new WholeFile(bytes) : unsettled(path);
      } finally {
        await file.close();
      }
    });
  }

  async #readSymlink({ path, stat }: Standing<Path>): Promise<Reading<Path>> {
    const target = await this.#tree.readLink(path);
    if (target === undefined || target === "") return unsettled(path);
    return { kind: "read", path, stat, entry: { kind: "symlink", target }, pages: [] };
  }

  async #readSegments({ path, stat }: Standing<Path>, signal: AbortSignal | undefined): Promise<Reading<Path>> {
    const file = await this.#tree.open(path);
    try {
      const pages: ManifestPage[] = [];
      const builder = new ManifestBuilder((page) => pages.push(page));
      const segment = (this.#segment ??= this.#compute.buffer(segmentBytes));
      for (let offset = 0; offset < stat.size; ) {
        if (signal?.aborted === true) return unsettled(path);
        const length = await file.read(segment, offset);
        const last = offset + length >= stat.size;
        // Shorter than its size: somebody truncates it right now.
        if (length === 0 || (length < segmentBytes && !last)) return unsettled(path);
        const { chunks, consumed } = await this.#compute.cut(segment.subarray(0, length), last);
        for (const chunk of chunks) builder.add(chunk);
        offset += consumed;
      }
      const { root, size } = builder.finish();
      const after = await file.stat();
      if (size !== stat.size || !sameStat(stat, after)) return unsettled(path);
      return { kind: "read", path, stat, entry: fileEntry(stat, root), pages };
    } finally {
      await file.close();
    }
  }

  async #guard<Result>(one: Standing<Path>, act: () => Promise<Result>): Promise<Result | Reading<Path>> {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      const isMoving =
        error.failure === "missing" || error.failure === "not-a-directory" || error.failure === "is-a-directory";
      return isMoving ? unsettled(one.path) : { kind: "failed", path: one.path, error };
    }
  }
}

class WholeFile {
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

function readWhole<Path extends TreePath>(
  { path, stat }: Standing<Path>,
  chunks: Parameters<typeof rootOfChunks>[0],
): Reading<Path> {
  const root = rootOfChunks(chunks);
  const pages: ManifestPage[] = [];
  // Files that travel whole need no rows for their chunks.
  if (stat.size > limits.smallFileBytesMax) {
    const builder = new ManifestBuilder((page) => pages.push(page));
    for (const chunk of chunks) builder.add(chunk);
    builder.finish();
  }
  return { kind: "read", path, stat, entry: fileEntry(stat, root), pages };
}

function fileEntry(stat: Stat, root: ReturnType<typeof rootOfChunks>): LiveEntry {
  return { kind: "file", size: stat.size, mode: stat.mode, mtimeUs: microseconds(stat.mtimeNs), root };
}

/**
 * Rounded, as times are set: truncating would differ after every second copy (FORMATS 17). Towards
 * the past, for before 1970 a division of big integers would round a whole number up.
 */
function microseconds(nanoseconds: bigint): number {
  const shifted = nanoseconds + 500n;
  const remainder = ((shifted % 1_000n) + 1_000n) % 1_000n;
  return Number((shifted - remainder) / 1_000n);
}

function unsettled<Path extends TreePath>(path: Path): Reading<Path> {
  return { kind: "unsettled", path };
}
