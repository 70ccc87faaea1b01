/**
 * Gossip of one simulated peer: each message is heard once, and passed on when its hearer accepts it.
 *
 * As in gossipsub, own messages go to everybody while few are connected, and what is passed on goes along
 * the mesh only. In a world of a few peers that is everybody.
 */

import type { NetworkHandlers } from "../../node/ports.ts";
import { type PeerId, toHex } from "../../protocol/ids.ts";
import { limits } from "../../protocol/limits.ts";
import { sha256 } from "../../protocol/sha256.ts";
import type { Chance } from "./chance.ts";
import { type GossipMesh, meshPeersMax } from "./gossip-mesh.ts";
import type { End } from "./network-connection.ts";
import type { NetworkFabric } from "./network-fabric.ts";
import type { FakeGate } from "./network-gate.ts";
import type { Lines } from "./network-lines.ts";
import type { Gossip } from "./network-message.ts";
import type { Stage } from "./world.ts";

/** Copies of a message that come within this time are not heard again, as in gossipsub. */
const seenMs = 120_000;
/** Above it own messages go along the mesh only, as in the real adapter. */
const floodPeersMax = 50;

export class FakeGossip {
  readonly #self: PeerId;
  readonly #stage: Stage;
  readonly #chance: Chance;
  readonly #lines: Lines;
  readonly #mesh: GossipMesh;
  readonly #gate: () => FakeGate | undefined;
  readonly #topics = new Set<string>();
  readonly #seenAtMs = new Map<string, number>();

  /** @param gate undefined while the peer does not run */
  constructor(self: PeerId, stage: Stage, { lines, mesh }: NetworkFabric, gate: () => FakeGate | undefined) {
    this.#self = self;
    this.#stage = stage;
    this.#chance = stage.chance.fork("gossip");
    this.#lines = lines;
    this.#mesh = mesh;
    this.#gate = gate;
  }

  subscribe(topic: string): void {
    if (this.#topics.size >= limits.topicsMax) throw new Error(`more than ${limits.topicsMax} topics`);
    this.#topics.add(topic);
  }

  unsubscribe(topic: string): void {
    this.#topics.delete(topic);
  }

  publish(topic: string, data: Uint8Array): void {
    if (data.length > limits.gossipBytesMax) {
      throw new Error(`a message of ${data.length} bytes; ${limits.gossipBytesMax} at most may be gossiped`);
    }
    const name = toHex(sha256(new TextEncoder().encode(`${topic}\0`), data));
    if (!this.#isNew(name)) return;
    const peers = this.#gate()?.connected() ?? [];
    const message: Gossip = { kind: "gossip", topic, name, data: Uint8Array.from(data) };
    this.#send(peers.length > floodPeersMax ? this.#meshOf(peers) : peers, message, undefined);
  }

  hear(handlers: NetworkHandlers, end: End, message: Gossip): void {
    const { topic, name, data } = message;
    if (!this.#topics.has(topic)) return;
    const isNew = this.#isNew(name);
    if (!isNew && !this.#lines.doublesGossip()) return;
    const verdict = handlers.onMessage(topic, end.peer, Uint8Array.from(data));
    if (!isNew || verdict !== "accept") return;
    this.#send(this.#meshOf(this.#gate()?.connected() ?? []), message, end.peer);
  }

  peerUp(): void {
    this.#mendMesh();
  }

  peerDown(peer: PeerId): void {
    this.#mesh.unlink(this.#self, peer);
    this.#mendMesh();
  }

  #mendMesh(): void {
    this.#mesh.mend(this.#self, this.#gate()?.connected() ?? [], this.#chance);
  }

  #send(peers: Iterable<PeerId>, message: Gossip, exceptTo: PeerId | undefined): void {
    for (const peer of peers) {
      if (peer === exceptTo || this.#lines.losesGossip()) continue;
      this.#gate()?.current(peer)?.send(message, message.data.length);
    }
  }

  #meshOf(connected: readonly PeerId[]): Iterable<PeerId> {
    if (connected.length <= meshPeersMax) return connected;
    this.#mendMesh();
    return this.#mesh.of(this.#self);
  }

  #isNew(name: string): boolean {
    const nowMs = this.#stage.nowMs;
    for (const [seen, atMs] of this.#seenAtMs) {
      if (nowMs - atMs < seenMs) break;
      this.#seenAtMs.delete(seen);
    }
    if (this.#seenAtMs.has(name)) return false;
    this.#seenAtMs.set(name, nowMs);
    return true;
  }
}
