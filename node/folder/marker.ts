/**
 * The root marker: proof that what stands at a folder's path is the folder, and not an empty mount
 * point or somebody else's tree (S5, FORMATS 19).
 *
 * `.cdmesh/folder.json` names the folder, its instance and the peer. Without it, with another one,
 * or when the root's device or inode changed within the life of the process, nothing is announced
 * and nothing is written.
 *
 * It also holds a token that the store knows, renewed while the folder lives. A store and a tree
 * that were set back, lost or copied apart from each other are found out by it (S8). It goes to the
 * store as the next one, then to the marker, then to the store as the current one; so a crash in
 * between leaves a pair that still belongs together.
 */

import { z } from "zod";
import { toHex } from "../../protocol/ids.ts";
import type { FolderId, PeerId } from "../../protocol/ids.ts";
import { sha256 } from "../../protocol/sha256.ts";
import { isObject, readJson, writeJson } from "../json.ts";
import { rowKey } from "../keys.ts";
import { type Clock, DiskError, type InternalPath, type Random, type Stat, type Store, type Tree } from "../ports.ts";
import { StoreError } from "../store-error.ts";

const internalDirectory: InternalPath = ".cdmesh";
export const stagingDirectory: InternalPath = ".cdmesh/staging";
const markerPath: InternalPath = ".cdmesh/folder.json";
const markerBytesMax = 4_096;

const markerSchema = z.object({
  version: z.literal(1),
  folder: z.string(),
  peer: z.string(),
  instance: z.string(),
  /** Left out by earlier versions of this program. */
  token: z.string().optional(),
  /** For one that is misread the store would forget its disk. Left out by earlier versions, too. */
  check: z.string().optional(),
});
type Marker = Omit<z.infer<typeof markerSchema>, "check">;

/**
 * Copies of store or root fit each other for so long at most, and only when the process ended as
 * soon after: what changed within that time looks like a user's doing if one of the two is set back.
 */
export const renewMs = 2_000;

/** What is wrong with a root, in words for its operator; undefined when nothing is. */
export type RootProblem = string | undefined;

export interface RootMarkerOptions {
  readonly tree: Tree;
  readonly store: Store;
  readonly random: Random;
  readonly clock: Clock;
  readonly folder: FolderId;
  readonly peer: PeerId;
  /** The store holds entries of this folder, so a marker must be there, also if its token could not be stored. */
  readonly hasEntries: boolean;
  /** The operator says that the disk is a new one. */
  readonly isRefill: boolean;
}

/** What the store knows of the tree that it belongs to. */
interface TokenRow {
  readonly current?: string;
  /** On its way into the marker. */
  readonly next?: string;
  /** The tree was scanned as a whole, so that what is absent from it was deleted. */
  readonly isScanned: boolean;
}

export class RootMarker {
  readonly #options: RootMarkerOptions;
  readonly #root: Stat;
  /** Store and tree belong together, and the tree was scanned as a whole in an earlier life. */
  readonly isKnown: boolean;
  /** What the store says of the disk is of another time, or of another disk: it has to be forgotten. */
  readonly isForeign: boolean;
  #renewedAtMs = -Infinity;
  #marker: Marker;
  #row: TokenRow;

  private constructor(options: RootMarkerOptions, root: Stat, marker: Marker, row: TokenRow | undefined) {
    const { token } = marker;
    this.#options = options;
    this.#root = root;
    this.#marker = marker;
    this.isForeign = token === undefined || (token !== row?.current && token !== row?.next);
    this.isKnown = !this.isForeign && row?.isScanned === true;
    this.#row = { ...(token !== undefined && { current: token }), isScanned: this.isKnown };
  }

  /**
   * Finds the marker of this peer's folder, or sets one in a root that never had one. Nothing is
   * said to the store before `renew`, which is for after the forgetting.
   *
   * @returns the marker, or what is wrong
   */
  static async open(options: RootMarkerOptions): Promise<RootMarker | string> {
    const { tree, store, folder, peer, random } = options;
    const root = await tree.rootStat();
    const found = await readMarker(tree);
    if (typeof found === "string") return found;
    const row = await store.get(rowKey("f", folder));
    if (found !== undefined) {
      if (found.folder !== folder) return `the root belongs to folder "${found.folder}", not "${folder}"`;
      if (found.peer !== peer) {
        return (
          `the root belongs to peer ${found.peer}; two peers cannot share one root. ` +
          "If that peer will never use it again, or this is a copy of its root, remove .cdmesh/folder.json there"
        );
      }
      return new RootMarker(options, root, found, row && parseTokenRow(row));
    }
    // A root that holds nothing yet had a marker too, or its mount point would be taken for it and filled.
    const hadMarker = row !== undefined || options.hasEntries;
    if (hadMarker && !options.isRefill) {
      return (
        "the root has lost its marker .cdmesh/folder.json: is the disk mounted? " +
        `If this disk is new and shall be filled from other peers, start once with --refill ${folder}`
      );
    }
    const marker: Marker = { version: 1, folder, peer, instance: toHex(random.bytes(16)) };
    await writeMarker(tree, marker, toHex(random.bytes(8)));
    return new RootMarker(options, root, marker, undefined);
  }

  /**
   * From now on copies of store or tree that were made before no longer fit. Under the folder's
   * lock, or before anything else runs.
   *
   * @returns whether that is so: if not, it is tried again before the next change
   */
  async renew(): Promise<boolean> {
    const { random, clock } = this.#options;
    const atMs = clock.monotonicMs();
    try {
      // What an earlier try may have brought into the marker is not given up for another. Copies may have been made since.
      if (this.#row.next !== undefined) await this.#bring(this.#row.next);
      await this.#bring(toHex(random.bytes(16)));
      this.#renewedAtMs = atMs;
      return true;
    } catch (error) {
      // Where the disk or the store is full or fails, the old token serves on; either of the two is known.
      if (!(error instanceof DiskError || error instanceof StoreError)) throw error;
      return false;
    }
  }

  /** The whole tree was compared with the index. */
  async scanned(): Promise<void> {
    if (!this.#row.isScanned) await this.#writeRow({ ...this.#row, isScanned: true });
  }

  /** The root's device; an entry with another one is a nested mount. */
  get device(): bigint {
    return this.#root.device;
  }

  /** Right before what is held changes: copies that were made a while ago shall not fit what comes of it. */
  async problemBeforeChange(): Promise<RootProblem> {
    const problem = await this.problem();
    const isDue = this.#options.clock.monotonicMs() - this.#renewedAtMs >= renewMs;
    if (problem === undefined && isDue) await this.renew();
    return problem;
  }

  /** Looks again, right before a delete is believed or a file is changed. */
  async problem(): Promise<RootProblem> {
    const { tree } = this.#options;
    const now = await tree.rootStat();
    if (now.device !== this.#root.device || now.inode !== this.#root.inode) {
      return (
        "another directory stands at the root's path: was something mounted or unmounted? " +
        "If what stands there now is the folder, start this peer anew"
      );
    }
    const found = await readMarker(tree);
    if (typeof found === "string") return found;
    if (found?.instance !== this.#marker.instance)
      return "the root's marker .cdmesh/folder.json is gone or was replaced";
    const { current, next } = this.#row;
    if (found.token !== current && found.token !== next) {
      return (
        "the root's marker .cdmesh/folder.json is of another time: start this peer anew if an older copy " +
        "of the root was put back, and end whatever other process uses the root"
      );
    }
    return undefined;
  }

  /** Gives a token to store and marker. */
  async #bring(token: string): Promise<void> {
    const { tree, random } = this.#options;
    await this.#writeRow({ ...this.#row, next: token });
    const marker = { ...this.#marker, token };
    await writeMarker(tree, marker, toHex(random.bytes(8)));
    this.#marker = marker;
    // Whether a crash forgets this or not, the store knows the token.
    await this.#writeRow({ current: token, isScanned: this.#row.isScanned }, { durable: false });
  }

  async #writeRow(row: TokenRow, options = { durable: true }): Promise<void> {
    const { store, folder } = this.#options;
    await store.write([{ kind: "put", key: rowKey("f", folder), value: writeJson(row) }], options);
    this.#row = row;
  }
}

async function readMarker(tree: Tree): Promise<Marker | string | undefined> {
  if ((await tree.stat(markerPath)) === undefined) return undefined;
  const file = await tree.open(markerPath);
  try {
    const bytes = new Uint8Array(markerBytesMax);
    const length = await file.read(bytes, 0);
    const parsed = markerSchema.safeParse(parseJson(new TextDecoder().decode(bytes.subarray(0, length))));
    const damaged = "the root's marker .cdmesh/folder.json is damaged";
    if (!parsed.success) return damaged;
    const { check, ...marker } = parsed.data;
    return check === undefined || check === checkOf(marker) ? marker : damaged;
  } finally {
    await file.close();
  }
}

function parseTokenRow(bytes: Uint8Array): TokenRow {
  const row = readJson(bytes);
  if (!isObject(row)) throw new Error("the store holds a damaged row of a root");
  const { current, next, isScanned } = row;
  return {
    ...(typeof current === "string" && { current }),
    ...(typeof next === "string" && { next }),
    isScanned: isScanned === true,
  };
}

async function writeMarker(tree: Tree, marker: Marker, suffix: string): Promise<void> {
  await ensureDirectory(tree, internalDirectory);
  await ensureDirectory(tree, stagingDirectory);
  const staged = await tree.stage(`.cdmesh/staging/marker-${suffix}`);
  try {
    await staged.write(new TextEncoder().encode(`${JSON.stringify({ ...marker, check: checkOf(marker) })}\n`), 0);
    await staged.flush();
  } finally {
    await staged.close();
  }
  await tree.rename(staged.path, markerPath);
  await tree.flushDirectories(["", internalDirectory]);
}

function checkOf({ version, folder, peer, instance, token }: Marker): string {
  const text = JSON.stringify([version, folder, peer, instance, token]);
  return toHex(sha256(new TextEncoder().encode(text))).slice(0, checkDigits);
}

const checkDigits = 16;

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
