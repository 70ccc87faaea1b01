/** A network with nobody in it: a test says what arrives and sees what was sent. */

import type { PeerId } from "../../../protocol/ids.ts";
import type { Network, NetworkEvent, NetworkHandlers, Verdict, WantedPeer } from "../../../node/ports.ts";

export class StubNetwork implements Network {
  readonly self: PeerId;
  readonly published: { readonly topic: string; readonly data: Uint8Array }[] = [];
  readonly wants: (readonly WantedPeer[])[] = [];
  listening: readonly string[] = [];
  publishError: Error | undefined;
  readonly #topics = new Set<string>();
  #handlers: NetworkHandlers | undefined;

  constructor(self: PeerId) {
    this.self = self;
  }

  /** A message as if `from` had passed it on; undefined when nobody hears the topic. */
  deliver(topic: string, from: PeerId, data: Uint8Array): Verdict | undefined {
    return this.#topics.has(topic) ? this.#handlers?.onMessage(topic, from, data) : undefined;
  }

  tell(event: NetworkEvent): void {
    this.#handlers?.onEvent(event);
  }

  async start(handlers: NetworkHandlers): Promise<void> {
    this.#handlers = handlers;
  }

  async stop(): Promise<void> {
    this.#handlers = undefined;
  }

  addresses(): readonly string[] {
    return this.listening;
  }

  want(peers: readonly WantedPeer[]): void {
    this.wants.push(peers);
  }

  connected(): readonly PeerId[] {
    return [];
  }

  disconnect(): void {}

  subscribe(topic: string): void {
    this.#topics.add(topic);
  }

  unsubscribe(topic: string): void {
    this.#topics.delete(topic);
  }

  async publish(topic: string, data: Uint8Array): Promise<void> {
    if (this.publishError !== undefined) throw this.publishError;
    this.published.push({ topic, data });
  }

  async request(): Promise<Uint8Array> {
    throw new Error("nobody is there to answer");
  }
}
