/**
 * What lies between the peers of a simulated world: who listens where, how long bytes take, and
 * what is broken.
 *
 * A cut line loses no bytes of an open connection, as TCP does not: they wait for the line to
 * heal, and when that takes too long both ends give the connection up. A dial over a cut line gets
 * no answer. Gossip can also be lost message by message.
 */

import type { PeerId } from "../../protocol/ids.ts";
import type { Chance } from "./chance.ts";
import type { Connection, End, EndOwner } from "./network-connection.ts";
import type { Stage, World } from "./world.ts";

/** Milliseconds that the first byte takes one way. Asked for each message. */
export type Latency = (from: PeerId, to: PeerId, chance: Chance) => number;

export interface FabricOptions {
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

export class NetworkFabric {
  readonly world: World;
  readonly #chance: Chance;
  readonly #listeners = new Map<string, EndOwner>();
  readonly #connections = new Set<Connection>();
  readonly #cuts = new Set<string>();
  readonly #isolated = new Set<PeerId>();
  readonly #hidden = new Set<PeerId>();
  #parked: Parcel[] = [];
  #latency: Latency;
  readonly #bytesPerMs: number;
  #gossipLoss = 0;
  #streamLoss = 0;
  #hosts = 0;

  constructor(world: World, options: FabricOptions = {}) {
    this.world = world;
    this.#chance = world.chance.fork("fabric");
    this.#latency = options.latency ?? pairLatency(this.#chance);
    this.#bytesPerMs = options.bytesPerMs ?? 100_000;
  }

  // --- Faults ----------------------------------------------------------------------------------

  /** Nothing passes from `from` to `to` any more; the way back stays. */
  cutOneWay(from: PeerId, to: PeerId): void {
    this.world.trace(`cut ${from} > ${to}`);
    this.#cuts.add(`${from} ${to}`);
    this.#faultsChanged();
  }

  cut(one: PeerId, other: PeerId): void {
    this.cutOneWay(one, other);
    this.cutOneWay(other, one);
  }

  /** Both ways. */
  heal(one: PeerId, other: PeerId): void {
    this.world.trace(`heal ${one} ${other}`);
    this.#cuts.delete(`${one} ${other}`);
    this.#cuts.delete(`${other} ${one}`);
    this.#faultsChanged();
  }

  /** Nothing passes to or from this peer, whoever else there is. */
  isolate(peer: PeerId): void {
    this.world.trace(`isolate ${peer}`);
    this.#isolated.add(peer);
    this.#faultsChanged();
  }

  rejoin(peer: PeerId): void {
    this.world.trace(`rejoin ${peer}`);
    this.#isolated.delete(peer);
    this.#faultsChanged();
  }

  /** @param probability of each gossiped message on each of its hops */
  loseGossip(probability: number): void {
    this.world.trace(`lose gossip ${probability}`);
    this.#gossipLoss = probability;
  }

  /** Streams break: before the request is served, or with its answer. @param probability of each of the two */
  breakStreams(probability: number): void {
    this.world.trace(`break streams ${probability}`);
    this.#streamLoss = probability;
  }

  /** The connections of these two are reset; nothing is cut. */
  reset(one: PeerId, other: PeerId): void {
    this.world.trace(`reset ${one} ${other}`);
    for (const connection of [...this.#connections]) {
      if (connection.endOf(one)?.peer === other) connection.reset();
    }
  }

  /** A peer behind a firewall: it dials out, and nobody reaches it. */
  hide(peer: PeerId): void {
    this.world.trace(`hide ${peer}`);
    this.#hidden.add(peer);
  }

  setLatency(latency: Latency): void {
    this.world.trace("latency changed");
    this.#latency = latency;
  }

  /** The process is gone, without a word; its machine tells whoever was connected. End its life as well. */
  crash(peer: PeerId): void {
    this.world.trace(`crash ${peer}`);
    for (const [address, owner] of this.#listeners) if (owner.self === peer) this.#listeners.delete(address);
    for (const connection of [...this.#connections]) connection.endOf(peer)?.break();
  }

  // --- For the networks ------------------------------------------------------------------------

  /** An address that nobody has had yet. */
  newAddress(): string {
    this.#hosts += 1;
    return `/ip4/10.0.${Math.floor(this.#hosts / 250)}.${(this.#hosts % 250) + 1}/tcp/4240`;
  }

  listen(address: string, owner: EndOwner): void {
    if (this.#listeners.has(address)) throw new Error(`${address} is in use`);
    this.#listeners.set(address, owner);
  }

  unlisten(owner: EndOwner): void {
    for (const [address, listener] of this.#listeners) if (listener === owner) this.#listeners.delete(address);
  }

  isHidden(peer: PeerId): boolean {
    return this.#hidden.has(peer);
  }

  listenerAt(address: string): EndOwner | undefined {
    return this.#listeners.get(address);
  }

  opened(connection: Connection): void {
    this.#connections.add(connection);
    connection.faultsChanged();
  }

  closed(connection: Connection): void {
    this.#connections.delete(connection);
  }

  isCut(from: PeerId, to: PeerId): boolean {
    return this.#isolated.has(from) || this.#isolated.has(to) || this.#cuts.has(`${from} ${to}`);
  }

  isStalled(one: End): boolean {
    return this.isCut(one.self, one.peer) || this.isCut(one.peer, one.self);
  }

  losesGossip(): boolean {
    return this.#gossipLoss > 0 && this.#chance.happens(this.#gossipLoss);
  }

  breaksStream(): boolean {
    return this.#streamLoss > 0 && this.#chance.happens(this.#streamLoss);
  }

  delayMs(from: PeerId, to: PeerId, bytes: number): number {
    return this.#latency(from, to, this.#chance) + bytes / this.#bytesPerMs;
  }

  /** A number in [0, 1) of the lines' own. */
  unit(): number {
    return this.#chance.unit();
  }

  carry(parcel: Parcel): void {
    const { from, to, bytes, lane, trail, stage, arrive } = parcel;
    if (this.isCut(from, to)) {
      this.#parked.push(parcel);
      return;
    }
    const nowMs = this.world.nowMs;
    const atMs = Math.max(nowMs + this.delayMs(from, to, bytes), lane.lastMs + tickMs);
    lane.lastMs = atMs;
    trail.lastMs = Math.max(trail.lastMs, atMs);
    stage.schedule(atMs - nowMs, arrive);
  }

  #faultsChanged(): void {
    const parked = this.#parked;
    this.#parked = [];
    for (const parcel of parked) this.carry(parcel);
    for (const connection of [...this.#connections]) connection.faultsChanged();
  }
}

/** Each pair has its own distance, from one machine room to the other side of the world. */
function pairLatency(chance: Chance): Latency {
  const bases = new Map<string, number>();
  return (from, to, jitter) => {
    const pair = from < to ? `${from} ${to}` : `${to} ${from}`;
    let baseMs = bases.get(pair);
    if (baseMs === undefined) {
      baseMs = 0.1 * 1_000 ** chance.fork(pair).unit();
      bases.set(pair, baseMs);
    }
    return baseMs * (1 + jitter.unit() / 2);
  };
}
