/** FORMATS 17 where clocks and times of files are odd: what is trusted, and how often a file is read. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { SimulatedMachine } from "../../../simulations/world/machine.ts";
import { SimulatedSite } from "../../../simulations/world/site.ts";
import { World } from "../../../simulations/world/world.ts";

/** How often the peer reads "page" in ten seconds that begin with this. */
async function readsAfter(act: (machine: SimulatedMachine) => void): Promise<number> {
  const world = new World(1);
  const site = new SimulatedSite(world, [{ name: "one" }]);
  const [one] = site.machines;
  assert.ok(one);
  world.schedule(0, () => void site.start());
  await world.run(2_000);
  let reads = 0;
  one.faults.planBefore(({ action, path }) => {
    if (action === "read" && path === "page") reads += 1;
    return undefined;
  });
  act(one);
  await world.run(12_000);
  assert.ok(one.isIdle);
  return reads;
}

test("FORMATS 17: a file from the year 2100 is not read again and again", async () => {
  const reads = await readsAfter(({ user }) => {
    user.write("page", "text");
    user.setTime("page", 4_102_444_800_000_000);
  });
  assert.ok(reads >= 1 && reads <= 3, `read ${reads} times`);
});

test("FORMATS 17: a file written before the clock was set back is looked at again when its time has passed", async () => {
  const reads = await readsAfter(({ user, calendar }) => {
    user.write("page", "text");
    calendar.step(-4_000);
  });
  assert.ok(reads >= 2 && reads <= 4, `read ${reads} times`);
});
