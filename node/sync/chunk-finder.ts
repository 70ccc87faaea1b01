/**
 * The chunk finder: the chunks of one file from wherever they are. From this disk first; of the rest
 * only the blocks that old bytes do not have, where the link asks for patches; and whole otherwise.
 *
 * One source after the other is asked for all that is missing still. Whatever a patch was made of,
 * a chunk is one only if its hash says so; if not, it is asked for whole (S6).
 */

import type { ChunkPlace } from "../../protocol/content/manifest.ts";
import {
  applyPatch,
  type BlockList,
  type BlockSources,
  bytesOfBlocks,
  isBlockList,
  missingBlocks,
} from "../../protocol/content/patch.ts";
import type { LinkRule } from "../../protocol/documents/policy.ts";
import type { ChunkHash, PeerId } from "../../protocol/ids.ts";
import type { Folder } from "../folder/folder.ts";
import type { Compute } from "../ports.ts";
import type { Fetcher } from "./fetcher.ts";
import { type HeldPlace, readHeld } from "./local-read.ts";
import { type OldBytes, oldBytesOf } from "./old-bytes.ts";
import { chunkCheck, type Verify } from "./piece-check.ts";

export interface ChunkFinderOptions {
  readonly folder: Folder;
  readonly compute: Compute;
  readonly fetcher: Fetcher;
  /** What the policy says of the link to a peer. */
  readonly linkTo: (peer: PeerId) => LinkRule;
}

/** A chunk that may be made of old bytes. */
interface Patch {
  readonly chunk: ChunkPlace;
  readonly old: Uint8Array;
  readonly sources: BlockSources;
}

/** Of an old file that has less than this of the first chunks no more is hoped for. */
const usefulShare = 0.1;

type Found = Map<string, Uint8Array>;

export class ChunkFinder {
  readonly #options: ChunkFinderOptions;
  readonly #verify: Verify;
  /** The file that stands at the path now, as long as it may have something of the new one. */
  #old: HeldPlace | undefined;

  /** @param old the file that stands at the path now, if one does */
  constructor(options: ChunkFinderOptions, old: HeldPlace | undefined) {
    this.#options = options;
    this.#verify = chunkCheck(options.compute);
    this.#old = old;
  }

  /** Chunks in a row, by their names. What is to be had from nobody is left out. */
  async find(row: readonly ChunkPlace[], signal: AbortSignal): Promise<ReadonlyMap<string, Uint8Array>> {
    const found: Found = new Map();
    const { index } = this.#options.folder;
    const places = index.counts().files === 0 ? [] : await index.contents.findChunks(row.map(({ hash }) => hash));
    await this.#readLocal(row, places, found);
    const known = row.map(({ hash }, at) => (found.has(hash) ? places[at] : undefined));
    const missing = new Map(row.flatMap((chunk) => (found.has(chunk.hash) ? [] : [[chunk.hash, chunk] as const])));
    if (missing.size > 0) await this.#fetch([...missing.values()], oldBytesOf(row, known, this.#old), found, signal);
    return found;
  }

  async #readLocal(
    row: readonly ChunkPlace[],
    places: readonly (HeldPlace | undefined)[],
    found: Found,
  ): Promise<void> {
    const read = await readHeld(this.#options.folder, places);
    const names: string[] = [];
    const pieces: Uint8Array[] = [];
    for (const [at, { hash }] of row.entries()) {
      const bytes = read[at];
      if (bytes === undefined) continue;
      names.push(hash);
      pieces.push(bytes);
    }
    await this.#keepRight(names, pieces, found);
  }

  async #fetch(
    missing: readonly ChunkPlace[],
    oldBytes: ReadonlyMap<ChunkHash, OldBytes>,
    found: Found,
    signal: AbortSignal,
  ): Promise<void> {
    const { fetcher, linkTo } = this.#options;
    for (const source of fetcher.order(missing[0]?.hash ?? "")) {
      const open = missing.filter(({ hash }) => !found.has(hash));
      if (open.length === 0 || signal.aborted) return;
      const mayPatch = linkTo(source).copy === "patch";
      const patchable = mayPatch ? open.filter(({ hash }) => oldBytes.has(hash)) : [];
      const lacking = await this.#patch(source, patchable, oldBytes, found, signal);
      const names = open.flatMap(({ hash }) => (found.has(hash) || lacking.has(hash) ? [] : [hash as string]));
      await fetcher.fetchFrom(source, { kind: "chunk", names, verify: this.#verify }, found, signal);
    }
  }

  /** @returns the chunks that the source does not have */
  async #patch(
    source: PeerId,
    chunks: readonly ChunkPlace[],
    oldBytes: ReadonlyMap<ChunkHash, OldBytes>,
    found: Found,
    signal: AbortSignal,
  ): Promise<ReadonlySet<string>> {
    if (chunks.length === 0) return none;
    const { fetcher } = this.#options;
    const lengths = new Map<string, number>(chunks.map(({ hash, length }) => [hash, length]));
    const lengthOf = (name: string): number => lengths.get(name) ?? 0;
    const names = [...lengths.keys()];

    const lists: Found = new Map();
    const areLists: Verify = async (asked, pieces) =>
      pieces.map((bytes, at) => isBlockList({ bytes, length: lengthOf(asked[at] ?? "") }));
    await fetcher.fetchFrom(source, { kind: "block-list", names, verify: areLists }, lists, signal);

    const patches = await this.#plan(chunks, lists, oldBytes);
    const wanted = new Map<string, Uint8Array>(
      patches.map(({ chunk, sources }) => [chunk.hash, missingBlocks(sources)]),
    );
    const bytesWanted = (name: string): number => bytesOfBlocks(wanted.get(name) ?? new Uint8Array(0), lengthOf(name));
    const blocks: Found = new Map();
    const areAsMany: Verify = async (asked, pieces) =>
      pieces.map((bytes, at) => bytes.length === bytesWanted(asked[at] ?? ""));
    const open = [...wanted.keys()].filter((name) => bytesWanted(name) > 0);
    await fetcher.fetchFrom(source, { kind: "blocks", names: open, verify: areAsMany, wanted }, blocks, signal);

    const made = patches.flatMap(({ chunk, old, sources }) => {
      const bytes = applyPatch(sources, chunk.length, old, blocks.get(chunk.hash) ?? empty);
      return bytes === undefined ? [] : [{ name: chunk.hash, bytes }];
    });
    await this.#keepRight(
      made.map(({ name }) => name),
      made.map(({ bytes }) => bytes),
      found,
    );
    return new Set(names.filter((name) => !lists.has(name)));
  }

  /** Where the blocks of each described chunk stand in its old bytes. */
  async #plan(
    chunks: readonly ChunkPlace[],
    lists: ReadonlyMap<string, Uint8Array>,
    oldBytes: ReadonlyMap<ChunkHash, OldBytes>,
  ): Promise<readonly Patch[]> {
    const { folder, compute } = this.#options;
    const described = chunks.filter(({ hash }) => lists.has(hash));
    const runs = [...Map.groupBy(described, ({ hash }) => oldBytes.get(hash))];
    const read = await readHeld(
      folder,
      runs.map(([bytes]) => bytes?.place),
    );
    const patches = runs.map(async ([guess, run], at): Promise<readonly Patch[]> => {
      const old = read[at];
      if (old === undefined) return [];
      const blockLists = run.map(({ hash, length }): BlockList => ({ bytes: lists.get(hash) ?? empty, length }));
      const found = await compute.findBlocks(blockLists, old);
      if (guess?.isSure === false && shareOf(found) < usefulShare) this.#old = undefined;
      return run.flatMap((chunk, number) => {
        const sources = found[number];
        return sources === undefined ? [] : [{ chunk, old, sources }];
      });
    });
    return (await Promise.all(patches)).flat();
  }

  async #keepRight(names: readonly string[], pieces: readonly Uint8Array[], found: Found): Promise<void> {
    const verdicts = await this.#verify(names, pieces);
    for (const [at, name] of names.entries()) {
      const bytes = pieces[at];
      if (bytes !== undefined && verdicts[at] === true) found.set(name, bytes);
    }
  }
}

const empty = new Uint8Array(0);
const none: ReadonlySet<string> = new Set();

/** How much of some chunks stands in old bytes. */
function shareOf(found: readonly BlockSources[]): number {
  const blocks = found.reduce((sum, sources) => sum + sources.length, 0);
  const standing = found.reduce((sum, sources) => sum + sources.filter((source) => source >= 0).length, 0);
  return blocks === 0 ? 0 : standing / blocks;
}
