/**
 * This peer's own copy of a folder, read range by range for a verification.
 *
 * Plain, it tells what is held by the index. Deep, it reads and hashes the disk again, so that
 * what rotted or was changed behind the watcher's back shows.
 */

import type { CopyItem } from "../../protocol/folder/copy.ts";
import type { EntryPath } from "../../protocol/folder/path.ts";
import type { FolderId } from "../../protocol/ids.ts";
import { limits } from "../../protocol/limits.ts";
import type { PathRange, RangeItems } from "../../protocol/wire/verify.ts";
import { Hasher } from "../folder/hasher.ts";
import { decodeHeld, type Held, heldKey, pathOfHeldKey } from "../folder/held.ts";
import { afterKey, rowRange } from "../keys.ts";
import { type Compute, DiskError, type Store, type Tree } from "../ports.ts";

export interface LocalCopyOptions {
  readonly folder: FolderId;
  readonly store: Pick<Store, "range">;
  readonly tree: Tree;
  readonly compute: Compute;
}

interface HeldItem {
  readonly path: EntryPath;
  readonly held: Held;
}

/** Names and lengths beside a path and its entry, about. */
const itemOverheadBytes = 128;

export class LocalCopy {
  readonly #options: LocalCopyOptions;
  readonly #hasher: Hasher;

  constructor(options: LocalCopyOptions) {
    this.#options = options;
    this.#hasher = new Hasher(options.tree, options.compute);
  }

  /** The start of a range, as much as one step of a verification looks at. */
  async read(range: PathRange, deep: boolean): Promise<RangeItems> {
    const { items, readTo } = await this.#heldItems(range, deep);
    // A directory that stands only because something lives in it is no entry of its own.
    const entries = items.filter(({ held }) => held.implicit !== true);
    if (!deep) return { items: entries.map(({ path, held }) => ({ path, entry: held.entry })), readTo };
    const read: CopyItem[] = [];
    // One after the other: a verification is in no hurry, and others need the disk.
    for (const item of entries) read.push(await this.#readAgain(item));
    return { items: read, readTo };
  }

  async #heldItems(
    { after, to }: PathRange,
    deep: boolean,
  ): Promise<{ items: readonly HeldItem[]; readTo: EntryPath | undefined }> {
    const { folder, store } = this.#options;
    const all = rowRange("h", folder);
    const rows = await store.range({
      from: after === undefined ? all.from : afterKey(heldKey(folder, after)),
      to: to === undefined ? all.to : afterKey(heldKey(folder, to)),
      limit: limits.verifyItemsMax + 1,
    });
    const items: HeldItem[] = [];
    let bytes = 0;
    let contentBytes = 0;
    for (const [key, row] of rows) {
      const path = pathOfHeldKey(key, all.from.length);
      const held = decodeHeld(row);
      bytes += 2 * path.length + (held.entry.kind === "symlink" ? 2 * held.entry.target.length : 0) + itemOverheadBytes;
      contentBytes += deep && held.entry.kind === "file" ? held.entry.size : 0;
      const isFull =
        items.length >= limits.verifyItemsMax ||
        bytes > limits.verifyBytesMax ||
        contentBytes > limits.verifyDeepBytesMax;
      const last = items.at(-1);
      if (isFull && last !== undefined) return { items, readTo: last.path };
      items.push({ path, held });
    }
    return { items, readTo: undefined };
  }

  /** @returns without an entry what changed, vanished or cannot be read */
  async #readAgain({ path }: HeldItem): Promise<CopyItem> {
    try {
      const stat = await this.#options.tree.stat(path);
      if (stat === undefined || stat.kind === "other") return { path, entry: undefined };
      const [reading] = await this.#hasher.read([{ path, stat }]);
      return { path, entry: reading?.kind === "read" ? reading.entry : undefined };
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      return { path, entry: undefined };
    }
  }
}
