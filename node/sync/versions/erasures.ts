/**
 * Erasures as one folder heeds them: which of its kept versions, and of what it is about to keep,
 * an administrator erased.
 *
 * Nothing is remembered: what the records of a path carry is judged each time, under the documents
 * that are known by then. So a peer that was away erases when it learns, and one that crashed in
 * between does at its next start. A bad or foreign envelope erases nothing.
 */

import { type Erasure, erases } from "../../../protocol/documents/erasure.ts";
import { isRefusal, type Verified } from "../../../protocol/documents/verified.ts";
import type { EntryPath } from "../../../protocol/folder/path.ts";
import type { FolderId } from "../../../protocol/ids.ts";
import type { Version } from "../../../protocol/records/record.ts";
import type { Vector } from "../../../protocol/records/version.ts";
import type { Refusal } from "../../../protocol/refusal.ts";
import { erasuresIn } from "../../../protocol/wire/entry.ts";
import type { Replica } from "../../records/replica.ts";
import type { KeptVersion } from "./kept-rows.ts";

export interface ErasuresOptions {
  readonly folder: FolderId;
  readonly replica: Pick<Replica, "stateMany">;
  readonly judge: (envelope: Uint8Array) => Verified<Erasure> | Refusal;
}

export class Erasures {
  readonly #options: ErasuresOptions;

  constructor(options: ErasuresOptions) {
    this.#options = options;
  }

  /** Whether what was seen of a path up to `basis` is erased by what the versions of its key carry. */
  isErased(key: EntryPath, basis: Vector, versions: readonly Version[]): boolean {
    return this.#of(key, versions).some((erasure) => erases(erasure, basis));
  }

  /** Those of some kept versions that are erased. */
  async among(kept: readonly KeptVersion[]): Promise<readonly KeptVersion[]> {
    const paths = [...new Set(kept.map(({ path }) => path))];
    const states = await this.#options.replica.stateMany(paths);
    const erasures = new Map(paths.map((path, at) => [path, this.#of(path, states[at] ?? [])]));
    return kept.filter(({ path, basis }) => erasures.get(path)?.some((erasure) => erases(erasure, basis)) === true);
  }

  #of(key: EntryPath, versions: readonly Version[]): readonly Verified<Erasure>[] {
    const { folder, judge } = this.#options;
    return versions
      .flatMap(({ record }) => erasuresIn(record.payload))
      .map(judge)
      .filter((erasure): erasure is Verified<Erasure> => !isRefusal(erasure))
      .filter((erasure) => erasure.folder === folder && erasure.path === key);
  }
}
