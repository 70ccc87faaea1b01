/** The faults of the world on a running site: each happens, all are healed, and one seed gives one story. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Chance } from "../../../simulations/world/chance.ts";
import { diskFaults } from "../../../simulations/world/disk-faults.ts";
import { type FaultKind, faultKinds, Faults } from "../../../simulations/world/faults.ts";
import { SimulatedSite } from "../../../simulations/world/site.ts";
import { World } from "../../../simulations/world/world.ts";

const spanMs = 6_000;

interface Lived {
  readonly site: SimulatedSite;
  readonly told: readonly string[];
  readonly injected: ReadonlyMap<FaultKind, number>;
}

/** Two machines with a little to do, faults for some seconds, and time to heal. */
async function live(seed: number, kinds: readonly FaultKind[]): Promise<Lived> {
  const world = new World(seed);
  const site = new SimulatedSite(world, [{ name: "www1" }, { name: "www2" }]);
  const told: string[] = [];
  const chance = world.chance.fork("faults");
  const faults = new Faults({ site, chance, kinds, onFault: (kind, what) => told.push(`${kind}: ${what}`) });
  world.schedule(0, () => void site.start());
  site.machines[0]?.user.write("page", "first");
  for (let atMs = 500; atMs < spanMs; atMs += 200) {
    world.schedule(atMs, () =>
      site.machines[(atMs / 100) % 4 === 1 ? 0 : 1]?.user.write(`page ${atMs % 600}`, `${atMs}`),
    );
  }
  faults.start(spanMs);
  await world.run(spanMs);
  faults.heal();
  await world.run(spanMs + 5_000);
  return { site, told, injected: faults.injected };
}

for (const kind of faultKinds) {
  test(`${kind}: it happens, is told and counted, and nothing of it is left once all is healed`, async () => {
    const { site, told, injected } = await someSeed(kind);
    assert.equal(injected.get(kind), told.length);
    for (const { name, isRunning, faults, calendar, identity } of site.machines) {
      assert.ok(isRunning, `${name} runs`);
      assert.deepEqual([faults.diskSlowness, faults.shownRoot, faults.spoilRead], [1, "itself", undefined]);
      const call = { port: "disk", action: "stage", path: "" } as const;
      assert.deepEqual([faults.before(call), faults.after(call)], [undefined, undefined]);
      assert.ok(Math.abs(calendar.skewMs) <= 43_200_000, `the clock of ${name} is about right`);
      const { peer } = identity;
      for (const other of site.machines) assert.ok(site.fabric.isReachable(other.identity.peer, peer));
    }
  });
}

/** A few seeds, for not every one has a chance of every fault. */
async function someSeed(kind: FaultKind): Promise<Lived> {
  for (let seed = 1; seed <= 5; seed += 1) {
    const lived = await live(seed, [kind]);
    if (lived.told.length > 0) return lived;
  }
  assert.fail(`${kind} never happened`);
}

test("a seed with all faults gives one trace, and another kind more changes no other kind's chance", async () => {
  const all = await live(3, faultKinds);
  const again = await live(3, faultKinds);
  assert.equal(again.site.world.traceHash(), all.site.world.traceHash());
  assert.deepEqual(again.told, all.told);
  const first = async (kinds: readonly FaultKind[]) =>
    (await live(4, kinds)).told.find((line) => line.startsWith("cut:"));
  assert.equal(await first(["cut", "reset", "kill"]), await first(["cut"]));
});

test("a peer that took the mount point of its root for a new root is started anew by whoever mounts that", async () => {
  const world = new World(1);
  const site = new SimulatedSite(world, [{ name: "www1" }]);
  const [machine] = site.machines;
  assert.ok(machine);
  machine.user.write("page", "first");
  await world.settle(site.start());
  const undos: (() => void)[] = [];
  diskFaults["unmounted-root"]({
    site,
    chance: Chance.ofSeed(4),
    say: () => undefined,
    undoIn: (_, undo) => undos.push(undo),
    isHealed: () => false,
    bringUp: (down, delayMs) => world.schedule(delayMs, () => void (down.isUp || down.start())),
  });
  assert.equal(machine.faults.shownRoot, "empty", "of the two that chance may pick");
  machine.kill();
  machine.loseStore();
  await world.settle(machine.start());
  for (const undo of undos) undo();
  await world.run(world.nowMs + 10_000);
  assert.ok(machine.isIdle);
});
