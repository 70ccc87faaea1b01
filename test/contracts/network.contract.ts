/** What every Network keeps, libp2p's over real sockets and the simulated one. */

import assert from "node:assert/strict";
import test from "node:test";
import {
  type Network,
  type NetworkEvent,
  type NetworkHandlers,
  RefusedError,
  RequestError,
  type RequestFailure,
  type Verdict,
} from "../../node/ports.ts";
import type { PeerId } from "../../protocol/ids.ts";
import { limits } from "../../protocol/limits.ts";
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

const echo = "/cdmesh/1/echo";
const topic = "cdmesh/1/0123456789abcdef/test";

/** One peer, and all that it saw. */
class Peer {
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

export function networkContract(name: string, makeBench: () => NetworkBench): void {
  /** Runs a test on a new bench, and stops whoever it started. */
  const check = (sentence: string, run: (cast: Cast) => Promise<void>): void => {
    test(`${name}: ${sentence}`, async () => {
      const cast = new Cast(makeBench());
      try {
        await run(cast);
      } finally {
        await cast.stop();
      }
    });
  };

  // --- Requests ----------------------------------------------------------------------------------

  check("a request is answered, in both directions of a connection, whatever its size", async (cast) => {
    const [one, two] = await cast.pair();
    assert.equal(text(await cast.settle(one.ask(two, "a question"))), "a question");
    assert.equal(text(await cast.settle(two.ask(one, "and back"))), "and back");
    assert.equal((await cast.settle(one.ask(two, ""))).length, 0);
    const block = new Uint8Array(limits.messageBytesMax).map((_byte, at) => at * 31);
    assert.deepEqual(Buffer.from(await cast.settle(one.ask(two, block))), Buffer.from(block));
    assert.equal(Object.getPrototypeOf(await cast.settle(one.ask(two, "plain"))), Uint8Array.prototype);
    assert.deepEqual(two.served[0], { peer: one.id, protocol: echo });
  });

  check("many requests at once each get their own answer", async (cast) => {
    const [one, two] = await cast.pair();
    two.answer = async (_peer, _protocol, body) => Buffer.from(`answer to ${text(body)}`);
    const asked = Array.from({ length: 100 }, (_, at) => `question ${at}`);
    const answers = await cast.settle(Promise.all(asked.map((question) => one.ask(two, question))));
    assert.deepEqual(
      answers.map(text),
      asked.map((question) => `answer to ${question}`),
    );
  });

  check("a refusal travels to the asker with its code and what it was about", async (cast) => {
    const [one, two] = await cast.pair();
    two.answer = async () => {
      throw new RefusedError({ code: "folder-not-held", peer: one.id, folder: "press" });
    };
    await cast.settle(
      assert.rejects(one.ask(two, "give"), (error) => {
        assert.ok(error instanceof RefusedError);
        assert.equal(error.refusal.code, "folder-not-held");
        assert.match(JSON.stringify(error.refusal), /press/);
        return true;
      }),
    );
    two.answer = async (_peer, _protocol, body) => body;
    assert.equal(text(await cast.settle(one.ask(two, "again"))), "again");
  });

  check("a handler that breaks gives no answer, and harms no other request", async (cast) => {
    const [one, two] = await cast.pair();
    two.answer = async (_peer, _protocol, body) => {
      if (text(body) === "break") throw new Error("a bug");
      return body;
    };
    await cast.settle(failsWith("failed", one.ask(two, "break")));
    assert.equal(text(await cast.settle(one.ask(two, "well"))), "well");
  });

  check("a protocol that nobody serves is refused", async (cast) => {
    const [one, two] = await cast.pair();
    const asked = one.ask(two, "?", 5_000, "/cdmesh/1/unheard-of");
    await cast.settle(
      assert.rejects(asked, (error) => error instanceof RefusedError && error.refusal.code === "protocol-unknown"),
    );
  });

  check("a request without an answer fails when its time is over, and the next one works", async (cast) => {
    const [one, two] = await cast.pair();
    two.answer = (_peer, _protocol, body) =>
      text(body) === "never" ? new Promise(() => undefined) : Promise.resolve(body);
    await cast.settle(failsWith("timeout", one.ask(two, "never", 100)));
    assert.equal(text(await cast.settle(one.ask(two, "now"))), "now");
  });

  check("a caller can give up", async (cast) => {
    const [one, two] = await cast.pair();
    two.answer = () => new Promise(() => undefined);
    const controller = new AbortController();
    const request = one.network.request(two.id, echo, new Uint8Array(1), {
      timeoutMs: 60_000,
      signal: controller.signal,
    });
    const failed = failsWith("aborted", request);
    controller.abort();
    await cast.settle(failed);
    const { signal } = controller;
    const late = one.network.request(two.id, echo, new Uint8Array(1), { timeoutMs: 60_000, signal });
    await cast.settle(failsWith("aborted", late));
  });

  check("a request to a peer that is not connected fails at once", async (cast) => {
    const one = await cast.started(1);
    const two = cast.peer(2);
    await cast.settle(failsWith("not-connected", one.ask(two, "hello?")));
  });

  check("P3: a request above the limit is not sent, an answer above the limit is not taken", async (cast) => {
    const [one, two] = await cast.pair();
    await cast.settle(failsWith("too-large", one.ask(two, new Uint8Array(limits.messageBytesMax + 1))));
    assert.equal(two.served.length, 0);
    two.answer = async () => new Uint8Array(limits.messageBytesMax + 1);
    await cast.settle(failsWith("too-large", one.ask(two, "much")));
    two.answer = async (_peer, _protocol, body) => body;
    assert.equal(text(await cast.settle(one.ask(two, "little"))), "little");
  });

  check("P3: only so many requests of a protocol are under way, the others wait within their time", async (cast) => {
    const [one, two] = await cast.pair();
    const doors: (() => void)[] = [];
    two.answer = async (_peer, _protocol, body) => {
      await new Promise<void>((resolve) => doors.push(resolve));
      return body;
    };
    const answers = Array.from({ length: limits.requestsOutstandingMax + 4 }, (_, at) => one.ask(two, `${at}`));
    await cast.bench.until("all places are taken", () => doors.length === limits.requestsOutstandingMax);
    await cast.settle(failsWith("timeout", one.ask(two, "no place in time", 100)));
    assert.equal(doors.length, limits.requestsOutstandingMax);
    for (let opened = 0; opened < answers.length; opened += 1) {
      await cast.bench.until("a request waits at its door", () => doors.length > opened);
      doors[opened]?.();
    }
    assert.deepEqual(
      (await cast.settle(Promise.all(answers))).map(text),
      answers.map((_answer, at) => `${at}`),
    );
  });

  check("P3: only so many requests of one peer are served at a time, for all protocols together", async (cast) => {
    const one = await cast.started(1);
    const two = cast.peer(2);
    two.protocols = Array.from({ length: 6 }, (_, at) => `/cdmesh/1/part-${at}`);
    await cast.settle(two.start());
    await cast.connect(one, two);
    let underWay = 0;
    let most = 0;
    two.answer = async (_peer, _protocol, body) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise<void>((resolve) => doors.push(resolve));
      underWay -= 1;
      return body;
    };
    const doors: (() => void)[] = [];
    const answers = two.protocols.flatMap((protocol) =>
      Array.from({ length: limits.requestsOutstandingMax }, () => one.ask(two, "x", 10_000, protocol)),
    );
    await cast.bench.until("all places are taken", () => doors.length === limits.requestsServedPerPeerMax);
    await cast.bench.pass(50);
    assert.equal(doors.length, limits.requestsServedPerPeerMax);
    for (let opened = 0; opened < answers.length; opened += 1) {
      await cast.bench.until("a request waits at its door", () => doors.length > opened);
      doors[opened]?.();
    }
    await cast.settle(Promise.all(answers));
    assert.equal(most, limits.requestsServedPerPeerMax);
  });

  check("requests under way are lost with their connection", async (cast) => {
    const [one, two] = await cast.pair();
    two.answer = () => new Promise(() => undefined);
    const lost = failsWith("lost", one.ask(two, "never", 60_000));
    await cast.bench.until("it is being served", () => two.served.length === 1);
    await cast.settle(two.network.stop());
    await cast.settle(lost);
  });

  // --- Connections and admission -------------------------------------------------------------------

  check("both sides learn that a peer is up, with its hello, and that it is down", async (cast) => {
    const [one, two] = await cast.pair();
    assert.deepEqual([one.kinds(two), two.kinds(one)], [["up"], ["up"]]);
    assert.equal(one.hellos.get(two.id), "hello of 2");
    assert.equal(two.hellos.get(one.id), "hello of 1");
    await cast.settle(two.network.stop());
    await cast.bench.until("the other side knows", () => !one.isUp(two));
    assert.deepEqual(one.kinds(two), ["up", "down"]);
    assert.deepEqual(two.network.connected(), []);
    assert.deepEqual(two.network.addresses(), []);
  });

  for (const refuser of ["dialer", "listener"] as const) {
    check(`FORMATS 27: whom the ${refuser} refuses learns why, and has no effect`, async (cast) => {
      const dialer = await cast.started(1);
      const listener = await cast.started(2);
      const [host, guest] = refuser === "dialer" ? [dialer, listener] : [listener, dialer];
      const friend = await cast.started(3);
      host.judge = (peer) => (peer === guest.id ? { code: "license-missing" } : undefined);
      for (const peer of [host, guest, friend]) peer.network.subscribe(topic);
      dialer.wants(listener);
      await cast.connect(friend, host);
      await cast.bench.until("both sides know", () => host.refusals().length > 0 && guest.refusals().length > 0);
      assert.deepEqual(host.refusals()[0], ["us", "license-missing"]);
      assert.deepEqual(guest.refusals()[0], ["them", "license-missing"]);

      await cast.gossips(host, [friend]);
      await cast.settle(guest.network.publish(topic, Buffer.from("from a stranger")));
      await cast.bench.pass(200);
      assert.deepEqual([guest.messages, host.messages], [[], []]);
      await cast.settle(failsWith("not-connected", guest.ask(host, "let me in")));
      await cast.settle(failsWith("not-connected", host.ask(guest, "out")));
      assert.deepEqual([host.served, guest.served], [[], []]);
      assert.deepEqual(
        [host.kinds(guest), guest.kinds(host)].flat().filter((kind) => kind !== "refused"),
        [],
      );
    });
  }

  check("a peer can be sent away with a reason, and is judged again when it comes back", async (cast) => {
    const [one, two] = await cast.pair();
    two.network.disconnect(one.id, { code: "seat-revoked", seat: 4, serial: 9 });
    await cast.bench.until("both sides know", () => !one.isUp(two) && one.refusals().length > 0);
    assert.deepEqual(two.kinds(one), ["up", "down", "refused"]);
    assert.deepEqual(one.kinds(two), ["up", "down", "refused"]);
    assert.deepEqual(two.refusals(), [["us", "seat-revoked"]]);
    assert.deepEqual(one.refusals(), [["them", "seat-revoked"]]);
    one.network.want([]);
    one.wants(two);
    await cast.bench.until("it is back", () => one.isUp(two) && two.isUp(one));
    two.network.disconnect(one.id, { code: "license-missing" });
    two.network.disconnect(one.id, { code: "license-missing" });
  });

  check("two that want each other are connected once, and stay so", async (cast) => {
    const one = await cast.started(1);
    const two = await cast.started(2);
    one.wants(two);
    two.wants(one);
    await cast.bench.until("they met", () => one.isUp(two) && two.isUp(one));
    await cast.bench.pass(1_500);
    const events = [one.kinds(two).length, two.kinds(one).length];
    assert.equal(text(await cast.settle(one.ask(two, "there"))), "there");
    assert.equal(text(await cast.settle(two.ask(one, "here"))), "here");
    await cast.bench.pass(500);
    assert.deepEqual([one.kinds(two).length, two.kinds(one).length], events);
  });

  check(
    "a wanted peer is dialled again when it comes back, and one that was never there when it comes",
    async (cast) => {
      const [one, two] = await cast.pair();
      await cast.settle(two.network.stop());
      await cast.bench.until("it is gone", () => !one.isUp(two));
      await cast.bench.pass(300);
      const again = await cast.started(2);
      await cast.bench.until("it is back", () => one.isUp(again) && again.isUp(one));
      assert.equal(text(await cast.settle(one.ask(again, "welcome"))), "welcome");
    },
  );

  check("a peer that moved is found as soon as its new address is known", async (cast) => {
    const one = await cast.started(1);
    const two = await cast.started(2);
    const address = two.network.addresses()[0] ?? "";
    one.network.want([{ peer: two.id, addresses: ["/ip4/127.0.0.1/tcp/9"] }]);
    await cast.bench.pass(700);
    assert.equal(one.isUp(two), false);
    one.network.want([{ peer: two.id, addresses: ["/ip4/127.0.0.1/tcp/9", address] }]);
    await cast.bench.until("it is found", () => one.isUp(two));
  });

  check("seeds need no name, one of them is enough, and one's own address among them is normal", async (cast) => {
    const [one, two] = [await cast.started(1), await cast.started(2)];
    const seeds = [...one.network.addresses(), "/ip4/127.0.0.1/tcp/9", ...two.network.addresses()];
    for (const peer of [one, two]) peer.network.want(seeds.map((seed) => ({ peer: undefined, addresses: [seed] })));
    await cast.bench.until("they met", () => one.isUp(two) && two.isUp(one));
    await cast.bench.pass(300);
    assert.deepEqual(
      [...one.events, ...two.events].filter((event) => event.kind === "refused" || event.peer === undefined),
      [],
    );
    assert.deepEqual(one.network.connected(), [two.id]);
  });

  check("an address that names a peer leads to no other", async (cast) => {
    const [one, two, three] = [await cast.started(1), await cast.started(2), await cast.started(3)];
    const [address] = two.network.addresses();
    one.network.want([{ peer: undefined, addresses: [`${address}/p2p/${three.id}`] }]);
    await cast.bench.pass(500);
    assert.deepEqual([one.network.connected(), one.events], [[], []]);
    one.network.want([{ peer: undefined, addresses: [`${address}/p2p/${two.id}`] }]);
    await cast.bench.until("the right one is found", () => one.isUp(two));
  });

  // --- Gossip --------------------------------------------------------------------------------------

  check("gossip reaches whoever subscribes, once, also through a peer in the middle", async (cast) => {
    const peers = await cast.settle(Promise.all([1, 2, 3, 4].map((number) => cast.peer(number).start())));
    const [one, two, three, four] = peers;
    if (one === undefined || two === undefined || three === undefined || four === undefined) throw new Error("four");
    for (const peer of [one, two, three]) peer.network.subscribe(topic);
    four.network.subscribe(`${topic}/other`);
    await cast.connect(one, two);
    await cast.connect(two, three);
    await cast.connect(two, four);
    await cast.gossips(one, [two, three]);
    await cast.gossips(three, [two, one]);
    assert.deepEqual(four.messages, []);
    assert.equal(three.messages[0]?.from, two.id);
    for (const peer of [one, two, three]) assert.equal(new Set(peer.heard()).size, peer.heard().length);
  });

  check("gossip goes no further than who accepts it", async (cast) => {
    const [one, two, three] = [await cast.started(1), await cast.started(2), await cast.started(3)];
    for (const peer of [one, two, three]) peer.network.subscribe(topic);
    await cast.connect(one, two);
    await cast.connect(two, three);
    await cast.gossips(one, [two, three]);
    for (const verdict of ["ignore", "reject"] as const) {
      two.verdict = verdict;
      await cast.settle(one.network.publish(topic, Buffer.from(verdict)));
      await cast.bench.until("the middle heard it", () => two.heard().includes(verdict));
    }
    await cast.bench.pass(300);
    assert.ok(!three.heard().includes("ignore") && !three.heard().includes("reject"));
  });

  check("topics are apart, can be left, and can be joined late", async (cast) => {
    const [one, two] = await cast.pair();
    one.network.subscribe(topic);
    await cast.bench.pass(200);
    two.network.subscribe(topic);
    two.network.subscribe(`${topic}/other`);
    one.network.subscribe(`${topic}/other`);
    await cast.gossips(one, [two]);
    await cast.gossips(one, [two], `${topic}/other`);
    const payload = Buffer.from("the same bytes on both");
    await cast.settle(one.network.publish(topic, payload));
    await cast.settle(one.network.publish(`${topic}/other`, payload));
    await cast.bench.until("both", () => two.heard().filter((heard) => heard === payload.toString()).length === 2);
    two.network.unsubscribe(topic);
    await cast.bench.pass(100);
    await cast.settle(one.network.publish(topic, Buffer.from("too late")));
    await cast.bench.pass(200);
    assert.ok(!two.heard().includes("too late"));
    two.network.subscribe(topic);
    await cast.gossips(one, [two]);
  });

  check("P3: a message above the limit is not published; with nobody there it is no error", async (cast) => {
    const [one, two] = await cast.pair();
    for (const peer of [one, two]) peer.network.subscribe(topic);
    await cast.gossips(one, [two]);
    await cast.settle(assert.rejects(one.network.publish(topic, new Uint8Array(limits.gossipBytesMax + 1))));
    await cast.settle(one.network.publish(topic, new Uint8Array(limits.gossipBytesMax).fill(65)));
    await cast.bench.until("the largest arrived", () =>
      two.messages.some((message) => message.text.length === limits.gossipBytesMax),
    );
    const alone = await cast.started(3);
    await cast.settle(alone.network.publish(topic, Buffer.from("hello?")));
  });

  check("a network stops quickly, whatever is under way, and stopping twice is harmless", async (cast) => {
    const [one, two] = await cast.pair();
    two.answer = () => new Promise(() => undefined);
    one.network.subscribe(topic);
    one.network.want([
      { peer: two.id, addresses: two.network.addresses() },
      { peer: undefined, addresses: ["/ip4/127.0.0.1/tcp/9"] },
    ]);
    const lost = failsWith("lost", one.ask(two, "never", 60_000));
    await cast.bench.until("it is being served", () => two.served.length === 1);
    let stopped = false;
    const stopping = one.network.stop().then(() => {
      stopped = true;
    });
    await cast.bench.pass(2_000);
    assert.ok(stopped);
    await cast.settle(stopping);
    await cast.settle(lost);
    await cast.settle(one.network.stop());
    assert.deepEqual(one.network.connected(), []);
  });
}

/** The peers of one test. */
class Cast {
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

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

async function failsWith(failure: RequestFailure, request: Promise<unknown>): Promise<void> {
  await assert.rejects(request, (error) => {
    assert.ok(error instanceof RequestError, `${error}`);
    assert.equal(error.failure, failure);
    return true;
  });
}
