/** A stage for the network contract: peers that remember all they see, and a place to meet. */

import assert from "node:assert/strict";
import test from "node:test";
import {
  type Network,
  type NetworkEvent,
  type NetworkHandlers,
  RequestError,
  type RequestFailure,
  type Verdict,
} from "../../node/ports.ts";
import type { PeerId } from "../../protocol/ids.ts";
import type { Refusal } from "../../protocol/refusal.ts";

/** A place where networks can meet. */
export interface NetworkBench {
  /** A network of peer `number`, from 1. Made again, after the first has stopped, it listens where that did. */
  make(number: number): Network;
  /** Lets time pass until the work settles. */
  settle<T>(work: Promise<T>): Promise<T>;
  /** Lets time pass until it is so. @throws when it takes too long */
  until(what: string, isSo: () => boolean): Promise<void>;
  pass(ms: number): Promise<void>;
}

export const echo = "/cdmesh/1/echo";
export const topic = "cdmesh/1/0123456789abcdef/test";

/** One peer, and all that it saw. */
export class Peer {
  readonly network: Network;
  readonly events: NetworkEvent[] = [];
  readonly messages: { readonly topic: string; readonly from: PeerId; readonly text: string }[] = [];
  readonly hellos = new Map<PeerId, string>();
  readonly served: { readonly peer: PeerId; readonly protocol: string }[] = [];
  hello = "hello";
  protocols: readonly string[] = [echo];
  judge: (peer: PeerId) => Refusal | undefined = () => undefined;
  verdict: Verdict = "accept";
  answer: NetworkHandlers["onRequest"] = async (_peer, _protocol, body) => body;

  constructor(bench: NetworkBench, number: number) {
    this.network = bench.make(number);
    this.hello = `hello of ${number}`;
  }

  get id(): PeerId {
    return this.network.self;
  }

  async start(): Promise<this> {
    await this.network.start({
      admission: {
        hello: () => Buffer.from(this.hello),
        judge: (peer, hello) => {
          this.hellos.set(peer, Buffer.from(hello).toString());
          return this.judge(peer);
        },
      },
      protocols: this.protocols,
      onEvent: (event) => this.events.push(event),
      onMessage: (heard, from, data) => {
        this.messages.push({ topic: heard, from, text: Buffer.from(data).toString() });
        return this.verdict;
      },
      onRequest: (peer, protocol, body) => {
        this.served.push({ peer, protocol });
        return this.answer(peer, protocol, body);
      },
    });
    return this;
  }

  wants(...others: readonly Peer[]): void {
    this.network.want(others.map((other) => ({ peer: other.id, addresses: other.network.addresses() })));
  }

  isUp(other: Peer): boolean {
    return this.network.connected().includes(other.id);
  }

  ask(other: Peer, body: string | Uint8Array, timeoutMs = 5_000, protocol = echo): Promise<Uint8Array> {
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
    return this.network.request(other.id, protocol, bytes, { timeoutMs });
  }

  refusals(): readonly (readonly [by: string, code: string])[] {
    return this.events.flatMap((event) => (event.kind === "refused" ? [[event.by, event.refusal.code] as const] : []));
  }

  kinds(other: Peer): readonly string[] {
    return this.events.filter((event) => event.peer === other.id).map((event) => event.kind);
  }

  heard(): readonly string[] {
    return this.messages.map((message) => message.text);
  }
}

/** Registers a test that gets a new bench, and stops whoever it started. */
export type Check = (sentence: string, run: (cast: Cast) => Promise<void>) => void;

export function checkOn(name: string, makeBench: () => NetworkBench): Check {
  return (sentence, run) => {
    test(`${name}: ${sentence}`, async () => {
      const cast = new Cast(makeBench());
      try {
        await run(cast);
      } finally {
        await cast.stop();
      }
    });
  };
}

/** The peers of one test. */
export class Cast {
  readonly bench: NetworkBench;
  readonly #peers: Peer[] = [];
  #probes = 0;

  constructor(bench: NetworkBench) {
    this.bench = bench;
  }

  peer(number: number): Peer {
    const peer = new Peer(this.bench, number);
    this.#peers.push(peer);
    return peer;
  }

  started(number: number): Promise<Peer> {
    return this.settle(this.peer(number).start());
  }

  settle<T>(work: Promise<T>): Promise<T> {
    return this.bench.settle(work);
  }

  async pair(): Promise<readonly [Peer, Peer]> {
    const one = await this.started(1);
    const two = await this.started(2);
    await this.connect(one, two);
    return [one, two];
  }

  async connect(one: Peer, two: Peer): Promise<void> {
    one.wants(two);
    await this.bench.until("they are connected", () => one.isUp(two) && two.isUp(one));
  }

  /** Publishes until all hear: subscriptions travel too. */
  async gossips(from: Peer, to: readonly Peer[], on = topic): Promise<void> {
    const heard = (): boolean => to.every((peer) => peer.heard().some((message) => sent.has(message)));
    const sent = new Set<string>();
    for (let round = 0; round < 40 && !heard(); round += 1) {
      this.#probes += 1;
      const probe = `probe ${this.#probes}`;
      sent.add(probe);
      await this.settle(from.network.publish(on, Buffer.from(probe)));
      await this.bench.pass(50);
    }
    assert.ok(heard(), "gossip does not arrive");
  }

  async stop(): Promise<void> {
    for (const peer of this.#peers) await this.settle(peer.network.stop());
  }
}

export function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

export async function failsWith(failure: RequestFailure, request: Promise<unknown>): Promise<void> {
  await assert.rejects(request, (error) => {
    assert.ok(error instanceof RequestError, `${error}`);
    assert.equal(error.failure, failure);
    return true;
  });
}
