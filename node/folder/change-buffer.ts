/**
 * The change buffer: directories that somebody touched, waiting until they have settled.
 *
 * A directory is due a short while after its last hint, so that a burst of writes is looked at
 * once; but never much later than its first, so that a busy directory is not starved. A file that
 * changed while it was read puts its directory back, each time for twice as long. The buffer is
 * bounded: with too many directories it forgets them all and asks for a scan of everything.
 */

import type { EntryPath } from "../../protocol/folder/path.ts";

export interface ChangeBufferOptions {
  /** Quiet time after a hint, and the longest wait for it. */
  readonly settleMs: number;
  readonly settleMsMax: number;
  /** The longest wait for a file that keeps changing. */
  readonly unsettledMsMax: number;
  readonly directoriesMax: number;
}

const changeBufferDefaults: ChangeBufferOptions = {
  settleMs: 15,
  settleMsMax: 120,
  unsettledMsMax: 4_000,
  directoriesMax: 8_192,
};

export type DueChanges =
  | { readonly kind: "everything" }
  | { readonly kind: "directories"; readonly directories: readonly DueDirectory[] };

interface DueDirectory {
  readonly path: EntryPath | "";
  /** Also all directories below, those that look untouched too. */
  readonly isDeep: boolean;
}

interface Waiting {
  readonly firstMs: number;
  dueMs: number;
}

export class ChangeBuffer {
  readonly #options: ChangeBufferOptions;
  readonly #waiting = new Map<EntryPath | "", Waiting>();
  /** Looked at again by then without any hint. A hint does not wait for it, and whoever looks says anew what is needed. */
  readonly #laterMs = new Map<EntryPath | "", number>();
  /** To be looked at with all that is below, whenever that is. */
  readonly #deep = new Set<EntryPath | "">();
  readonly #backoffMs = new Map<EntryPath | "", number>();
  #everythingDueMs: number | undefined;

  constructor(options: ChangeBufferOptions = changeBufferDefaults) {
    this.#options = options;
  }

  /** A hint: something in this directory may have changed. */
  mark(directory: EntryPath | "", nowMs: number): void {
    const { settleMs, settleMsMax } = this.#options;
    const waiting = this.#waiting.get(directory);
    if (waiting === undefined) this.#waiting.set(directory, { firstMs: nowMs, dueMs: nowMs + settleMs });
    else waiting.dueMs = Math.max(waiting.dueMs, Math.min(nowMs + settleMs, waiting.firstMs + settleMsMax));
    this.#bound(nowMs);
  }

  /** Looks at a directory again later, without a hint: a stat there was too young to be trusted, or a file could not be read. */
  markLater(directory: EntryPath | "", nowMs: number, delayMs: number): void {
    this.#laterMs.set(directory, Math.min(this.#laterMs.get(directory) ?? Infinity, nowMs + delayMs));
    this.#bound(nowMs);
  }

  /** The directory itself could not be listed: who wanted to look below it never got there, and nobody else will. */
  markUnlisted(directory: EntryPath | "", nowMs: number, delayMs: number): void {
    this.#deep.add(directory);
    this.markLater(directory, nowMs, delayMs);
  }

  /** Something in this directory was still changing when it was read. */
  markUnsettled(directory: EntryPath | "", nowMs: number): void {
    const { settleMs, unsettledMsMax } = this.#options;
    const backoffMs = Math.min(2 * (this.#backoffMs.get(directory) ?? settleMs), unsettledMsMax);
    this.#backoffMs.set(directory, backoffMs);
    this.#waiting.set(directory, { firstMs: nowMs, dueMs: nowMs + backoffMs });
    this.#bound(nowMs);
  }

  /** Everything may have changed. */
  markEverything(nowMs: number): void {
    this.#forget();
    this.#everythingDueMs ??= nowMs + this.#options.settleMs;
  }

  /** A directory was read and stood still. */
  settled(directory: EntryPath | ""): void {
    this.#backoffMs.delete(directory);
  }

  /** What is due, taken out; undefined when nothing is. Parents stand before what is in them. */
  take(nowMs: number): DueChanges | undefined {
    if (this.#everythingDueMs !== undefined && this.#everythingDueMs <= nowMs) {
      this.#everythingDueMs = undefined;
      this.#forget();
      return { kind: "everything" };
    }
    const due = new Set<EntryPath | "">();
    for (const [directory, { dueMs }] of this.#waiting) if (dueMs <= nowMs) due.add(directory);
    for (const [directory, dueMs] of this.#laterMs) if (dueMs <= nowMs) due.add(directory);
    if (due.size === 0) return undefined;
    const directories = [...due].toSorted().map((path) => ({ path, isDeep: this.#deep.has(path) }));
    for (const { path } of directories) {
      this.#waiting.delete(path);
      this.#laterMs.delete(path);
      this.#deep.delete(path);
    }
    return { kind: "directories", directories };
  }

  /** When `take` will have something; undefined when nothing waits. */
  nextDueMs(): number | undefined {
    let next = this.#everythingDueMs;
    for (const { dueMs } of this.#waiting.values()) next = Math.min(next ?? Infinity, dueMs);
    for (const dueMs of this.#laterMs.values()) next = Math.min(next ?? Infinity, dueMs);
    return next;
  }

  #forget(): void {
    this.#waiting.clear();
    this.#laterMs.clear();
    this.#deep.clear();
  }

  #bound(nowMs: number): void {
    if (this.#waiting.size + this.#laterMs.size > this.#options.directoriesMax) this.markEverything(nowMs);
    // Back-off is a courtesy: forgetting it costs one early look.
    if (this.#backoffMs.size > this.#options.directoriesMax) this.#backoffMs.clear();
  }
}
