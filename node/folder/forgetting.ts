/**
 * Forgetting the disk: what a folder's store says of what stands there is of another time (S8).
 *
 * The folder then starts as on a new store. Records stay: what they show and what does not stand
 * any more is wanted, not deleted. A crash on the way leaves store and tree as foreign to each
 * other as before, and all of this is done again.
 */

import type { FolderId } from "../../protocol/ids.ts";
import { type RowKind, rowRange } from "../keys.ts";
import type { Change, Store } from "../ports.ts";
import type { Replica } from "../records/replica.ts";
import type { FolderIndex } from "./index.ts";

/** All that is said of a folder's disk; what is wanted follows from it and the records. */
const kinds: readonly RowKind[] = ["h", "w", "k", "s", "r", "n", "m", "c", "i", "g"];
const pageRows = 1_024;

export async function forgetDisk(store: Store, folder: FolderId): Promise<void> {
  for (const kind of kinds) {
    for (;;) {
      const rows = await store.range({ ...rowRange(kind, folder), limit: pageRows });
      const changes = rows.map(([key]): Change => ({ kind: "delete", key }));
      if (changes.length > 0) await store.write(changes, { durable: true });
      if (rows.length < pageRows) break;
    }
  }
}

/** Says of all records anew what they want on a disk of which nothing is known. */
export async function wantEverything(store: Store, index: FolderIndex, replica: Replica): Promise<void> {
  let after: string | undefined;
  for (;;) {
    const states = await replica.page(after, pageRows);
    after = states.at(-1)?.key;
    if (after === undefined) return;
    await store.write(await index.rowsFor([], states), { durable: true });
  }
}
