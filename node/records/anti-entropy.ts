/**
 * When to exchange with whom.
 *
 * At once with every peer that comes up, and soon with one that is heard to know more. Beside that
 * one peer every ten seconds or so, the nearest ones most often and a far one sometimes, which
 * finds what all faster ways lost. What failed is tried again with growing pauses for as long as
 * the peer is there, so "exchanged since it came up" becomes true in the end (FORMATS 30).
 */

import type { CollectionId, PeerId } from "../../protocol/ids.ts";
import { type LinkClass, linkClassBetween } from "../../protocol/membership/place.ts";
import type { CollectionDigest } from "../../protocol/wire/records-exchange.ts";
import type { Cancel, Clock, Network, Random } from "../ports.ts";
import type { Switchboard } from "../switchboard.ts";
import type { Audit } from "./audit.ts";
import type { Exchange } from "./exchange.ts";
import type { Replica } from "./replica.ts";
import type { RecordsTrust } from "./trust-view.ts";
import type { WriterLife } from "./writer.ts";

export interface AntiEntropyOptions {
  readonly switchboard: Pick<Switchboard, "onEvent">;
  readonly network: Pick<Network, "connected">;
  readonly clock: Clock;
  readonly random: Random;
  readonly trust: RecordsTrust;
  readonly life: Pick<WriterLife, "wantsAnswers" | "asking" | "membersChanged">;
  readonly replicas: ReadonlyMap<CollectionId, Replica>;
  readonly exchange: Pick<Exchange, "peerUp" | "peerDown" | "shared" | "askWriter" | "exchange">;
  readonly audit: Pick<Audit, "audit" | "forget">;
}

const roundMs = 10_000;
const auditMs = 3_600_000;
/** Hints are many and cost the same as one: a peer is asked for a hint's sake once in this time. */
const hintPauseMs = 1_000;
/** A digest in a beacon is old when it arrives; it counts once nothing has changed here for this long. */
const quietMs = 3_000;
const retryMs: readonly number[] = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000];

/** How often a round goes to a peer of each class, among the classes that are connected. */
const roundShare: Readonly<Record<LinkClass, number>> = {
  "same-group": 0.6,
  "same-region": 0.25,
  international: 0.15,
};

interface Neighbour {
  lastAtMs: number;
  failures: number;
  /** The next exchange that is planned, and when. */
  planned: { readonly atMs: number; readonly cancel: Cancel } | undefined;
}

export class AntiEntropy {
  readonly #options: AntiEntropyOptions;
  readonly #neighbours = new Map<PeerId, Neighbour>();
  readonly #cancels = new Map<string, Cancel>();
  readonly #quiet = new Map<CollectionId, { readonly digest: string; readonly sinceMs: number }>();
  #isRunning = false;

  constructor(options: AntiEntropyOptions) {
    this.#options = options;
  }

  start(): void {
    const { switchboard, network, trust } = this.#options;
    this.#isRunning = true;
    this.#cancels.set(
      "events",
      switchboard.onEvent((event) => {
        if (event.kind === "up") this.#up(event.peer);
        if (event.kind === "down") this.#down(event.peer);
      }),
    );
    this.#cancels.set(
      "trust",
      trust.onChange(() => this.#documentsChanged()),
    );
    this.#every("round", roundMs, () => this.#round());
    this.#every("audit", auditMs, () => this.#auditRound());
    for (const peer of network.connected()) this.#up(peer);
  }

  stop(): void {
    this.#isRunning = false;
    for (const cancel of this.#cancels.values()) cancel();
    for (const peer of [...this.#neighbours.keys()]) this.#down(peer);
  }

  /** Something new may be had from this peer. Many hints make one exchange. */
  hint(peer: PeerId): void {
    const neighbour = this.#neighbours.get(peer);
    if (neighbour === undefined) return;
    const sinceLastMs = this.#options.clock.monotonicMs() - neighbour.lastAtMs;
    this.#plan(peer, neighbour, Math.max(0, hintPauseMs - sinceLastMs));
  }

  /** A collection was opened: everybody who has it is asked. */
  opened(): void {
    for (const peer of this.#neighbours.keys()) this.hint(peer);
  }

  /** What a peer said of its collections in its beacon. */
  noteDigests(peer: PeerId, digests: readonly CollectionDigest[]): void {
    const neighbour = this.#neighbours.get(peer);
    const nowMs = this.#options.clock.monotonicMs();
    if (neighbour === undefined || nowMs - neighbour.lastAtMs < quietMs) return;
    const shared = new Map(this.#options.exchange.shared(peer).map((replica) => [replica.collection, replica]));
    for (const theirs of digests) {
      const ours = shared.get(theirs.collection)?.standing();
      if (ours === undefined || !this.#isQuiet(ours, nowMs)) continue;
      const isSame =
        ours.contextDigest === theirs.contextDigest &&
        ours.fingerprint.count === theirs.fingerprint.count &&
        Buffer.compare(ours.fingerprint.sum, theirs.fingerprint.sum) === 0;
      if (!isSame) this.hint(peer);
    }
  }

  /** Asks a peer now. Never rejects. */
  async exchange(peer: PeerId): Promise<void> {
    const { clock, exchange } = this.#options;
    const neighbour = this.#neighbours.get(peer);
    if (neighbour === undefined) {
      await exchange.exchange(peer);
      return;
    }
    neighbour.planned?.cancel();
    neighbour.planned = undefined;
    neighbour.lastAtMs = clock.monotonicMs();
    const isDone = await exchange.exchange(peer);
    if (this.#neighbours.get(peer) !== neighbour) return;
    neighbour.failures = isDone ? 0 : neighbour.failures + 1;
    if (!isDone) this.#plan(peer, neighbour, this.#jittered(retryMs[neighbour.failures - 1] ?? retryMs.at(-1) ?? 0));
  }

  #up(peer: PeerId): void {
    const { life, exchange } = this.#options;
    if (this.#neighbours.has(peer)) return;
    this.#neighbours.set(peer, { lastAtMs: -Infinity, failures: 0, planned: undefined });
    exchange.peerUp(peer);
    if (life.wantsAnswers) void life.asking(exchange.askWriter(peer));
    void this.exchange(peer);
  }

  #down(peer: PeerId): void {
    const { exchange, audit } = this.#options;
    this.#neighbours.get(peer)?.planned?.cancel();
    this.#neighbours.delete(peer);
    exchange.peerDown(peer);
    audit.forget(peer);
  }

  #documentsChanged(): void {
    const { replicas, life } = this.#options;
    life.membersChanged();
    for (const replica of replicas.values()) replica.releaseHeld();
    for (const peer of this.#neighbours.keys()) this.hint(peer);
  }

  #round(): void {
    const peer = this.#choose();
    if (peer !== undefined) void this.exchange(peer);
  }

  #auditRound(): void {
    const { audit, exchange } = this.#options;
    const peer = this.#choose();
    if (peer === undefined) return;
    for (const { collection } of exchange.shared(peer)) void audit.audit(peer, collection);
  }

  /** Some connected peer that shares a collection: mostly a near one. */
  #choose(): PeerId | undefined {
    const { trust, random, exchange } = this.#options;
    const own = trust.member(trust.self)?.place;
    const byClass = new Map<LinkClass, PeerId[]>();
    for (const peer of [...this.#neighbours.keys()].toSorted()) {
      const place = trust.member(peer)?.place;
      if (own === undefined || place === undefined || exchange.shared(peer).length === 0) continue;
      const linkClass = linkClassBetween(own, place);
      byClass.set(linkClass, [...(byClass.get(linkClass) ?? []), peer]);
    }
    const classes = [...byClass.keys()];
    let lot = random.unit() * classes.reduce((sum, linkClass) => sum + roundShare[linkClass], 0);
    const isDrawn = (linkClass: LinkClass): boolean => {
      lot -= roundShare[linkClass];
      return lot < 0;
    };
    const chosen = classes.find(isDrawn) ?? classes.at(-1);
    const peers = chosen === undefined ? [] : (byClass.get(chosen) ?? []);
    return peers[Math.floor(random.unit() * peers.length)];
  }

  #plan(peer: PeerId, neighbour: Neighbour, delayMs: number): void {
    const { clock } = this.#options;
    const atMs = clock.monotonicMs() + delayMs;
    if (!this.#isRunning || (neighbour.planned !== undefined && neighbour.planned.atMs <= atMs)) return;
    neighbour.planned?.cancel();
    const cancel = clock.after(delayMs, () => void this.exchange(peer));
    neighbour.planned = { atMs, cancel };
  }

  #isQuiet({ collection, contextDigest }: CollectionDigest, nowMs: number): boolean {
    const quiet = this.#quiet.get(collection);
    if (quiet?.digest === contextDigest) return nowMs - quiet.sinceMs >= quietMs;
    this.#quiet.set(collection, { digest: contextDigest, sinceMs: nowMs });
    return false;
  }

  #every(name: string, periodMs: number, act: () => void): void {
    const turn = (): void => {
      if (!this.#isRunning) return;
      act();
      this.#cancels.set(name, this.#options.clock.after(this.#jittered(periodMs), turn));
    };
    this.#cancels.set(name, this.#options.clock.after(this.#jittered(periodMs), turn));
  }

  #jittered(periodMs: number): number {
    return periodMs * (0.75 + 0.5 * this.#options.random.unit());
  }
}
