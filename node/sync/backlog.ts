/**
 * The backlog: which wanted paths are not tried right now, why, and until when.
 *
 * It lives in memory only: after a restart everything is tried again. Each failure doubles the
 * wait; new sources end it for what nobody had, and room on the disk for what did not fit.
 */

import { type EntryPath, parseEntryPath } from "../../protocol/folder/path.ts";
import type { ContentRoot } from "../../protocol/ids.ts";
import type { ItemProblem } from "../folder/scanner.ts";
import type { Clock, DiskFailure } from "../ports.ts";

type Reason = "missing" | "changed" | "no-room" | DiskFailure;

/** What did not fit, and beside how much. */
interface RoomFacts {
  readonly neededBytes: number;
  readonly freeBytes: number;
}

/** A path that cannot be made here as things are. */
export interface BlockedPath extends Partial<RoomFacts> {
  readonly path: string;
  readonly why: DiskFailure | "name-twin" | ItemProblem;
  /** Has its place, by a name that this file system does not tell apart from its own. */
  readonly twin?: string;
}

/** A file whose content no connected peer had when it was asked for last. */
export interface UnfoundFile {
  readonly path: string;
  readonly content: ContentRoot;
}

interface Entry {
  readonly reason: Reason;
  /** In vain, one after the other. */
  readonly tries: number;
  readonly sinceMs: number;
  readonly dueMs: number;
  readonly room?: RoomFacts;
  /** A path and its conflict copies wait together. */
  readonly unfound?: readonly UnfoundFile[];
}

/** First and longest wait, by what stands in the way. */
const waits = {
  missing: { firstMs: 250, longestMs: 10_000 },
  changed: { firstMs: 100, longestMs: 5_000 },
  disk: { firstMs: 1_000, longestMs: 60_000 },
  // Room is looked for more often than that; by this also kept versions get a chance to give way.
  room: { firstMs: 30_000, longestMs: 30_000 },
  // Such names do not become possible by waiting, and each try may fetch the content again.
  impossible: { firstMs: Infinity, longestMs: Infinity },
} as const;

export class Backlog {
  readonly #clock: Clock;
  readonly #entries = new Map<EntryPath, Entry>();
  /** Paths whose place something else has: what a whole round found, and what this one did so far. */
  #taken: ReadonlyMap<EntryPath, BlockedPath> = new Map();
  #takenFound = new Map<EntryPath, BlockedPath>();
  #roundMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * What is due is due in all phases of a round, or in none. Of a path that came due between them the last phase
   * would find the first one undone, and let it wait again, for ever; and one of whose versions nobody has would
   * never get rid of what it shows no more.
   */
  beginRound(): void {
    this.#roundMs = this.#clock.monotonicMs();
    this.#takenFound = new Map();
  }

  /** What was due and is neither done nor waits anew is not wanted any more: somebody else made it so. */
  endRound(): void {
    // What waits because nobody had a copy of it was not looked at.
    const unseen = [...this.#taken].filter(([path]) => !this.isDue(path));
    this.#taken = new Map([...unseen, ...this.#takenFound]);
    for (const [path, { dueMs }] of this.#entries) if (dueMs <= this.#roundMs) this.#entries.delete(path);
  }

  isDue(path: EntryPath): boolean {
    const entry = this.#entries.get(path);
    return entry === undefined || entry.dueMs <= this.#roundMs || this.#isOfThisRound(entry);
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
  missing(path: EntryPath, file: UnfoundFile): void {
    const before = this.#entries.get(path);
    // What was found out in this round stands beside it; what was found out before was asked for anew.
    const others = before !== undefined && before.dueMs > this.#roundMs ? (before.unfound ?? []) : [];
    const unfound = [...others.filter((other) => other.path !== file.path), file];
    this.#wait(path, "missing", waits.missing, { unfound });
  }

  /** The disk was not as it was held; a scan is on its way. */
  changed(path: EntryPath): void {
    const entry = this.#entries.get(path);
    // Or what waits longer for another reason would be tried as soon, each time.
    if (entry !== undefined && this.#isOfThisRound(entry)) return;
    this.#wait(path, "changed", waits.changed);
  }

  /** The disk refused. */
  failed(path: EntryPath, failure: DiskFailure): void {
    const isImpossible = failure === "name-impossible" || failure === "other-device";
    this.#wait(path, failure, isImpossible ? waits.impossible : waits.disk);
  }

  /** It does not fit beside what is left free. */
  noRoom(path: EntryPath, { neededBytes, freeBytes }: RoomFacts): void {
    this.#wait(path, "no-room", waits.room, { room: { neededBytes, freeBytes } });
  }

  /**
   * Something else has its place. Each round looks anew, for that costs little, and it may be gone by then; but what
   * nobody had of its copies is asked for no sooner.
   */
  taken(path: EntryPath, by: Omit<BlockedPath, "path">): void {
    if (this.#entries.get(path)?.reason !== "missing") this.#entries.delete(path);
    this.#takenFound.set(path, { path, ...by });
  }

  get waitsForRoom(): boolean {
    return [...this.#entries.values()].some(({ room }) => room !== undefined);
  }

  /** What fits by now is tried again. */
  roomIs(freeBytes: number): void {
    for (const [path, { room }] of this.#entries)
      if (room !== undefined && room.neededBytes <= freeBytes) this.#entries.delete(path);
  }

  /** A peer came, or has more than before: what nobody had is asked for again. @returns whether there was such */
  sourcesChanged(): boolean {
    const missing = [...this.#entries].filter(([, { reason }]) => reason === "missing");
    const dueMs = this.#clock.monotonicMs();
    // What nobody had is told until it was asked for again, and then a short wait is right.
    for (const [path, entry] of missing) this.#entries.set(path, { ...entry, tries: 0, dueMs });
    return missing.length > 0;
  }

  /** What is missing because nobody had it. */
  unfound(): readonly UnfoundFile[] {
    return [...this.#entries.values()].flatMap(({ unfound = [] }) => unfound);
  }

  /** What this disk cannot hold as it is. */
  blocked(): readonly BlockedPath[] {
    const others = [...this.#entries].flatMap(([path, { reason, room }]): readonly BlockedPath[] => {
      if (mayCome(reason) || this.#taken.has(path)) return [];
      return [{ path, why: reason === "no-room" ? "no-space" : reason, ...room }];
    });
    return [...this.#taken.values(), ...others];
  }

  /** How many of the blocked paths lack nothing else: of the others something may still come, such as a conflict copy. */
  get blockedAlone(): number {
    const lacking = [...this.#taken.keys()].filter((path) => mayCome(this.#entries.get(path)?.reason));
    return this.blocked().length - lacking.length;
  }

  /** It was due when the round began, and failed. */
  #isOfThisRound({ sinceMs }: Entry): boolean {
    return sinceMs >= this.#roundMs;
  }

  #wait(
    path: EntryPath,
    reason: Reason,
    { firstMs, longestMs }: { readonly firstMs: number; readonly longestMs: number },
    facts: Pick<Entry, "room" | "unfound"> = {},
  ): void {
    const before = this.#entries.get(path);
    const tries = before?.reason === reason ? before.tries + 1 : 1;
    const waitMs = Math.min(firstMs * 2 ** Math.min(tries - 1, 16), longestMs);
    const sinceMs = this.#clock.monotonicMs();
    this.#entries.set(path, { reason, tries, sinceMs, dueMs: sinceMs + waitMs, ...facts });
  }
}

/** What waits for these reasons is missing; for any other one it is blocked. */
function mayCome(reason: Reason | undefined): reason is "missing" | "changed" {
  return reason === "missing" || reason === "changed";
}
