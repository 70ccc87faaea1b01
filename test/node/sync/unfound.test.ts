/** What nobody has any more: it is missing, and told by name, and everything else goes on. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { isChange } from "../../../simulations/world/machine-faults.ts";
import type { SimulatedMachine } from "../../../simulations/world/machine.ts";
import { type TwoMachines, twoMachines, untilIdle } from "./two-machines.ts";

/**
 * The other one learns what `write` does on the first, and before it has stored anything the first has its older disk
 * back, as it was before anything was `prepared`.
 */
async function lostBeforeFetched(
  seed: number,
  write: (one: SimulatedMachine, other: SimulatedMachine) => void,
  {
    before,
    prepared = [],
  }: { readonly before?: (one: SimulatedMachine) => void; readonly prepared?: readonly string[] } = {},
): Promise<TwoMachines> {
  const mesh = await twoMachines(seed, (machine) => {
    machine.user.write("before", "before");
    before?.(machine);
  });
  const { world, site, one, other } = mesh;
  const older = one.snapshot();
  for (const path of prepared) one.user.write(path, "prepared");
  await untilIdle(site);
  other.faults.disk = (_, path) => (path.startsWith(".cdmesh/staging") ? "EIO" : undefined);
  write(one, other);
  await world.run(world.nowMs + 5_000);
  for (const machine of [one, other]) machine.kill();
  one.restore({ disk: older.disk });
  other.faults.disk = undefined;
  world.schedule(world.nowMs, () => void site.start());
  await world.run(world.nowMs + 30_000);
  return mesh;
}

function missingOn({ peer }: SimulatedMachine): readonly (readonly [state: string, files: number, paths: string])[] {
  return peer.control
    .status()
    .folders.map(({ state, missingFiles, unfound }) => [state, missingFiles, unfound.map(({ path }) => path).join()]);
}

test("C1: a content that nobody has is missing and told by its path, nothing is deleted, and all else goes on", async () => {
  const { world, one, other } = await lostBeforeFetched(1, ({ user }) => user.write("page", "lost"));
  for (const machine of [one, other]) assert.deepEqual(missingOn(machine), [["syncing", 1, "page"]]);
  one.user.write("after", "after");
  await world.run(world.nowMs + 30_000);
  for (const { user } of [one, other]) {
    assert.deepEqual([...user.snapshot().keys()].toSorted(), ["after", "before"]);
  }
});

test("C1: a file that nobody has, where something lives below its path, is missing too, and then nothing happens", async () => {
  const { world, one, other } = await lostBeforeFetched(
    1,
    ({ user }, { user: elsewhere }) => {
      user.remove("news");
      user.write("news", "lost");
      elsewhere.append("news/page", " and after");
    },
    { prepared: ["news/page"] },
  );
  let changes = 0;
  for (const { faults } of [one, other])
    faults.planBefore((call) => {
      if (call.port === "disk" && isChange(call) && !call.path.startsWith(".cdmesh")) changes += 1;
      return undefined;
    });
  await world.run(world.nowMs + 30_000);
  for (const machine of [one, other]) {
    const [[state, files, paths] = []] = missingOn(machine);
    assert.deepEqual([state, files], ["syncing", 1], machine.name);
    assert.match(paths ?? "", /^news\.conflict-/, machine.name);
  }
  assert.equal(changes, 0);
});

test("C1: a conflict copy that nobody has is missing, also while a FIFO has the place of its path, which is blocked beside it", async () => {
  const { world, one, other } = await lostBeforeFetched(
    1,
    ({ user }, { user: elsewhere }) => {
      user.remove("page");
      user.write("page", "lost");
      elsewhere.write("page", "by the other one");
    },
    { before: ({ user }) => user.makeOther("page") },
  );
  // The later one leads, and what is lost is a copy beside it.
  other.user.write("page", "by the other one, later");
  await world.run(world.nowMs + 10_000);
  for (let times = 0; times < 20; times += 1) {
    await world.run(world.nowMs + 1_500);
    const [[state, files, paths] = []] = missingOn(one);
    assert.deepEqual([state, files], ["syncing", 1]);
    assert.match(paths ?? "", /^page\.conflict-/);
    assert.deepEqual(one.peer.control.status().folders[0]?.blocked, [{ path: "page", why: "kind-unsupported" }]);
  }
});

test("C1: what nobody has is asked for every ten seconds at most while nobody says anything new", async () => {
  const { world, site } = await lostBeforeFetched(1, ({ user }) => user.write("page", "lost"));
  let requests = 0;
  site.fabric.lines.listener = (message) => {
    if (message.kind === "request" && message.protocol === "/cdmesh/1/content") requests += 1;
  };
  await world.run(world.nowMs + 60_000);
  // Each of the two, seven times with the one under way.
  assert.ok(requests > 0 && requests <= 14, `${requests} requests`);
});

test("C1: a content that was missing arrives once somebody has it again", async () => {
  const { site, one, other } = await lostBeforeFetched(2, ({ user }) => user.write("page", "lost"));
  one.user.write("elsewhere", "lost");
  await untilIdle(site);
  assert.deepEqual([one.user.readText("page"), other.user.readText("page")], ["lost", "lost"]);
  assert.deepEqual(missingOn(other), [["idle", 0, ""]]);
});

test("C1: an empty file is missing nowhere: it is made of nothing", async () => {
  const { one, other } = await lostBeforeFetched(3, ({ user }) => user.write("empty", ""));
  assert.deepEqual([one.user.readText("empty"), other.user.readText("empty")], ["", ""]);
  for (const machine of [one, other]) assert.deepEqual(missingOn(machine), [["idle", 0, ""]]);
});
