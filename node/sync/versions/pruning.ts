/**
 * Pruning: lets kept versions go as the policy's retention says, the oldest first.
 *
 * By count for each path, by age and by bytes for the folder; whichever is reached first. What a
 * user wrote and nobody else may have (a write that lost its place, an orphan, a path that the
 * mesh forgot) stays for a day at least, whatever the policy says. Everything is read in pages and
 * removed in short turns of the folder's lock, so commits hardly wait.
 */

import type { KeptVersions } from "../../../protocol/documents/policy.ts";
import type { EntryPath } from "../../../protocol/folder/path.ts";
import { Bell } from "../../bell.ts";
import type { Folder } from "../../folder/folder.ts";
import { type Clock, DiskError, type Log } from "../../ports.ts";
import { StoreError } from "../../store-error.ts";
import type { KeptReason, KeptVersion } from "./kept-rows.ts";
import type { KeyRange, Versions } from "./versions.ts";

export interface PruningOptions {
  readonly folder: Pick<Folder, "lock">;
  readonly versions: Versions;
  readonly clock: Clock;
  readonly log: Log;
  /** As the policy in force says; asked again each time. */
  readonly retention: () => KeptVersions;
  /** Reads what was found without a row. */
  readonly nameFound: (signal: AbortSignal) => Promise<void>;
  /** Those of some versions that an administrator erased. */
  readonly erased: (versions: readonly KeptVersion[]) => Promise<readonly KeptVersion[]>;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Commits that follow each other closely are pruned after together. */
const gatherMs = 1_000;
/** How soon a disk that failed is tried again. */
const troubledMs = 60_000;
/** Above so many paths with new versions, all are looked at instead. */
const pathsMax = 4_096;
/** Removed in one turn of the lock. */
const turnMax = 256;

const quarantined: ReadonlySet<KeptReason> = new Set(["surprise", "forgotten", "found"]);

export class Pruning {
  readonly #options: PruningOptions;
  readonly #bell = new Bell();
  readonly #paths = new Set<EntryPath>();
  /** All paths have to be looked at: after a start, with another count, or when too many have changed. */
  #isFullDue = true;
  #isReconciled = false;
  #countedWith: number | undefined;
  #prunedAtMs = -Infinity;

  constructor(options: PruningOptions) {
    this.#options = options;
    options.versions.onKept((paths) => this.lookAt(paths));
  }

  /** These have new versions, or were erased. */
  lookAt(paths: readonly EntryPath[]): void {
    if (paths.length === 0) return;
    for (const path of paths) this.#paths.add(path);
    this.#bell.ring();
  }

  /** Until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { versions, clock, log } = this.#options;
    const stopped = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    await Promise.race([versions.opened, stopped]);
    while (!signal.aborted) {
      let waitMs = hourMs;
      try {
        await this.prune(signal);
      } catch (error) {
        if (!(error instanceof DiskError || error instanceof StoreError)) throw error;
        log.write("warn", "versions-troubled", { why: error.message });
        waitMs = troubledMs;
      }
      await this.#bell.wait(clock, waitMs, signal);
      await clock.sleep(gatherMs, signal);
    }
  }

  async prune(signal: AbortSignal): Promise<void> {
    const { versions, retention } = this.#options;
    if (!this.#isReconciled) await this.#reconcile(signal);
    const { count } = retention();
    if (this.#paths.size > pathsMax || this.#countedWith !== count) this.#isFullDue = true;
    const paths = [...this.#paths];
    this.#paths.clear();
    if (this.#isFullDue) {
      this.#isFullDue = false;
      this.#countedWith = count;
      try {
        await this.#countAll(versions.all(), count, signal);
      } catch (error) {
        this.#isFullDue = true;
        throw error;
      }
    } else for (const path of paths) if (!signal.aborted) await this.#countAll(versions.ofPath(path), count, signal);
    await this.#pruneOldest(signal);
  }

  /**
   * Lets go of the oldest versions until so many bytes are free, quarantined ones last. Not to be
   * called under the folder's lock.
   * @returns the bytes of what was let go
   */
  async freeSpace(bytesWanted: number): Promise<number> {
    let freed = 0;
    for (const which of ["ordinary", "quarantined"] as const) {
      for await (const page of this.#options.versions.oldest()) {
        const chosen: KeptVersion[] = [];
        for (const version of page) {
          if (freed >= bytesWanted) break;
          if (quarantined.has(version.reason) !== (which === "quarantined")) continue;
          chosen.push(version);
          freed += version.entry.size;
        }
        await this.#discard(chosen);
        if (freed >= bytesWanted) return freed;
      }
    }
    return freed;
  }

  /** Above the count of each path the oldest go, and whatever was erased. */
  async #countAll(range: KeyRange, count: number, signal: AbortSignal): Promise<void> {
    // The newest `count` versions of the path that the pages are at; what drops out of them goes.
    let newest: KeptVersion[] = [];
    for await (const page of this.#options.versions.pages(range)) {
      if (signal.aborted) return;
      const going = new Set(await this.#options.erased(page));
      for (const version of page) {
        if (newest.at(-1)?.path !== version.path) newest = [];
        if (going.has(version)) continue;
        newest.push(version);
        const oldest = newest.length > count ? newest.shift() : undefined;
        if (oldest !== undefined && !this.#isProtected(oldest)) going.add(oldest);
      }
      await this.#discard([...going]);
    }
  }

  /** Those that are too old, and the oldest while there are too many bytes. */
  async #pruneOldest(signal: AbortSignal): Promise<void> {
    const { versions, retention, clock } = this.#options;
    const { days, bytes } = retention();
    let over = versions.totals.bytes - bytes;
    // Age is looked at once an hour, and then every version that may be too old.
    const isAgeDue = clock.monotonicMs() - this.#prunedAtMs >= hourMs;
    if (over <= 0 && !isAgeDue) return;
    if (isAgeDue) this.#prunedAtMs = clock.monotonicMs();
    const expiredMs = clock.wallMs() - days * dayMs;
    for await (const page of versions.oldest()) {
      if (signal.aborted) return;
      const going: KeptVersion[] = [];
      for (const version of page) {
        if (this.#isProtected(version)) continue;
        if (version.keptAtMs > expiredMs && over <= 0) return this.#discard(going);
        going.push(version);
        over -= version.entry.size;
      }
      await this.#discard(going);
    }
  }

  #isProtected({ reason, keptAtMs }: KeptVersion): boolean {
    return quarantined.has(reason) && this.#options.clock.wallMs() - keptAtMs < dayMs;
  }

  async #discard(chosen: readonly KeptVersion[]): Promise<void> {
    const { folder, versions } = this.#options;
    for (let at = 0; at < chosen.length; at += turnMax) {
      await folder.lock.run(() => versions.discard(chosen.slice(at, at + turnMax)));
    }
  }

  /** Once after a start: every name has a row, and every row its inode. */
  async #reconcile(signal: AbortSignal): Promise<void> {
    const { folder, versions, log } = this.#options;
    const directories = new Set(await versions.directories());
    for await (const directory of versions.directoriesOfRows()) directories.add(directory);
    const total = { found: 0, gone: 0 };
    for (const directory of directories) {
      if (signal.aborted) return;
      const { found, gone } = await folder.lock.run(() => versions.reconcile(directory));
      total.found += found;
      total.gone += gone;
    }
    if (total.found + total.gone > 0) log.write("warn", "versions-reconciled", total);
    await this.#options.nameFound(signal);
    this.#isReconciled = true;
  }
}
