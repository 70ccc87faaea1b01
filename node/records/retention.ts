/**
 * How long tombstones live: what members acknowledge, and what follows from it.
 *
 * Each member says in an ordinary record of the collection "members" what it has of each folder, not
 * oftener than it must. It says so only of a state in which it agreed with another holder, sums and
 * all: who was told everything but a delete does not vouch for having it. The least of all these
 * lifts the floor, and tombstones below it go, a page at a time. A peer that catches up with the
 * floor of others is done when it agrees with enough of those who know better.
 */

import {
  type CollectionId,
  folderOfCollection,
  membersCollection,
  type PeerId,
  peerOfWriter,
} from "../../protocol/ids.ts";
import { limits } from "../../protocol/limits.ts";
import { above, quorumOf } from "../../protocol/records/floor.ts";
import { causesOf, recordKinds, type Version } from "../../protocol/records/record.ts";
import {
  type Acknowledgement,
  furthestBehind,
  isRetained,
  type Sharer,
  soberNowMs,
  stableOf,
} from "../../protocol/records/stable.ts";
import { decodeAcknowledgement, encodeAcknowledgement } from "../../protocol/wire/acknowledgement.ts";
import type { Cancel, Clock, Log, Random } from "../ports.ts";
import type { Replica } from "./replica.ts";
import { type RecordsTrust, sharers } from "./trust-view.ts";

export interface RetentionOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly trust: RecordsTrust;
  readonly replicas: ReadonlyMap<CollectionId, Replica>;
}

/** What holds tombstones, for the operator. */
export interface RetentionReport {
  readonly tombstones: number;
  /** The member that has not acknowledged for longest, and when it last did, ms since 1970; 0 for never. */
  readonly behind: { readonly peer: PeerId; readonly acknowledgedAtMs: number } | undefined;
  /** This peer was away for longer than tombstones live: its old versions are in doubt. */
  readonly isCatchingUp: boolean;
}

const dayMs = 86_400_000;
/** Between two pages of tombstones: what users wait for goes first. */
const pagePauseMs = 50;

export function acknowledgementKey(collection: CollectionId, peer: PeerId): string {
  return `acknowledged/${collection}/${peer}`;
}

export class Retention {
  readonly #options: RetentionOptions;
  readonly #stopped = new AbortController();
  readonly #cancels = new Set<Cancel>();
  /** From when on the next acknowledgement of a collection may be issued; monotonic. */
  readonly #dueAtMs = new Map<CollectionId, number>();
  readonly #behind = new Map<CollectionId, Sharer | undefined>();
  /** Who held the same as this peer since it began to catch up. */
  readonly #agreed = new Map<CollectionId, Set<PeerId>>();
  #isActing = false;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  start(): void {
    this.#plan();
  }

  stop(): void {
    this.#stopped.abort();
    for (const cancel of this.#cancels) cancel();
  }

  report(collection: CollectionId): RetentionReport | undefined {
    const replica = this.#options.replicas.get(collection);
    if (replica === undefined) return undefined;
    const behind = this.#behind.get(collection);
    return {
      tombstones: replica.holdings.tombstones,
      behind: behind && { peer: behind.peer, acknowledgedAtMs: behind.acknowledged?.sealedAtMs ?? 0 },
      isCatchingUp: replica.upkeep.isCatchingUp,
    };
  }

  /** How many have to say something of what lies below a floor before it is believed. */
  async quorum(collection: CollectionId): Promise<number> {
    const nowMs = this.#options.clock.wallMs();
    const retained = (await this.#sharers(collection)).filter(({ acknowledged }) => acknowledged !== undefined);
    return quorumOf(retained.filter((sharer) => isRetained(sharer, nowMs, this.#tombstoneMs())).length);
  }

  /**
   * Another holder said that it holds the same.
   *
   * @param contextDigest of what it was asked about
   * @param isUnsure it is catching up itself
   */
  async agreed(peer: PeerId, replica: Replica, contextDigest: string, isUnsure: boolean): Promise<void> {
    if (replica.digest() !== contextDigest || folderOfCollection(replica.collection) === undefined) return;
    if (replica.upkeep.isCatchingUp) await this.#agreedWhileCatchingUp(peer, replica, isUnsure);
    else if (!isUnsure) await this.#acknowledge(replica);
  }

  /** What differed was repaired: agreement counts from here. */
  disagreed(collection: CollectionId): void {
    this.#agreed.delete(collection);
  }

  async #agreedWhileCatchingUp(peer: PeerId, replica: Replica, isUnsure: boolean): Promise<void> {
    const { collection, upkeep } = replica;
    const { goal, claimants } = upkeep.standing;
    if (goal === undefined || (isUnsure && !claimants.includes(peer))) return;
    const agreed = this.#agreed.get(collection) ?? new Set();
    this.#agreed.set(collection, agreed.add(peer));
    if (above(goal, replica.context()).size > 0 || agreed.size < (await this.quorum(collection))) return;
    await upkeep.caughtUp();
    this.#agreed.delete(collection);
    this.#options.log.write("info", "caught-up", { collection });
  }

  /** Once in a while, and only if there is something new to say, or it is long since this peer spoke at all. */
  async #acknowledge(replica: Replica): Promise<void> {
    const { collection } = replica;
    const { clock, trust, replicas, log } = this.#options;
    const members = replicas.get(membersCollection);
    if (members === undefined || this.#isActing || clock.monotonicMs() < this.#dueAt(collection)) return;
    this.#isActing = true;
    try {
      const payload = encodeAcknowledgement(replica.context());
      const key = acknowledgementKey(collection, trust.self);
      const versions = await members.state(key);
      this.#dueAtMs.set(collection, clock.monotonicMs() + this.#periodMs());
      const ageMs = clock.wallMs() - (versions[0]?.sealedAtMs ?? 0);
      const isSaid = versions.length === 1 && Buffer.compare(versions[0]?.record.payload ?? payload, payload) === 0;
      if (isSaid && ageMs < this.#tombstoneMs() / 4) return;
      const { acknowledgement: kind } = recordKinds;
      await members.issue([{ kind, key, causes: causesOf(versions), tombstone: false, payload }]);
    } catch (error) {
      // Tried again with the next agreement that is due.
      log.write("debug", "acknowledgement-failed", { collection, why: String(error) });
    } finally {
      this.#isActing = false;
    }
  }

  #plan(): void {
    const cancel = this.#options.clock.after(limits.acknowledgeMs * (0.75 + this.#options.random.unit() / 2), () => {
      this.#cancels.delete(cancel);
      void this.#turn().finally(() => this.#plan());
    });
    if (this.#stopped.signal.aborted) cancel();
    else this.#cancels.add(cancel);
  }

  async #turn(): Promise<void> {
    for (const replica of this.#options.replicas.values()) {
      try {
        if (folderOfCollection(replica.collection) !== undefined) await this.#raise(replica);
      } catch (error) {
        this.#options.log.write("error", "records-failed", { collection: replica.collection, why: String(error) });
      }
    }
  }

  /** Lifts the floor to what all have acknowledged, and lets go of what lies below. */
  async #raise(replica: Replica): Promise<void> {
    const { clock } = this.#options;
    const others = await this.#sharers(replica.collection);
    const nowMs = soberNowMs(clock.wallMs(), others);
    const retained = others.filter((sharer) => isRetained(sharer, nowMs, this.#tombstoneMs()));
    this.#behind.set(replica.collection, furthestBehind(retained));
    if (replica.upkeep.isCatchingUp) return;
    await replica.upkeep.raiseFloor(stableOf(replica.context(), retained));
    let after: Uint8Array | undefined;
    do {
      after = await replica.upkeep.collect(after, nowMs);
      if (after !== undefined) await clock.sleep(pagePauseMs, this.#stopped.signal);
    } while (after !== undefined && !this.#stopped.signal.aborted);
  }

  async #sharers(collection: CollectionId): Promise<readonly Sharer[]> {
    const { trust, replicas } = this.#options;
    const peers = sharers(trust, collection);
    const keys = peers.map((peer) => acknowledgementKey(collection, peer));
    const states = (await replicas.get(membersCollection)?.stateMany(keys)) ?? [];
    return peers.map((peer, at) => ({
      peer,
      licensedAtMs: trust.licensedAtMs(peer),
      acknowledged: acknowledgementOf(peer, states[at] ?? []),
    }));
  }

  #dueAt(collection: CollectionId): number {
    const { clock, random } = this.#options;
    const known = this.#dueAtMs.get(collection);
    if (known !== undefined) return known;
    // Not all members at once, after all of them were started together.
    const dueAtMs = clock.monotonicMs() + random.unit() * this.#periodMs();
    this.#dueAtMs.set(collection, dueAtMs);
    return dueAtMs;
  }

  #periodMs(): number {
    return Math.max(limits.acknowledgeMs, this.#options.trust.members().length * limits.acknowledgeMsPerMember);
  }

  #tombstoneMs(): number {
    return this.#options.trust.tombstoneDays() * dayMs;
  }
}

/** What a member says; of two versions beside each other, which a lost store leaves, the later one. */
function acknowledgementOf(peer: PeerId, versions: readonly Version[]): Acknowledgement | undefined {
  for (const { record, dot, sealedAtMs } of versions) {
    if (record.kind !== recordKinds.acknowledgement || peerOfWriter(dot.writer) !== peer) continue;
    const sequences = decodeAcknowledgement(record.payload);
    if (sequences !== undefined) return { sealedAtMs, sequences };
  }
  return undefined;
}
