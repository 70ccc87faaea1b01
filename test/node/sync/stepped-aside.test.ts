/**
 * S5: a file that steps aside stands beside its path when another takes its place. Whoever writes there before its
 * peer, which died in between, has said so in the store wrote over what stood there, and not over what stands beside.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedSite } from "../../../simulations/world/site.ts";
import type { FakeUser } from "../../../simulations/world/user.ts";
import { World } from "../../../simulations/world/world.ts";
import { pathsOf, textsOf, untilIdle } from "./two-machines.ts";
import { keptTextsOf } from "./versions/kept-versions.ts";

const writings: readonly (readonly [how: string, write: (user: FakeUser, path: string) => void])[] = [
  ["writes into it", (user, path) => user.write(path, "by the user")],
  ["saves it by rename", (user, path) => user.replace(path, "by the user")],
];

for (const likeLinux of [true, false]) {
  const where = likeLinux ? "names can be swapped" : "names cannot be swapped";
  for (const [how, write] of writings) {
    test(`S5: who ${how} after another version took the place has seen that one only, where ${where}`, async () => {
      const world = new World(1);
      const site = new SimulatedSite(world, [
        { name: "one", likeLinux },
        { name: "other", likeLinux },
      ]);
      const texts = new Map(site.machines.map(({ name }) => [name, `by ${name}`]));
      for (const { name, user } of site.machines) user.write("page", texts.get(name) ?? "");
      // Whichever of the two is to step aside: its peer dies before it can say that it did.
      const died: string[] = [];
      for (const machine of site.machines) {
        const { name, user, faults } = machine;
        const hasStepped = (): boolean => died.length === 0 && user.readText("page") !== texts.get(name);
        faults.beforeCall(
          ({ port, action }) => port === "store" && action === "write" && hasStepped(),
          () => {
            died.push(name);
            machine.kill();
          },
        );
      }
      world.schedule(0, () => void site.start());
      await world.run(20_000, () => died.length > 0);
      const aside = site.machines.find(({ name }) => name === died[0]);
      assert.ok(aside);
      write(aside.user, "page");
      await world.settle(aside.start());
      await untilIdle(site);
      for (const machine of site.machines) {
        assert.deepEqual(textsOf(machine).toSorted(), [`by ${aside.name}`, "by the user"], machine.name);
      }
    });
  }
}

test("S5: who writes where a file stepped aside for a directory that is not made yet has written over nothing", async () => {
  const world = new World(1);
  const site = new SimulatedSite(world, [{ name: "one" }, { name: "other" }]);
  const [one, other] = site.machines;
  assert.ok(one && other);
  one.user.write("news", "a file");
  other.user.write("news/page", "below a directory");
  let isDead = false;
  one.faults.beforeCall(
    ({ action }) => action === "make directory" && one.user.read("news") === undefined,
    () => {
      isDead = true;
      one.kill();
    },
  );
  world.schedule(0, () => void site.start());
  await world.run(20_000, () => isDead);
  assert.ok(isDead);
  one.user.write("news", "by the user");
  await world.settle(one.start());
  await untilIdle(site);
  for (const machine of [one, other]) {
    assert.deepEqual(textsOf(machine).toSorted(), ["a file", "below a directory", "by the user"], machine.name);
    assert.deepEqual(keptTextsOf(machine), [], machine.name);
  }
  assert.deepEqual(pathsOf(one), pathsOf(other));
});
