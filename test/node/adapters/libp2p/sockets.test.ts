/** What only real sockets and the real libp2p can show: the rows of LIBP2P, and strangers. */

import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { setTimeout as passed } from "node:timers/promises";
import { noise } from "@chainsafe/libp2p-noise";
import { identify } from "@libp2p/identify";
import type { Connection, Stream } from "@libp2p/interface";
import { tcp } from "@libp2p/tcp";
import { yamux } from "@libp2p/yamux";
import { multiaddr } from "@multiformats/multiaddr";
import { encode } from "it-length-prefixed";
import { createLibp2p, type Libp2p } from "libp2p";
import { framesOf, sendFrame } from "../../../../node/adapters/libp2p/frames.ts";
import { helloProtocol, Talk } from "../../../../node/adapters/libp2p/hello.ts";
import type { Libp2pNetwork, Libp2pNetworkOptions } from "../../../../node/adapters/libp2p/host.ts";
import { answerStatus } from "../../../../node/adapters/libp2p/streams.ts";
import { identityOfSeed } from "../../../../node/identity.ts";
import type { NetworkEvent } from "../../../../node/ports.ts";
import { type PeerId, parsePeerId } from "../../../../protocol/ids.ts";
import { limits } from "../../../../protocol/limits.ts";
import { libp2pNetwork, seedOf, until } from "./bench.ts";
import { Cable } from "./cable.ts";

const echo = "/cdmesh/1/echo";
const topic = "cdmesh/1/0123456789abcdef/test";

interface Peer {
  readonly network: Libp2pNetwork;
  readonly events: NetworkEvent[];
  readonly heard: string[];
  readonly served: string[];
}

async function start(t: TestContext, number: number, options: Partial<Libp2pNetworkOptions> = {}): Promise<Peer> {
  const network = libp2pNetwork(number, options);
  t.after(() => network.stop());
  const peer: Peer = { network, events: [], heard: [], served: [] };
  network.subscribe(topic);
  await network.start({
    admission: { hello: () => Buffer.from(`hello of ${number}`), judge: () => undefined },
    protocols: [echo],
    onEvent: (event) => peer.events.push(event),
    onMessage: (_topic, _from, data) => {
      peer.heard.push(Buffer.from(data).toString());
      return "accept";
    },
    onRequest: async (_peer, _protocol, body) => {
      peer.served.push(Buffer.from(body).toString());
      return body;
    },
  });
  return peer;
}

function connectedPeers(peer: Peer): number {
  return peer.network.connected().length;
}

function wants(peer: Peer, ...others: readonly Peer[]): void {
  peer.network.want(others.map(({ network }) => ({ peer: network.self, addresses: network.addresses() })));
}

/** Publishes until all have heard it. */
async function gossips(from: Peer, to: readonly Peer[], word: string): Promise<void> {
  let round = 0;
  await until(`${word} is heard`, async () => {
    round += 1;
    await from.network.publish(topic, Buffer.from(`${word} ${round}`));
    await passed(50);
    return to.every((peer) => peer.heard.some((heard) => heard.startsWith(word)));
  });
}

/** A libp2p host that knows nothing of cdmesh. */
async function stranger(t: TestContext): Promise<Libp2p> {
  const host = await createLibp2p({
    addresses: { listen: ["/ip4/127.0.0.1/tcp/0"] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify() },
    connectionMonitor: { enabled: false },
  });
  t.after(() => host.stop());
  return host;
}

async function dial(host: Libp2p, peer: Peer): Promise<Connection> {
  return await host.dial(peer.network.addresses().map((address) => multiaddr(address)));
}

/** A stranger that learnt to say hello, and keeps to nothing else. */
async function admittedStranger(t: TestContext, peer: Peer): Promise<Connection> {
  const host = await stranger(t);
  const connection = await dial(host, peer);
  const talk = new Talk(await connection.newStream(helloProtocol));
  const outcome = await talk.introduce(peer.network.self, { hello: () => new Uint8Array(1), judge: () => undefined });
  assert.equal(outcome.kind, "welcome");
  await until("it is up", () => connectedPeers(peer) === 1);
  return connection;
}

function idOf(host: Libp2p): PeerId | undefined {
  return parsePeerId(host.peerId.toString());
}

function gossipStreams(peer: Peer): readonly Stream[] {
  const connections = peer.network.libp2p?.getConnections() ?? [];
  return connections.flatMap(({ streams }) => streams.filter(({ protocol }) => protocol.startsWith("/meshsub/")));
}

// --- Connections -----------------------------------------------------------------------------------

test("the peer's name is the one that follows from its seed", async (t) => {
  const peer = await start(t, 1);
  assert.equal(peer.network.self, identityOfSeed(seedOf(1)).peer);
  assert.equal(peer.network.libp2p?.peerId.toString(), peer.network.self);
});

test("LIBP2P a: 16 peers behind one address gossip", async (t) => {
  const hub = await start(t, 1);
  const leaves = await Promise.all(Array.from({ length: 15 }, (_, at) => start(t, at + 2)));
  for (const leaf of leaves) wants(leaf, hub);
  await until("all are up", () => connectedPeers(hub) === 15);
  await gossips(hub, leaves, "from the hub");
  const [first, ...others] = leaves;
  if (first === undefined) throw new Error("no leaf");
  await gossips(first, [hub, ...others], "from a leaf");
});

test("LIBP2P e: 30 dials at once from one address are all accepted", async (t) => {
  const hub = await start(t, 1);
  const hosts = await Promise.all(Array.from({ length: 30 }, () => stranger(t)));
  const dialled = await Promise.allSettled(hosts.map((host) => dial(host, hub)));
  assert.equal(dialled.filter(({ status }) => status === "fulfilled").length, 30);
});

test("peers that all dial each other at once end with one connection for each two", async (t) => {
  const peers = await Promise.all(Array.from({ length: 6 }, (_, at) => start(t, at + 1)));
  for (const peer of peers) wants(peer, ...peers);
  await until("all are connected", () => peers.every((peer) => connectedPeers(peer) === 5));
  await until("no second connection is left", () =>
    peers.every((peer) => peer.network.libp2p?.getConnections().length === 5),
  );
  for (const peer of peers)
    await gossips(
      peer,
      peers.filter((other) => other !== peer),
      `from ${peer.network.self}`,
    );
});

test("a peer that comes back before its end was noticed takes the place of its former connection", async (t) => {
  const host = await start(t, 1);
  const former = await start(t, 2);
  wants(former, host);
  await until("it is up", () => connectedPeers(host) === 1);
  // The same key from another process: for the host the peer started again without a word.
  const next = await start(t, 2);
  wants(next, host);
  await until("the place is taken", () => host.events.length === 3 && connectedPeers(next) === 1);
  assert.deepEqual(
    host.events.map(({ kind }) => kind),
    ["up", "down", "up"],
  );
  await until("the former knows", () => former.events.some(({ kind }) => kind === "down"));
  former.network.want([]);
  const answer = await host.network.request(next.network.self, echo, Buffer.from("who"), { timeoutMs: 2_000 });
  assert.equal(Buffer.from(answer).toString(), "who");
  assert.deepEqual(next.served, ["who"]);
  await gossips(host, [next], "to the next");
});

test("C1: a connection on which nothing comes in any more gives its place to a new one", async (t) => {
  const one = await start(t, 1, { times: { lookMs: 20, pingMs: 60, doubtMs: 400 } });
  const two = await start(t, 2);
  const cable = await Cable.to(t, two.network);
  one.network.want([{ peer: two.network.self, addresses: [cable.address] }]);
  await gossips(one, [two], "by the first");
  cable.silence();
  await until("the place is taken", () => [one, two].every(({ events }) => events.length >= 3));
  for (const { events } of [one, two]) {
    assert.deepEqual(
      events.slice(0, 3).map(({ kind }) => kind),
      ["up", "down", "up"],
    );
  }
  await gossips(one, [two], "by the new one");
  await gossips(two, [one], "by the new one");
});

// --- Gossip ----------------------------------------------------------------------------------------

for (const { way, times } of [
  { way: "its streams are opened again", times: { lookMs: 100, gossipRepairMs: 100, gossipDeadMs: 60_000 } },
  { way: "its connection is made again", times: { lookMs: 100, gossipRepairMs: 60_000, gossipDeadMs: 300 } },
]) {
  test(`LIBP2P b: after a reset of a gossip stream ${way}`, async (t) => {
    const one = await start(t, 1, { times });
    const two = await start(t, 2, { times: { ...times, gossipRepairMs: 60_000, gossipDeadMs: 60_000 } });
    wants(one, two);
    await gossips(one, [two], "before");
    await gossips(two, [one], "before");
    for (const stream of gossipStreams(one).filter(({ direction }) => direction === "outbound")) {
      stream.abort(new Error("reset by a test"));
    }
    await until("gossip died", () => gossipStreams(one).length < 2);
    await gossips(one, [two], "after");
    await gossips(two, [one], "after");
    const isReconnected = one.events.some(({ kind }) => kind === "down");
    assert.equal(isReconnected, way === "its connection is made again");
  });
}

// --- Strangers -------------------------------------------------------------------------------------

test("FORMATS 27: who never says hello is out when its time is over, and was told nothing", async (t) => {
  const host = await start(t, 1, { times: { helloTimeoutMs: 300 } });
  const silent = await stranger(t);
  const opened: string[] = [];
  const protocols = ["/meshsub/1.0.0", "/meshsub/1.1.0", "/meshsub/1.2.0", echo, helloProtocol];
  await silent.handle(protocols, (stream) => {
    opened.push(stream.protocol);
  });
  const startMs = performance.now();
  const connection = await dial(silent, host);
  const received: number[] = [];
  for (const protocol of ["/meshsub/1.2.0", echo]) {
    const stream = await connection.newStream(protocol);
    stream.addEventListener("message", ({ data }) => received.push(data.byteLength));
    stream.send(encode.single(Buffer.from("let me in")));
  }
  await until("it is out", () => connection.status !== "open");
  assert.ok(performance.now() - startMs < 2_000);
  assert.deepEqual([opened, received, host.served, host.heard], [[], [], [], []]);
  assert.deepEqual(host.events, [
    { kind: "refused", peer: idOf(silent), by: "us", refusal: { code: "hello-timeout", waitedMs: 300 } },
  ]);
  assert.equal(gossipStreams(host).length, 0);
});

test("FORMATS 27: a host that is dialled and does not answer hello gets nothing else", async (t) => {
  const host = await start(t, 1, { times: { helloTimeoutMs: 300 } });
  const silent = await stranger(t);
  const opened: string[] = [];
  await silent.handle(["/meshsub/1.2.0", echo, helloProtocol], (stream) => {
    opened.push(stream.protocol);
  });
  host.network.want([{ peer: undefined, addresses: silent.getMultiaddrs().map((address) => `${address}`) }]);
  await until("it was refused", () => host.events.length > 0);
  assert.deepEqual(opened, [helloProtocol]);
  assert.deepEqual(
    host.events.map((event) => event.kind === "refused" && event.refusal.code),
    ["hello-timeout"],
  );
});

for (const [what, misbehave] of [
  [
    "many streams before hello",
    async (connection: Connection) => {
      for (let opened = 0; opened < 20; opened += 1) await connection.newStream(echo);
    },
  ],
  [
    "much data before hello",
    async (connection: Connection) => {
      for (let opened = 0; opened < 4; opened += 1) {
        const stream = await connection.newStream("/ipfs/ping/1.0.0");
        stream.send(new Uint8Array(limits.helloBytesMax * 2));
      }
    },
  ],
  [
    "a hello above the limit",
    async (connection: Connection) => {
      const stream = await connection.newStream(helloProtocol);
      stream.send(encode.single(new Uint8Array(limits.helloBytesMax + 2_000)));
    },
  ],
  [
    "a hello that is none",
    async (connection: Connection) => {
      await sendFrame(await connection.newStream(helloProtocol), Buffer.from("hello"));
    },
  ],
] as const) {
  test(`P3: ${what} ends the connection at once`, async (t) => {
    const host = await start(t, 1);
    const connection = await dial(await stranger(t), host);
    const startMs = performance.now();
    await misbehave(connection).catch(() => undefined);
    await until("it is out", () => connection.status !== "open");
    assert.ok(performance.now() - startMs < limits.helloTimeoutMs / 2);
    assert.deepEqual([connectedPeers(host), host.served], [0, []]);
  });
}

test("P3: a request above the limit is refused before it is read", async (t) => {
  const host = await start(t, 1);
  const connection = await admittedStranger(t, host);
  const stream = await connection.newStream(echo);
  stream.send(encode.single(new Uint8Array(limits.messageBytesMax + 1)));
  const { value } = await framesOf(stream, 100).next();
  assert.deepEqual(
    [...(value ?? [])].map((bytes) => [...bytes]),
    [[answerStatus.tooLarge]],
  );
  assert.deepEqual(host.served, []);
});

test("P3: requests that do not wait for their answers are served one by one, and too many end the stream", async (t) => {
  const host = await start(t, 1);
  const connection = await admittedStranger(t, host);
  const stream = await connection.newStream(echo);
  for (const word of ["one", "two", "three"]) stream.send(encode.single(Buffer.from(word)));
  const answers = framesOf(stream, 100);
  for (const word of ["one", "two", "three"]) {
    assert.equal(Buffer.from((await answers.next()).value?.subarray(1) ?? []).toString(), word);
  }
  const block = encode.single(new Uint8Array(limits.messageBytesMax));
  for (let sent = 0; sent < 8 && stream.status === "open"; sent += 1) stream.send(block);
  await until("the stream is reset", () => stream.status !== "open");
  assert.equal(connection.status, "open");
});

test("P3: half a request is no request", async (t) => {
  const host = await start(t, 1);
  const connection = await admittedStranger(t, host);
  const stream = await connection.newStream(echo);
  stream.send(encode.single(Buffer.from("a whole sentence")).subarray(0, 5));
  await stream.close();
  await until("the stream ended", () => stream.status !== "open");
  assert.deepEqual(host.served, []);
});

test("FORMATS 27: from the moment a peer is sent away nothing of it is served, on whatever stream it has open", async (t) => {
  const host = await start(t, 1);
  const connection = await admittedStranger(t, host);
  const stream = await connection.newStream(echo);
  const answers = framesOf(stream, 100);
  await sendFrame(stream, Buffer.from("before"));
  assert.equal((await answers.next()).done, false);
  const [peer] = host.network.connected();
  if (peer === undefined) throw new Error("nobody is connected");
  host.network.disconnect(peer, { code: "license-missing" });
  await sendFrame(stream, Buffer.from("after"));
  await until("it is out", () => connection.status !== "open");
  assert.deepEqual(host.served, ["before"]);
});

test("a network that cannot listen says why in one line", async (t) => {
  const first = await start(t, 1);
  await assert.rejects(start(t, 2, { listen: first.network.addresses() }), (error) => {
    assert.match(
      String(error),
      /^NetworkStartError: the network cannot start: \/ip4\/127.0.0.1\/tcp\/\d+: listen EADDRINUSE.*$/,
    );
    return true;
  });
});
