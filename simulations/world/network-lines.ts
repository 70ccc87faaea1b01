/**
 * The lines between simulated peers: how long bytes take, and what is broken.
 *
 * A cut line loses no bytes of an open connection, as TCP does not: they wait for it to heal.
 * Gossip and streams can also be lost one by one.
 */

import type { PeerId } from "../../protocol/ids.ts";
import type { Chance } from "./chance.ts";
import type { Message } from "./network-message.ts";
import type { Stage, World } from "./world.ts";

/** Milliseconds that the first byte takes one way. Asked for each message. */
export type Latency = (from: PeerId, to: PeerId, chance: Chance) => number;

export interface LineOptions {
  readonly latency?: Latency;
  /** What a line carries, each message by itself. Default: 100 MB/s. */
  readonly bytesPerMs?: number;
}

/** When the last of it arrives. */
export interface Lane {
  lastMs: number;
}

export interface Parcel {
  readonly from: PeerId;
  readonly to: PeerId;
  readonly bytes: number;
  /** Arrives behind all that was sent on this lane before. */
  readonly lane: Lane;
  /** Takes note of it, and holds nothing up. */
  readonly trail: Lane;
  /** Where it arrives: a stage that has ended takes nothing any more. */
  readonly stage: Stage;
  readonly arrive: () => void;
}

/** Far below every delay: it keeps the order of a lane where the world would draw lots. */
const tickMs = 1e-6;

export class Lines {
  /** Hears all that arrives, wherever: for those who count messages. */
  listener: ((message: Message, from: PeerId, to: PeerId) => void) | undefined;
  readonly #world: World;
  readonly #chance: Chance;
  readonly #bytesPerMs: number;
  readonly #cuts = new Set<string>();
  readonly #isolated = new Set<PeerId>();
  readonly #usualLatency: Latency;
  #latency: Latency;
  #parked: Parcel[] = [];
  #lastArrivalMs = 0;
  #gossipLoss = 0;
  #gossipDoubling = 0;
  #streamLoss = 0;

  constructor(world: World, options: LineOptions) {
    this.#world = world;
    this.#chance = world.chance.fork("lines");
    this.#usualLatency = options.latency ?? pairLatency(this.#chance);
    this.#latency = this.#usualLatency;
    this.#bytesPerMs = options.bytesPerMs ?? 100_000;
  }

  cut(from: PeerId, to: PeerId): void {
    this.#cuts.add(`${from} ${to}`);
  }

  heal(from: PeerId, to: PeerId): void {
    this.#cuts.delete(`${from} ${to}`);
    this.#carryParked();
  }

  isolate(peer: PeerId): void {
    this.#isolated.add(peer);
  }

  rejoin(peer: PeerId): void {
    this.#isolated.delete(peer);
    this.#carryParked();
  }

  loseGossip(probability: number): void {
    this.#gossipLoss = probability;
  }

  doubleGossip(probability: number): void {
    this.#gossipDoubling = probability;
  }

  breakStreams(probability: number): void {
    this.#streamLoss = probability;
  }

  setLatency(latency: Latency = this.#usualLatency): void {
    this.#latency = latency;
  }

  isCut(from: PeerId, to: PeerId): boolean {
    // Asked for each message, and mostly nothing is cut.
    if (this.#isolated.size + this.#cuts.size === 0) return false;
    return this.#isolated.has(from) || this.#isolated.has(to) || this.#cuts.has(`${from} ${to}`);
  }

  /** Cut one way at least: nothing that needs an answer works. */
  isStalled(one: PeerId, other: PeerId): boolean {
    return this.isCut(one, other) || this.isCut(other, one);
  }

  losesGossip(): boolean {
    return this.#gossipLoss > 0 && this.#chance.happens(this.#gossipLoss);
  }

  doublesGossip(): boolean {
    return this.#gossipDoubling > 0 && this.#chance.happens(this.#gossipDoubling);
  }

  breaksStream(): boolean {
    return this.#streamLoss > 0 && this.#chance.happens(this.#streamLoss);
  }

  delayMs(from: PeerId, to: PeerId, bytes: number): number {
    return this.#latency(from, to, this.#chance) + bytes / this.#bytesPerMs;
  }

  /** When all that was sent until now, over lines that are not cut, has arrived. */
  get lastArrivalMs(): number {
    return this.#lastArrivalMs;
  }

  /** A number in [0, 1). */
  unit(): number {
    return this.#chance.unit();
  }

  carry(parcel: Parcel): void {
    const { from, to, bytes, lane, trail, stage, arrive } = parcel;
    if (this.isCut(from, to)) {
      this.#parked.push(parcel);
      return;
    }
    const nowMs = this.#world.nowMs;
    const atMs = Math.max(nowMs + this.delayMs(from, to, bytes), lane.lastMs + tickMs);
    lane.lastMs = atMs;
    trail.lastMs = Math.max(trail.lastMs, atMs);
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, atMs);
    stage.schedule(atMs - nowMs, arrive);
  }

  #carryParked(): void {
    const parked = this.#parked;
    this.#parked = [];
    for (const parcel of parked) this.carry(parcel);
  }
}

/** Each pair has its own distance, from one machine room to the other side of the world. */
function pairLatency(chance: Chance): Latency {
  const bases = new Map<PeerId, Map<PeerId, number>>();
  return (from, to, jitter) => {
    const known = bases.get(from) ?? new Map<PeerId, number>();
    let baseMs = known.get(to);
    if (baseMs === undefined) {
      const pair = from < to ? `${from} ${to}` : `${to} ${from}`;
      baseMs = 0.1 * 1_000 ** chance.fork(pair).unit();
      bases.set(from, known.set(to, baseMs));
    }
    return baseMs * (1 + jitter.unit() / 2);
  };
}
