import assert from "node:assert/strict";
import { test } from "node:test";
import { identityOfSeed } from "../../../node/identity.ts";
import { Mesh, type MeshMember } from "../../../node/mesh/mesh.ts";
import type { Change, WantedPeer } from "../../../node/ports.ts";
import { Switchboard } from "../../../node/switchboard.ts";
import type { PeerId } from "../../../protocol/ids.ts";
import { type AddressedPeer, type PeerAddress, parsePeerAddress } from "../../../protocol/membership/address.ts";
import type { Beacon } from "../../../protocol/membership/beacon.ts";
import { sha256 } from "../../../protocol/sha256.ts";
import { FakeClock } from "../../../simulations/world/clock.ts";
import { FakeLog } from "../../../simulations/world/log.ts";
import { FakeNetwork } from "../../../simulations/world/network.ts";
import { NetworkFabric } from "../../../simulations/world/network-fabric.ts";
import { FakeProbe } from "../../../simulations/world/probe.ts";
import { FakeRandom } from "../../../simulations/world/random.ts";
import { type Life, World } from "../../../simulations/world/world.ts";
import { digestOf, siteNumber, summaryOf } from "../../protocol/membership/beacons.ts";
import { StubRecords } from "./stub-records.ts";

const site = siteNumber(1);
const summaries = [summaryOf("members"), summaryOf("folder/press")];

/** A server: what outlives its process, and the process that runs on it. */
interface Server {
  readonly identity: ReturnType<typeof identityOfSeed>;
  readonly member: MeshMember;
  readonly address: PeerAddress;
  readonly rows: Map<string, Uint8Array>;
  readonly records: StubRecords;
  starts: number;
  process: Process | undefined;
}

interface Process {
  readonly life: Life;
  readonly clock: FakeClock;
  readonly log: FakeLog;
  readonly network: FakeNetwork;
  readonly mesh: Mesh;
  readonly wants: (readonly WantedPeer[])[];
  readonly beacons: (readonly [PeerId, Beacon])[];
}

/** A site of servers. Records go to whoever is connected: new ones at once, all at each new connection. */
class TestSite {
  readonly world: World;
  readonly fabric: NetworkFabric;
  readonly servers: readonly Server[];
  readonly #members: MeshMember[];
  readonly #trustListeners = new Set<() => void>();

  constructor(seed: number, count: number) {
    this.world = new World(seed);
    this.fabric = new NetworkFabric(this.world);
    this.servers = Array.from({ length: count }, (_, at) => serverNumber(at));
    this.#members = this.servers.map((server) => server.member);
    for (const server of this.servers) {
      server.records.onChange(() => {
        for (const peer of server.process?.network.connected() ?? []) this.#exchange(server, peer);
      });
    }
  }

  #exchange(from: Server, to: PeerId): void {
    this.world.schedule(5, () => {
      const other = this.servers.find(({ identity }) => identity.peer === to);
      if (from.process?.network.connected().includes(to) !== true) return;
      for (const version of from.records.versions()) other?.records.takeNew(version);
    });
  }

  server(at: number): Server {
    return this.servers[at] ?? assert.fail(`there is no server ${at}`);
  }

  peer(at: number): PeerId {
    return this.server(at).identity.peer;
  }

  async start(
    at: number,
    seeds: readonly AddressedPeer[] = [],
    announce: readonly PeerAddress[] = [],
  ): Promise<Process> {
    const server = this.server(at);
    server.starts += 1;
    const life = this.world.life(`server ${at} start ${server.starts}`);
    const log = new FakeLog(life);
    const clock = new FakeClock(life);
    const { identity, address } = server;
    const network = new FakeNetwork({ fabric: this.fabric, stage: life, self: identity.peer, log, address });
    const wants: (readonly WantedPeer[])[] = [];
    const want = network.want.bind(network);
    network.want = (peers) => {
      wants.push(peers);
      want(peers);
    };
    const switchboard = new Switchboard(network);
    switchboard.onEvent((event) => {
      if (event.kind === "up") this.#exchange(server, event.peer);
    });
    const store = {
      get: async (key: Uint8Array) => server.rows.get(key.join()),
      write: async (changes: readonly Change[]) => {
        for (const change of changes) if (change.kind === "put") server.rows.set(change.key.join(), change.value);
      },
    };
    const trust = {
      site,
      members: () => this.#members,
      member: (peer: PeerId) => this.#members.find((member) => member.peer === peer),
      documentsDigest: () => digestOf("documents"),
      policyVersion: () => 3,
      onChange: (listener: () => void) => {
        this.#trustListeners.add(listener);
        return () => this.#trustListeners.delete(listener);
      },
    };
    const ports = { clock, random: new FakeRandom(life.chance.fork("random")), log, probe: new FakeProbe(life), store };
    const { records } = server;
    const mesh = await Mesh.open({
      ports,
      identity,
      switchboard,
      trust,
      records,
      seeds,
      announce,
      summaries: () => summaries,
    });
    const beacons: (readonly [PeerId, Beacon])[] = [];
    mesh.onBeacon((peer, beacon) => beacons.push([peer, beacon]));
    const admission = { hello: () => new Uint8Array(), judge: () => undefined };
    await this.world.settle(switchboard.start(admission));
    mesh.start();
    server.process = { life, clock, log, network, mesh, wants, beacons };
    return server.process;
  }

  crash(at: number): void {
    const server = this.server(at);
    server.process?.life.end();
    this.fabric.crash(server.identity.peer);
    server.process = undefined;
  }

  async stop(at: number): Promise<void> {
    const server = this.server(at);
    if (server.process === undefined) return;
    await this.world.settle(server.process.mesh.stop());
    await this.world.settle(server.process.network.stop());
    server.process = undefined;
  }

  /** A signed document takes the peer's license. */
  expel(at: number): void {
    const { peer } = this.server(at).member;
    this.#members.splice(
      this.#members.findIndex((member) => member.peer === peer),
      1,
    );
    for (const listener of this.#trustListeners) listener();
  }

  async until(what: string, isSo: () => boolean, withinMs = 60_000): Promise<void> {
    await this.world.run(this.world.nowMs + withinMs, isSo);
    assert.ok(isSo(), `${withinMs} ms were not enough until ${what}`);
  }

  async pass(ms: number): Promise<void> {
    await this.world.run(this.world.nowMs + ms);
  }

  /** What each running peer thinks of another one. */
  opinionsOf(at: number): readonly string[] {
    const peer = this.peer(at);
    const others = this.servers.filter((server) => server.identity.peer !== peer && server.process !== undefined);
    return others.map((server) => server.process?.mesh.state(peer) ?? "?");
  }

  areAllConnected(): boolean {
    const running = this.servers.filter((server) => server.process !== undefined);
    return running.every((server) => server.process?.network.connected().length === running.length - 1);
  }
}

function serverNumber(at: number): Server {
  const identity = identityOfSeed(sha256(new TextEncoder().encode(`server ${at}`)));
  const place = { region: `r${at % 2}`, group: "g", server: `s${at}` };
  return {
    identity,
    member: { peer: identity.peer, place },
    address: addressOf(`/ip4/10.0.0.${at + 1}/tcp/4240`),
    rows: new Map(),
    records: new StubRecords(identity.peer),
    starts: 0,
    process: undefined,
  };
}

function addressOf(text: string): PeerAddress {
  return parsePeerAddress(text) ?? assert.fail(`${text} is no address`);
}

/** A site where everybody was started with the first server as the only seed, and all have met. */
async function meetingSite(count: number, seed = 1): Promise<TestSite> {
  const meeting = new TestSite(seed, count);
  const seeds = [{ peer: undefined, address: meeting.server(0).address }];
  for (let at = 0; at < count; at += 1) await meeting.start(at, seeds);
  await meeting.until("all are connected to all", () => meeting.areAllConnected());
  return meeting;
}

test("one seed is enough: all find all, by what each says of itself", async () => {
  const meeting = await meetingSite(5);
  const [first] = meeting.servers;
  await meeting.until("each is heard", () => meeting.servers.every(({ process }) => process?.beacons.length !== 0));
  assert.deepEqual(
    first?.process?.mesh.peers().map(({ region, group, server, state }) => [region, group, server, state]),
    [
      ["r0", "g", "s0", "alive"],
      ["r0", "g", "s2", "connected"],
      ["r0", "g", "s4", "connected"],
      ["r1", "g", "s1", "connected"],
      ["r1", "g", "s3", "connected"],
    ],
  );
});

test("with every seed gone, peers that restart find each other from what they remember", async () => {
  const meeting = await meetingSite(4);
  meeting.crash(0);
  for (const at of [1, 2, 3]) await meeting.stop(at);
  for (const at of [1, 2, 3]) await meeting.start(at, [{ peer: undefined, address: meeting.server(0).address }]);
  await meeting.until("the three are connected", () => meeting.areAllConnected());
});

test("a crashed peer is suspected, then dead, and stays a member; when it is back it is connected", async () => {
  const meeting = await meetingSite(4);
  await meeting.pass(5_000);
  const atMs = meeting.world.nowMs;
  meeting.crash(2);
  await meeting.until("it is suspected", () => meeting.opinionsOf(2).every((state) => state === "suspect"));
  const suspectedMs = meeting.world.nowMs - atMs;
  await meeting.until("it is dead", () => meeting.opinionsOf(2).every((state) => state === "dead"));
  const deadMs = meeting.world.nowMs - atMs;
  assert.ok(suspectedMs > 4_000 && suspectedMs < 9_000, `suspected after ${suspectedMs} ms`);
  assert.ok(deadMs > 17_000 && deadMs < 23_000, `dead after ${deadMs} ms`);
  assert.equal(meeting.server(0).process?.mesh.peers().length, 4);
  await meeting.start(2);
  await meeting.until("it is back", () => meeting.opinionsOf(2).every((state) => state === "connected"));
});

test("a clean stop is told to all at once and no cause for suspicion", async () => {
  const meeting = await meetingSite(4);
  await meeting.stop(3);
  await meeting.pass(500);
  assert.deepEqual(meeting.opinionsOf(3), ["left", "left", "left"]);
  await meeting.pass(120_000);
  assert.deepEqual(meeting.opinionsOf(3), ["left", "left", "left"]);
  const warned = meeting.server(0).process?.log.lines.filter((line) => line.level === "warn");
  assert.deepEqual(warned, []);
});

test("two peers without a way to each other hear of each other through a third", async () => {
  const meeting = await meetingSite(3);
  meeting.fabric.cut(meeting.peer(0), meeting.peer(1));
  meeting.fabric.reset(meeting.peer(0), meeting.peer(1));
  await meeting.until("their connection is gone", () => meeting.opinionsOf(0)[0] === "alive");
  for (let second = 0; second < 60; second += 1) {
    await meeting.pass(1_000);
    assert.deepEqual(
      [meeting.opinionsOf(0), meeting.opinionsOf(1)],
      [
        ["alive", "connected"],
        ["alive", "connected"],
      ],
    );
  }
});

test("a peer that restarts with its clock set back, or just after, is heard again at once", async () => {
  const meeting = await meetingSite(2);
  await meeting.until("it was heard", () => meeting.server(0).process?.mesh.lastBeacon(meeting.peer(1)) !== undefined);
  const before = meeting.server(0).process?.mesh.lastBeacon(meeting.peer(1))?.life ?? assert.fail();
  meeting.crash(1);
  // As of the clock, this start is years before the last one.
  const rows = meeting.server(1).rows;
  const [lifeRow] = rows.keys();
  assert.ok(lifeRow !== undefined && rows.size === 1);
  rows.set(lifeRow, new TextEncoder().encode(String(before + 10 ** 11)));
  await meeting.start(1);
  const isHeard = () => (meeting.server(0).process?.mesh.lastBeacon(meeting.peer(1))?.life ?? 0) > before;
  await meeting.until("it is heard again", isHeard, 30_000);
  assert.equal(meeting.server(0).process?.mesh.lastBeacon(meeting.peer(1))?.life, before + 10 ** 11 + 1);
});

test("what the parts say is handed to the others with each beacon", async () => {
  const meeting = await meetingSite(2);
  const { beacons } = meeting.server(0).process ?? assert.fail();
  await meeting.until("a beacon came", () => beacons.length > 0);
  const [peer, beacon] = beacons[0] ?? assert.fail();
  assert.equal(peer, meeting.peer(1));
  const { documentsDigest, policyVersion, collections, load } = beacon;
  assert.deepEqual(
    { documentsDigest, policyVersion, collections },
    {
      documentsDigest: digestOf("documents"),
      policyVersion: 3,
      collections: summaries,
    },
  );
  assert.equal(load.cpu, 0.05);
});

test("a peer announces where it listens, or what its operator says instead", async () => {
  const meeting = new TestSite(1, 2);
  await meeting.start(0);
  const seeds = [{ peer: meeting.peer(0), address: meeting.server(0).address }];
  const outside = addressOf("/dns/press.example/tcp/14240");
  await meeting.start(1, seeds, [outside]);
  await meeting.pass(10_000);
  const wantedBy0 = meeting.server(0).process?.wants.at(-1);
  const wantedBy1 = meeting.server(1).process?.wants.at(-1);
  assert.deepEqual(wantedBy0, [{ peer: meeting.peer(1), addresses: [outside] }]);
  assert.deepEqual(wantedBy1, [{ peer: meeting.peer(0), addresses: [meeting.server(0).address] }]);
});

test("a peer without a license announces nothing and wants only its seeds", async () => {
  const meeting = new TestSite(1, 2);
  const seeds = [{ peer: undefined, address: meeting.server(0).address }];
  await meeting.start(0, seeds);
  await meeting.pass(10_000);
  meeting.expel(1);
  await meeting.start(1, seeds);
  await meeting.pass(10_000);
  assert.deepEqual(meeting.server(1).records.issued, []);
  assert.deepEqual(meeting.server(1).process?.wants, [[{ peer: undefined, addresses: [meeting.server(0).address] }]]);
});

test("a member that a document removes leaves the table and is not wanted any more", async () => {
  const meeting = await meetingSite(3);
  const { mesh, wants } = meeting.server(0).process ?? assert.fail();
  meeting.expel(2);
  assert.deepEqual(
    mesh.peers().map(({ peer }) => peer),
    [meeting.peer(0), meeting.peer(1)],
  );
  assert.ok(!wants.at(-1)?.some(({ peer }) => peer === meeting.peer(2)));
  assert.equal(mesh.lastBeacon(meeting.peer(2)), undefined);
});

test("the network is told of wanted peers only when they change", async () => {
  const meeting = await meetingSite(4);
  const { wants } = meeting.server(0).process ?? assert.fail();
  const told = wants.length;
  await meeting.pass(120_000);
  assert.equal(wants.length, told);
});

test("sources are ordered by place and state, and strangers are none", async () => {
  const meeting = await meetingSite(5);
  const { mesh } = meeting.server(0).process ?? assert.fail();
  const all = meeting.servers.map(({ identity }) => identity.peer);
  const order = mesh.nearest("item", [...all, identityOfSeed(new Uint8Array(32).fill(9)).peer]);
  const near = new Set([meeting.peer(2), meeting.peer(4)]);
  assert.deepEqual(new Set(order.slice(0, 2)), near);
  assert.deepEqual(new Set(order.slice(2)), new Set([meeting.peer(1), meeting.peer(3)]));
  meeting.crash(2);
  await meeting.until("it is dead", () => mesh.state(meeting.peer(2)) === "dead");
  assert.equal(mesh.nearest("item", all).at(-1), meeting.peer(2));
});

test("one seed gives one history", async () => {
  const history = async (seed: number): Promise<string> => {
    const meeting = await meetingSite(4, seed);
    meeting.crash(1);
    await meeting.pass(30_000);
    await meeting.start(1);
    await meeting.pass(30_000);
    return meeting.world.traceHash();
  };
  assert.equal(await history(7), await history(7));
  assert.notEqual(await history(7), await history(8));
});
