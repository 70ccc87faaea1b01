/** The watchdog on virtual time (LIBP2P b, c). */

import assert from "node:assert/strict";
import test from "node:test";
import { Watchdog, watchdogTimes } from "../../../../node/adapters/libp2p/watchdog.ts";
import { identityOfSeed } from "../../../../node/identity.ts";
import type { Cancel, Clock } from "../../../../node/ports.ts";
import { FakeClock } from "../../../../simulations/world/clock.ts";
import { FakeLog } from "../../../../simulations/world/log.ts";
import { World } from "../../../../simulations/world/world.ts";

const peer = identityOfSeed(new Uint8Array(32).fill(1)).peer;

class Scene {
  readonly world = new World(1);
  readonly log = new FakeLog(this.world);
  readonly clock: Clock;
  readonly watchdog: Watchdog<{ abort(error: Error): void }>;
  closed: string | undefined;
  isGossipAlive = true;
  repairs = 0;
  pings = 0;
  heardBytes = 0;
  doubts = 0;
  answerMs: number | undefined = 5;

  constructor(clock?: (clock: Clock) => Clock) {
    const worldClock = new FakeClock(this.world);
    this.clock = clock?.(worldClock) ?? worldClock;
    this.watchdog = new Watchdog({
      clock: this.clock,
      log: this.log,
      times: watchdogTimes,
      ping: (_peer, signal) => this.#ping(signal),
      heardBytes: () => this.heardBytes,
      onSilent: () => {
        this.doubts += 1;
      },
      isGossipAlive: () => this.isGossipAlive,
      repairGossip: () => {
        this.repairs += 1;
      },
    });
    this.watchdog.watch(peer, {
      abort: (error) => {
        this.closed = error.message;
        this.watchdog.forget(peer);
      },
    });
  }

  #ping(signal: AbortSignal): Promise<void> {
    this.pings += 1;
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(new Error("gone")));
      if (this.answerMs === undefined) return;
      this.world.schedule(this.answerMs, () => {
        this.heardBytes += 32;
        resolve();
      });
    });
  }

  async pass(ms: number): Promise<void> {
    await this.world.run(this.world.nowMs + ms);
  }
}

test("a healthy connection is pinged now and then when it is quiet, and left alone", async () => {
  const scene = new Scene();
  await scene.pass(3_600_000);
  assert.deepEqual([scene.closed, scene.repairs, scene.doubts], [undefined, 0, 0]);
  assert.ok(scene.pings > 300 && scene.pings <= 901, `${scene.pings} pings`);
});

test("LIBP2P c: where anything comes in nobody asks, and an answer that is long under way does no harm", async () => {
  const scene = new Scene();
  scene.answerMs = undefined;
  for (let seconds = 0; seconds < 600; seconds += 3) {
    scene.heardBytes += 1;
    await scene.pass(3_000);
  }
  assert.deepEqual([scene.closed, scene.pings, scene.doubts], [undefined, 0, 0]);
});

test("C1: a connection that falls silent is doubted within ten seconds, once, until it speaks again", async () => {
  const scene = new Scene();
  await scene.pass(60_000);
  assert.equal(scene.watchdog.isSilent(peer), false);
  scene.answerMs = undefined;
  await scene.pass(16_000);
  assert.deepEqual([scene.closed, scene.doubts, scene.watchdog.isSilent(peer)], [undefined, 1, true]);
  scene.heardBytes += 1;
  assert.equal(scene.watchdog.isSilent(peer), false);
  await scene.pass(40_000);
  assert.deepEqual([scene.closed, scene.doubts, scene.watchdog.isSilent(peer)], [undefined, 2, true]);
  await scene.pass(10_000);
  assert.equal(scene.closed, "peer-silent");
});

test("LIBP2P c: a peer that is busy for half a minute keeps its connection, a silent one loses it", async () => {
  const scene = new Scene();
  scene.answerMs = 30_000;
  await scene.pass(600_000);
  assert.equal(scene.closed, undefined);
  scene.answerMs = undefined;
  await scene.pass(90_000);
  assert.equal(scene.closed, "peer-silent");
});

test("LIBP2P b: dead gossip is opened again, and after 20 s the connection is closed", async () => {
  const scene = new Scene();
  await scene.pass(60_000);
  scene.isGossipAlive = false;
  await scene.pass(12_000);
  assert.ok(scene.repairs >= 1);
  assert.equal(scene.closed, undefined);
  await scene.pass(15_000);
  assert.equal(scene.closed, "gossip-dead");
});

test("gossip that a repair brings back is forgiven", async () => {
  const scene = new Scene();
  for (let round = 0; round < 5; round += 1) {
    scene.isGossipAlive = false;
    await scene.pass(15_000);
    scene.isGossipAlive = true;
    await scene.pass(6_000);
  }
  assert.equal(scene.closed, undefined);
});

test("after a stall of this very process nobody is blamed", async () => {
  let stalledMs = 0;
  const scene = new Scene((clock) => ({
    wallMs: () => clock.wallMs(),
    monotonicMs: () => clock.monotonicMs() + stalledMs,
    after: (delayMs, act): Cancel => clock.after(delayMs, act),
    sleep: (delayMs, signal) => clock.sleep(delayMs, signal),
  }));
  await scene.pass(31_000);
  scene.isGossipAlive = false;
  stalledMs = 300_000;
  await scene.pass(4_500);
  scene.isGossipAlive = true;
  await scene.pass(60_000);
  assert.equal(scene.closed, undefined);
});

test("who is forgotten, and all after a stop, is not pinged any more", async () => {
  const scene = new Scene();
  scene.answerMs = undefined;
  await scene.pass(20_000);
  scene.watchdog.forget(peer);
  const pings = scene.pings;
  await scene.pass(100_000);
  assert.equal(scene.pings, pings);
  scene.watchdog.stop();
  await scene.pass(100_000);
  assert.equal(scene.closed, undefined);
});
