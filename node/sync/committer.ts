/**
 * The committer: gathers what is ready while a commit runs, and carries it out as the next group.
 *
 * So the size of a group follows the speed of the disk: one file in a quiet folder is committed at
 * once, thousands share their flushes.
 */

import type { EntryPath } from "../../protocol/folder/path.ts";
import { DiskError } from "../ports.ts";
import type { Commit, CommitResult } from "./commit.ts";
import type { CommitGroup } from "./commit-group.ts";
import type { Staged, Stager } from "./stager.ts";

/** Places in one group: each holds a descriptor open until its commit. */
const groupPlacesMax = 256;

interface Waiting {
  readonly batch: CommitGroup;
  readonly resolve: (results: readonly CommitResult[]) => void;
  readonly reject: (error: unknown) => void;
}

export class Committer {
  readonly #commit: Commit;
  readonly #stager: Stager;
  readonly #waiting: Waiting[] = [];
  #isRunning = false;

  constructor(commit: Commit, stager: Stager) {
    this.#commit = commit;
    this.#stager = stager;
  }

  /** One result for each item of the batch, once they are durable. */
  run(batch: CommitGroup): Promise<readonly CommitResult[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject });
      if (!this.#isRunning) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      const group = this.#nextGroup();
      await this.#runGroup(group);
    }
    this.#isRunning = false;
  }

  #nextGroup(): readonly Waiting[] {
    let places = 0;
    let count = 0;
    for (const { batch } of this.#waiting) {
      if (count > 0 && places + batch.places.length > groupPlacesMax) break;
      places += batch.places.length;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #runGroup(waiting: readonly Waiting[]): Promise<void> {
    const group: CommitGroup = {
      places: waiting.flatMap(({ batch }) => batch.places),
      attributes: waiting.flatMap(({ batch }) => batch.attributes),
      removes: waiting.flatMap(({ batch }) => batch.removes),
    };
    try {
      const results = new Map((await this.#commit.run(group)).map((result) => [result.path, result]));
      for (const { batch, resolve } of waiting) resolve(pathsOf(batch).flatMap((path) => results.get(path) ?? []));
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
    await Promise.all(group.places.map(({ staged }) => this.#release(staged)));
  }

  /** What cannot be removed now goes with the next start. */
  async #release(staged: Staged): Promise<void> {
    try {
      await this.#stager.release(staged);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
    }
  }
}

function pathsOf({ places, attributes, removes }: CommitGroup): readonly EntryPath[] {
  return [
    ...places.map(({ item }) => item.shown.path),
    ...attributes.map(({ shown }) => shown.path),
    ...removes.map(({ path }) => path),
  ];
}
