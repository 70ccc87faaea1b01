/**
 * One collection on this peer: what it holds, what it writes, what others told it.
 *
 * All writing goes through one lock and one atomic write: sibling sets, batches, context, buckets
 * and the rows of whoever follows the collection (FORMATS 11, S4). All of it is durable before
 * anybody hears of it.
 */

import { type CollectionId, type WriterId, toHex } from "../../protocol/ids.ts";
import { limits } from "../../protocol/limits.ts";
import { childrenOf, emptyFingerprint } from "../../protocol/records/audit.ts";
import type { BatchPart, Fork } from "../../protocol/records/batch.ts";
import type { Context, Known } from "../../protocol/records/context.ts";
import { pruned } from "../../protocol/records/prune.ts";
import type { RecordBody, Version } from "../../protocol/records/record.ts";
import type { Refusal } from "../../protocol/refusal.ts";
import { describeRefusal } from "../../protocol/refusal.ts";
import type {
  BucketsAnswer,
  CollectionDigest,
  DeltaAnswer,
  DeltaContent,
  SiblingsAnswer,
} from "../../protocol/wire/records-exchange.ts";
import type { Identity } from "../identity.ts";
import { Mutex } from "../mutex.ts";
import { type Cancel, type Change, type Clock, type Log, RefusedError, type Store } from "../ports.ts";
import { type KeyRing, type ProvenPart, factsOf, keyProblem } from "./acceptance.ts";
import { keysBelow, provenSiblings, recount, splitBuckets, sumsBelow } from "./buckets.ts";
import { Changeset } from "./changeset.ts";
import { deltaBehind } from "./delta.ts";
import { Holdings } from "./holdings.ts";
import { type Intake, type IntakeParts, type ProvenDelta, proveBatch, proveDelta, takeDelta } from "./intake.ts";
import { type Testimony, takeRepair } from "./repair.ts";
import { sealBatches } from "./sealing.ts";
import type { RecordsTrust } from "./trust-view.ts";
import { Upkeep } from "./upkeep.ts";
import type { WriterLife } from "./writer.ts";

/** A key and its siblings, primary first. */
export interface KeyState {
  readonly key: string;
  readonly versions: readonly Version[];
}

/** What a new record shall say. */
export interface Draft extends RecordBody {}

export type Origin = "local" | "remote";

/** A key, its siblings from now on, and those that the store still has. */
export interface ChangedKey extends KeyState {
  readonly before: readonly Version[];
}

/** Reads the siblings of keys that do not change in this write. */
export type ReadStates = (keys: readonly string[]) => Promise<readonly (readonly Version[])[]>;

/** Rows to be written in the same atomic write as the sibling sets. Called under the replica's lock. */
export type Projection = (
  changed: readonly ChangedKey[],
  origin: Origin,
  read: ReadStates,
) => Promise<readonly Change[]>;

export type ReplicaListener = (changed: readonly KeyState[], origin: Origin) => void;

export interface IssueOptions {
  /** Rows to be written together with what is issued. */
  readonly alongside?: (issued: readonly Version[]) => readonly Change[];
  /** "found": below all concurrent versions, whenever it was sealed (FORMATS 22). */
  readonly rank?: "sealed" | "found";
}

export interface ReplicaOptions {
  readonly collection: CollectionId;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly identity: Identity;
  readonly trust: RecordsTrust;
  readonly keys: KeyRing;
  readonly life: WriterLife;
  readonly projection: Projection | undefined;
}

/** What became of something that another peer told. */
export type Taken = { readonly kind: "refused"; readonly refusal: Refusal } | TakenIn;

/** `moved`: contexts or siblings are others than before. */
export interface TakenIn {
  readonly kind: "taken";
  readonly moved: boolean;
}

const childSumTries = 3;

export class Replica {
  readonly collection: CollectionId;
  readonly holdings: Holdings;
  readonly upkeep: Upkeep;
  readonly #options: ReplicaOptions;
  readonly #intake: IntakeParts;
  readonly #lock = new Mutex();
  /** One search at a time: others cannot make this peer read all its keys many times at once. */
  readonly #searches = new Mutex();
  readonly #listeners = new Set<ReplicaListener>();
  readonly #sealedListeners = new Set<(batches: readonly BatchPart[]) => void>();
  /** Writers that wait for a document, and for which. */
  readonly #held = new Map<WriterId, string>();
  /** How often they were released. */
  #releases = 0;

  /** Writers whose clock was found far ahead, told once. */
  readonly #ahead = new Set<WriterId>();

  private constructor(options: ReplicaOptions, holdings: Holdings) {
    const { collection, trust, keys } = options;
    this.collection = collection;
    this.holdings = holdings;
    this.#options = options;
    this.#intake = { site: trust.site, holdings, keys, trust };
    this.upkeep = new Upkeep({
      holdings,
      trust,
      exclusive: (act) => this.#lock.run(act),
      commit: (changeset, alongside) => this.#commit(changeset, "remote", alongside),
    });
  }

  static async open(options: ReplicaOptions): Promise<Replica> {
    return new Replica(options, await Holdings.open(options.collection, options.store));
  }

  context(): Context {
    return this.holdings.writers.context;
  }

  /** Over the context, 64 hex digits. */
  digest(): string {
    return this.holdings.writers.digest();
  }

  /** Live versions that are no tombstones: how many, and the sum of their hashes as 64 hex digits. */
  fingerprint(): { readonly count: number; readonly sum: string } {
    const { count, sum } = this.holdings.buckets.total;
    return { count, sum: toHex(sum) };
  }

  standing(): CollectionDigest {
    return { collection: this.collection, contextDigest: this.digest(), fingerprint: this.holdings.buckets.total };
  }

  /** Writers whose records wait for a document that this peer lacks, and for which. */
  heldBack(): ReadonlyMap<WriterId, string> {
    return this.#held;
  }

  /** The siblings of a key, primary first; none for a key that was never written. */
  async state(key: string): Promise<readonly Version[]> {
    return (await this.stateMany([key]))[0] ?? [];
  }

  stateMany(keys: readonly string[]): Promise<readonly (readonly Version[])[]> {
    return this.holdings.siblings(keys);
  }

  /** Keys in order, from behind `after`. Keys that hold only tombstones are among them. */
  page(after: string | undefined, limit: number): Promise<readonly KeyState[]> {
    return this.holdings.page(after, limit);
  }

  /** Called after each write, in their order. */
  onChange(listener: ReplicaListener): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called with what this peer issued, once it is durable. */
  onSealed(listener: (batches: readonly BatchPart[]) => void): Cancel {
    this.#sealedListeners.add(listener);
    return () => this.#sealedListeners.delete(listener);
  }

  /** Runs `act` while nothing is written here. It must not issue or take anything in. */
  exclusive<T>(act: () => Promise<T>): Promise<T> {
    return this.#lock.run(act);
  }

  /**
   * Seals drafts as batches of this peer's writer and writes them durably, then tells the mesh. A
   * draft whose key came earlier in the list supersedes that one.
   * @throws RefusedError when no honest peer would accept them
   */
  async issue(drafts: readonly Draft[], options: IssueOptions = {}): Promise<readonly Version[]> {
    if (drafts.length === 0) return [];
    const { life } = this.#options;
    const own = (): Known => this.holdings.known(life.current);
    for (;;) {
      // Waited for without the lock: while this peer asks the others, it listens to them.
      await life.ready(this.collection, own);
      const issued = await this.#lock.run(async () =>
        this.#isWritable(drafts, own()) ? this.#issue(drafts, options) : undefined,
      );
      if (issued !== undefined) return issued;
    }
  }

  /** What lives behind another peer's context. */
  delta(context: Context, skip: ReadonlySet<WriterId>): Promise<DeltaAnswer> {
    return this.#lock.run(() => deltaBehind(this.holdings, context, skip));
  }

  /** Checks all of an answer to our context that needs no store. */
  prove(answer: DeltaContent): Refusal | ProvenDelta {
    return proveDelta(this.#intake, answer);
  }

  /** Takes in what another peer answered to our context. */
  async takeDelta(answer: DeltaContent): Promise<Taken> {
    const delta = this.prove(answer);
    return "code" in delta ? { kind: "refused", refusal: delta } : this.takeProven(delta);
  }

  /** Takes in what was checked already. */
  takeProven(delta: ProvenDelta): Promise<TakenIn> {
    return this.#take((changeset) => takeDelta(this.#intake, delta, changeset));
  }

  /** Takes in sibling sets that an audit asked for. */
  async takeRepair(batches: readonly BatchPart[], testimony: Testimony): Promise<Taken> {
    const proven: ProvenPart[] = [];
    for (const batch of batches) {
      const part = proveBatch(this.#intake, batch);
      if ("code" in part) return { kind: "refused", refusal: part };
      proven.push(part);
    }
    return this.#take((changeset) => takeRepair(this.#intake, proven, changeset, testimony));
  }

  /**
   * Sums over the children of each prefix of buckets, and the context that they belong to. While
   * much is being written here there may be no such moment; then the context is nobody's.
   */
  async childSums(prefixes: readonly string[]): Promise<BucketsAnswer> {
    const children = prefixes.flatMap(childrenOf);
    const unsure = this.upkeep.isCatchingUp;
    for (let tries = 0; tries < childSumTries; tries += 1) {
      const contextDigest = this.digest();
      const fingerprints = await sumsBelow(this.holdings, children);
      if (this.digest() === contextDigest) return { contextDigest, fingerprints, unsure };
    }
    return { contextDigest: "0".repeat(64), fingerprints: children.map(() => emptyFingerprint), unsure };
  }

  /** All versions, with their proofs, of some keys in some buckets from behind `after`. */
  async siblingsBelow(prefixes: readonly string[], after: string | undefined): Promise<SiblingsAnswer> {
    // Looking for the keys takes long and needs no lock: what is written meanwhile is told as it is then.
    const { keys, next } = await this.#searches.run(() =>
      keysBelow(this.holdings, prefixes, after, limits.auditCompareMax),
    );
    const answer = await this.#lock.run(() => provenSiblings(this.holdings, keys));
    return { batches: answer.batches, next: answer.next ?? next };
  }

  /** Counts buckets again. @returns whether a stored sum was wrong */
  recount(prefixes: readonly string[]): Promise<boolean> {
    return this.#lock.run(async () => {
      const corrected = await recount(this.holdings, prefixes);
      await this.holdings.commit(corrected, []);
      return corrected.rows.length > 0;
    });
  }

  /** Documents came: whoever waited is looked at again. */
  releaseHeld(): void {
    this.#releases += 1;
    this.#held.clear();
  }

  /** Whether the current writer may seal these; when not, `ready` has something to wait for. */
  #isWritable(drafts: readonly Draft[], own: Known): boolean {
    const { life } = this.#options;
    // What the drafts supersede has seen numbers that this writer never used: this peer forgot them, or
    // somebody lies. Either way they would cover what is sealed now, and every later write too.
    const seen = Math.max(0, ...drafts.map(({ causes }) => causes.get(life.current) ?? 0));
    if (seen > own.sequence) life.known(life.current, this.collection, seen);
    return life.isReady(this.collection, own);
  }

  async #issue(drafts: readonly Draft[], { alongside, rank }: IssueOptions): Promise<readonly Version[]> {
    const { identity, life, trust, clock } = this.#options;
    const writer = life.current;
    for (const draft of drafts) {
      const problem = keyProblem(this.collection, writer, draft);
      if (problem !== undefined) throw new Error(`a draft for ${draft.key} would have no effect: ${problem}`);
    }
    const changeset = new Changeset(this.holdings);
    await changeset.loadKeys(drafts.map(({ key }) => key));
    const { floor } = this.holdings.standing;
    const shortened = drafts.map((draft) => pruned(draft, changeset.siblings(draft.key), floor));
    const batches = sealBatches(shortened, {
      identity,
      site: trust.site,
      collection: this.collection,
      writer,
      first: this.holdings.known(writer).sequence + 1,
      policyVersion: trust.policyVersion(),
      sealedAtMs: rank === "found" ? 0 : Math.max(0, Math.floor(clock.wallMs())),
    });
    for (const { arrival } of batches) {
      const judgement = trust.judgeBatch(factsOf(arrival.head));
      if (judgement.kind === "refuse") throw new RefusedError(judgement.refusal);
      if (judgement.kind === "hold") throw new RefusedError({ code: "records-held", detail: judgement.missing });
      changeset.add(arrival);
      changeset.advance(arrival.head);
    }
    const issued = batches.flatMap(({ arrival }) => arrival.versions);
    await this.#commit(changeset, "local", alongside?.(issued) ?? []);
    for (const listener of this.#sealedListeners) listener(batches.map(({ part }) => part));
    return issued;
  }

  #take(intoChangeset: (changeset: Changeset) => Promise<Intake>): Promise<TakenIn> {
    return this.#lock.run(async () => {
      const changeset = new Changeset(this.holdings);
      const releases = this.#releases;
      const intake = await intoChangeset(changeset);
      const { life } = this.#options;
      // What this store never sealed, a later state of it did: it was set back.
      const own = life.current;
      if (changeset.known(own).sequence > this.holdings.known(own).sequence) await life.surpassed();
      const before = this.digest();
      const changed = await this.#commit(changeset, "remote", []);
      // The document may have come since it was found missing: nobody would release the writer again.
      if (this.#releases !== releases) intake.held.clear();
      this.#report(intake);
      return { kind: "taken", moved: changed > 0 || this.digest() !== before };
    });
  }

  async #commit(changeset: Changeset, origin: Origin, alongside: readonly Change[]): Promise<number> {
    const changed = changeset.changedStates();
    const read: ReadStates = (keys) => this.holdings.siblings(keys);
    const projected = changed.length === 0 ? [] : ((await this.#options.projection?.(changed, origin, read)) ?? []);
    await this.holdings.commit(await changeset.finish(), [...projected, ...alongside]);
    if (changed.length > 0) for (const listener of this.#listeners) listener(changed, origin);
    if (this.holdings.buckets.isCrowded) await this.#splitBuckets();
    return changed.length;
  }

  /** What was written stands, whatever becomes of this; it is tried again after the next write. */
  async #splitBuckets(): Promise<void> {
    try {
      await splitBuckets(this.holdings);
    } catch (error) {
      this.#options.log.write("error", "records-failed", { collection: this.collection, why: String(error) });
    }
  }

  #report({ held, forks, refused, merged }: Intake): void {
    const { log, clock } = this.#options;
    for (const { header } of merged) {
      const aheadMs = header.sealedAtMs - clock.wallMs();
      if (aheadMs <= limits.clockOffMs || this.#ahead.has(header.writer)) continue;
      // It is told and changes nothing: the order is that of what was signed (FORMATS 6).
      this.#ahead.add(header.writer);
      log.write("warn", "clock-ahead", { writer: header.writer, aheadMs });
    }
    for (const [writer, missing] of held) {
      if (this.#held.get(writer) !== missing) log.write("warn", "writer-held", { writer, missing });
      this.#held.set(writer, missing);
    }
    for (const fork of forks) this.#reportFork(fork);
    for (const { head, refusal } of refused) {
      const { writer, first, count } = head.header;
      log.write("warn", "batch-without-effect", { writer, first, count, refusal: describeRefusal(refusal) });
    }
  }

  #reportFork({ one, other }: Fork): void {
    this.#options.log.write("error", "writer-forked", {
      writer: one.header.writer,
      frozenAt: this.holdings.known(one.header.writer).frozenAt,
      heads: [toHex(one.bytes), toHex(other.bytes)],
      signatures: [toHex(one.signature), toHex(other.signature)],
    });
  }
}
