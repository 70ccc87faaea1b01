/**
 * The network of a real peer: libp2p, with its parts wired to each other.
 *
 * A connection goes from the dialer or the listener to the gate, and once both sides accepted each
 * other to gossip, requests and the watchdog. Whatever its end, the gate hears of it first and
 * tells the others.
 */

import { generateKeyPairFromSeed } from "@libp2p/crypto/keys";
import { identify } from "@libp2p/identify";
import type { Connection, ConnectionGater } from "@libp2p/interface";
import { peerIdFromString } from "@libp2p/peer-id";
import { ping } from "@libp2p/ping";
import { CODE_P2P } from "@multiformats/multiaddr";
import { createLibp2p, type Libp2p } from "libp2p";
import type { PeerId } from "../../../protocol/ids.ts";
import { limits } from "../../../protocol/limits.ts";
import type { Refusal } from "../../../protocol/refusal.ts";
import { refusedOf } from "../../../protocol/wire/admission.ts";
import { identityOfSeed } from "../../identity.ts";
import { Dialer } from "../../network/dialer.ts";
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
import { Gate } from "./gate.ts";
import { Gossip } from "./gossip.ts";
import { helloProtocol } from "./hello.ts";
import { Meter } from "./meter.ts";
import { Outbound } from "./outbound.ts";
import { RefusalLog } from "./refusal-log.ts";
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

/** Nothing can be listened on, in words for the operator. */
export class NetworkStartError extends Error {
  override readonly name = "NetworkStartError";
}

/** Connections that may stand at the door at a time. */
const talkingMax = 256;
/** What one of them may send: a hello, and what libp2p itself has to say. */
const unadmittedBytesMax = 4 * limits.helloBytesMax;
/** Connections are closed in good order for so long, then they are cut. */
const stopMs = 1_500;

/** What exists between start and stop. */
interface Running {
  readonly libp2p: Libp2p;
  readonly gate: Gate;
  readonly gossip: Gossip;
  readonly watchdog: Watchdog<Connection>;
  readonly dialer: Dialer;
}

export class Libp2pNetwork implements Network {
  readonly self: PeerId;
  readonly #options: Libp2pNetworkOptions;
  readonly #topics = new Set<string>();
  /** By admitted peer. */
  readonly #requests = new Map<PeerId, RequestStreams>();
  #wanted: readonly WantedPeer[] = [];
  #running: Running | undefined;
  #hasStarted = false;

  constructor(options: Libp2pNetworkOptions) {
    this.#options = options;
    this.self = identityOfSeed(options.seed).peer;
  }

  async start(handlers: NetworkHandlers): Promise<void> {
    if (this.#hasStarted) throw new Error("a network starts once");
    this.#hasStarted = true;
    const { seed, clock, random, log, listen, times } = this.#options;
    const refusals = new RefusalLog(clock, log);
    const meter = new Meter(unadmittedBytesMax);
    const gate = new Gate({
      self: this.self,
      clock,
      log,
      meter,
      admission: handlers.admission,
      isSilent: (peer) => watchdog.isSilent(peer),
      helloTimeoutMs: times?.helloTimeoutMs ?? limits.helloTimeoutMs,
      events: {
        onAdmitted: (peer, connection) => {
          this.#requests.set(peer, new RequestStreams(peer, connection));
          gossip.connect(connection);
          watchdog.watch(peer, connection);
          dialer.onUp(peer);
          log.write("info", "peer-up", { peer, address: connection.remoteAddr.toString() });
          handlers.onEvent({ kind: "up", peer });
        },
        onLost: (peer, connection) => {
          this.#requests.get(peer)?.close();
          this.#requests.delete(peer);
          gossip.disconnect(peer, connection);
          watchdog.forget(peer);
          log.write("info", "peer-down", { peer });
          handlers.onEvent({ kind: "down", peer });
          dialer.onDown(peer);
        },
        onRefused: (peer, by, refusal) => {
          refusals.write(peer, by, refusedOf(refusal));
          dialer.onRefused(peer);
          handlers.onEvent({ kind: "refused", peer, by, refusal });
        },
      },
    });
    const outbound = new Outbound(gate);
    const gossip = new Gossip({
      clock,
      log,
      onMessage: (topic, from, data) => handlers.onMessage(topic, from, data),
      guard: (handler) => gate.guard(handler),
    });
    const libp2p = await createLibp2p({
      ...hostSettings({
        privateKey: await generateKeyPairFromSeed("Ed25519", seed),
        listen,
        gater: gaterOf(gate, outbound),
      }),
      services: {
        // Only answers. gossipsub asks for it to be there, and would learn of peers from it (gossip.ts).
        identify: identify({ runOnConnectionOpen: false }),
        ping: ping(),
        gossip: gossip.service,
      },
    });
    const dialer = new Dialer({
      self: this.self,
      clock,
      random,
      dial: (peer, addresses) => outbound.dial(libp2p, peer, addresses),
      isUp: (peer) => gate.isAdmitted(peer) && !watchdog.isSilent(peer),
      ownAddresses: () => addressesOf(libp2p),
    });
    const watchdog = new Watchdog<Connection>({
      clock,
      log,
      times: { ...watchdogTimes, ...times },
      ping: (peer, signal) => libp2p.services.ping.ping(peerIdFromString(peer), { signal }),
      heardBytes: (connection) => meter.bytesOf(connection),
      onSilent: (peer) => {
        log.write("info", "peer-doubted", { peer });
        dialer.onDown(peer);
      },
      isGossipAlive: (peer, connection) => gossip.isAlive(peer, connection),
      repairGossip: (connection) => gossip.connect(connection),
    });
    libp2p.addEventListener("connection:open", (event) => {
      outbound.note(event.detail);
      gate.meet(event.detail);
    });
    // What it knows of strangers would only grow.
    libp2p.addEventListener("peer:disconnect", (event) => {
      void libp2p.peerStore.delete(event.detail).catch(() => undefined);
    });
    try {
      await serve(libp2p, gate, handlers, log);
      await libp2p.start();
    } catch (error) {
      watchdog.stop();
      throw new NetworkStartError(`the network cannot start: ${whyNotListening(error)}`, { cause: error });
    }
    for (const topic of this.#topics) gossip.subscribe(topic);
    dialer.want(this.#wanted);
    this.#running = { libp2p, gate, gossip, watchdog, dialer };
  }

  async stop(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    const { libp2p, gate, watchdog, dialer } = running;
    dialer.stop();
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
    return this.#running === undefined ? [] : addressesOf(this.#running.libp2p);
  }

  want(peers: readonly WantedPeer[]): void {
    this.#wanted = peers;
    this.#running?.dialer.want(peers);
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
}

async function serve(libp2p: Libp2p, gate: Gate, handlers: NetworkHandlers, log: Log): Promise<void> {
  await libp2p.handle(helloProtocol, (stream, connection) => gate.hear(stream, connection), { maxInboundStreams: 1 });
  const serving = new Serving((peer, protocol, body) => handlers.onRequest(peer, protocol, body), log);
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
function gaterOf(gate: Gate, outbound: Outbound): ConnectionGater {
  return {
    denyDialMultiaddr: (address) => !outbound.isWanted(address),
    denyInboundConnection: () => gate.talking >= talkingMax,
    denyInboundEncryptedConnection: (peer, socket) => !gate.expect(peer, socket),
    denyOutboundEncryptedConnection: (peer, socket) => !gate.expect(peer, socket),
    filterMultiaddrForPeer: () => false,
  };
}

function addressesOf(libp2p: Libp2p): readonly string[] {
  return libp2p.getMultiaddrs().map((address) => address.decapsulateCode(CODE_P2P).toString());
}

/** libp2p wraps what the system said about each address in advice about its own configuration. */
function whyNotListening(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const reasons = [...message.matchAll(/^\s*(\/\S+): Error: (.+)$/gm)].map(([, address, why]) => `${address}: ${why}`);
  return reasons.length === 0 ? message : reasons.join("; ");
}
