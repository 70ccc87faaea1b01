/**
 * The backlog: which wanted paths are not tried right now, why, and until when.
 *
 * It lives in memory only: after a restart everything is tried again. Each failure doubles the
 * wait; new sources end it for what nobody had.
 */

import { type EntryPath, parseEntryPath } from "../../protocol/folder/path.ts";
import type { Clock, DiskFailure } from "../ports.ts";

type Reason = "missing" | "changed" | DiskFailure;

interface Entry {
  readonly reason: Reason;
  readonly tries: number;
  readonly dueMs: number;
}

/** First and longest wait, by what stands in the way. */
const waits = {
  missing: { firstMs: 250, longestMs: 10_000 },
  changed: { firstMs: 100, longestMs: 5_000 },
  disk: { firstMs: 1_000, longestMs: 60_000 },
} as const;

export class Backlog {
  readonly #clock: Clock;
  readonly #entries = new Map<EntryPath, Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  isDue(path: EntryPath): boolean {
    const entry = this.#entries.get(path);
    return entry === undefined || entry.dueMs <= this.#clock.monotonicMs();
  }

  /** In how long the next path is due again; undefined when none waits. */
  nextDueInMs(): number | undefined {
    let next: number | undefined;
    for (const { dueMs } of this.#entries.values()) if (next === undefined || dueMs < next) next = dueMs;
    return next === undefined ? undefined : Math.max(1, next - this.#clock.monotonicMs());
  }

  done(path: EntryPath): void {
    this.#entries.delete(path);
  }

  /** Something else is wanted at a path now: what stood in the way of what was wanted before says nothing of it. */
  recordsChanged(key: string): void {
    // Keys that are no paths are never wanted.
    const path = this.#entries.size === 0 ? undefined : parseEntryPath(key);
    if (path !== undefined) this.#entries.delete(path);
  }

  /** No connected peer had it. */
  missing(path: EntryPath): void {
    this.#wait(path, "missing", waits.missing);
  }

  /** The disk was not as it was held; a scan is on its way. */
  changed(path: EntryPath): void {
    this.#wait(path, "changed", waits.changed);
  }

  /** The disk refused. */
  failed(path: EntryPath, failure: DiskFailure): void {
    this.#wait(path, failure, waits.disk);
  }

  /** A peer came, or has more than before: what nobody had is asked for again. @returns whether there was such */
  sourcesChanged(): boolean {
    const missing = [...this.#entries].filter(([, { reason }]) => reason === "missing");
    for (const [path] of missing) this.#entries.delete(path);
    return missing.length > 0;
  }

  /** What this disk cannot hold as it is. */
  blocked(): readonly { readonly path: string; readonly why: string }[] {
    return [...this.#entries].flatMap(([path, { reason }]) =>
      reason === "missing" || reason === "changed" ? [] : [{ path, why: reason }],
    );
  }

  #wait(path: EntryPath, reason: Reason, { firstMs, longestMs }: { firstMs: number; longestMs: number }): void {
    const before = this.#entries.get(path);
    const tries = before?.reason === reason ? before.tries + 1 : 0;
    const waitMs = Math.min(firstMs * 2 ** Math.min(tries, 16), longestMs);
    this.#entries.set(path, { reason, tries, dueMs: this.#clock.monotonicMs() + waitMs });
  }
}
