import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Identity, identityOfSeed } from "../../../node/identity.ts";
import { type BeaconContribution, Beacons } from "../../../node/mesh/beacons.ts";
import { Switchboard } from "../../../node/switchboard.ts";
import { limits } from "../../../protocol/limits.ts";
import type { Beacon } from "../../../protocol/membership/beacon.ts";
import { paceOf } from "../../../protocol/membership/pace.ts";
import { sha256 } from "../../../protocol/sha256.ts";
import { decodeBeacon, isGenuine, sealBeacon } from "../../../protocol/wire/beacon.ts";
import { FakeClock } from "../../../simulations/world/clock.ts";
import { FakeLog } from "../../../simulations/world/log.ts";
import { FakeRandom } from "../../../simulations/world/random.ts";
import { World } from "../../../simulations/world/world.ts";
import { beaconOf, digestOf, siteNumber, summaryOf } from "../../protocol/membership/beacons.ts";
import { StubNetwork } from "./stub-network.ts";

const site = siteNumber(1);
const topic = `cdmesh/1/${site.slice(0, 16)}/beacon`;
const self = identityNumber(0);
const other = identityNumber(1);
const stranger = identityNumber(2);

function identityNumber(number: number): Identity {
  return identityOfSeed(sha256(Uint8Array.of(number)));
}

const contribution: BeaconContribution = {
  documentsDigest: digestOf("documents"),
  policyVersion: 3,
  collections: [summaryOf("folder/press")],
  load: { cpu: 0.5, memoryBytesFree: 1, memoryBytesTotal: 2, processBytes: 3, eventLoopDelayMs: 4 },
};

async function setUp(seed = 1) {
  const world = new World(seed);
  const clock = new FakeClock(world);
  const log = new FakeLog(world);
  const network = new StubNetwork(self.peer);
  const switchboard = new Switchboard(network);
  const members = new Set([self.peer, other.peer]);
  const beacons = new Beacons({
    ports: { clock, random: new FakeRandom(world.chance.fork("random")), log },
    identity: self,
    switchboard,
    site,
    life: 7,
    isMember: (peer) => members.has(peer),
    pace: () => paceOf(2),
    contribute: () => contribution,
  });
  await switchboard.start({ hello: () => new Uint8Array(), judge: () => undefined });
  const heard: Beacon[] = [];
  beacons.onBeacon((_peer, beacon) => heard.push(beacon));
  const hear = (beacon: Beacon, by = other) => network.deliver(topic, other.peer, sealBeacon(beacon, by.signingKey));
  return { world, clock, log, network, members, beacons, heard, hear };
}

const fromOther = (fields: Partial<Beacon> = {}) => beaconOf(other.signingKey, { site, ...fields });

test("a beacon goes out every two seconds with some jitter, genuine, with rising sequence and what the parts say", async () => {
  const { world, network, beacons } = await setUp();
  beacons.start();
  const times: number[] = [];
  for (let seen = 0; seen < 20; seen += 1) {
    await world.run(world.nowMs + 10_000, () => network.published.length > seen);
    times.push(world.nowMs);
  }
  const gaps = times.map((time, at) => time - (times[at - 1] ?? 0));
  assert.ok(
    gaps.every((gap) => gap >= 1_800 && gap <= 2_200),
    gaps.join(),
  );
  assert.ok(new Set(gaps).size > 1, "no jitter");
  for (const [at, { topic: where, data }] of network.published.entries()) {
    assert.equal(where, topic);
    const sealed = decodeBeacon(data);
    assert.ok(!("code" in sealed) && isGenuine(sealed, self.signingKey.publicKey));
    const { load, documentsDigest, policyVersion, collections, ...rest } = sealed.beacon;
    assert.deepEqual({ load, documentsDigest, policyVersion, collections }, contribution);
    const { peer, life, sequence, leaving, total } = rest;
    assert.deepEqual(
      { peer, life, sequence, leaving, total },
      { peer: self.peer, life: 7, sequence: at + 1, leaving: false, total: undefined },
    );
  }
});

test("a failed publish is no end: the next beacon goes out", async () => {
  const { world, network, beacons } = await setUp();
  beacons.start();
  network.publishError = new Error("the wire is wet");
  await world.run(5_000);
  const { length: before } = network.published;
  network.publishError = undefined;
  await world.run(10_000);
  assert.ok(before === 0 && network.published.length >= 2);
});

test("a clean stop says goodbye with the newest beacon, and then nothing comes and nothing is heard", async () => {
  const { world, network, beacons, hear } = await setUp();
  beacons.start();
  await world.run(5_000);
  await beacons.stop();
  const stamps = network.published.map(({ data }) => {
    const sealed = decodeBeacon(data);
    assert.ok(!("code" in sealed));
    return [sealed.beacon.sequence, sealed.beacon.leaving];
  });
  assert.deepEqual(stamps, [
    [1, false],
    [2, false],
    [3, true],
  ]);
  await world.run(60_000);
  assert.equal(network.published.length, 3);
  assert.equal(hear(fromOther()), undefined);
});

test("a member's beacon is heard, handed on and remembered", async () => {
  const { world, beacons, heard, hear } = await setUp();
  await world.run(1_000);
  const beacon = fromOther({ collections: [summaryOf("folder/press")] });
  assert.equal(hear(beacon), "accept");
  assert.deepEqual(heard, [beacon]);
  assert.deepEqual(beacons.last(other.peer), beacon);
});

test("P1: what is not a member's genuine beacon of this site has no effect", async () => {
  const { beacons, heard, hear, network } = await setUp();
  assert.equal(network.deliver(topic, other.peer, Uint8Array.of(1, 2, 3)), "reject");
  assert.equal(hear(fromOther({ site: siteNumber(2) })), "reject");
  assert.equal(hear(beaconOf(stranger.signingKey, { site }), stranger), "ignore");
  assert.equal(hear(fromOther(), stranger), "reject");
  assert.equal(hear(beaconOf(self.signingKey, { site, life: 99 }), self), "ignore");
  assert.deepEqual(heard, []);
  assert.equal(beacons.last(other.peer), undefined);
});

test("P1: a forged beacon does not keep the real one of the same stamp out", async () => {
  const { heard, hear } = await setUp();
  assert.equal(hear(fromOther({ sequence: 5 }), stranger), "reject");
  assert.equal(hear(fromOther({ sequence: 5 })), "accept");
  assert.equal(heard.length, 1);
});

test("P7: property: whatever is replayed in whatever order, stamps only rise", async () => {
  const stamps = fc.array(fc.record({ life: fc.nat(2), sequence: fc.nat(4), leaving: fc.boolean() }), {
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(stamps, async (order) => {
      const { world, heard, hear } = await setUp();
      let newest = { life: -1, sequence: 0 };
      for (const stamp of order) {
        await world.run(world.nowMs + limits.beaconGapMsMin);
        const isRise = stamp.life > newest.life || (stamp.life === newest.life && stamp.sequence > newest.sequence);
        assert.equal(hear(fromOther(stamp)), isRise ? "accept" : "ignore");
        if (isRise) newest = stamp;
        assert.equal(heard.at(-1)?.sequence, newest.life === -1 ? undefined : newest.sequence);
      }
    }),
    { numRuns: 50 },
  );
});

test("P3: a flood of one member's beacons is dropped, but its goodbye is heard", async () => {
  const { world, heard, hear } = await setUp();
  await world.run(1_000);
  assert.equal(hear(fromOther({ sequence: 1 })), "accept");
  for (let sequence = 2; sequence < 100; sequence += 1) assert.equal(hear(fromOther({ sequence })), "ignore");
  assert.equal(hear(fromOther({ sequence: 100, leaving: true })), "accept");
  assert.equal(hear(fromOther({ sequence: 101, leaving: true })), "ignore");
  await world.run(2_000);
  assert.equal(hear(fromOther({ sequence: 102 })), "accept");
  assert.deepEqual(
    heard.map((beacon) => beacon.sequence),
    [1, 100, 102],
  );
});

test("a clock that is off is told once when it begins and once when it ends, and the beacon counts", async () => {
  const { world, clock, log, heard, hear } = await setUp();
  const rightMs = clock.wallMs();
  for (const [sequence, offMs] of [0, 61_000, 3_600_000, -1, -120_000].entries()) {
    await world.run(world.nowMs + 200);
    assert.equal(hear(fromOther({ sequence: sequence + 1, sealedAtMs: rightMs + offMs })), "accept");
  }
  assert.deepEqual(
    log.lines.map((line) => line.event),
    ["peer-clock-off", "peer-clock-right", "peer-clock-off"],
  );
  assert.equal(heard.length, 5);
});

test("a peer that is no member any more is forgotten", async () => {
  const { members, beacons, hear } = await setUp();
  hear(fromOther());
  members.delete(other.peer);
  beacons.forgetStrangers();
  assert.equal(beacons.last(other.peer), undefined);
});
