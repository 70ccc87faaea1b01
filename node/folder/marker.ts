/**
 * The root marker: proof that what stands at a folder's path is the folder, and not an empty mount
 * point or somebody else's tree (S5, FORMATS 19).
 *
 * `.cdmesh/folder.json` names the folder, its instance and the peer. Without it, with another one,
 * or when the root's device or inode changed within the life of the process, nothing is announced
 * and nothing is written.
 */

import { z } from "zod";
import { toHex } from "../../protocol/ids.ts";
import type { FolderId, PeerId } from "../../protocol/ids.ts";
import type { InternalPath, Random, Stat, Tree } from "../ports.ts";

const internalDirectory: InternalPath = ".cdmesh";
export const stagingDirectory: InternalPath = ".cdmesh/staging";
const markerPath: InternalPath = ".cdmesh/folder.json";
const markerBytesMax = 4_096;

const markerSchema = z.object({ version: z.literal(1), folder: z.string(), peer: z.string(), instance: z.string() });
type Marker = z.infer<typeof markerSchema>;

/** What is wrong with a root, in words for its operator; undefined when nothing is. */
export type RootProblem = string | undefined;

export class RootMarker {
  readonly #tree: Tree;
  readonly #marker: Marker;
  readonly #root: Stat;

  private constructor(tree: Tree, marker: Marker, root: Stat) {
    this.#tree = tree;
    this.#marker = marker;
    this.#root = root;
  }

  /**
   * Finds the marker of this peer's folder, or sets one in a root that never had one.
   *
   * @param isKnown the store already holds entries of this folder, so a marker must be there
   * @returns the marker, or what is wrong
   */
  static async open(options: {
    readonly tree: Tree;
    readonly random: Random;
    readonly folder: FolderId;
    readonly peer: PeerId;
    readonly isKnown: boolean;
  }): Promise<RootMarker | string> {
    const { tree, folder, peer } = options;
    const root = await tree.rootStat();
    const found = await readMarker(tree);
    if (typeof found === "string") return found;
    if (found !== undefined) {
      if (found.folder !== folder) return `the root belongs to folder "${found.folder}", not "${folder}"`;
      if (found.peer !== peer) return `the root belongs to peer ${found.peer}; two peers cannot share one root`;
      return new RootMarker(tree, found, root);
    }
    if (options.isKnown) return "the root has lost its marker .cdmesh/folder.json: is the disk mounted?";
    const marker: Marker = { version: 1, folder, peer, instance: toHex(options.random.bytes(16)) };
    await writeMarker(tree, marker, toHex(options.random.bytes(8)));
    return new RootMarker(tree, marker, root);
  }

  /** The root's device; an entry with another one is a nested mount. */
  get device(): bigint {
    return this.#root.device;
  }

  /** Looks again, right before a delete is believed or a file is changed. */
  async problem(): Promise<RootProblem> {
    const now = await this.#tree.rootStat();
    if (now.device !== this.#root.device || now.inode !== this.#root.inode) {
      return "another directory stands at the root's path: was something mounted or unmounted?";
    }
    const found = await readMarker(this.#tree);
    if (typeof found === "string") return found;
    if (found?.instance !== this.#marker.instance)
      return "the root's marker .cdmesh/folder.json is gone or was replaced";
    return undefined;
  }
}

async function readMarker(tree: Tree): Promise<Marker | string | undefined> {
  if ((await tree.stat(markerPath)) === undefined) return undefined;
  const file = await tree.open(markerPath);
  try {
    const bytes = new Uint8Array(markerBytesMax);
    const length = await file.read(bytes, 0);
    const marker = markerSchema.safeParse(parseJson(new TextDecoder().decode(bytes.subarray(0, length))));
    return marker.success ? marker.data : "the root's marker .cdmesh/folder.json is damaged";
  } finally {
    await file.close();
  }
}

async function writeMarker(tree: Tree, marker: Marker, suffix: string): Promise<void> {
  await ensureDirectory(tree, internalDirectory);
  await ensureDirectory(tree, stagingDirectory);
  const staged = await tree.stage(`.cdmesh/staging/marker-${suffix}`);
  try {
    await staged.write(new TextEncoder().encode(`${JSON.stringify(marker)}\n`), 0);
    await staged.flush();
  } finally {
    await staged.close();
  }
  await tree.rename(staged.path, markerPath);
  await tree.flushDirectories(["", internalDirectory]);
}

async function ensureDirectory(tree: Tree, path: InternalPath): Promise<void> {
  if ((await tree.stat(path)) === undefined) await tree.makeDirectory(path, 0o700);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
