/** Peers with a valid license that lie: they do all that is in the table, and honest ones agree on nothing of it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { type HostileAct, HostilePeer, hostileActs, vandalActs } from "../../../simulations/world/hostile.ts";
import { SimulatedSite } from "../../../simulations/world/site.ts";
import { World } from "../../../simulations/world/world.ts";

const liesMs = 12_000;

interface Lived {
  readonly site: SimulatedSite;
  readonly done: ReadonlySet<HostileAct>;
}

/** Two honest machines that write, and one that lies to both; then it stops lying. */
async function live(seed: number, acts: readonly HostileAct[]): Promise<Lived> {
  const world = new World(seed);
  const site = new SimulatedSite(world, [{ name: "www1" }, { name: "www2" }]);
  const done = new Set<HostileAct>();
  const chance = world.chance.fork("hostile");
  const liar = new HostilePeer({ site, name: "liar", chance, acts, onAct: (act) => done.add(act) });
  world.schedule(0, () => void site.start());
  world.schedule(500, () => void liar.start(liesMs));
  site.machines.forEach(({ user, name }, at) => {
    for (let atMs = 200 + 100 * at; atMs < liesMs; atMs += 900) {
      world.schedule(atMs, () => user.write(`of ${name}/${atMs % 4}`, `${name} at ${atMs}`));
    }
  });
  await world.run(liesMs);
  await world.run(liesMs + 60_000, () => isEqual(site));
  return { site, done };
}

function isEqual({ machines }: SimulatedSite): boolean {
  return machines.every(({ isIdle }) => isIdle) && new Set(machines.map(treeOf)).size === 1;
}

function treeOf({ user }: SimulatedSite["machines"][number]): string {
  const items = [...user.snapshot()].map(([path, item]) => [
    path,
    item.kind === "file" ? String(item.content) : item.kind,
  ]);
  return JSON.stringify(items);
}

test("P1, P3, S6: whatever a licensed peer lies, honest ones end equal and idle with what their users wrote", async () => {
  const done = new Set<HostileAct>();
  for (let seed = 1; seed <= 6; seed += 1) {
    const lived = await live(seed, hostileActs);
    assert.ok(isEqual(lived.site), `seed ${seed}`);
    const [one] = lived.site.machines;
    assert.deepEqual([...(one?.user.names("") ?? [])].toSorted(), [".cdmesh", "of www1", "of www2"], `seed ${seed}`);
    for (const act of lived.done) done.add(act);
  }
  // The others need a question that only a long run asks.
  assert.ok(done.size > 25, `${done.size} of ${hostileActs.length} acts were done`);
});

for (const act of vandalActs) {
  test(`what a license allows a vandal to do (${act}) ends no honest peer`, async () => {
    const { site, done } = await live(1, [act]);
    assert.ok(done.has(act));
    for (const { isRunning } of site.machines) assert.ok(isRunning);
    assert.equal(new Set(site.machines.map(treeOf)).size, 1);
  });
}

test("one seed gives one trace, lies and all", async () => {
  const [one, again] = [await live(9, hostileActs), await live(9, hostileActs)];
  assert.equal(one.site.world.traceHash(), again.site.world.traceHash());
});
