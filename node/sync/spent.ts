/**
 * What a commit took out of its place and does not keep. It stays in the staging directory until the index says what
 * was done: should the peer die before, it tells that, whatever users put in its place since (S5).
 */

import { DiskError, type InternalPath, type Tree } from "../ports.ts";

/** What refuses to go stays until the next start. */
export async function removeSpent(tree: Tree, names: readonly InternalPath[]): Promise<void> {
  for (const name of names) {
    try {
      await tree.remove(name);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
    }
  }
}
