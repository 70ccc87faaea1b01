/** The first world: two real peers on fake ports, from one seed to one trace. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { SimulatedMachine } from "../../simulations/world/machine.ts";
import { SimulatedSite } from "../../simulations/world/site.ts";
import { World } from "../../simulations/world/world.ts";

interface Outcome {
  readonly traceHash: string;
  readonly trees: readonly ReadonlyMap<string, unknown>[];
}

async function live(seed: number): Promise<Outcome> {
  const world = new World(seed);
  const site = new SimulatedSite(world, [{ name: "www1" }, { name: "www2", place: { group: "media" } }]);
  const [one, other] = site.machines;
  assert.ok(one && other);
  one.user.makeDirectory("news");
  one.user.write("news/first.html", "<h1>first</h1>");
  one.user.write(
    "large.bin",
    new Uint8Array(700_000).map((_, at) => (at * 7 + (at >> 8)) % 251),
  );
  world.schedule(0, () => void site.start());
  await settle(site);
  assert.deepEqual(treeOf(other), treeOf(one));

  other.user.write("news/second.html", "<h1>second</h1>");
  one.user.rename("news/first.html", "first.html");
  one.user.remove("large.bin");
  await world.run(world.nowMs + 2_000);
  await settle(site);
  return { traceHash: world.traceHash(), trees: site.machines.map(treeOf) };
}

/** Runs until every folder is idle, and fails when that takes too long. */
async function settle(site: SimulatedSite): Promise<void> {
  const endMs = site.world.nowMs + 60_000;
  do await site.world.run(site.world.nowMs + 250);
  while (site.world.nowMs < endMs && !site.machines.every(({ isIdle }) => isIdle));
  assert.ok(
    site.machines.every(({ isIdle }) => isIdle),
    "the folders are not idle after a minute",
  );
}

test("C1: two peers on virtual time end with equal trees after creates, a rename and a delete", async () => {
  const { trees } = await live(1);
  assert.deepEqual(trees[0], trees[1]);
  assert.deepEqual([...(trees[0]?.keys() ?? [])].toSorted(), ["first.html", "news", "news/second.html"]);
});

test("one seed gives one trace, another seed another (FORMATS 34)", async () => {
  const [first, again, different] = [await live(7), await live(7), await live(8)];
  assert.equal(first.traceHash, again.traceHash);
  assert.notEqual(first.traceHash, different.traceHash);
});

/** What the mesh carries of a tree: the times of directories follow from what happens in them. */
function treeOf({ user }: SimulatedMachine): ReadonlyMap<string, unknown> {
  return new Map([...user.snapshot()].map(([path, item]) => [path, item.kind === "directory" ? item.mode : item]));
}
