/**
 * The announcer: from what was read on disk to signed versions.
 *
 * Under the folder's lock it looks at each path once more, so that neither a commit of the puller
 * nor a late write of a user slips between, makes the bytes durable (S4), and issues versions in
 * one atomic write with the rows that say what is held. A delete is believed only when the path is
 * absent again and the root still proves itself (S5), and told only as far as the brake lets it. A
 * rename goes out as a pair.
 */

import {
  changeOfCopy,
  changeOfGone,
  changeOfStanding,
  type LocalChange,
  type Rank,
} from "../../protocol/folder/local-change.ts";
import { type Entry, type LiveEntry, type Moved, sameEntry } from "../../protocol/folder/entry.ts";
import type { ManifestPage } from "../../protocol/content/manifest-builder.ts";
import { type EntryPath, nameOf, pathOfCopy } from "../../protocol/folder/path.ts";
import { recordKinds } from "../../protocol/records/record.ts";
import { encodeEntry, erasuresCarried } from "../../protocol/wire/entry.ts";
import type { Mutex } from "../mutex.ts";
import type { Clock, Stat, Store, Tree } from "../ports.ts";
import type { Draft, KeyState, Replica } from "../records/replica.ts";
import type { DeleteBrake } from "./delete-brake.ts";
import type { HalfDone } from "./half-done.ts";
import type { FolderIndex, HeldChange } from "./index.ts";
import { canBeEntry, type Held, isTrusted, sameStat } from "./held.ts";
import type { Reading } from "./hasher.ts";
import type { RootMarker } from "./marker.ts";
import { entryVersions } from "./views.ts";
import type { Spelling } from "./spelling.ts";
import type { WaitingDeletes } from "./waiting-deletes.ts";

export type ReadEntry = Extract<Reading, { kind: "read" }>;

export interface Announced {
  /** New versions that were issued. */
  readonly versions: number;
  /** Changed once more since they were read: look again. */
  readonly unsettled: readonly EntryPath[];
  /** Announced, but with times so fresh that a further write could hide: look again a little later. */
  readonly untrusted: readonly { readonly path: EntryPath; readonly stat: Stat }[];
  /** Why nothing was believed: the root does not prove itself. */
  readonly problem?: string;
}

/** What a scan found to be gone. */
export interface GoneBatch {
  readonly paths: readonly EntryPath[];
  /** Further files that the same scan found, and that come next. */
  readonly filesBehind: number;
}

export interface AnnouncerOptions {
  readonly tree: Tree;
  readonly store: Store;
  readonly clock: Clock;
  readonly index: FolderIndex;
  readonly marker: RootMarker;
  readonly replica: Replica;
  readonly brake: DeleteBrake;
  readonly waiting: WaitingDeletes;
  /** Undefined where the file system tells all names apart. */
  readonly spelling: Spelling | undefined;
  /** Held by whoever changes the folder's disk and says so in the index. */
  readonly lock: Mutex;
  readonly halfDone: HalfDone;
}

/** Times this close to the reading are not trusted, on file systems with fine times (FORMATS 17). */
export const coarseMs = 20;

/** One path on its way to a version. */
interface Candidate {
  readonly path: EntryPath;
  /** Undefined: gone. */
  readonly entry: LiveEntry | undefined;
  readonly pages: readonly ManifestPage[];
  readonly stat: Stat | undefined;
  readonly held: Held | undefined;
}

interface Decision {
  readonly candidate: Candidate;
  /** The record that the path speaks for: its own, or of the path that it is a copy of. */
  readonly key: EntryPath;
  readonly change: LocalChange;
  /** What administrators erased of the key so far: whatever is written over it says so too. */
  readonly erasures: readonly Uint8Array[];
}

export class Announcer {
  readonly #options: AnnouncerOptions;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
  }

  /** @param readAtMs wall clock before the first of the readings began */
  announce(readings: readonly ReadEntry[], gone: GoneBatch, readAtMs: number): Promise<Announced> {
    return this.#options.lock.run(() => this.#announce(readings, gone, readAtMs));
  }

  async #announce(readings: readonly ReadEntry[], gone: GoneBatch, readAtMs: number): Promise<Announced> {
    const { tree, marker, halfDone, brake, waiting } = this.#options;
    const problem = await marker.problemBeforeChange();
    if (problem !== undefined) return { versions: 0, unsettled: [], untrusted: [], problem };
    await halfDone.settle();
    const standing = await this.#lookAgain(readings);
    const vanished = await this.#stillGone(gone.paths);
    const movedAway = await this.#movedFrom(standing.candidates, vanished, readAtMs);
    const decided = await this.#decide([...standing.candidates, ...vanished, ...movedAway.gone]);
    const { decisions, passed } = await this.#pastBrake(decided, movedAway.pairs, gone.filesBehind);
    if (decisions.some(isNews)) await tree.flushAll();
    const heldOf = (decision: Decision): HeldChange => heldAfter(decision, readAtMs);
    await this.#options.index.writeContents(decisions.map(heldOf));
    await this.#record(decisions.filter(({ change }) => change.kind === "seen").map(heldOf), decisions);
    let versions = 0;
    for (const { rank, chosen } of issuesOf(decisions)) {
      this.#options.index.expectLocal(chosen.map(heldOf));
      const drafts = chosen.map((decision) => draftOf(decision, movedAway.pairs));
      versions += (await this.#options.replica.issue(drafts, { rank })).length;
    }
    await this.#options.index.sweepContents();
    brake.pass(passed);
    await waiting.forget(decisions.flatMap(({ candidate }) => (candidate.entry === undefined ? [candidate.path] : [])));
    const untrusted = decisions.flatMap((decision) => {
      const { path, after } = heldOf(decision);
      return after === undefined || after.trusted ? [] : [{ path, stat: after.stat }];
    });
    return { versions, unsettled: standing.unsettled, untrusted };
  }

  /** Drops what changed since it was read, and what a commit put there meanwhile. */
  async #lookAgain(readings: readonly ReadEntry[]): Promise<{ candidates: Candidate[]; unsettled: EntryPath[] }> {
    const { tree, index, waiting } = this.#options;
    const paths = readings.map(({ path }) => path);
    const stats = await Promise.all(paths.map((path) => tree.stat(path)));
    // What is back is no delete, whatever comes of it.
    await waiting.forget(paths.filter((path, at) => stats[at] !== undefined && waiting.at(path)?.side === "here"));
    const held = await index.heldMany(paths);
    const candidates: Candidate[] = [];
    const unsettled: EntryPath[] = [];
    for (const [at, { path, stat, entry, pages }] of readings.entries()) {
      const [now, was] = [stats[at], held[at]];
      if (now === undefined || !sameStat(stat, now)) unsettled.push(path);
      else if (was === undefined || !was.trusted || !sameStat(was.stat, now)) {
        candidates.push({ path, entry, pages, stat: now, held: was });
      }
    }
    return { candidates, unsettled };
  }

  /** S5: deletes that go too far wait for an operator; all else goes on. */
  async #pastBrake(
    decisions: readonly Decision[],
    pairs: ReadonlyMap<EntryPath, Moved>,
    filesBehind: number,
  ): Promise<{ readonly decisions: readonly Decision[]; readonly passed: number }> {
    const { index, brake, waiting, clock } = this.#options;
    const isDelete = ({ candidate, change }: Decision): boolean =>
      change.kind === "delete" && candidate.entry === undefined && !pairs.has(candidate.path);
    const files = decisions.filter((decision) => isDelete(decision) && !isDirectory(decision));
    const fresh = files.map(({ candidate }) => candidate.path).filter((path) => waiting.at(path)?.side !== "here");
    const { files: all, directories } = index.counts();
    const going = fresh.length + filesBehind + waiting.count("here");
    const isBeyond = fresh.length > 0 && brake.isBeyond(going, all - directories);
    if (isBeyond) await waiting.hold(fresh, "here", clock.wallMs());
    const waits = (decision: Decision): boolean => {
      const { path } = decision.candidate;
      return isDirectory(decision) ? waiting.isHeldBelow(path, "here") : waiting.isHeld(path, "here");
    };
    return {
      decisions: decisions.filter((decision) => !isDelete(decision) || !waits(decision)),
      passed: isBeyond ? 0 : fresh.length,
    };
  }

  async #stillGone(paths: readonly EntryPath[]): Promise<readonly Candidate[]> {
    const standing = await this.#areStanding(paths);
    const held = await this.#options.index.heldMany(paths);
    return paths.flatMap((path, at) =>
      held[at] === undefined || standing[at] === true ? [] : [goneCandidate(path, held[at])],
    );
  }

  /** By their very names: what stands there by another spelling is something else (C5). */
  async #areStanding(paths: readonly EntryPath[]): Promise<readonly boolean[]> {
    const { tree, spelling } = this.#options;
    if (spelling !== undefined) return (await spelling.look(paths)).map((look) => look === "standing");
    const isStanding = async (path: EntryPath): Promise<boolean> => {
      const stat = await tree.stat(path);
      return stat !== undefined && canBeEntry(nameOf(path), stat);
    };
    return Promise.all(paths.map(isStanding));
  }

  /** New files whose content stood at a path that is gone: a rename or move, told as a pair. */
  async #movedFrom(
    candidates: readonly Candidate[],
    vanished: readonly Candidate[],
    readAtMs: number,
  ): Promise<{ gone: readonly Candidate[]; pairs: ReadonlyMap<EntryPath, Moved> }> {
    const { index, waiting } = this.#options;
    const pairs = new Map<EntryPath, Moved>();
    const gone: Candidate[] = [];
    const knownGone = new Set(vanished.map(({ path }) => path));
    if (index.counts().files === 0) return { gone, pairs };
    for (const { path, entry, stat, held } of candidates) {
      if (entry?.kind !== "file" || held !== undefined) continue;
      // What was just written is no move: that leaves both times as they are, or changes only the inode's.
      if (waiting.count("here") === 0 && stat !== undefined && isJustWritten(stat, readAtMs)) continue;
      for (const from of await index.contents.pathsOf(entry.root, movesTried)) {
        if (pairs.has(from) || (!knownGone.has(from) && (await this.#areStanding([from]))[0] === true)) continue;
        const was = await index.held(from);
        if (was === undefined) continue;
        if (!knownGone.has(from)) gone.push(goneCandidate(from, was));
        knownGone.add(from);
        pairs.set(from, { movedTo: path });
        pairs.set(path, { movedFrom: from });
        break;
      }
    }
    return { gone, pairs };
  }

  async #decide(candidates: readonly Candidate[]): Promise<readonly Decision[]> {
    const keys = candidates.map(({ path, held }) => held?.copyOf ?? pathOfCopy(path) ?? path);
    const states = await this.#options.replica.stateMany(keys);
    return candidates.map((candidate, at) => {
      const key = keys[at] ?? candidate.path;
      const versions = states[at] ?? [];
      const erasures = erasuresCarried(versions.map(({ record }) => record.payload));
      return { candidate, key, change: decide(candidate, { key, versions }), erasures };
    });
  }

  /** Writes what is held without any new version. */
  async #record(heldChanges: readonly HeldChange[], decisions: readonly Decision[]): Promise<void> {
    if (heldChanges.length === 0) return;
    const { replica, index, store } = this.#options;
    const paths = new Set(heldChanges.map(({ path }) => path));
    const keys = [...new Set(decisions.filter(({ candidate }) => paths.has(candidate.path)).map(({ key }) => key))];
    await replica.exclusive(async () => {
      const states = await replica.stateMany(keys);
      const rows = await index.rowsFor(
        heldChanges,
        keys.map((key, at) => ({ key, versions: states[at] ?? [] })),
      );
      await store.write(rows, { durable: false });
    });
  }
}

function isJustWritten({ ctimeNs, mtimeNs }: Stat, readAtMs: number): boolean {
  return ctimeNs === mtimeNs && Number(mtimeNs / 1_000_000n) > readAtMs - justMs;
}

/** A file that was written longer ago than this, and is new at its path, may have come with its directory. */
const justMs = 2_000;
/**
 * Whether the disk stands otherwise than what is held says. Both have to be durable: a file that is
 * held and lost with the power would look like a delete, one that is deleted and comes back like a new one.
 */
function isNews({ candidate: { entry, stat, held }, change }: Decision): boolean {
  if (change.kind !== "seen" || entry === undefined || held === undefined) return true;
  return !sameEntry(entry, held.entry) || stat?.inode !== held.stat.inode;
}

/** How many paths with the content of a new file are asked whether they are gone. */
const movesTried = 8;

function isDirectory({ candidate }: Decision): boolean {
  return candidate.held?.entry.kind === "directory";
}

function decide({ path, entry, stat, held }: Candidate, state: KeyState): LocalChange {
  const siblings = entryVersions(state);
  if (held?.copyOf !== undefined) return changeOfCopy(entry, held, siblings);
  // A directory that only stands for what lives in it speaks for nobody, until somebody gives it a mode
  // or puts another one there.
  const isSame = entry === undefined || (sameEntry(entry, held?.entry ?? entry) && stat?.inode === held?.stat.inode);
  if (held?.implicit === true && isSame) return { kind: "seen", basis: held.basis };
  if (entry !== undefined) return changeOfStanding(entry, held, siblings);
  if (held === undefined) throw new Error(`nothing was held at ${path}`);
  return changeOfGone(held, siblings);
}

/**
 * What goes out together: one version of a key at a time, for who writes a key twice in one go
 * supersedes the first, and a path and its copies speak of different versions.
 */
function issuesOf(decisions: readonly Decision[]): readonly { readonly rank: Rank; readonly chosen: Decision[] }[] {
  const issues = new Map<string, { rank: Rank; chosen: Decision[] }>();
  const rounds = new Map<string, number>();
  for (const decision of decisions) {
    if (decision.change.kind === "seen") continue;
    const rank = decision.change.kind === "write" ? decision.change.rank : "sealed";
    const round = rounds.get(decision.key) ?? 0;
    rounds.set(decision.key, round + 1);
    const issue = issues.get(`${rank} ${round}`) ?? { rank, chosen: [] };
    issue.chosen.push(decision);
    issues.set(`${rank} ${round}`, issue);
  }
  return [...issues.values()];
}

function heldAfter({ candidate, key, change }: Decision, readAtMs: number): HeldChange {
  const { path, entry, stat, pages, held } = candidate;
  // An edited copy becomes the next version of its path and is taken from its place when that is shown.
  if (entry === undefined || stat === undefined) return { path, after: undefined };
  const basis = change.kind === "seen" ? change.basis : change.causes;
  const isImplicit = held?.implicit === true && change.kind === "seen" && sameEntry(entry, held.entry);
  const kept = { ...(key !== path && { copyOf: key }), ...(isImplicit && { implicit: true as const }) };
  return { path, after: { entry, stat, trusted: isTrusted(stat, readAtMs, coarseMs), basis, ...kept }, pages };
}

function draftOf({ candidate, key, change, erasures }: Decision, pairs: ReadonlyMap<EntryPath, Moved>): Draft {
  if (change.kind === "seen") throw new Error("what was only seen makes no version");
  const entry: Entry = change.kind === "write" ? change.entry : { kind: "deleted" };
  return {
    kind: recordKinds.fileEntry,
    key,
    causes: change.causes,
    ...(change.spared.length > 0 && { spared: change.spared }),
    tombstone: change.kind === "delete",
    // What was moved is told of paths, and a copy speaks for another path than its own.
    payload: encodeEntry(entry, key === candidate.path ? pairs.get(candidate.path) : undefined, erasures),
  };
}

function goneCandidate(path: EntryPath, held: Held): Candidate {
  return { path, entry: undefined, pages: [], stat: undefined, held };
}
