/**
 * Gossip: gossipsub behind the gate.
 *
 * gossipsub would open its streams to everybody as soon as it hears of a connection (LIBP2P o),
 * one after the other, so that one silent stranger holds up all the rest. It is given a registrar
 * of our own instead: it hears of a peer when the gate admitted it and of its end when the gate
 * lost it, and its handlers see admitted connections only.
 *
 * A message is judged in its topic's validator, which gossipsub calls once for each new message
 * and before it passes it on; the verdict is all that it needs.
 */

import { gossipsub, type Message, TopicValidatorResult } from "@chainsafe/libp2p-gossipsub";
import type { Connection, PeerId as LibraryPeerId, StreamHandler, Topology } from "@libp2p/interface";
import { limits } from "../../../protocol/limits.ts";
import { type PeerId, parsePeerId } from "../../../protocol/ids.ts";
import type { Clock, Log, NetworkHandlers, Verdict } from "../../ports.ts";
import { plainBytes } from "./frames.ts";
import { gossipSettings } from "./settings.ts";

type Service = ReturnType<ReturnType<typeof gossipsub>>;
type Components = Parameters<ReturnType<typeof gossipsub>>[0];

export interface GossipOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly onMessage: NetworkHandlers["onMessage"];
  readonly guard: (handler: StreamHandler) => StreamHandler;
}

/** Above so many subscribers own messages go along the mesh only (LIBP2P l). */
const floodSubscribersMax = 50;
/** A rejected message counts half after so long. */
const rejectionHalfLifeMs = 10_000;

const verdicts = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
} as const;

/** `publish` takes options that the library's interface does not name. */
interface Publisher {
  publish(topic: string, data: Uint8Array, options: { readonly floodPublish: boolean }): Promise<unknown>;
}

export class Gossip {
  readonly #options: GossipOptions;
  readonly #topologies = new Set<Topology>();
  /** What each peer said it subscribes to on its present connection. */
  readonly #told = new Map<PeerId, Set<string>>();
  readonly #rejections = new Map<PeerId, { readonly count: number; readonly atMs: number }>();
  #service: Service | undefined;

  constructor(options: GossipOptions) {
    this.#options = options;
  }

  /** What libp2p is given as its service. */
  readonly service = (components: Components): Service => {
    const make = gossipsub(
      gossipSettings({ scoreOf: (peer) => this.#scoreOf(peer), isSubscribed: (topic) => this.#isSubscribed(topic) }),
    );
    const service = make({ ...pick(components), registrar: this.#gatedRegistrar(components.registrar) });
    service.addEventListener("subscription-change", (event) => {
      this.#hearSubscriptions(event.detail.peerId, event.detail.subscriptions);
    });
    this.#service = service;
    return service;
  };

  subscribe(topic: string): void {
    const service = this.#started();
    if (service.getTopics().length >= limits.topicsMax) throw new Error(`more than ${limits.topicsMax} topics`);
    service.topicValidators.set(topic, (from, message) => this.#judge(topic, from, message));
    service.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    const service = this.#started();
    service.unsubscribe(topic);
    service.topicValidators.delete(topic);
  }

  async publish(topic: string, data: Uint8Array): Promise<void> {
    const service = this.#started();
    const publisher: Publisher = service;
    const floodPublish = service.getSubscribers(topic).length <= floodSubscribersMax;
    await publisher.publish(topic, data, { floodPublish });
  }

  /** An admitted connection; also to open again what was lost of its streams. */
  connect(connection: Connection): void {
    for (const topology of this.#topologies) void topology.onConnect?.(connection.remotePeer, connection);
  }

  disconnect(peer: PeerId, connection: Connection): void {
    this.#told.delete(peer);
    for (const topology of this.#topologies) void topology.onDisconnect?.(connection.remotePeer);
  }

  /**
   * Does gossip run both ways on this connection? Each side has one stream to the other, and each
   * peer that told its topics is still known to have them (LIBP2P b: after one reset it is not).
   */
  isAlive(peer: PeerId, connection: Connection): boolean {
    const streams = connection.streams.filter(
      (stream) => stream.protocol.startsWith("/meshsub/") && stream.status === "open",
    );
    const isOut = streams.some((stream) => stream.direction === "outbound" && stream.writeStatus === "writable");
    const isIn = streams.some((stream) => stream.direction === "inbound" && stream.remoteWriteStatus === "writable");
    return isOut && isIn && this.#knowsTopicsOf(peer);
  }

  #knowsTopicsOf(peer: PeerId): boolean {
    const service = this.#started();
    const shared = service.getTopics().filter((topic) => this.#told.get(peer)?.has(topic));
    return shared.every((topic) => service.getSubscribers(topic).some((subscriber) => subscriber.toString() === peer));
  }

  #hearSubscriptions(
    from: LibraryPeerId,
    changes: readonly { readonly topic: string; readonly subscribe: boolean }[],
  ): void {
    const peer = parsePeerId(from.toString());
    if (peer === undefined) return;
    const told = this.#told.get(peer) ?? new Set();
    for (const { topic, subscribe } of changes) {
      if (subscribe) told.add(topic);
      else told.delete(topic);
    }
    this.#told.set(peer, told);
  }

  #judge(topic: string, sender: LibraryPeerId, message: Message): TopicValidatorResult {
    const from = parsePeerId(sender.toString());
    if (from === undefined) return TopicValidatorResult.Ignore;
    const verdict = this.#ask(topic, from, message);
    if (verdict === "reject") {
      this.#rejections.set(from, { count: this.#rejectionsOf(from) + 1, atMs: this.#options.clock.monotonicMs() });
    }
    return verdicts[verdict];
  }

  /** gossipsub would swallow what the handler throws. */
  #ask(topic: string, from: PeerId, message: Message): Verdict {
    try {
      return this.#options.onMessage(topic, from, plainBytes(message.data));
    } catch (error) {
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#options.log.write("error", "message-failed", { topic, from, why });
      return "ignore";
    }
  }

  /**
   * LIBP2P j: above zero, until some of its messages were rejected. The gate alone knows who is
   * admitted: a score outlives a connection by a second, and what a peer says first on its next
   * one, its topics, would be dropped.
   */
  #scoreOf(name: string): number {
    const peer = parsePeerId(name);
    if (peer === undefined) return -100;
    const rejections = this.#rejectionsOf(peer);
    return 1 - rejections * rejections;
  }

  #rejectionsOf(peer: PeerId): number {
    const rejections = this.#rejections.get(peer);
    if (rejections === undefined) return 0;
    const ageMs = this.#options.clock.monotonicMs() - rejections.atMs;
    const count = rejections.count * 0.5 ** (ageMs / rejectionHalfLifeMs);
    if (count < 0.1) this.#rejections.delete(peer);
    return count;
  }

  #isSubscribed(topic: string): boolean {
    return this.#started().topicValidators.has(topic);
  }

  #gatedRegistrar(registrar: Components["registrar"]): Components["registrar"] {
    return {
      handle: (protocol, handler, options) => registrar.handle(protocol, this.#options.guard(handler), options),
      unhandle: (protocol, options) => registrar.unhandle(protocol, options),
      register: async (protocol, topology) => {
        this.#topologies.add(topology);
        return protocol;
      },
      unregister: () => this.#topologies.clear(),
      getProtocols: () => registrar.getProtocols(),
      getHandler: (protocol) => registrar.getHandler(protocol),
      use: (protocol, middleware) => registrar.use(protocol, middleware),
      unuse: (protocol) => registrar.unuse(protocol),
      getMiddleware: (protocol) => registrar.getMiddleware(protocol),
      getTopologies: (protocol) => registrar.getTopologies(protocol),
    };
  }

  #started(): Service {
    if (this.#service === undefined) throw new Error("the network is not started");
    return this.#service;
  }
}

/** libp2p hands its components out through a proxy that cannot be spread. */
function pick(components: Components): Omit<Components, "registrar"> {
  const { privateKey, peerId, peerStore, connectionManager, logger } = components;
  return { privateKey, peerId, peerStore, connectionManager, logger };
}
