/** C1: what a disk could not read when its hint came is read once it can be, without another hint. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedSite } from "../../../simulations/world/site.ts";
import { World } from "../../../simulations/world/world.ts";

for (const refused of ["list", "open"]) {
  test(`C1: what changes while the disk fails each ${refused} is told within a minute after that`, async () => {
    const world = new World(1);
    const site = new SimulatedSite(world, [{ name: "one" }, { name: "other" }]);
    const [one, other] = site.machines;
    assert.ok(one && other);
    one.user.write("news/page", "at first");
    one.user.write("news/gone", "to be removed");
    world.schedule(0, () => void site.start());
    await world.run(5_000);
    assert.equal(other.user.readText("news/page"), "at first");

    const cancel = one.faults.planBefore(({ action, path }) =>
      action === refused && path.startsWith("news") ? "EIO" : undefined,
    );
    one.user.write("news/page", "the new one");
    one.user.remove("news/gone");
    await world.run(10_000);
    assert.equal(other.user.readText("news/page"), "at first");
    cancel();
    await world.run(70_000);
    assert.equal(other.user.readText("news/page"), "the new one");
    assert.ok(!other.user.has("news/gone"));
  });
}

test("C1: what a scan of everything did not get to, for it could not list a directory above, is told later", async () => {
  const world = new World(1);
  const site = new SimulatedSite(world, [{ name: "one" }, { name: "other" }]);
  const [one, other] = site.machines;
  assert.ok(one && other);
  one.user.write("news/deep/page", "at first");
  world.schedule(0, () => void site.start());
  await world.run(5_000);
  assert.equal(other.user.readText("news/deep/page"), "at first");

  const cancel = one.faults.planBefore(({ action }) => (action === "list" ? "EMFILE" : undefined));
  one.user.write("news/deep/page", "the new one");
  await world.run(6_000);
  one.overflowWatcher();
  await world.run(10_000);
  assert.equal(other.user.readText("news/deep/page"), "at first");
  cancel();
  await world.run(70_000);
  assert.equal(other.user.readText("news/deep/page"), "the new one");
});
