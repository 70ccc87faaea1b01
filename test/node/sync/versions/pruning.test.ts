/** Kept versions go as the policy says: by count, age and bytes, the oldest first. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Mutex } from "../../../../node/mutex.ts";
import { type Kept, keptName, type KeptReason } from "../../../../node/sync/versions/kept-rows.ts";
import { Pruning } from "../../../../node/sync/versions/pruning.ts";
import { Versions } from "../../../../node/sync/versions/versions.ts";
import type { KeptVersions } from "../../../../protocol/documents/policy.ts";
import { parseEntryPath } from "../../../../protocol/folder/path.ts";
import { parseFolderId } from "../../../../protocol/ids.ts";
import { FakeClock } from "../../../../simulations/world/clock.ts";
import { FakeDisk } from "../../../../simulations/world/disk.ts";
import { FakeFileSystem } from "../../../../simulations/world/file-system.ts";
import { FakeLog } from "../../../../simulations/world/log.ts";
import { FakeUser } from "../../../../simulations/world/user.ts";
import { World } from "../../../../simulations/world/world.ts";
import { MemoryStore } from "../../records/memory-store.ts";

const folder = parseFolderId("press") ?? assert.fail();
const dayMs = 86_400_000;
const everything: KeptVersions = { count: 1_000, days: 1_000, bytes: 1_000_000 };

/** A folder with nothing but kept versions. */
async function shelf(retention: KeptVersions) {
  const world = new World(1);
  const fileSystem = new FakeFileSystem(world);
  const user = new FakeUser(fileSystem, "/srv/press");
  user.makeDirectory(".cdmesh");
  const life = world.life("one");
  const tree = await world.settle(new FakeDisk(life, fileSystem).openTree("/srv/press"));
  const parts = { folder: { id: folder, tree, lock: new Mutex() }, clock: new FakeClock(life) };
  const store = new MemoryStore();
  const versions = new Versions({ ...parts, store });
  await world.settle(versions.open());
  const policy = { retention };
  const pruning = new Pruning({
    ...parts,
    versions,
    log: new FakeLog(world),
    retention: () => policy.retention,
    nameFound: async () => undefined,
    erased: async () => [],
  });
  const keep = async (path: string, text: string, reason: KeptReason = "replaced"): Promise<void> => {
    const number = await world.settle(versions.reserve(1));
    user.write(keptName(number), text);
    const entry = { kind: "file", size: text.length, mode: 0o644, mtimeUs: 0 } as const;
    const kept: Kept = { number, path: parseEntryPath(path) ?? assert.fail(), entry, basis: new Map(), reason };
    await versions.keep([kept]);
  };
  const left = async (): Promise<readonly string[]> => {
    const found: string[] = [];
    for await (const page of versions.pages(versions.all()))
      for (const { path, number } of page) found.push(`${path} ${user.readText(keptName(number)) ?? "nothing"}`);
    return found;
  };
  const prune = () => world.settle(pruning.prune(new AbortController().signal));
  return { world, user, tree, store, parts, versions, pruning, policy, keep, left, prune };
}

test("of each path the newest are kept, as many as the policy says", async () => {
  const { keep, prune, left } = await shelf({ ...everything, count: 2 });
  for (const text of ["1", "2", "3"]) for (const path of ["a", "b/c"]) await keep(path, text);
  await keep("d", "1");
  await prune();
  assert.deepEqual(await left(), ["a 2", "a 3", "b/c 2", "b/c 3", "d 1"]);
});

test("what is older than the policy's days goes, and a policy that changes counts at once", async () => {
  const { world, policy, keep, prune, left } = await shelf({ ...everything, days: 2 });
  await keep("a", "old");
  await world.run(world.nowMs + 1.5 * dayMs);
  await keep("a", "young");
  await prune();
  assert.deepEqual(await left(), ["a old", "a young"]);
  await world.run(world.nowMs + dayMs);
  await prune();
  assert.deepEqual(await left(), ["a young"]);
  policy.retention = { ...everything, count: 0 };
  await prune();
  assert.deepEqual(await left(), []);
});

test("above the policy's bytes the oldest of the folder go", async () => {
  const { keep, prune, left, versions } = await shelf({ ...everything, bytes: 10 });
  await keep("b", "1234");
  await keep("a", "5678");
  await keep("c", "9012");
  await prune();
  assert.deepEqual(await left(), ["a 5678", "c 9012"]);
  assert.deepEqual(versions.totals, { count: 2, bytes: 8 });
});

test("S1: a user's write that lost its place stays for a day, whatever the policy says", async () => {
  const { world, keep, prune, left } = await shelf({ count: 0, days: 0, bytes: 0 });
  for (const reason of ["surprise", "forgotten", "replaced"] as const) await keep("a", reason, reason);
  await prune();
  assert.deepEqual(await left(), ["a surprise", "a forgotten"]);
  await world.run(world.nowMs + dayMs + 1);
  await keep("b", "wakes the count of its path only");
  await prune();
  assert.deepEqual(await left(), []);
});

test("S10: room is made from the oldest on, and from quarantined versions last", async () => {
  const { world, keep, pruning, left } = await shelf(everything);
  await keep("a", "surprise", "surprise");
  await keep("b", "old");
  await keep("c", "young");
  assert.equal(await world.settle(pruning.freeSpace(1)), 3);
  assert.deepEqual(await left(), ["a surprise", "c young"]);
  assert.equal(await world.settle(pruning.freeSpace(1_000)), 13);
  assert.deepEqual(await left(), []);
});

test("S1: a name without a row is kept as found; a row without a name is forgotten", async () => {
  const { world, user, keep, prune, left, parts, store } = await shelf(everything);
  await keep("a", "kept");
  await keep("a", "vanishes");
  user.remove(keptName(1));
  user.write(keptName(7), "nobody's");
  await prune();
  assert.deepEqual(await left(), ["a kept", "found-7 nobody's"]);
  const again = new Versions({ ...parts, store });
  await world.settle(again.open());
  assert.equal(await world.settle(again.reserve(1)), 8, "no number is given twice");
});

test("thousands of versions are counted and pruned a page at a time", async () => {
  const { keep, prune, left, versions, user } = await shelf({ ...everything, count: 3 });
  for (let number = 0; number < 2_500; number += 1) await keep(`path-${number % 5}`, `${number}`);
  await prune();
  assert.equal((await left()).length, 15);
  assert.equal(versions.totals.count, 15);
  assert.deepEqual((await left()).slice(-3), ["path-4 2489", "path-4 2494", "path-4 2499"]);
  assert.equal(user.names(".cdmesh/versions/2").length, 15);
});
