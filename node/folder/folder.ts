/**
 * One folder of this peer: watches its tree, and turns what changes on disk into versions.
 *
 * The watch stands before the first scan, so that nothing falls between. Hints only say where to
 * look; what is believed comes from listings. A full scan from time to time finds what no hint
 * told (FORMATS 22 says when the first one may begin).
 */

import { type EntryPath, parentOf, parseEntryPath } from "../../protocol/folder/path.ts";
import type { FolderId } from "../../protocol/ids.ts";
import { Bell } from "../bell.ts";
import type { Mutex } from "../mutex.ts";
import {
  type Cancel,
  DiskError,
  type Log,
  type Ports,
  RefusedError,
  type Stat,
  type Tree,
  type WatchHint,
} from "../ports.ts";
import type { Replica } from "../records/replica.ts";
import { StoreError } from "../store-error.ts";
import { type Announcer, coarseMs, type GoneBatch } from "./announcer.ts";
import { ChangeBuffer, type DueChanges } from "./change-buffer.ts";
import type { Counts } from "./counts.ts";
import { Hasher, hashGroup, type Reading } from "./hasher.ts";
import { ctimeMs } from "./held.ts";
import { type FoundStanding, readSurely } from "./second-look.ts";
import type { HalfDone } from "./half-done.ts";
import type { FolderIndex } from "./index.ts";
import { renewMs, type RootMarker } from "./marker.ts";
import { type FolderOptions, type FolderParts, openParts } from "./opening.ts";
import { ItemProblems } from "./problems.ts";
import { type Finding, Scanner } from "./scanner.ts";
import type { Spelling } from "./spelling.ts";
import { TakingBack } from "./taking-back.ts";
import type { WaitingDeletes } from "./waiting-deletes.ts";

/** Time between full scans. Watches lose events without a word (PROMISES, fault model). */
const rescanMs = 10 * 60_000;
/** The same when there is no watch. */
const rescanUnwatchedMs = 60_000;
/** A clock that stepped may step again: no file with times that lie ahead waits longer. */
const aheadMsMax = 60_000;
/** How soon a root that did not prove itself, or a disk that failed, is looked at again. */
const troubledMs = 5_000;
/**
 * The same for a file or directory that cannot be read: it may be large, and so for good. It may have changed or be
 * gone, and no hint tells when it can be read again.
 */
const unreadableMs = 30_000;
/** How often it is asked whether the first scan is done. */
const lookMs = 20;
/** A larger file that was written this recently is probably still being written. */
const freshBytesMin = 1024 * 1024;
const freshMs = 200;
/** Deletes announced together. */
const goneAtOnce = 4_096;

export class Folder {
  readonly id: FolderId;
  readonly root: string;
  readonly tree: Tree;
  readonly index: FolderIndex;
  readonly marker: RootMarker;
  /** Undefined where the file system tells all names apart. */
  readonly spelling: Spelling | undefined;
  readonly replica: Replica;
  /** Deletes that the brake stopped, here and where others asked for them. */
  readonly waiting: WaitingDeletes;
  readonly takingBack: TakingBack;
  readonly deleteMarks: FolderOptions["deleteMarks"];
  /** Held by whoever changes the folder's disk and says so in the index. */
  readonly lock: Mutex;
  readonly halfDone: HalfDone;
  readonly problems = new ItemProblems();
  readonly #ports: Ports;
  readonly #log: Log;
  readonly #mayScan: FolderOptions["mayScan"];
  readonly #scanner: Scanner;
  readonly #hasher: Hasher;
  readonly #announcer: Announcer;
  readonly #buffer = new ChangeBuffer();
  readonly #bell = new Bell();
  readonly #stopped = new AbortController();
  #running: Promise<void> | undefined;
  #unwatch: Cancel | undefined;
  #isWatched = false;
  #isScanned = false;
  /** As it was when the marker was last renewed: every change makes new counts. */
  #renewed: Counts;
  #trouble: string | undefined;

  private constructor(options: FolderOptions, parts: FolderParts) {
    this.id = options.folder;
    this.root = options.root;
    this.tree = parts.tree;
    this.index = parts.index;
    this.marker = parts.marker;
    this.spelling = parts.spelling;
    this.replica = parts.replica;
    this.waiting = parts.waiting;
    this.takingBack = new TakingBack({ ...parts, store: options.ports.store });
    this.deleteMarks = options.deleteMarks;
    this.lock = parts.lock;
    this.halfDone = parts.halfDone;
    this.#announcer = parts.announcer;
    this.#ports = options.ports;
    this.#log = options.ports.log.with({ folder: options.folder });
    this.#mayScan = options.mayScan;
    this.#renewed = parts.index.counts();
    this.#scanner = new Scanner({
      tree: parts.tree,
      index: parts.index,
      device: parts.marker.device,
      isThoughtGone: (path) => parts.waiting.isHeld(path, "here"),
      spelling: parts.spelling,
    });
    this.#hasher = new Hasher(parts.tree, options.ports.compute);
  }

  /** @throws FolderError when the root is not this folder's, or cannot be used */
  static async open(options: FolderOptions): Promise<Folder> {
    return new Folder(options, await openParts(options));
  }

  start(): void {
    this.#running = this.#run(this.#stopped.signal);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#unwatch?.();
    await this.#running;
    await this.#renewMarker();
    await this.tree.close();
  }

  /** Whether the disk was compared with the index once since the start. */
  get isScanned(): boolean {
    return this.#isScanned;
  }

  /** Resolves once the disk was looked at, if nobody knew what stands there: it may need nothing at all. */
  async untilLookedAt(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.marker.isKnown && !this.#isScanned && this.#trouble === undefined) {
      await this.#ports.clock.sleep(lookMs, signal);
    }
  }

  /** Why the folder as a whole stands still; undefined when it does not. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Looks at a path again: somebody found it other than it is held. */
  lookAt(path: EntryPath): void {
    this.#buffer.mark(parentOf(path), this.#now());
    this.#bell.ring();
  }

  /** Looks at a path once more when its times, too fresh to be trusted, have passed; they lie ahead where a clock was set back. */
  lookAtSoon(path: EntryPath, stat: Stat): void {
    const aheadMs = Math.max(0, ctimeMs(stat) - this.#ports.clock.wallMs());
    this.#buffer.markLater(parentOf(path), this.#now(), Math.min(aheadMs + 2 * coarseMs, aheadMsMax));
    this.#bell.ring();
  }

  lookAtEverything(): void {
    this.#buffer.markEverything(this.#now());
    this.#bell.ring();
  }

  async #run(signal: AbortSignal): Promise<void> {
    await this.#watch();
    await this.#mayScan(signal, this.marker.isKnown);
    let rescanAtMs = this.#now();
    let renewAtMs = rescanAtMs + renewMs;
    while (!signal.aborted) {
      if (this.#now() >= rescanAtMs) {
        this.#buffer.markEverything(this.#now());
        const everyMs = this.#isWatched ? rescanMs : rescanUnwatchedMs;
        rescanAtMs = this.#now() + everyMs * (0.9 + 0.2 * this.#ports.random.unit());
      }
      if (this.#now() >= renewAtMs) {
        await this.#renewMarker();
        renewAtMs = this.#now() + renewMs;
      }
      const due = this.#buffer.take(this.#now());
      if (due !== undefined) await this.#guardedRound(due, signal);
      else {
        const nextMs = Math.min(this.#buffer.nextDueMs() ?? rescanAtMs, rescanAtMs, renewAtMs);
        await this.#bell.wait(this.#ports.clock, Math.max(1, nextMs - this.#now()), signal);
      }
    }
  }

  /** Store and root of before do not fit those of now, once something was changed. */
  async #renewMarker(): Promise<void> {
    if (this.index.counts() === this.#renewed) return;
    try {
      await this.lock.run(async () => {
        if ((await this.marker.problem()) !== undefined) return;
        const counts = this.index.counts();
        if (await this.marker.renew()) this.#renewed = counts;
      });
    } catch (error) {
      // Whoever needs the disk or the store says what is wrong with it.
      if (!(error instanceof DiskError || error instanceof StoreError)) throw error;
    }
  }

  async #watch(): Promise<void> {
    try {
      this.#unwatch = await this.#ports.watcher.watch(this.root, (hint) => this.#onHint(hint));
      this.#isWatched = true;
    } catch (error) {
      this.#log.write("error", "watch-failed", { why: String(error) });
    }
  }

  #onHint(hint: WatchHint): void {
    if (hint.kind === "directory") {
      const path = hint.path === "" ? "" : parseEntryPath(hint.path);
      if (path !== undefined) this.#buffer.mark(path, this.#now());
    } else {
      this.#buffer.markEverything(this.#now());
      if (hint.kind === "dead") {
        this.#isWatched = false;
        this.#log.write("error", "watch-dead", { why: hint.why });
      }
    }
    this.#bell.ring();
  }

  async #guardedRound(due: DueChanges, signal: AbortSignal): Promise<void> {
    // A trouble always asks for a scan of everything, which finds out whether it lasts.
    if (due.kind === "everything") this.#trouble = undefined;
    try {
      await this.#round(due, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof DiskError || error instanceof StoreError) this.#isTroubled(error.message);
      // Such as while this peer's own license or policy is not known yet: nothing is lost by waiting.
      else if (error instanceof RefusedError)
        this.#isTroubled(`what changed here cannot be announced: ${error.message}`);
      else throw error;
    }
  }

  /** Looks at what is due. New content goes out in groups, one read while the one before is announced. */
  async #round(due: DueChanges, signal: AbortSignal): Promise<void> {
    const everything = due.kind === "everything";
    const directories = everything ? [{ path: "", isDeep: true } as const] : due.directories;
    if (everything) this.problems.clear();
    // By path: one that is due by itself and with a new directory above it would be announced twice, beside itself.
    let group = new Map<EntryPath, FoundStanding>();
    let groupBytes = 0;
    let announcing: Promise<void> = Promise.resolve();
    const gone: Gone = { files: [], directories: [] };
    const flush = async (): Promise<void> => {
      const standing = [...group.values()];
      group = new Map();
      groupBytes = 0;
      const readAtMs = this.#ports.clock.wallMs();
      const readings = await readSurely(this.#hasher, this.#settled(standing), signal);
      await announcing;
      announcing = this.#announce(readings, nothingGone, readAtMs);
      // It is awaited with the next group; until then a failure waits there too.
      announcing.catch(() => undefined);
    };
    for (const { path, isDeep } of directories) {
      this.#buffer.settled(path);
      for await (const finding of this.#scanner.scan(path, isDeep)) {
        if (signal.aborted) {
          await announcing;
          return;
        }
        if (finding.kind === "standing") {
          group.set(finding.path, finding);
          groupBytes += Math.min(finding.stat.size, hashGroup.bytes);
        } else this.#note(finding, gone);
        if (group.size >= hashGroup.files || groupBytes >= hashGroup.bytes) await flush();
      }
    }
    await flush();
    await announcing;
    if (signal.aborted) return;
    await this.#announceGone(gone, signal);
    if (everything && this.#trouble === undefined) {
      await this.marker.scanned();
      this.#isScanned = true;
    }
  }

  #note(finding: Exclude<Finding, { kind: "standing" }>, gone: Gone): void {
    if (finding.kind === "listed") this.problems.listed(finding.path, finding.directories);
    else if (finding.kind === "problem") {
      const { path, problem } = finding;
      this.problems.report(path, problem);
      // Of what is on disk only a directory that was to be listed is unreadable.
      const directory = path === "" ? "" : parseEntryPath(path);
      if (problem === "unreadable" && directory !== undefined)
        this.#buffer.markUnlisted(directory, this.#now(), unreadableMs);
    } else (finding.held.entry.kind === "directory" ? gone.directories : gone.files).push(finding.path);
  }

  /**
   * Deletes come after all else, so that a move has found its content by then, and the brake judges
   * all of them as one go. Directories come last of all: they wait as long as what was in them.
   */
  async #announceGone({ files, directories }: Gone, signal: AbortSignal): Promise<void> {
    const due: EntryPath[] = [];
    for (const paths of slicesOf(files, goneAtOnce)) {
      const held = await this.index.heldMany(paths);
      due.push(...paths.filter((path, at) => held[at] !== undefined && !this.waiting.isHeld(path, "here")));
    }
    let filesBehind = due.filter((path) => this.waiting.at(path) === undefined).length;
    for (const paths of slicesOf(due, goneAtOnce)) {
      if (signal.aborted) return;
      filesBehind -= paths.filter((path) => this.waiting.at(path) === undefined).length;
      await this.#announce([], { paths, filesBehind }, this.#ports.clock.wallMs());
    }
    for (const paths of slicesOf(directories, goneAtOnce)) {
      if (signal.aborted) return;
      await this.#announce([], { paths, filesBehind: 0 }, this.#ports.clock.wallMs());
    }
  }

  /** Leaves out large files that somebody seems to be writing; they are looked at again. */
  #settled(standing: readonly FoundStanding[]): readonly FoundStanding[] {
    const nowNs = BigInt(Math.round(this.#ports.clock.wallMs())) * 1_000_000n;
    return standing.filter(({ path, stat }) => {
      const ageNs = nowNs - stat.mtimeNs;
      const isFresh =
        stat.kind === "file" && stat.size >= freshBytesMin && ageNs >= 0n && ageNs < BigInt(freshMs) * 1_000_000n;
      if (isFresh) this.#buffer.markUnsettled(parentOf(path), this.#now());
      return !isFresh;
    });
  }

  async #announce(readings: readonly Reading[], gone: GoneBatch, readAtMs: number): Promise<void> {
    const read = readings.filter((reading) => reading.kind === "read");
    for (const reading of readings) {
      if (reading.kind === "unsettled") this.#buffer.markUnsettled(parentOf(reading.path), this.#now());
      if (reading.kind === "failed") {
        const problem = reading.error.failure === "not-permitted" ? "not-permitted" : "unreadable";
        this.problems.report(reading.path, problem);
        if (problem === "unreadable") this.#buffer.markLater(parentOf(reading.path), this.#now(), unreadableMs);
      }
    }
    if (read.length === 0 && gone.paths.length === 0) return;
    const announced = await this.#announcer.announce(read, gone, readAtMs);
    for (const path of announced.unsettled) this.#buffer.markUnsettled(parentOf(path), this.#now());
    for (const { path, stat } of announced.untrusted) this.lookAtSoon(path, stat);
    if (announced.problem !== undefined) this.#isTroubled(announced.problem);
    if (announced.versions > 0) this.#log.write("debug", "versions-issued", { versions: announced.versions });
  }

  #isTroubled(why: string): void {
    if (this.#trouble === why) return;
    this.#trouble = why;
    this.#log.write("error", "folder-troubled", { why });
    this.#ports.clock.after(troubledMs, () => this.lookAtEverything());
  }

  #now(): number {
    return this.#ports.clock.monotonicMs();
  }
}

/** What one scan found to be gone. Paths alone: about a hundred bytes each, however many there are. */
interface Gone {
  readonly files: EntryPath[];
  readonly directories: EntryPath[];
}

const nothingGone: GoneBatch = { paths: [], filesBehind: 0 };

function slicesOf<Value>(values: readonly Value[], length: number): readonly (readonly Value[])[] {
  return Array.from({ length: Math.ceil(values.length / length) }, (_, at) =>
    values.slice(at * length, (at + 1) * length),
  );
}
