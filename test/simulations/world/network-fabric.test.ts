/** The faults of simulated lines, as the peers at their ends feel them. */

import assert from "node:assert/strict";
import test from "node:test";
import { identityOfSeed } from "../../../node/identity.ts";
import { RequestError } from "../../../node/ports.ts";
import type { PeerId } from "../../../protocol/ids.ts";
import { FakeLog } from "../../../simulations/world/log.ts";
import { FakeNetwork } from "../../../simulations/world/network.ts";
import { NetworkFabric } from "../../../simulations/world/network-fabric.ts";
import { type Life, World } from "../../../simulations/world/world.ts";

const echo = "/cdmesh/1/echo";
const topic = "topic";

interface Peer {
  readonly id: PeerId;
  readonly network: FakeNetwork;
  readonly life: Life;
  readonly events: string[];
  readonly heard: string[];
}

class Scene {
  readonly world: World;
  readonly fabric: NetworkFabric;
  #lives = 0;

  constructor(seed: number, latencyMs?: number) {
    this.world = new World(seed);
    this.fabric = new NetworkFabric(this.world, latencyMs === undefined ? {} : { latency: () => latencyMs });
  }

  async peer(number: number): Promise<Peer> {
    this.#lives += 1;
    const life = this.world.life(`peer ${number}, life ${this.#lives}`);
    const id = identityOfSeed(new Uint8Array(32).fill(number)).peer;
    const address = `/ip4/10.0.0.${number}/tcp/4240`;
    const network = new FakeNetwork({ fabric: this.fabric, stage: life, self: id, log: new FakeLog(life), address });
    const peer: Peer = { id, network, life, events: [], heard: [] };
    network.subscribe(topic);
    await this.world.settle(
      network.start({
        admission: { hello: () => new Uint8Array(1), judge: () => undefined },
        protocols: [echo],
        onEvent: (event) => peer.events.push(event.kind),
        onMessage: (_topic, _from, data) => {
          peer.heard.push(Buffer.from(data).toString());
          return "accept";
        },
        onRequest: async (_peer, _protocol, body) => body,
      }),
    );
    return peer;
  }

  /** All know all. */
  async mesh(count: number): Promise<readonly Peer[]> {
    const peers: Peer[] = [];
    for (let number = 1; number <= count; number += 1) peers.push(await this.peer(number));
    for (const { network } of peers) this.wantAll(network, count);
    await this.pass(5_000);
    return peers;
  }

  wantAll(network: FakeNetwork, count: number): void {
    const numbers = Array.from({ length: count }, (_, at) => at + 1);
    network.want(numbers.map((number) => ({ peer: undefined, addresses: [`/ip4/10.0.0.${number}/tcp/4240`] })));
  }

  async pass(ms: number): Promise<void> {
    await this.world.run(this.world.nowMs + ms);
  }

  ask(from: Peer, to: Peer, timeoutMs = 5_000): Promise<string> {
    const request = from.network.request(to.id, echo, Buffer.from("x"), { timeoutMs });
    return request.then(
      (body) => Buffer.from(body).toString(),
      (error: unknown) => (error instanceof RequestError ? error.failure : String(error)),
    );
  }
}

function three(peers: readonly Peer[]): readonly [Peer, Peer, Peer] {
  const [one, two, other] = peers;
  if (one === undefined || two === undefined || other === undefined) throw new Error("three peers are wanted");
  return [one, two, other];
}

test("one seed gives one story, another seed another one", async () => {
  const tell = async (seed: number): Promise<string> => {
    const scene = new Scene(seed);
    const [one, two] = three(await scene.mesh(4));
    scene.fabric.loseGossip(0.3);
    scene.fabric.cut(one.id, two.id);
    await one.network.publish(topic, Buffer.from("news"));
    await scene.pass(120_000);
    scene.fabric.heal(one.id, two.id);
    await scene.pass(400_000);
    return scene.world.traceHash();
  };
  const told = await tell(7);
  assert.equal(await tell(7), told);
  assert.notEqual(await tell(8), told);
});

test("a short cut only delays: what was asked meanwhile is answered once the line heals", async () => {
  const scene = new Scene(1);
  const [one, two] = three(await scene.mesh(3));
  scene.fabric.cut(one.id, two.id);
  const asked = scene.ask(one, two, 60_000);
  await scene.pass(20_000);
  scene.fabric.heal(one.id, two.id);
  assert.equal(await scene.world.settle(asked), "x");
  await scene.pass(60_000);
  assert.ok(!one.events.includes("down") && !two.events.includes("down"));
});

for (const isOneWay of [false, true]) {
  test(`a long cut ${isOneWay ? "of one direction " : ""}ends the connection on both sides, and it comes back when the line heals`, async () => {
    const scene = new Scene(2);
    const [one, two, other] = three(await scene.mesh(3));
    if (isOneWay) scene.fabric.cutOneWay(one.id, two.id);
    else scene.fabric.cut(one.id, two.id);
    const asked = scene.ask(one, two, 600_000);
    await scene.pass(60_000);
    assert.equal(await scene.world.settle(asked), "lost");
    assert.deepEqual([one.events.includes("down"), two.events.includes("down")], [true, true]);
    assert.deepEqual(one.network.connected(), [other.id]);
    await scene.pass(3_600_000);
    assert.deepEqual(one.network.connected(), [other.id]);
    scene.fabric.heal(one.id, two.id);
    await scene.pass(300_000);
    assert.equal(one.network.connected().length, 2);
    assert.equal(await scene.world.settle(scene.ask(two, one)), "x");
  });
}

test("gossip goes around a cut line", async () => {
  const scene = new Scene(3);
  const [one, two] = three(await scene.mesh(3));
  scene.fabric.cut(one.id, two.id);
  await one.network.publish(topic, Buffer.from("news"));
  await scene.pass(2_000);
  assert.deepEqual(two.heard, ["news"]);
});

test("an isolated peer loses all, also new ones, and finds all when it rejoins", async () => {
  const scene = new Scene(4);
  const [one] = three(await scene.mesh(3));
  scene.fabric.isolate(one.id);
  await scene.pass(60_000);
  assert.deepEqual(one.network.connected(), []);
  const late = await scene.peer(4);
  scene.wantAll(late.network, 4);
  await scene.pass(60_000);
  assert.equal(late.network.connected().length, 2);
  scene.fabric.rejoin(one.id);
  await scene.pass(600_000);
  assert.equal(one.network.connected().length, 3);
});

test("a crash is felt by the others at once; the next life is found and starts with nothing under way", async () => {
  const scene = new Scene(5);
  const [one, two] = three(await scene.mesh(3));
  const asked = scene.ask(one, two, 60_000);
  scene.fabric.crash(two.id);
  two.life.end();
  assert.equal(await scene.world.settle(asked), "lost");
  await scene.pass(3_000);
  assert.equal(one.network.connected().length, 1);
  assert.deepEqual(two.events, ["up", "up"]);
  const next = await scene.peer(2);
  await scene.pass(30_000);
  assert.equal(next.network.connected().length, 2);
  assert.equal(await scene.world.settle(scene.ask(one, next)), "x");
});

test("a reset ends a connection on both sides, and the dialer makes a new one", async () => {
  const scene = new Scene(6);
  const [one, two] = three(await scene.mesh(3));
  scene.fabric.reset(one.id, two.id);
  await scene.pass(5_000);
  assert.ok(one.events.includes("down") && two.events.includes("down"));
  assert.equal(one.network.connected().length, 2);
});

test("lost gossip stays lost, broken streams tell the asker so", async () => {
  const scene = new Scene(7);
  const [one, two, other] = three(await scene.mesh(3));
  scene.fabric.loseGossip(1);
  await one.network.publish(topic, Buffer.from("news"));
  await scene.pass(10_000);
  assert.deepEqual([two.heard, other.heard], [[], []]);
  scene.fabric.breakStreams(0.3);
  const outcomes = new Set<string>();
  for (let round = 0; round < 30; round += 1) outcomes.add(await scene.world.settle(scene.ask(one, two)));
  assert.deepEqual([...outcomes].toSorted(), ["lost", "x"]);
});

test("a hidden peer dials out and is never reached", async () => {
  const scene = new Scene(8);
  const hidden = await scene.peer(1);
  const open = await scene.peer(2);
  scene.fabric.hide(hidden.id);
  scene.wantAll(open.network, 2);
  await scene.pass(60_000);
  assert.deepEqual(open.network.connected(), []);
  scene.wantAll(hidden.network, 2);
  await scene.pass(60_000);
  assert.deepEqual(open.network.connected(), [hidden.id]);
});

test("latency is what the scenario says, and gossip of one peer stays in order", async () => {
  const scene = new Scene(9, 70);
  const one = await scene.peer(1);
  const two = await scene.peer(2);
  scene.wantAll(one.network, 2);
  await scene.pass(1_000);
  const startMs = scene.world.nowMs;
  assert.equal(await scene.world.settle(scene.ask(one, two)), "x");
  assert.ok(Math.abs(scene.world.nowMs - startMs - 140) < 1);
  scene.fabric.setLatency((_from, _to, chance) => 1_000 * chance.unit());
  const sent = Array.from({ length: 50 }, (_, at) => `message ${at}`);
  for (const message of sent) await one.network.publish(topic, Buffer.from(message));
  await scene.pass(2_000);
  assert.deepEqual(two.heard, sent);
});

test("answers overtake each other, each is on a stream of its own", async () => {
  const scene = new Scene(10);
  const one = await scene.peer(1);
  const two = await scene.peer(2);
  scene.wantAll(one.network, 2);
  await scene.pass(1_000);
  scene.fabric.setLatency((_from, _to, chance) => 1_000 * chance.unit());
  const order: number[] = [];
  const asked = Array.from({ length: 8 }, (_, at) => scene.ask(one, two).then(() => order.push(at)));
  await scene.world.settle(Promise.all(asked));
  assert.notDeepEqual(
    order,
    order.toSorted((a, b) => a - b),
  );
});

test("of a half-open connection one side knows nothing; the other hears silence, gives up, and both meet again", async () => {
  const scene = new Scene(11);
  const [one, two] = three(await scene.mesh(3));
  one.network.want([]);
  two.network.want([]);
  assert.ok(scene.fabric.forgetConnection(one.id, two.id));
  assert.ok(!scene.fabric.forgetConnection(one.id, two.id));
  const asked = scene.ask(two, one, 120_000);
  await scene.pass(10_000);
  assert.deepEqual([one.network.connected().includes(two.id), two.network.connected().includes(one.id)], [false, true]);
  assert.equal(await scene.world.settle(asked), "lost");
  assert.ok(!two.network.connected().includes(one.id));
  scene.wantAll(one.network, 3);
  await scene.pass(60_000);
  assert.ok(two.network.connected().includes(one.id));
});

test("gossip that was heard is heard again while it is doubled, and not passed on again", async () => {
  const scene = new Scene(12);
  const peers = await scene.mesh(3);
  const [one] = three(peers);
  await one.network.publish(topic, Buffer.from("once"));
  await scene.pass(2_000);
  scene.fabric.doubleGossip(1);
  await one.network.publish(topic, Buffer.from("twice"));
  await scene.pass(2_000);
  const heard = peers.flatMap((peer) => peer.heard);
  assert.equal(heard.filter((message) => message === "once").length, 2);
  // One told two, and one of these told the other; whoever hears it again tells nobody.
  const again = heard.filter((message) => message === "twice").length;
  assert.ok(again > 2 && again <= 6, `heard ${again} times`);
});
