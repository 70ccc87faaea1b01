/** S8: a store or a disk that was lost, or set back to an older time, deletes and overwrites nothing. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { SimulatedMachine } from "../../../simulations/world/machine.ts";
import { pathsOf, textsOf, twoMachines, type TwoMachines, untilIdle } from "../sync/two-machines.ts";

/** Both hold three files; what `other` had at that time can be put back. */
async function filled(seed: number) {
  const machines = await twoMachines(seed, ({ user }) => {
    user.write("kept.html", "kept");
    user.write("changed.html", "first");
    user.write("deleted.html", "to be deleted");
  });
  await quiet(machines);
  return { ...machines, old: machines.other.snapshot() };
}

/** A change takes a moment to be seen before anybody is busy with it. */
async function quiet({ site }: Pick<TwoMachines, "site">): Promise<void> {
  await site.world.run(site.world.nowMs + 2_000);
  await untilIdle(site);
}

/** Later both have changed, by either's hand, and minutes have passed. */
async function changed(machines: TwoMachines): Promise<void> {
  const { world, one, other } = machines;
  await world.run(world.nowMs + 90_000);
  one.user.write("changed.html", "second");
  one.user.write("fresh.html", "fresh");
  one.user.remove("deleted.html");
  other.user.write("own.html", "written on the other");
  await quiet(machines);
  await world.run(world.nowMs + 90_000);
}

async function comeBack({ world }: TwoMachines, machine: SimulatedMachine, setBack: () => void): Promise<void> {
  machine.kill();
  setBack();
  await world.settle(machine.start());
}

const now = ["changed.html", "fresh.html", "kept.html", "own.html"];

test("S8: a store that was lost: equal files are recognised, nothing is deleted or written anew", async () => {
  const machines = await filled(1);
  const { one, other } = machines;
  await changed(machines);
  const recordsBefore = one.peer.folders.values().next().value?.replica.digest();
  await comeBack(machines, other, () => other.loseStore());
  await quiet(machines);
  assert.deepEqual([pathsOf(one), pathsOf(other)], [now, now]);
  assert.equal(one.peer.folders.values().next().value?.replica.digest(), recordsBefore);
});

test("S8: a store that was lost, and files that differ: the mesh's version leads, the other stands beside it", async () => {
  const machines = await filled(2);
  const { one, other } = machines;
  await changed(machines);
  await comeBack(machines, other, () => {
    other.loseStore();
    other.user.write("changed.html", "written while nobody looked");
    other.user.remove("kept.html");
  });
  await quiet(machines);
  assert.deepEqual(pathsOf(one), pathsOf(other));
  assert.equal(one.user.readText("changed.html"), "second");
  assert.equal(other.user.readText("kept.html"), "kept");
  assert.ok(textsOf(one).includes("written while nobody looked"));
});

test("S8: an older store under newer files overwrites nothing newer and deletes nothing", async () => {
  const machines = await filled(3);
  const { one, other, old } = machines;
  await changed(machines);
  await comeBack(machines, other, () => {
    other.restore({ store: old.store });
    one.user.write("changed.html", "third");
  });
  await quiet(machines);
  assert.deepEqual(pathsOf(one), pathsOf(other));
  assert.equal(one.user.readText("changed.html"), "third");
  assert.equal(other.user.readText("changed.html"), "third");
  for (const path of now) assert.ok(one.user.has(path), path);
});

test("S8: older files under a newer store overwrite nothing newer, and delete nothing that came since", async () => {
  const machines = await filled(4);
  const { one, other, old } = machines;
  await changed(machines);
  await comeBack(machines, other, () => other.restore({ disk: old.disk }));
  await quiet(machines);
  assert.deepEqual(pathsOf(one), pathsOf(other));
  assert.equal(one.user.readText("changed.html"), "second");
  for (const path of now) assert.ok(one.user.has(path), path);
});

for (const [made, waitMs] of [
  ["before that", 0],
  ["since then", 10_000],
] as const) {
  test(`S8: where the token could not be renewed, it is before the next change: files from ${made} are found to be older`, async () => {
    const machines = await filled(9);
    const { world, one, other } = machines;
    await changed(machines);
    const before = other.snapshot();
    let isFailing = true;
    other.faults.planAfter(({ action, path }) =>
      action === "rename" && path === ".cdmesh/folder.json" && isFailing ? "EIO" : undefined,
    );
    await comeBack(machines, other, () => undefined);
    const since = other.snapshot();
    await world.run(world.nowMs + waitMs);
    isFailing = false;
    other.user.write("latest.html", "latest");
    await world.run(world.nowMs + 1_500);
    assert.equal(one.user.readText("latest.html"), "latest");
    await comeBack(machines, other, () => other.restore({ disk: (waitMs === 0 ? before : since).disk }));
    await quiet(machines);
    for (const { user } of [one, other]) assert.equal(user.readText("latest.html"), "latest");
  });
}

test("S8: an older machine, store and files together, follows what happened since", async () => {
  const machines = await filled(5);
  const { one, other, old } = machines;
  await changed(machines);
  await comeBack(machines, other, () => other.restore(old));
  await quiet(machines);
  assert.deepEqual([pathsOf(one), pathsOf(other)], [now, now]);
  assert.deepEqual(
    [one.user.readText("changed.html"), one.user.readText("own.html")],
    ["second", "written on the other"],
  );
});

test("S8, S3: what a crash leaves of store and marker belongs together, and is believed", async () => {
  const machines = await filled(6);
  const { world, one, other } = machines;
  await changed(machines);
  one.crash();
  other.user.remove("kept.html");
  other.user.write("changed.html", "after the crash");
  await world.run(world.nowMs + 5_000);
  await world.settle(one.start());
  await quiet(machines);
  assert.deepEqual(pathsOf(one), pathsOf(other));
  assert.equal(one.user.readText("changed.html"), "after the crash");
  assert.equal(
    one.log.lines.some(({ event }) => event === "disk-forgotten"),
    false,
  );
});

test("S5: the mount point of a root that holds nothing yet is not taken for it", async () => {
  const { other, ...machines } = await twoMachines(10, () => undefined);
  await quiet(machines);
  other.kill();
  other.faults.shownRoot = "empty";
  machines.one.user.write("first.html", "first");
  await assert.rejects(machines.world.settle(other.start()), /is the disk mounted\?/);
  other.faults.shownRoot = "itself";
  await machines.world.settle(other.start());
  await quiet(machines);
  assert.deepEqual(pathsOf(other), ["first.html"]);
});

test("S5: a peer without a store that was started over the mount point of its root says so once that is mounted, and goes on when it is started anew", async () => {
  const machines = await filled(11);
  const { world, one, other } = machines;
  const files = pathsOf(other);
  other.kill();
  other.loseStore();
  other.faults.shownRoot = "empty";
  await world.settle(other.start());
  await quiet(machines);
  other.faults.shownRoot = "itself";
  one.user.write("fresh.html", "fresh");
  other.user.write("own.html", "written on the other");
  await world.run(world.nowMs + 20_000);
  assert.deepEqual(pathsOf(one), [...files, "fresh.html"].toSorted());
  assert.deepEqual(pathsOf(other), [...files, "own.html"].toSorted());
  assert.match(JSON.stringify(other.peer.control.status().folders[0]?.reasons), /start this peer anew/);
  await comeBack(machines, other, () => undefined);
  await quiet(machines);
  assert.deepEqual(pathsOf(one), [...files, "fresh.html", "own.html"].toSorted());
  assert.deepEqual(textsOf(other), textsOf(one));
});

test("S5: an empty disk in place of a known root is refused; an operator can have it filled", async () => {
  const machines = await filled(7);
  const { world, one, other } = machines;
  other.kill();
  for (const path of [...pathsOf(other), ".cdmesh"]) other.user.remove(path);
  await assert.rejects(world.settle(other.start()), /is the disk mounted\?.*--refill press/);
  other.refill = true;
  await world.settle(other.start());
  await quiet(machines);
  assert.deepEqual(pathsOf(other), pathsOf(one));
  assert.equal(pathsOf(one).length, 3);
});
test("S8: a marker that is misread at a start is no marker of another time: the store forgets nothing for it", async () => {
  const machines = await filled(6);
  const { world, one, other } = machines;
  other.kill();
  for (const field of ["token", "instance"]) {
    other.faults.spoilRead = (path, bytes) => {
      const at = new TextDecoder().decode(bytes).indexOf(`"${field}":"`) + field.length + 4;
      if (path === ".cdmesh/folder.json") bytes[at] = bytes[at] === 0x30 ? 0x31 : 0x30;
    };
    await assert.rejects(world.settle(other.start()), /damaged/);
  }
  other.faults.spoilRead = undefined;
  await world.settle(other.start());
  one.user.write("fresh.html", "fresh");
  await quiet(machines);
  assert.equal(other.user.readText("fresh.html"), "fresh");
  assert.ok(other.log.lines.every(({ event }) => event !== "disk-forgotten"));
});
