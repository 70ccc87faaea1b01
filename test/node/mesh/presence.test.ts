import assert from "node:assert/strict";
import { test } from "node:test";
import { PresenceTable } from "../../../node/mesh/presence.ts";
import type { PeerId } from "../../../protocol/ids.ts";
import { paceOf } from "../../../protocol/membership/pace.ts";
import type { PeerState } from "../../../protocol/membership/member.ts";
import type { Place } from "../../../protocol/membership/place.ts";
import { FakeClock } from "../../../simulations/world/clock.ts";
import { FakeLog } from "../../../simulations/world/log.ts";
import { World } from "../../../simulations/world/world.ts";
import { peerNumber } from "../../protocol/membership/peers.ts";

const [self, one, other] = [peerNumber(0), peerNumber(1), peerNumber(2)];

function setUp() {
  const world = new World(1);
  const clock = new FakeClock(world);
  const log = new FakeLog(world);
  const place = (server: string): Place => ({ region: "seoul", group: "a", server });
  const members: { peer: PeerId; place: Place }[] = [
    { peer: one, place: place("s1") },
    { peer: self, place: place("s0") },
    { peer: other, place: place("s2") },
  ];
  const table = new PresenceTable({
    ports: { clock, log },
    self,
    members: () => members,
    pace: () => paceOf(members.length),
  });
  const changes: [PeerId, PeerState, PeerState][] = [];
  table.onChange((peer, state, before) => changes.push([peer, state, before]));
  table.start();
  return { world, clock, log, members, table, changes };
}

test("the table has all licensed members in the order of their places, this peer among them", () => {
  const { table } = setUp();
  assert.deepEqual(table.peers(), [
    { peer: self, region: "seoul", group: "a", server: "s0", state: "alive", seenAt: "2026-01-01T00:00:00Z" },
    { peer: one, region: "seoul", group: "a", server: "s1", state: "unknown" },
    { peer: other, region: "seoul", group: "a", server: "s2", state: "unknown" },
  ]);
});

test("a connected peer that falls silent becomes suspect, then dead, and stays in the table", async () => {
  const { world, table, changes, log } = setUp();
  await world.run(10_000);
  table.opened(one);
  table.heard(one, world.nowMs);
  await world.run(60_000);
  assert.deepEqual(changes, [
    [one, "connected", "unknown"],
    [one, "suspect", "connected"],
    [one, "dead", "suspect"],
  ]);
  assert.deepEqual(
    log.lines.map(({ event, atMs }) => [event, atMs]),
    [
      ["peer-connected", 10_000],
      ["peer-suspect", 17_000],
      ["peer-dead", 30_000],
    ],
  );
  const status = table.peers().find((peer) => peer.peer === one);
  assert.deepEqual([status?.state, status?.seenAt], ["dead", "2026-01-01T00:00:10Z"]);
  table.heard(one, world.nowMs);
  assert.equal(table.state(one), "connected");
});

test("a connection that closes leaves the peer alive for as long as it is heard of", async () => {
  const { world, table } = setUp();
  table.opened(one);
  table.closed(one);
  for (let beacon = 0; beacon < 20; beacon += 1) {
    await world.run(world.nowMs + 2_000);
    table.heard(one, world.nowMs);
    assert.equal(table.state(one), "alive");
  }
});

test("a goodbye is believed at once and ends with the next sign of life", async () => {
  const { world, table } = setUp();
  table.opened(one);
  table.saidGoodbye(one, world.nowMs);
  table.closed(one);
  await world.run(120_000);
  assert.equal(table.state(one), "left");
  table.heard(one, world.nowMs);
  assert.equal(table.state(one), "alive");
});

test("a process that was held up for a minute suspects nobody for what it did not hear", async () => {
  const { world, clock, log, members } = setUp();
  // A clock whose timer comes late once, as after a suspended machine.
  let lateMs = 0;
  const sleepy = {
    wallMs: () => clock.wallMs() + lateMs,
    monotonicMs: () => clock.monotonicMs() + lateMs,
    after: (delayMs: number, act: () => void) => clock.after(delayMs, act),
    sleep: (delayMs: number) => clock.sleep(delayMs),
  };
  const table = new PresenceTable({
    ports: { clock: sleepy, log },
    self,
    members: () => members,
    pace: () => paceOf(members.length),
  });
  table.start();
  table.opened(one);
  await world.run(1_500);
  lateMs = 60_000;
  await world.run(3_500);
  assert.equal(table.state(one), "connected");
  // From then on silence counts again.
  await world.run(10_000);
  assert.equal(table.state(one), "suspect");
});

test("the calendar of the machine may jump: states do not, and times shown follow it", async () => {
  const { world, clock, table } = setUp();
  table.opened(one);
  await world.run(5_000);
  clock.stepWall(3_600_000);
  await world.run(6_000);
  const status = table.peers().find((peer) => peer.peer === one);
  assert.deepEqual([status?.state, status?.seenAt], ["connected", "2026-01-01T01:00:00Z"]);
});

test("a peer that lost its license is forgotten once its connection is closed, not before", () => {
  const { table, members } = setUp();
  table.opened(other);
  members.pop();
  table.forgetStrangers();
  assert.equal(table.state(other), "connected");
  assert.equal(table.peers().length, 2);
  table.closed(other);
  table.forgetStrangers();
  assert.equal(table.state(other), "unknown");
});

test("a stopped table judges no more", async () => {
  const { world, table } = setUp();
  table.opened(one);
  table.stop();
  await world.run(60_000);
  assert.equal(table.state(one), "connected");
});
