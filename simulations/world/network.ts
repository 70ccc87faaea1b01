/**
 * The network of one simulated peer: the port's promises, on a fabric of simulated lines.
 *
 * The dialer is the real one. Gossip and requests have files of their own.
 */

import { Dialer, type DialOutcome } from "../../node/network/dialer.ts";
import {
  type Log,
  type Network,
  type NetworkHandlers,
  RequestError,
  type RequestOptions,
  type WantedPeer,
} from "../../node/ports.ts";
import type { PeerId } from "../../protocol/ids.ts";
import type { Refusal } from "../../protocol/refusal.ts";
import { type Refused, refusedOf } from "../../protocol/wire/admission.ts";
import { FakeClock } from "./clock.ts";
import type { End, EndOwner } from "./network-connection.ts";
import type { Message } from "./network-message.ts";
import type { NetworkFabric } from "./network-fabric.ts";
import { FakeGate } from "./network-gate.ts";
import { FakeGossip } from "./network-gossip.ts";
import { FakeRequests } from "./network-requests.ts";
import { FakeRandom } from "./random.ts";
import type { Stage } from "./world.ts";

export interface FakeNetworkOptions {
  readonly fabric: NetworkFabric;
  /** The life of the peer's process. */
  readonly stage: Stage;
  readonly self: PeerId;
  readonly log: Log;
  /** Where it listens, the same after a restart; a new address when left out. */
  readonly address?: string;
}

/** A dial into a cut line is given up after so long, as in the real network. */
const dialTimeoutMs = 5_000;

interface Running {
  readonly handlers: NetworkHandlers;
  readonly gate: FakeGate;
}

export class FakeNetwork implements Network, EndOwner {
  readonly self: PeerId;
  readonly stage: Stage;
  readonly #fabric: NetworkFabric;
  readonly #log: Log;
  readonly #address: string;
  readonly #dialer: Dialer;
  readonly #requests: FakeRequests;
  readonly #gossip: FakeGossip;
  #wanted: readonly WantedPeer[] = [];
  #running: Running | undefined;
  #hasStarted = false;

  constructor({ fabric, stage, self, log, address }: FakeNetworkOptions) {
    this.self = self;
    this.stage = stage;
    this.#fabric = fabric;
    this.#log = log;
    this.#address = address ?? fabric.newAddress();
    this.#requests = new FakeRequests(fabric.lines, stage, log);
    this.#gossip = new FakeGossip(self, stage, fabric, () => this.#running?.gate);
    this.#dialer = new Dialer({
      self,
      clock: new FakeClock(stage),
      random: new FakeRandom(stage.chance.fork("dialer")),
      dial: (peer, addresses) => this.#dial(peer, addresses),
      isUp: (peer) => this.#running?.gate.current(peer) !== undefined,
      ownAddresses: () => this.addresses(),
    });
  }

  async start(handlers: NetworkHandlers): Promise<void> {
    if (this.#hasStarted) throw new Error("a network starts once");
    this.#hasStarted = true;
    const gate = new FakeGate(this.stage, this.self, handlers.admission, {
      onAdmitted: (peer) => this.#onAdmitted(handlers, peer),
      onLost: (peer) => this.#onLost(handlers, peer),
      onRefused: (peer, by, refusal) => this.#onRefused(handlers, peer, by, refusal),
    });
    await this.stage.answer("listens", () => this.#fabric.listen(this.#address, this));
    this.#running = { handlers, gate };
    this.#dialer.want(this.#wanted);
  }

  async stop(): Promise<void> {
    this.#dialer.stop();
    this.#fabric.unlisten(this);
    this.#running?.gate.stop();
    this.#running = undefined;
    await this.stage.answer("stops listening", () => undefined);
  }

  addresses(): readonly string[] {
    return this.#running === undefined ? [] : [this.#address];
  }

  want(peers: readonly WantedPeer[]): void {
    this.#wanted = peers;
    if (this.#running !== undefined) this.#dialer.want(peers);
  }

  connected(): readonly PeerId[] {
    return this.#running?.gate.connected() ?? [];
  }

  disconnect(peer: PeerId, refusal: Refusal): void {
    this.#running?.gate.dismiss(peer, refusal);
  }

  subscribe(topic: string): void {
    this.#gossip.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    this.#gossip.unsubscribe(topic);
  }

  async publish(topic: string, data: Uint8Array): Promise<void> {
    this.#gossip.publish(topic, data);
  }

  async request(peer: PeerId, protocol: string, body: Uint8Array, options: RequestOptions): Promise<Uint8Array> {
    const end = this.#running?.gate.current(peer);
    if (end === undefined) throw new RequestError("not-connected", peer, protocol);
    return await this.#requests.ask(end, protocol, body, options);
  }

  // --- The ends of its connections ----------------------------------------------------------------

  onConnection(end: End): void {
    if (this.#running === undefined) end.close();
    else void this.#running.gate.meet(end);
  }

  onMessage(end: End, message: Message): void {
    if (this.#running === undefined) return;
    const { gate, handlers } = this.#running;
    switch (message.kind) {
      case "talk":
        return gate.hear(end, message.answer);
      case "gossip":
        return gate.whenAdmitted(end, () => this.#gossip.hear(handlers, end, message));
      case "request":
        return gate.whenAdmitted(end, () => {
          void this.#requests.serve(end, handlers, message.id, message.protocol, message.body);
        });
      case "answer":
        return this.#requests.onAnswer(message.id, message.answer);
    }
  }

  onClosed(end: End): void {
    this.#requests.onClosed(end);
    this.#running?.gate.closed(end);
  }

  // --- Dialling ------------------------------------------------------------------------------------

  async #dial(peer: PeerId | undefined, addresses: readonly string[]): Promise<DialOutcome> {
    for (const address of addresses) {
      const outcome = await this.#dialOne(peer, address);
      if (outcome.kind !== "failed") return outcome;
    }
    return { kind: "failed" };
  }

  async #dialOne(peer: PeerId | undefined, address: string): Promise<DialOutcome> {
    const there = this.#fabric.listenerAt(address);
    if (there === undefined) return await this.stage.answer("finds nobody", () => ({ kind: "failed" }));
    await this.#roundTrip(there.self);
    const gate = this.#running?.gate;
    // It may have stopped, or a line may have been cut, meanwhile.
    if (gate === undefined || this.#fabric.listenerAt(address) !== there || !this.#reaches(there.self)) {
      return { kind: "failed" };
    }
    if (there.self === this.self) return { kind: "self" };
    if (peer !== undefined && there.self !== peer) return { kind: "failed" };
    const passed = await gate.meet(this.#fabric.connect(this, there));
    if (passed === "refused") return { kind: "refused", peer: there.self };
    return gate.current(there.self) === undefined ? { kind: "failed" } : { kind: "up", peer: there.self };
  }

  #roundTrip(peer: PeerId): Promise<void> {
    const { lines } = this.#fabric;
    const waitMs = this.#reaches(peer)
      ? lines.delayMs(this.self, peer, 0) + lines.delayMs(peer, this.self, 0)
      : dialTimeoutMs;
    return new Promise((resolve) => {
      this.stage.schedule(waitMs, resolve);
    });
  }

  #reaches(peer: PeerId): boolean {
    return this.#fabric.isReachable(this.self, peer);
  }

  // --- What the gate says --------------------------------------------------------------------------

  #onAdmitted(handlers: NetworkHandlers, peer: PeerId): void {
    this.#gossip.peerUp();
    this.#dialer.onUp(peer);
    this.#log.write("info", "peer-up", { peer });
    handlers.onEvent({ kind: "up", peer });
  }

  #onLost(handlers: NetworkHandlers, peer: PeerId): void {
    this.#gossip.peerDown(peer);
    this.#log.write("info", "peer-down", { peer });
    handlers.onEvent({ kind: "down", peer });
    this.#dialer.onDown(peer);
  }

  #onRefused(handlers: NetworkHandlers, peer: PeerId, by: "us" | "them", refusal: Refusal | Refused): void {
    this.#log.write("warn", "peer-refused", { peer, by, ...refusedOf(refusal) });
    this.#dialer.onRefused(peer);
    handlers.onEvent({ kind: "refused", peer, by, refusal });
  }
}
