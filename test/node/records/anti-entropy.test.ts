import assert from "node:assert/strict";
import { test } from "node:test";
import { AntiEntropy } from "../../../node/records/anti-entropy.ts";
import type { NetworkEvent } from "../../../node/ports.ts";
import type { Replica } from "../../../node/records/replica.ts";
import type { PeerId } from "../../../protocol/ids.ts";
import type { CollectionDigest } from "../../../protocol/wire/records-exchange.ts";
import { FakeClock } from "../../../simulations/world/clock.ts";
import { FakeRandom } from "../../../simulations/world/random.ts";
import { World } from "../../../simulations/world/world.ts";
import { peerNumber } from "../../protocol/membership/peers.ts";
import { makeReplica, press } from "./replicas.ts";
import { StubTrust, TestDocuments } from "./stub-trust.ts";

const [near, middle, distant] = [peerNumber(1), peerNumber(2), peerNumber(3)];

/** The schedule alone: exchanges are noted and end as the test says. */
async function setUp(connected: readonly PeerId[] = [near, middle, distant]) {
  const world = new World(1);
  const documents = new TestDocuments();
  const self = peerNumber(0);
  documents.members.set(self, { region: "eu", group: "web", server: "0" });
  documents.members.set(near, { region: "eu", group: "web", server: "1" });
  documents.members.set(middle, { region: "eu", group: "db", server: "2" });
  documents.members.set(distant, { region: "us", group: "web", server: "3" });
  const trust = new StubTrust(self, documents);
  const { replica } = await makeReplica(9, { documents });
  const exchanges: { readonly peer: PeerId; readonly atMs: number }[] = [];
  const audits: PeerId[] = [];
  const outcome = { isDone: true };
  let listener: (event: NetworkEvent) => void = () => undefined;
  const antiEntropy = new AntiEntropy({
    switchboard: {
      onEvent: (hears) => {
        listener = hears;
        return () => undefined;
      },
    },
    network: { connected: () => connected },
    clock: new FakeClock(world),
    random: new FakeRandom(world.chance),
    trust,
    life: { wantsAnswers: false, asking: async () => undefined, membersChanged: () => undefined },
    replicas: new Map([[press, replica]]),
    exchange: {
      peerUp: () => undefined,
      peerDown: () => undefined,
      shared: (): readonly Replica[] => [replica],
      askWriter: async () => undefined,
      exchange: async (peer) => {
        exchanges.push({ peer, atMs: world.nowMs });
        return outcome.isDone;
      },
    },
    audit: {
      audit: async (peer) => {
        audits.push(peer);
        return { kind: "equal" };
      },
      forget: () => undefined,
    },
  });
  antiEntropy.start();
  const hear = (event: NetworkEvent): void => listener(event);
  const times = (peer: PeerId): number => exchanges.filter((each) => each.peer === peer).length;
  return { world, antiEntropy, replica, trust, exchanges, audits, outcome, hear, times };
}

function digestOf(replica: Replica, fields: Partial<CollectionDigest> = {}): CollectionDigest {
  return { ...replica.standing(), ...fields };
}

test("a peer is asked at once when it comes up, and no more when it is gone", async () => {
  const { world, hear, times, exchanges } = await setUp([]);
  hear({ kind: "up", peer: near });
  assert.equal(times(near), 1);
  hear({ kind: "down", peer: near });
  await world.run(60_000);
  assert.equal(exchanges.length, 1);
});

test("rounds go to the nearest peers most often and to a far one sometimes", async () => {
  const { world, times } = await setUp();
  await world.run(10_000_000);
  const [nearly, midway, far] = [times(near), times(middle), times(distant)];
  const all = nearly + midway + far;
  assert.ok(all > 800 && all < 1_300, `${all} rounds in ten thousand seconds`);
  assert.ok(nearly / all > 0.5 && nearly / all < 0.7);
  assert.ok(far / all > 0.08 && far / all < 0.25);
});

test("an hourly audit asks one peer", async () => {
  const { world, audits } = await setUp();
  await world.run(10 * 3_600_000);
  assert.ok(audits.length >= 8 && audits.length <= 14, `${audits.length} audits in ten hours`);
});

test("many hints make one exchange a second", async () => {
  const { world, antiEntropy, times } = await setUp();
  for (let step = 0; step < 100; step += 1) {
    world.schedule(step * 30, () => antiEntropy.hint(near));
  }
  await world.run(5_000);
  assert.ok(times(near) >= 4 && times(near) <= 6, `${times(near)} exchanges`);
  antiEntropy.hint(peerNumber(7));
});

test("what failed is tried again, with growing pauses, until it succeeds", async () => {
  const { world, exchanges, outcome, hear } = await setUp([]);
  outcome.isDone = false;
  hear({ kind: "up", peer: near });
  world.schedule(40_000, () => {
    outcome.isDone = true;
  });
  await world.run(60_000);
  const pauses = exchanges.slice(1).map(({ atMs }, index) => atMs - (exchanges[index]?.atMs ?? 0));
  assert.ok(exchanges.length >= 6 && exchanges.length <= 16);
  assert.ok((pauses[0] ?? 0) <= 1_250);
});

test("new documents release what was held back and bring an exchange with everybody", async () => {
  const { world, trust, times } = await setUp();
  await world.run(2_000);
  const before = [near, middle, distant].map(times);
  trust.changed();
  await world.run(4_000);
  [near, middle, distant].forEach((peer, index) => assert.ok(times(peer) > (before[index] ?? 0)));
});

test("a beacon that differs brings an exchange once nothing has changed here for a while, and an equal one none", async () => {
  const { world, antiEntropy, replica, times } = await setUp([distant]);
  const other = digestOf(replica, { contextDigest: "ab".repeat(32) });
  await world.run(4_000);
  const before = times(distant);
  antiEntropy.noteDigests(distant, [digestOf(replica)]);
  antiEntropy.noteDigests(distant, [other]);
  await world.run(4_100);
  assert.equal(times(distant), before);
  await world.run(7_200);
  antiEntropy.noteDigests(distant, [digestOf(replica)]);
  await world.run(7_300);
  assert.equal(times(distant), before);
  antiEntropy.noteDigests(distant, [other]);
  await world.run(7_400);
  assert.equal(times(distant), before + 1);
});

test("nothing happens any more once it is stopped", async () => {
  const { world, antiEntropy, exchanges } = await setUp();
  antiEntropy.hint(near);
  antiEntropy.stop();
  const before = exchanges.length;
  await world.run(10_000_000);
  assert.equal(exchanges.length, before);
});
