/** A site in the middle of an upgrade. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { speaking } from "../../../simulations/world/protocol-versions.ts";
import { SimulatedSite } from "../../../simulations/world/site.ts";
import { World } from "../../../simulations/world/world.ts";

async function whatArrives(versionMin: number, versionMax: number) {
  const world = new World(1);
  const site = new SimulatedSite(world, [
    { name: "ours" },
    { name: "theirs", disguise: speaking(versionMin, versionMax) },
  ]);
  const [ours, theirs] = site.machines;
  assert.ok(ours && theirs);
  theirs.user.write("page", "from theirs");
  world.schedule(0, () => void site.start());
  await world.run(5_000, () => ours.user.has("page"));
  const codes = ours.log.lines.filter(({ event }) => event === "peer-refused").map(({ facts }) => facts["code"]);
  return { text: ours.user.readText("page"), codes: [...new Set(codes)] };
}

test("peers of two versions of the protocol work together as long as they share one", async () => {
  assert.deepEqual(await whatArrives(1, 2), { text: "from theirs", codes: [] });
});

test("a peer that speaks later versions only is refused, with the versions that are spoken here", async () => {
  assert.deepEqual(await whatArrives(2, 3), { text: undefined, codes: ["version-unsupported"] });
});
