/** What can be put between a simulated process, its disk and its store. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Tree } from "../../../node/ports.ts";
import { StoreError } from "../../../node/store-error.ts";
import { FakeDisk } from "../../../simulations/world/disk.ts";
import { FakeFileSystem } from "../../../simulations/world/file-system.ts";
import { isChange, MachineFaults } from "../../../simulations/world/machine-faults.ts";
import { FakeStore, FakeStoreMedium } from "../../../simulations/world/store.ts";
import { FakeUser } from "../../../simulations/world/user.ts";
import { World } from "../../../simulations/world/world.ts";
import { entry, fails, readAll } from "../../contracts/disk-under-test.ts";

interface Machine {
  readonly world: World;
  readonly user: FakeUser;
  readonly faults: MachineFaults;
  readonly tree: Tree;
  /** Its process loses power. */
  readonly end: () => void;
}

async function machine(body: (made: Machine) => Promise<void>): Promise<void> {
  const world = new World(1);
  const fileSystem = new FakeFileSystem(world);
  const user = new FakeUser(fileSystem, "/folder");
  user.write("page", "text");
  const faults = new MachineFaults();
  const life = world.life("one");
  const disk = new FakeDisk(life, fileSystem, { faults });
  const work = async (): Promise<void> =>
    body({ world, user, faults, tree: await disk.openTree("/folder"), end: () => life.end() });
  await world.settle(work());
}

test("a plan fails calls before they have any effect, or after they had it", async () => {
  await machine(async ({ user, faults, tree }) => {
    const cancel = faults.planBefore(({ action }) => (action === "remove" ? "EIO" : undefined));
    await fails("failed", tree.remove(entry("page")));
    assert.ok(user.has("page"));
    cancel();
    faults.planAfter((call) => (isChange(call) ? "EIO" : undefined));
    await fails("failed", tree.remove(entry("page")));
    assert.ok(!user.has("page"));
  });
});

test("somebody acts once, right before or right after the nth such call", async () => {
  await machine(async ({ user, faults, tree }) => {
    const isStat = ({ action, path }: { readonly action: string; readonly path: string }) =>
      action === "stat" && path === "page";
    faults.beforeCall(isStat, () => user.write("page", "longer text"), 2);
    faults.afterCall(isStat, () => user.remove("page"), 3);
    const sizes = [];
    for (let nth = 1; nth <= 4; nth += 1) sizes.push((await tree.stat(entry("page")))?.size);
    assert.deepEqual(sizes, [4, 11, 11, undefined]);
  });
});

test("a call right before which the power goes has no effect; one right after which it goes has, and no answer", async () => {
  for (const isAfter of [false, true]) {
    const world = new World(2);
    const fileSystem = new FakeFileSystem(world);
    const user = new FakeUser(fileSystem, "/folder");
    user.write("page", "text");
    const faults = new MachineFaults();
    const life = world.life("one");
    const tree = await world.settle(new FakeDisk(life, fileSystem, { faults }).openTree("/folder"));
    const plan = isAfter ? faults.afterCall.bind(faults) : faults.beforeCall.bind(faults);
    plan(isChange, () => life.end());
    let isAnswered = false;
    const heard = (): void => {
      isAnswered = true;
    };
    tree.remove(entry("page")).then(heard, heard);
    await world.run(1_000);
    assert.deepEqual([user.has("page"), isAnswered], [!isAfter, false]);
  }
});

test("an unmounted root is empty or not there, and itself again later, with nothing of what was made meanwhile", async () => {
  await machine(async ({ user, faults, tree }) => {
    const before = await tree.rootStat();
    faults.shownRoot = "empty";
    assert.deepEqual(await tree.list(""), []);
    assert.notEqual((await tree.rootStat()).inode, before.inode);
    await tree.makeDirectory(entry("made"), 0o755);
    faults.shownRoot = "nothing";
    await fails("missing", tree.rootStat());
    await fails("failed", tree.list(""));
    faults.shownRoot = "itself";
    assert.deepEqual(await tree.rootStat(), before);
    assert.deepEqual(user.names(""), ["page"]);
  });
});

test("a disk tells wrong bytes and keeps the right ones; a slow one takes its time", async () => {
  await machine(async ({ world, user, faults, tree }) => {
    faults.spoilRead = (_path, bytes) => bytes.fill(120);
    assert.equal(await readAll(tree, entry("page")), "xxxx");
    assert.equal(user.readText("page"), "text");
    faults.diskSlowness = 10_000;
    const startMs = world.nowMs;
    for (let times = 0; times < 3; times += 1) await tree.stat(entry("page"));
    assert.ok(world.nowMs - startMs > 1_000);
  });
});

test("what the owner may not read, the peer may not", async () => {
  await machine(async ({ user, tree }) => {
    user.makeDirectory("closed", 0o000);
    user.setMode("page", 0o000);
    await fails("not-permitted", tree.open(entry("page")));
    await fails("not-permitted", tree.list(entry("closed")));
    assert.equal((await tree.stat(entry("page")))?.mode, 0);
  });
});

test("a store fails as planned and changes nothing then; an older or empty one can be put back", async () => {
  const world = new World(1);
  const [medium, faults] = [new FakeStoreMedium(), new MachineFaults()];
  const store = new FakeStore(world, medium, { faults });
  const key = Uint8Array.of(1);
  const put = (value: number) =>
    world.settle(store.write([{ kind: "put", key, value: Uint8Array.of(value) }], { durable: true }));
  await put(1);
  const snapshot = medium.snapshot();
  await put(2);
  const cancel = faults.planBefore(({ port }) => (port === "store" ? "ENOSPC" : undefined));
  await assert.rejects(put(3), (error) => error instanceof StoreError && error.failure === "no-space");
  cancel();
  assert.deepEqual(medium.rows.get(key), Uint8Array.of(2));
  medium.restore(snapshot);
  assert.deepEqual(medium.rows.get(key), Uint8Array.of(1));
  medium.restore();
  assert.equal(medium.rows.get(key), undefined);
});
