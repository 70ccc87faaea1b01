/** S10: what happens to a folder whose disk, or whose peer's store, has no room. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { StoreError } from "../../../node/store-error.ts";
import type { MachineSnapshot, SimulatedMachine } from "../../../simulations/world/machine.ts";
import { pathsOf, textsOf, twoMachines, untilIdle } from "./two-machines.ts";

const kib = 1024;
const manyInodes = 1_000_000;

function folderOf({ peer }: SimulatedMachine) {
  const [folder] = peer.control.status().folders;
  assert.ok(folder);
  return folder;
}

function usedBytes({ fileSystem }: SimulatedMachine): number {
  const { bytes } = fileSystem.capacity;
  fileSystem.capacity = { bytes: 2 ** 40, inodes: manyInodes };
  const used = 2 ** 40 - fileSystem.space().freeBytes;
  fileSystem.capacity = { bytes, inodes: manyInodes };
  return used;
}

/** Nothing but the marker and what kept versions have. */
function stagedNames({ fileSystem }: SimulatedMachine): readonly string[] {
  return [...fileSystem.directory("/srv/press/.cdmesh/staging").entries.keys()];
}

function noRoomInStore(machine: SimulatedMachine): void {
  machine.faults.store = (action) =>
    action === "write" ? new StoreError("no-space", "the store has no room") : undefined;
}

test("S10: what does not fit is blocked and says what it needs, smaller files go on, and it comes once there is room", async () => {
  const { world, site, one, other } = await twoMachines(1, ({ user }) => user.write("page", "at first"));
  other.fileSystem.capacity = { bytes: 1_000 * kib, inodes: manyInodes };
  one.user.write("large", new Uint8Array(950 * kib).fill(7));
  one.user.write("larger", new Uint8Array(2_000 * kib).fill(8));
  one.user.write("small", "it fits");
  await world.run(world.nowMs + 20_000);
  assert.deepEqual(pathsOf(other), ["page", "small"]);
  assert.deepEqual(stagedNames(other), []);
  const { blocked, blockedFiles, missingFiles } = folderOf(other);
  assert.deepEqual([blockedFiles, missingFiles], [2, 0]);
  assert.deepEqual(blocked.map(({ path, why }) => `${path} ${why}`).toSorted(), ["large no-space", "larger no-space"]);
  for (const { neededBytes, freeBytes } of blocked) assert.ok((neededBytes ?? 0) > (freeBytes ?? Infinity));
  other.fileSystem.capacity = { bytes: 1_500 * kib, inodes: manyInodes };
  await world.run(world.nowMs + 10_000);
  assert.deepEqual(pathsOf(other), ["large", "page", "small"], "the one that fits by now");
  other.fileSystem.capacity = { bytes: 9_000 * kib, inodes: manyInodes };
  await world.run(world.nowMs + 10_000);
  await untilIdle(site);
  assert.deepEqual(pathsOf(other), pathsOf(one));
  assert.equal(folderOf(other).blockedFiles, 0);
});

test("S10: without inodes nothing new is begun, and deletes are carried out", async () => {
  const { world, site, one, other } = await twoMachines(2, ({ user }) => user.write("page", "at first"));
  other.fileSystem.capacity = { bytes: 2 ** 40, inodes: 1_000 };
  one.user.write("fresh", "new");
  one.user.remove("page");
  await world.run(world.nowMs + 10_000);
  assert.deepEqual(pathsOf(other), []);
  assert.deepEqual(
    folderOf(other).blocked.map(({ path, why }) => `${path} ${why}`),
    ["fresh no-space"],
  );
  other.fileSystem.capacity = { bytes: 2 ** 40, inodes: manyInodes };
  await world.run(world.nowMs + 35_000);
  await untilIdle(site);
  assert.deepEqual(pathsOf(other), ["fresh"]);
});

test("S10: on a disk without a free byte deletes are carried out, and kept versions give way to what is new", async () => {
  const { world, site, one, other } = await twoMachines(3, ({ user }) => {
    user.write("old", new Uint8Array(400 * kib).fill(1));
    user.write("page", "at first");
  });
  other.fileSystem.capacity = { bytes: usedBytes(other), inodes: manyInodes };
  one.user.remove("old");
  await world.run(world.nowMs + 5_000);
  assert.deepEqual(pathsOf(other), ["page"]);
  one.user.write("new", new Uint8Array(200 * kib).fill(2));
  await world.run(world.nowMs + 40_000);
  await untilIdle(site);
  assert.deepEqual(pathsOf(other), ["new", "page"]);
});

test("S10: a peer whose store has no room runs on, says so, and goes on by itself once there is some", async () => {
  const { world, site, one, other } = await twoMachines(4, ({ user }) => user.write("page", "at first"));
  noRoomInStore(other);
  one.user.write("page", "from one");
  other.user.write("mine", "from other");
  await world.run(world.nowMs + 30_000);
  assert.deepEqual(textsOf(one), ["from one"], "nothing was announced that is not stored");
  assert.ok(textsOf(other).includes("at first"), "and nothing was carried out");
  const troubles = folderOf(other).reasons.flatMap((reason) => (reason.code === "troubled" ? [reason.why] : []));
  assert.ok(
    troubles.some((why) => why.includes("the store has no room")),
    `status says ${JSON.stringify(folderOf(other).reasons)}`,
  );
  other.faults.store = undefined;
  await world.run(world.nowMs + 10_000);
  await untilIdle(site);
  for (const machine of [one, other]) assert.deepEqual(textsOf(machine).toSorted(), ["from one", "from other"]);
});

test("S10: a peer starts with a store that has no room, serves what it holds, and goes on once there is some", async () => {
  let empty: MachineSnapshot | undefined;
  const { world, site, one, other } = await twoMachines(5, (machine) => {
    empty = machine.snapshot();
    machine.user.write("page", "at first");
  });
  await world.settle(other.stop());
  noRoomInStore(other);
  await world.settle(other.start());
  // What one lost is to be had from a peer that can only read.
  await world.settle(one.stop());
  one.restore(empty ?? {});
  await world.settle(one.start());
  await world.run(world.nowMs + 60_000);
  assert.deepEqual(textsOf(one), ["at first"]);
  other.faults.store = undefined;
  other.user.write("mine", "from other");
  await world.run(world.nowMs + 10_000);
  await untilIdle(site);
  assert.deepEqual(pathsOf(one), ["mine", "page"]);
});
