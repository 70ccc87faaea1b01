/**
 * Taking a waiting delete back: the operator says that the files shall stay.
 *
 * What was deleted here is forgotten, so that its records want it again and the puller brings it
 * in from others. What others asked to be deleted is written anew by this peer over the deletes,
 * and so comes back to everybody (X2). In both cases the directories above come along.
 */

import { type EntryPath, parentOf } from "../../protocol/folder/path.ts";
import { causesOf, recordKinds } from "../../protocol/records/record.ts";
import { joinVectors } from "../../protocol/records/version.ts";
import { encodeEntry, erasuresCarried } from "../../protocol/wire/entry.ts";
import type { Mutex } from "../mutex.ts";
import type { Store, Tree } from "../ports.ts";
import type { KeyState, Replica } from "../records/replica.ts";
import { type Held, sameStat } from "./held.ts";
import type { FolderIndex, HeldChange } from "./index.ts";
import type { WaitingDeletes } from "./waiting-deletes.ts";

export interface TakingBackOptions {
  readonly tree: Tree;
  readonly store: Store;
  readonly index: FolderIndex;
  readonly replica: Replica;
  readonly waiting: WaitingDeletes;
  readonly lock: Mutex;
}

/** What stands, or is thought to, at a path, and its records. */
interface Known {
  readonly path: EntryPath;
  readonly held: Held;
  readonly state: KeyState;
}

export class TakingBack {
  readonly #options: TakingBackOptions;

  constructor(options: TakingBackOptions) {
    this.#options = options;
  }

  /** @param paths whose deletes were found here */
  wantAgain(paths: readonly EntryPath[]): Promise<void> {
    return this.#options.lock.run(() => this.#wantAgain(paths));
  }

  /**
   * @param paths whose deletes others asked for
   * @throws RefusedError when this peer may not write
   */
  writeAnew(paths: readonly EntryPath[]): Promise<void> {
    return this.#options.lock.run(() => this.#writeAnew(paths));
  }

  async #wantAgain(paths: readonly EntryPath[]): Promise<void> {
    const { tree, store, index, replica, waiting } = this.#options;
    const known = await this.#known([...paths, ...parentsOf(paths)]);
    const stats = await Promise.all(known.map(({ path }) => tree.stat(path)));
    // What stands again is for a scan to look at.
    const absent = known.filter((_, at) => stats[at] === undefined);
    const changes = absent.map(({ path }): HeldChange => ({ path, after: undefined }));
    await replica.exclusive(async () => {
      const keys = [...new Set(absent.map(({ state }) => state.key))];
      const states = await replica.stateMany(keys);
      const rows = await index.rowsFor(
        changes,
        keys.map((key, at) => ({ key, versions: states[at] ?? [] })),
      );
      await store.write(rows, { durable: true });
    });
    await index.sweepContents();
    await waiting.forget(paths);
  }

  async #writeAnew(paths: readonly EntryPath[]): Promise<void> {
    const { tree, index, replica, waiting } = this.#options;
    const known = await this.#known([...parentsOf(paths), ...paths]);
    const stats = await Promise.all(known.map(({ path }) => tree.stat(path)));
    const gone = known.filter(({ path, held, state }, at) => {
      const stat = stats[at];
      // What is not as it is held says something new by itself, once it is scanned.
      const isAsStands = stat !== undefined && sameStat(held.stat, stat);
      return isAsStands && state.key === path && state.versions.every(({ record }) => record.tombstone);
    });
    const changes = gone.map(({ path, held, state }): HeldChange => {
      const { implicit: _, ...rest } = held;
      return { path, after: { ...rest, basis: joinVectors(held.basis, causesOf(state.versions)) } };
    });
    index.expectLocal(changes);
    await replica.issue(
      gone.map(({ path, held, state }) => ({
        kind: recordKinds.fileEntry,
        key: path,
        causes: joinVectors(held.basis, causesOf(state.versions)),
        tombstone: false,
        payload: encodeEntry(held.entry, {}, erasuresCarried(state.versions.map(({ record }) => record.payload))),
      })),
    );
    await waiting.forget(paths);
  }

  async #known(paths: readonly EntryPath[]): Promise<readonly Known[]> {
    const { index, replica } = this.#options;
    const rows = await index.heldMany(paths);
    const found = paths.flatMap((path, at): { path: EntryPath; held: Held }[] => {
      const held = rows[at];
      return held === undefined ? [] : [{ path, held }];
    });
    const keys = found.map(({ path, held }) => held.copyOf ?? path);
    const states = await replica.stateMany(keys);
    return found.map(({ path, held }, at) => ({
      path,
      held,
      state: { key: keys[at] ?? path, versions: states[at] ?? [] },
    }));
  }
}

/** All directories above some paths, each once, parents first. */
function parentsOf(paths: readonly EntryPath[]): readonly EntryPath[] {
  const parents = new Set<EntryPath>();
  for (const path of paths) {
    for (let above = parentOf(path); above !== "" && !parents.has(above); above = parentOf(above)) parents.add(above);
  }
  return [...parents].toSorted();
}
