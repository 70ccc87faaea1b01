/**
 * The network port as a liar has it: between an honest program and the real network. What others ask
 * is answered by the program, and then altered; what it says of itself can be withheld or changed.
 * Everything that the program does not say, the liar can say himself through the network behind it.
 */

import type { Network, NetworkHandlers, RequestOptions, WantedPeer } from "../../node/ports.ts";
import type { PeerId } from "../../protocol/ids.ts";
import type { Refusal } from "../../protocol/refusal.ts";

export interface Lies {
  hello(truth: Uint8Array): Uint8Array;
  /** @param truth what the program answers */
  answer(peer: PeerId, protocol: string, body: Uint8Array, truth: Uint8Array): Promise<Uint8Array>;
  /** Undefined: nobody hears of it. */
  publish(topic: string, truth: Uint8Array): Uint8Array | undefined;
  heard(topic: string, data: Uint8Array): void;
}

export class LyingNetwork implements Network {
  readonly self: PeerId;
  readonly #network: Network;
  readonly #lies: Lies;

  constructor(network: Network, lies: Lies) {
    this.self = network.self;
    this.#network = network;
    this.#lies = lies;
  }

  start(handlers: NetworkHandlers): Promise<void> {
    const lies = this.#lies;
    return this.#network.start({
      ...handlers,
      admission: {
        hello: () => lies.hello(handlers.admission.hello()),
        judge: (peer, hello) => handlers.admission.judge(peer, hello),
      },
      onEvent: (event) => handlers.onEvent(event),
      onMessage: (topic, from, data) => {
        lies.heard(topic, data);
        return handlers.onMessage(topic, from, data);
      },
      onRequest: async (peer, protocol, body) =>
        lies.answer(peer, protocol, body, await handlers.onRequest(peer, protocol, body)),
    });
  }

  stop(): Promise<void> {
    return this.#network.stop();
  }

  addresses(): readonly string[] {
    return this.#network.addresses();
  }

  want(peers: readonly WantedPeer[]): void {
    this.#network.want(peers);
  }

  connected(): readonly PeerId[] {
    return this.#network.connected();
  }

  disconnect(peer: PeerId, refusal: Refusal): void {
    this.#network.disconnect(peer, refusal);
  }

  subscribe(topic: string): void {
    this.#network.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    this.#network.unsubscribe(topic);
  }

  async publish(topic: string, data: Uint8Array): Promise<void> {
    const told = this.#lies.publish(topic, data);
    if (told !== undefined) await this.#network.publish(topic, told);
  }

  request(peer: PeerId, protocol: string, body: Uint8Array, options: RequestOptions): Promise<Uint8Array> {
    return this.#network.request(peer, protocol, body, options);
  }
}
