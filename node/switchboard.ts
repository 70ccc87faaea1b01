/**
 * The switchboard: who in this peer answers which protocol and hears which topic.
 *
 * The network hands everything to one set of handlers; each part of the peer plugs in what it
 * serves. A request for a protocol that nobody serves is refused, a message of a topic that
 * nobody hears is dropped.
 */

import type { PeerId } from "../protocol/ids.ts";
import { type Admission, type Cancel, type Network, type NetworkEvent, RefusedError, type Verdict } from "./ports.ts";

export type RequestHandler = (peer: PeerId, body: Uint8Array) => Promise<Uint8Array>;
export type MessageHandler = (from: PeerId, data: Uint8Array) => Verdict;
export type NetworkListener = (event: NetworkEvent) => void;

export class Switchboard {
  readonly network: Network;
  readonly #requestHandlers = new Map<string, RequestHandler>();
  readonly #messageHandlers = new Map<string, MessageHandler>();
  readonly #listeners = new Set<NetworkListener>();

  constructor(network: Network) {
    this.network = network;
  }

  /** Answers one protocol. One handler each, and before `start`, which tells the network of them. */
  serve(protocol: string, handler: RequestHandler): void {
    if (this.#requestHandlers.has(protocol)) throw new Error(`${protocol} is served twice`);
    this.#requestHandlers.set(protocol, handler);
  }

  /** Subscribes to a topic. One handler each. */
  hear(topic: string, handler: MessageHandler): Cancel {
    if (this.#messageHandlers.has(topic)) throw new Error(`${topic} is heard twice`);
    this.#messageHandlers.set(topic, handler);
    this.network.subscribe(topic);
    return () => {
      if (this.#messageHandlers.get(topic) !== handler) return;
      this.#messageHandlers.delete(topic);
      this.network.unsubscribe(topic);
    };
  }

  /** Hears of peers that come, go and are refused. */
  onEvent(listener: NetworkListener): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Opens the network, once every part has plugged in. */
  async start(admission: Admission): Promise<void> {
    await this.network.start({
      admission,
      protocols: [...this.#requestHandlers.keys()],
      onEvent: (event) => {
        for (const listener of this.#listeners) listener(event);
      },
      onMessage: (topic, from, data) => this.#messageHandlers.get(topic)?.(from, data) ?? "ignore",
      onRequest: async (peer, protocol, body) => {
        const handler = this.#requestHandlers.get(protocol);
        if (handler === undefined) throw new RefusedError({ code: "protocol-unknown", protocol });
        return handler(peer, body);
      },
    });
  }
}
