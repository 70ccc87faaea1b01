/**
 * All that a folder does with kept versions: what commits ask, and the pruning that runs beside.
 */

import type { Erasure } from "../../../protocol/documents/erasure.ts";
import type { KeptVersions } from "../../../protocol/documents/policy.ts";
import type { Verified } from "../../../protocol/documents/verified.ts";
import { type EntryPath, parseEntryPath } from "../../../protocol/folder/path.ts";
import type { FolderId } from "../../../protocol/ids.ts";
import type { Refusal } from "../../../protocol/refusal.ts";
import { erasuresIn } from "../../../protocol/wire/entry.ts";
import type { Folder } from "../../folder/folder.ts";
import type { Ports } from "../../ports.ts";
import { Erasures } from "./erasures.ts";
import type { KeepingRules } from "./keeping.ts";
import { KeptContents } from "./kept-contents.ts";
import type { Kept, KeptVersion } from "./kept-rows.ts";
import { Pruning } from "./pruning.ts";
import { restoreVersion } from "./restore.ts";
import { Versions } from "./versions.ts";

export interface FolderVersionsOptions {
  readonly folder: Folder;
  readonly ports: Pick<Ports, "store" | "clock" | "compute" | "log">;
  readonly retention: () => KeptVersions;
  /** What an administrator erased, if an envelope says so. */
  readonly judge: (envelope: Uint8Array) => Verified<Erasure> | Refusal;
}

export class FolderVersions {
  readonly id: FolderId;
  readonly versions: Versions;
  readonly contents: KeptContents;
  readonly rules: Pick<KeepingRules, "retention" | "isErased">;
  readonly #folder: Folder;
  readonly #pruning: Pruning;
  readonly #stopped = new AbortController();
  #running: Promise<void> | undefined;

  constructor({ folder, ports, retention, judge }: FolderVersionsOptions) {
    const { store, clock, compute } = ports;
    this.id = folder.id;
    this.#folder = folder;
    this.versions = new Versions({ folder, store, clock });
    this.contents = new KeptContents({ folder, versions: this.versions, compute });
    const erasures = new Erasures({ folder: folder.id, replica: folder.replica, judge });
    this.rules = { retention, isErased: (...asked) => erasures.isErased(...asked) };
    this.#pruning = new Pruning({
      folder,
      versions: this.versions,
      clock,
      log: ports.log.with({ folder: folder.id }),
      retention,
      nameFound: (signal) => this.contents.nameFound(signal),
      erased: (versions) => erasures.among(versions),
    });
    folder.replica.onChange((changed) => {
      const erased = changed.filter(({ versions }) =>
        versions.some(({ record }) => erasuresIn(record.payload).length > 0),
      );
      this.#pruning.lookAt(erased.flatMap(({ key }) => parseEntryPath(key) ?? []));
    });
  }

  start(): void {
    this.#running = this.#pruning.run(this.#stopped.signal);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  /**
   * Puts a version back, at its path or another one.
   * @returns what stood there, kept
   * @throws RestoreError
   */
  restore(version: KeptVersion, to: EntryPath): Promise<Kept | undefined> {
    return restoreVersion({ folder: this.#folder, versions: this.versions }, version, to);
  }

  /**
   * Lets the oldest versions go until so many bytes are free. Not to be called under the folder's lock.
   * @returns the bytes of what was let go
   */
  freeSpace(bytesWanted: number): Promise<number> {
    return this.#pruning.freeSpace(bytesWanted);
  }
}
