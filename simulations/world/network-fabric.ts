/**
 * The network of a whole simulated world: who listens where, which connections stand, and the
 * faults that a scenario can put in. Each fault goes into the trace.
 *
 *   const fabric = new NetworkFabric(world);
 *   const network = new FakeNetwork({ fabric, stage, self, log });
 *   fabric.cut(one, other);
 */

import type { PeerId } from "../../protocol/ids.ts";
import { GossipMesh } from "./gossip-mesh.ts";
import { Connection, type End, type EndOwner } from "./network-connection.ts";
import { type Latency, type LineOptions, Lines } from "./network-lines.ts";
import type { World } from "./world.ts";

export class NetworkFabric {
  readonly world: World;
  readonly lines: Lines;
  readonly mesh = new GossipMesh();
  readonly #listeners = new Map<string, EndOwner>();
  readonly #connections = new Set<Connection>();
  readonly #hidden = new Set<PeerId>();
  #hosts = 0;

  constructor(world: World, options: LineOptions = {}) {
    this.world = world;
    this.lines = new Lines(world, options);
  }

  // --- Faults ----------------------------------------------------------------------------------

  /** Nothing passes from `from` to `to` any more; the way back stays. */
  cutOneWay(from: PeerId, to: PeerId): void {
    this.world.trace(`cut ${from} > ${to}`);
    this.lines.cut(from, to);
    this.#faultsChanged();
  }

  cut(one: PeerId, other: PeerId): void {
    this.cutOneWay(one, other);
    this.cutOneWay(other, one);
  }

  /** Both ways. */
  heal(one: PeerId, other: PeerId): void {
    this.world.trace(`heal ${one} ${other}`);
    this.lines.heal(one, other);
    this.lines.heal(other, one);
    this.#faultsChanged();
  }

  /** Nothing passes to or from this peer, whoever else there is. */
  isolate(peer: PeerId): void {
    this.world.trace(`isolate ${peer}`);
    this.lines.isolate(peer);
    this.#faultsChanged();
  }

  rejoin(peer: PeerId): void {
    this.world.trace(`rejoin ${peer}`);
    this.lines.rejoin(peer);
    this.#faultsChanged();
  }

  /** The connections of these two are reset; nothing is cut. */
  reset(one: PeerId, other: PeerId): void {
    this.world.trace(`reset ${one} ${other}`);
    for (const connection of [...this.#connections]) {
      if (connection.endOf(one)?.peer === other) connection.reset();
    }
  }

  /** The process is gone, without a word; its machine tells whoever was connected. End its life as well. */
  crash(peer: PeerId): void {
    this.world.trace(`crash ${peer}`);
    for (const [address, owner] of this.#listeners) if (owner.self === peer) this.#listeners.delete(address);
    for (const connection of [...this.#connections]) connection.endOf(peer)?.break();
  }

  /** A peer behind a firewall: it dials out, and nobody reaches it. */
  hide(peer: PeerId): void {
    this.world.trace(`hide ${peer}`);
    this.#hidden.add(peer);
  }

  /** Everybody reaches it again. */
  show(peer: PeerId): void {
    this.world.trace(`show ${peer}`);
    this.#hidden.delete(peer);
  }

  /**
   * `one` knows nothing any more of its connection to `other`, who is not told and only hears silence.
   * @returns whether there was one
   */
  forgetConnection(one: PeerId, other: PeerId): boolean {
    const connections = [...this.#connections].filter((connection) => {
      const end = connection.endOf(one);
      return end?.isOpen === true && end.peer === other;
    });
    if (connections.length > 0) this.world.trace(`half open ${one} ${other}`);
    for (const connection of connections) connection.forget(one);
    return connections.length > 0;
  }

  /** @param probability of each gossiped message on each of its hops */
  loseGossip(probability: number): void {
    this.world.trace(`lose gossip ${probability}`);
    this.lines.loseGossip(probability);
  }

  /** @param probability with which a message that was heard before is heard once more, at each arrival */
  doubleGossip(probability: number): void {
    this.world.trace(`double gossip ${probability}`);
    this.lines.doubleGossip(probability);
  }

  /** Streams break: before the request is served, or with its answer. @param probability of each of the two */
  breakStreams(probability: number): void {
    this.world.trace(`break streams ${probability}`);
    this.lines.breakStreams(probability);
  }

  /** @param latency as it was at first when undefined */
  setLatency(latency: Latency | undefined): void {
    this.world.trace("latency changed");
    this.lines.setLatency(latency);
  }

  /** Whether these two are connected, and hear each other. */
  areInTouch(one: PeerId, other: PeerId): boolean {
    if (this.lines.isStalled(one, other)) return false;
    return [...this.#connections].some((connection) => {
      const end = connection.endOf(one);
      return end?.isOpen === true && end.peer === other;
    });
  }

  // --- For the networks ------------------------------------------------------------------------

  /** An address that nobody has had yet. */
  newAddress(): string {
    this.#hosts += 1;
    return `/ip4/10.1.${Math.floor(this.#hosts / 250)}.${(this.#hosts % 250) + 1}/tcp/4240`;
  }

  listen(address: string, owner: EndOwner): void {
    if (this.#listeners.has(address)) throw new Error(`${address} is in use`);
    this.#listeners.set(address, owner);
  }

  unlisten(owner: EndOwner): void {
    for (const [address, listener] of this.#listeners) if (listener === owner) this.#listeners.delete(address);
  }

  listenerAt(address: string): EndOwner | undefined {
    return this.#listeners.get(address);
  }

  /** Can a dial from `from` get an answer? */
  isReachable(from: PeerId, to: PeerId): boolean {
    return from === to || !(this.#hidden.has(to) || this.lines.isStalled(from, to));
  }

  /** @returns the dialer's end; the listener is told of its own */
  connect(dialer: EndOwner, listener: EndOwner): End {
    const connection = new Connection(this.lines, dialer, listener, () => this.#connections.delete(connection));
    this.#connections.add(connection);
    listener.onConnection(connection.listenerEnd);
    return connection.dialerEnd;
  }

  #faultsChanged(): void {
    for (const connection of [...this.#connections]) connection.faultsChanged();
  }
}
