/**
 * S1: a machine loses power before each single change of its disk and store while it follows a
 * change that replaces, deletes and moves. After a restart what went is kept, once, and nothing else.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { isChange } from "../../simulations/world/machine-faults.ts";
import { SimulatedSite } from "../../simulations/world/site.ts";
import { World } from "../../simulations/world/world.ts";
import { textsOf, untilIdle } from "../node/sync/two-machines.ts";
import { keptTextsOf, keptVersionsOf } from "../node/sync/versions/kept-versions.ts";

/** No small change takes so many calls; reaching it means that the loop does not end. */
const callsMax = 400;

for (const likeLinux of [true, false]) {
  const where = likeLinux ? "names can be swapped" : "names cannot be swapped";
  test(`S1: power lost before any change of a follower, where ${where}: what went is kept`, async () => {
    for (let nth = 1; await crashBefore(nth, likeLinux); nth += 1)
      assert.ok(nth < callsMax, "the change never passes through");
  });
}

/** @returns false when the change passed through with fewer calls */
async function crashBefore(nth: number, likeLinux: boolean): Promise<boolean> {
  const world = new World(nth);
  const site = new SimulatedSite(world, [{ name: "author" }, { name: "follower", likeLinux }]);
  const [author, follower] = site.machines;
  assert.ok(author && follower);
  author.user.write("page", "old page");
  author.user.write("gone", "old gone");
  author.user.write("moves", "stays");
  world.schedule(0, () => void site.start());
  await untilIdle(site);
  author.user.write("page", "new page");
  author.user.remove("gone");
  author.user.rename("moves", "moved");

  let calls = 0;
  const done = follower.faults.planBefore((call) => {
    if (!isChange(call)) return undefined;
    calls += 1;
    if (calls === nth) follower.crash();
    return calls >= nth ? "EIO" : undefined;
  });
  await world.run(world.nowMs + 10_000, () => !follower.isUp);
  done();
  const crashed = !follower.isUp;
  if (crashed) await world.settle(follower.start());
  await untilIdle(site);
  await world.run(world.nowMs + 5_000);
  assert.deepEqual(textsOf(follower).toSorted(), ["new page", "stays"], `crash ${nth}`);
  const versions = await keptVersionsOf(site, follower);
  const kept = versions.map(({ path, reason }) => `${path}: ${reason}`).filter((one) => !one.startsWith("moves"));
  assert.deepEqual(kept, ["gone: deleted", "page: replaced"], `crash ${nth}`);
  assert.deepEqual(
    keptTextsOf(follower).filter((text) => text !== "stays"),
    ["old gone", "old page"],
    `crash ${nth}`,
  );
  return crashed;
}
