/** The dialer on virtual time: when it tries, and that it never stops trying. */

import assert from "node:assert/strict";
import test from "node:test";
import { Dialer, type DialOutcome } from "../../../node/network/dialer.ts";
import { identityOfSeed } from "../../../node/identity.ts";
import type { PeerId } from "../../../protocol/ids.ts";
import { FakeClock } from "../../../simulations/world/clock.ts";
import { FakeRandom } from "../../../simulations/world/random.ts";
import { World } from "../../../simulations/world/world.ts";

const peers = [1, 2, 3].map((number) => identityOfSeed(new Uint8Array(32).fill(number)).peer);
const [self, friend, other] = [peerAt(0), peerAt(1), peerAt(2)];
const address = "/ip4/10.0.0.2/tcp/4240";
const hourMs = 3_600_000;

function peerAt(at: number): PeerId {
  const peer = peers[at];
  if (peer === undefined) throw new Error("no such peer");
  return peer;
}

class Scene {
  readonly world: World;
  readonly dialer: Dialer;
  readonly dials: {
    readonly atMs: number;
    readonly peer: PeerId | undefined;
    readonly addresses: readonly string[];
  }[] = [];
  readonly up = new Set<PeerId>();
  outcome: (addresses: readonly string[]) => DialOutcome = () => ({ kind: "failed" });
  dialMs = 1;

  constructor(seed: number) {
    this.world = new World(seed);
    this.dialer = new Dialer({
      self,
      clock: new FakeClock(this.world),
      random: new FakeRandom(this.world.chance.fork("dialer")),
      dial: (peer, addresses) => {
        this.dials.push({ atMs: this.world.nowMs, peer, addresses });
        return new Promise((resolve) => {
          this.world.schedule(this.dialMs, () => {
            const outcome = this.outcome(addresses);
            if (outcome.kind === "up") this.up.add(outcome.peer);
            resolve(outcome);
          });
        });
      },
      isUp: (peer) => this.up.has(peer),
      ownAddresses: () => ["/ip4/10.0.0.1/tcp/4240"],
    });
  }

  async pass(ms: number): Promise<void> {
    await this.world.run(this.world.nowMs + ms);
  }

  down(peer: PeerId): void {
    this.up.delete(peer);
    this.dialer.onDown(peer);
  }

  gaps(): readonly number[] {
    return this.dials.slice(1).map((dial, at) => dial.atMs - (this.dials[at]?.atMs ?? 0));
  }
}

for (const seed of [1, 2, 3]) {
  test(`seed ${seed}: the first tries are quick, later ones come within five minutes, for a week`, async () => {
    const scene = new Scene(seed);
    scene.dialer.want([{ peer: friend, addresses: [address] }]);
    await scene.pass(15_000);
    assert.ok(scene.dials.length >= 4, `${scene.dials.length} tries in 15 s`);
    assert.ok((scene.dials[0]?.atMs ?? 1) < 1 && (scene.dials[1]?.atMs ?? Infinity) < 1_100);
    await scene.pass(7 * 24 * hourMs);
    const gaps = scene.gaps();
    assert.ok(Math.max(...gaps) <= 300_001);
    assert.ok((scene.dials.at(-1)?.atMs ?? 0) > 7 * 24 * hourMs - 300_000);
    const late = gaps.slice(20);
    const averageMs = late.reduce((sum, gap) => sum + gap, 0) / late.length;
    assert.ok(averageMs > 130_000 && averageMs < 170_000, `full jitter halves the delay: ${averageMs}`);
  });
}

test("a peer that is up is left alone, and dialled quickly when it goes down after a good while", async () => {
  const scene = new Scene(4);
  scene.dialer.want([{ peer: friend, addresses: [address] }]);
  await scene.pass(2 * hourMs);
  scene.dialer.onUp(friend);
  scene.up.add(friend);
  const tries = scene.dials.length;
  await scene.pass(hourMs);
  assert.equal(scene.dials.length, tries);
  scene.down(friend);
  await scene.pass(1_100);
  assert.ok(scene.dials.length > tries);
});

test("a connection that always breaks at once is made ever more slowly", async () => {
  const scene = new Scene(5);
  scene.outcome = () => {
    scene.world.schedule(10, () => scene.down(friend));
    return { kind: "up", peer: friend };
  };
  scene.dialer.want([{ peer: friend, addresses: [address] }]);
  await scene.pass(hourMs);
  assert.ok(scene.dials.length < 60, `${scene.dials.length} tries`);
});

test("a new address wakes it, also while a dial is under way, also after a refusal", async () => {
  const scene = new Scene(6);
  scene.outcome = () => ({ kind: "refused", peer: friend });
  scene.dialer.want([{ peer: friend, addresses: [address] }]);
  await scene.pass(hourMs);
  const moved = "/ip4/10.0.0.9/tcp/4240";
  const tries = scene.dials.length;
  scene.dialer.want([{ peer: friend, addresses: [moved, address] }]);
  await scene.pass(10);
  assert.deepEqual(scene.dials.at(-1)?.addresses, [moved, address]);
  assert.equal(scene.dials.length, tries + 1);

  scene.dialMs = 5_000;
  scene.dialer.want([{ peer: friend, addresses: [address] }]);
  await scene.pass(100);
  scene.dialer.want([{ peer: friend, addresses: [moved] }]);
  await scene.pass(5_000);
  assert.deepEqual(scene.dials.at(-1)?.addresses, [moved]);
});

test("wanting the same again changes nothing", async () => {
  const scene = new Scene(7);
  const wanted = [{ peer: friend, addresses: [address] }];
  scene.dialer.want(wanted);
  await scene.pass(hourMs);
  const tries = scene.dials.length;
  for (let round = 0; round < 20; round += 1) {
    scene.dialer.want([...wanted]);
    await scene.pass(10);
  }
  assert.ok(scene.dials.length <= tries + 1);
});

test("who was refused is tried slowly, yet for ever, and quickly again once it was let in", async () => {
  const scene = new Scene(8);
  scene.outcome = () => ({ kind: "refused", peer: friend });
  scene.dialer.want([{ peer: friend, addresses: [address] }]);
  await scene.pass(24 * hourMs);
  const gaps = scene.gaps();
  assert.ok(Math.min(...gaps) >= 15_000 && Math.max(...gaps) <= 300_001);
  assert.ok(gaps.length > 24 * 12);
  scene.dialer.onUp(friend);
  scene.up.add(friend);
  await scene.pass(hourMs);
  scene.down(friend);
  const tries = scene.dials.length;
  scene.outcome = () => ({ kind: "failed" });
  await scene.pass(2_000);
  assert.ok(scene.dials.length > tries);
});

test("a peer that is sent away is not dialled at once, though its connection went down", async () => {
  const scene = new Scene(9);
  scene.outcome = () => ({ kind: "up", peer: friend });
  scene.dialer.want([{ peer: friend, addresses: [address] }]);
  await scene.pass(hourMs);
  scene.down(friend);
  scene.dialer.onRefused(friend);
  await scene.pass(14_000);
  assert.equal(scene.dials.length, 1);
  await scene.pass(30_000);
  assert.equal(scene.dials.length, 2);
});

test("a seed's name is learnt by connecting: the same peer by its name is not dialled as well", async () => {
  const scene = new Scene(10);
  scene.outcome = () => ({ kind: "up", peer: friend });
  scene.dialer.want([{ peer: undefined, addresses: [address] }]);
  await scene.pass(1_000);
  scene.dialer.want([
    { peer: undefined, addresses: [address] },
    { peer: friend, addresses: [address] },
  ]);
  await scene.pass(hourMs);
  assert.equal(scene.dials.length, 1);
  assert.equal(scene.dials[0]?.peer, undefined);
});

test("a seed's address may be given to another peer: it is dialled without a name again", async () => {
  const scene = new Scene(11);
  scene.outcome = () => ({ kind: "up", peer: friend });
  scene.dialer.want([{ peer: undefined, addresses: [address] }]);
  await scene.pass(hourMs);
  scene.outcome = () => ({ kind: "up", peer: other });
  scene.down(friend);
  await scene.pass(2_000);
  assert.equal(scene.dials.at(-1)?.peer, undefined);
  assert.ok(scene.up.has(other));
});

test("its own name and its own address are never dialled; another way to itself rarely", async () => {
  const scene = new Scene(12);
  scene.outcome = () => ({ kind: "self" });
  scene.dialer.want([
    { peer: self, addresses: [address] },
    { peer: undefined, addresses: [`/ip4/10.0.0.7/tcp/1/p2p/${self}`] },
    { peer: undefined, addresses: ["/ip4/10.0.0.1/tcp/4240"] },
    { peer: undefined, addresses: ["/dns4/myself.example/tcp/4240"] },
  ]);
  await scene.pass(hourMs);
  assert.ok(scene.dials.every((dial) => dial.addresses.join() === "/dns4/myself.example/tcp/4240"));
  assert.ok(scene.dials.length <= 13);
});

test("what is not wanted any more, or not an address, is not dialled", async () => {
  const scene = new Scene(13);
  scene.dialer.want([
    { peer: friend, addresses: ["nonsense", `${address}/p2p/${other}`] },
    { peer: other, addresses: [address] },
  ]);
  scene.dialer.want([]);
  await scene.pass(hourMs);
  assert.equal(scene.dials.length, 0);
  scene.dialer.want([{ peer: friend, addresses: [address] }]);
  await scene.pass(10_000);
  const tries = scene.dials.length;
  scene.dialer.stop();
  await scene.pass(hourMs);
  assert.equal(scene.dials.length, tries);
});
