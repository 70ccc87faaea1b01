/**
 * The network of a real peer: libp2p, with its parts wired to each other.
 *
 * A connection goes from the dialer or the listener to the gate, and once both sides accepted each
 * other to gossip, requests and the watchdog. Whatever its end, the gate hears of it first and
 * tells the others.
 */

import { generateKeyPairFromSeed } from "@libp2p/crypto/keys";
import { identify } from "@libp2p/identify";
import type { Connection, ConnectionGater, MultiaddrConnection, PeerId as LibraryPeerId } from "@libp2p/interface";
import { type Ping, ping } from "@libp2p/ping";
import { peerIdFromString } from "@libp2p/peer-id";
import { CODE_P2P, multiaddr } from "@multiformats/multiaddr";
import { createLibp2p, type Libp2p } from "libp2p";
import type { PeerAddress } from "../../../protocol/membership/address.ts";
import { limits } from "../../../protocol/limits.ts";
import { type PeerId, parsePeerId } from "../../../protocol/ids.ts";
import type { Refusal } from "../../../protocol/refusal.ts";
import { type Refused, refusedOf } from "../../../protocol/wire/admission.ts";
import { identityOfSeed } from "../../identity.ts";
import {
  type Clock,
  type Log,
  type Network,
  type NetworkHandlers,
  type Random,
  RequestError,
  type RequestOptions,
  type WantedPeer,
} from "../../ports.ts";
import { Dialer, type DialOutcome } from "../../network/dialer.ts";
import { Gate } from "./gate.ts";
import { Gossip } from "./gossip.ts";
import { helloProtocol } from "./hello.ts";
import { Meter } from "./meter.ts";
import { Serving } from "./serving.ts";
import { hostSettings } from "./settings.ts";
import { RequestStreams } from "./streams.ts";
import { Watchdog, type WatchdogTimes, watchdogTimes } from "./watchdog.ts";

export interface Libp2pNetworkOptions {
  /** The 32 secret bytes of the peer's key file. */
  readonly seed: Uint8Array;
  /** Multiaddrs, such as "/ip4/0.0.0.0/tcp/4240". */
  readonly listen: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Other times than the usual ones, for tests. */
  readonly times?: Partial<WatchdogTimes & { readonly helloTimeoutMs: number }>;
}

/** Connections that may stand at the door at a time. */
const talkingMax = 256;
/** What one of them may send: a hello, and what libp2p itself has to say. */
const unadmittedBytesMax = 4 * limits.helloBytesMax;
/** Connections are closed in good order for so long, then they are cut. */
const stopMs = 1_500;

/** What exists between start and stop. */
interface Running {
  readonly libp2p: Libp2p<{ ping: Ping }>;
  readonly gate: Gate;
  readonly gossip: Gossip;
  readonly watchdog: Watchdog<Connection>;
}

export class Libp2pNetwork implements Network {
  readonly self: PeerId;
  readonly #options: Libp2pNetworkOptions;
  readonly #topics = new Set<string>();
  readonly #requests = new Map<PeerId, RequestStreams>();
  /** The addresses being dialled, and the connection that came of it: nothing in libp2p dials on its own. */
  readonly #dialling = new Map<string, { connection: Connection | undefined }>();
  readonly #dialer: Dialer;
  #wanted: readonly WantedPeer[] = [];
  #running: Running | undefined;

  constructor(options: Libp2pNetworkOptions) {
    this.#options = options;
    this.self = identityOfSeed(options.seed).peer;
    this.#dialer = new Dialer({
      self: this.self,
      clock: options.clock,
      random: options.random,
      dial: (peer, addresses) => this.#dial(peer, addresses),
      isUp: (peer) => this.#requests.has(peer),
      ownAddresses: () => this.addresses(),
    });
  }

  async start(handlers: NetworkHandlers): Promise<void> {
    if (this.#running !== undefined) throw new Error("the network is started twice");
    const { seed, clock, log, listen, times } = this.#options;
    const meter = new Meter(unadmittedBytesMax);
    const gate = new Gate({
      self: this.self,
      clock,
      log,
      meter,
      admission: handlers.admission,
      helloTimeoutMs: times?.helloTimeoutMs ?? limits.helloTimeoutMs,
      events: {
        onAdmitted: (peer, connection) => this.#onAdmitted(handlers, peer, connection),
        onLost: (peer, connection) => this.#onLost(handlers, peer, connection),
        onRefused: (peer, by, refusal) => this.#onRefused(handlers, peer, by, refusal),
      },
    });
    const gossip = new Gossip({
      clock,
      log,
      onMessage: (topic, from, data) => handlers.onMessage(topic, from, data),
      guard: (handler) => gate.guard(handler),
      isAdmitted: (peer) => gate.isAdmitted(peer),
    });
    const libp2p = await createLibp2p({
      ...hostSettings({
        privateKey: await generateKeyPairFromSeed("Ed25519", seed),
        listen,
        gater: this.#gater(gate, meter),
      }),
      services: {
        // Only answers. gossipsub asks for it to be there, and would learn of peers from it (gossip.ts).
        identify: identify({ runOnConnectionOpen: false }),
        ping: ping(),
        gossip: gossip.service,
      },
    });
    const watchdog = new Watchdog<Connection>({
      clock,
      log,
      times: { ...watchdogTimes, ...times },
      ping: (peer, signal) => libp2p.services.ping.ping(peerIdFromString(peer), { signal }),
      isGossipAlive: (peer, connection) => gossip.isAlive(peer, connection),
      repairGossip: (connection) => gossip.connect(connection),
    });
    this.#running = { libp2p, gate, gossip, watchdog };
    libp2p.addEventListener("connection:open", (event) => {
      this.#noteDialled(event.detail);
      gate.meet(event.detail);
    });
    // What it knows of strangers would only grow.
    libp2p.addEventListener("peer:disconnect", (event) => {
      void libp2p.peerStore.delete(event.detail).catch(() => undefined);
    });
    try {
      await this.#serve(handlers);
      await libp2p.start();
    } catch (error) {
      await this.stop();
      throw new Error(`the network cannot start: ${whyNotListening(error)}`, { cause: error });
    }
    for (const topic of this.#topics) gossip.subscribe(topic);
    this.#dialer.want(this.#wanted);
  }

  async stop(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    const { libp2p, gate, watchdog } = running;
    this.#dialer.stop();
    watchdog.stop();
    gate.stop();
    this.#running = undefined;
    const stopCutting = this.#options.clock.after(stopMs, () => {
      for (const connection of libp2p.getConnections()) connection.abort(new Error("stopped"));
    });
    await libp2p.stop();
    stopCutting();
  }

  /** What libp2p itself can tell, between start and stop: for diagnosis. */
  get libp2p(): Libp2p | undefined {
    return this.#running?.libp2p;
  }

  addresses(): readonly string[] {
    const addresses = this.#running?.libp2p.getMultiaddrs() ?? [];
    return addresses.map((address) => address.decapsulateCode(CODE_P2P).toString());
  }

  want(peers: readonly WantedPeer[]): void {
    this.#wanted = peers;
    if (this.#running !== undefined) this.#dialer.want(peers);
  }

  connected(): readonly PeerId[] {
    return [...this.#requests.keys()];
  }

  disconnect(peer: PeerId, refusal: Refusal): void {
    this.#running?.gate.dismiss(peer, refusal);
  }

  subscribe(topic: string): void {
    if (this.#topics.has(topic)) return;
    if (this.#topics.size >= limits.topicsMax) throw new Error(`more than ${limits.topicsMax} topics`);
    this.#topics.add(topic);
    this.#running?.gossip.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    if (this.#topics.delete(topic)) this.#running?.gossip.unsubscribe(topic);
  }

  async publish(topic: string, data: Uint8Array): Promise<void> {
    if (data.length > limits.gossipBytesMax) {
      throw new Error(`a message of ${data.length} bytes; ${limits.gossipBytesMax} at most may be gossiped`);
    }
    await this.#running?.gossip.publish(topic, data);
  }

  async request(peer: PeerId, protocol: string, body: Uint8Array, options: RequestOptions): Promise<Uint8Array> {
    const requests = this.#requests.get(peer);
    if (requests === undefined) throw new RequestError("not-connected", peer, protocol);
    return await requests.request(protocol, body, options);
  }

  async #serve(handlers: NetworkHandlers): Promise<void> {
    if (this.#running === undefined) return;
    const { libp2p, gate } = this.#running;
    await libp2p.handle(helloProtocol, (stream, connection) => gate.hear(stream, connection), { maxInboundStreams: 1 });
    const serving = new Serving((peer, protocol, body) => handlers.onRequest(peer, protocol, body), this.#options.log);
    for (const protocol of handlers.protocols) {
      await libp2p.handle(
        protocol,
        gate.guard((stream, _connection, peer) => serving.serve(peer, protocol, stream)),
        // Twice, for one that was reset may still be counted here when the next arrives.
        { maxInboundStreams: 2 * limits.requestsOutstandingMax },
      );
    }
  }

  /** Deny by default: only the dialer dials, and nobody's claims about addresses are kept. */
  #gater(gate: Gate, meter: Meter): ConnectionGater {
    const meets = (peer: LibraryPeerId, socket: MultiaddrConnection): boolean => {
      if (parsePeerId(peer.toString()) === undefined) return false;
      meter.note(socket);
      return true;
    };
    return {
      denyDialMultiaddr: (address) => !this.#dialling.has(address.toString()),
      denyInboundConnection: () => gate.talking >= talkingMax,
      denyInboundEncryptedConnection: (peer, socket) => !meets(peer, socket),
      denyOutboundEncryptedConnection: (peer, socket) => !meets(peer, socket),
      filterMultiaddrForPeer: () => false,
    };
  }

  async #dial(peer: PeerId | undefined, addresses: readonly PeerAddress[]): Promise<DialOutcome> {
    if (this.#running === undefined) return { kind: "failed" };
    const { libp2p, gate } = this.#running;
    const targets = addresses.map((address) => (peer === undefined ? address : `${address}/p2p/${peer}`));
    const attempt: { connection: Connection | undefined } = { connection: undefined };
    for (const target of targets) this.#dialling.set(target, attempt);
    try {
      const connection = await libp2p.dial(targets.map((target) => multiaddr(target)));
      return await this.#outcome(gate, attempt.connection ?? connection);
    } catch (error) {
      // It may have been refused, and closed, before libp2p was done with it.
      if (attempt.connection !== undefined) return await this.#outcome(gate, attempt.connection);
      return isSelf(error) ? { kind: "self" } : { kind: "failed" };
    } finally {
      for (const target of targets) this.#dialling.delete(target);
    }
  }

  async #outcome(gate: Gate, connection: Connection): Promise<DialOutcome> {
    const passed = await gate.passed(connection);
    const peer = parsePeerId(connection.remotePeer.toString());
    if (peer === undefined) return { kind: "failed" };
    if (passed === "refused") return { kind: "refused", peer };
    // Superseded: the other connection may be up, or about to be.
    return gate.isAdmitted(peer) ? { kind: "up", peer } : { kind: "failed" };
  }

  #noteDialled(connection: Connection): void {
    if (connection.direction !== "outbound") return;
    const address = connection.remoteAddr;
    const attempt =
      this.#dialling.get(address.toString()) ?? this.#dialling.get(address.decapsulateCode(CODE_P2P).toString());
    if (attempt !== undefined) attempt.connection = connection;
  }

  #onAdmitted(handlers: NetworkHandlers, peer: PeerId, connection: Connection): void {
    this.#requests.set(peer, new RequestStreams(peer, connection));
    this.#running?.gossip.connect(connection);
    this.#running?.watchdog.watch(peer, connection);
    this.#dialer.onUp(peer);
    this.#options.log.write("info", "peer-up", { peer, address: connection.remoteAddr.toString() });
    handlers.onEvent({ kind: "up", peer });
  }

  #onLost(handlers: NetworkHandlers, peer: PeerId, connection: Connection): void {
    this.#requests.get(peer)?.close();
    this.#requests.delete(peer);
    this.#running?.gossip.disconnect(peer, connection);
    this.#running?.watchdog.forget(peer);
    this.#options.log.write("info", "peer-down", { peer });
    handlers.onEvent({ kind: "down", peer });
    this.#dialer.onDown(peer);
  }

  #onRefused(handlers: NetworkHandlers, peer: PeerId, by: "us" | "them", refusal: Refusal | Refused): void {
    this.#options.log.write("warn", "peer-refused", { peer, by, ...refusedOf(refusal) });
    this.#dialer.onRefused(peer);
    handlers.onEvent({ kind: "refused", peer, by, refusal });
  }
}

/** libp2p learns only from the handshake that it called itself. */
function isSelf(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isSelf);
  return error instanceof Error && error.name === "InvalidPeerIdError";
}

/** libp2p wraps what the system said about each address in advice about its own configuration. */
function whyNotListening(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const reasons = [...message.matchAll(/^\s*(\/\S+): Error: (.+)$/gm)].map(([, address, why]) => `${address}: ${why}`);
  return reasons.length === 0 ? message : reasons.join("; ");
}
