import assert from "node:assert/strict";
import test from "node:test";
import type { WatchHint } from "../../../node/ports.ts";
import { FakeFileSystem } from "../../../simulations/world/file-system.ts";
import { FakeUser } from "../../../simulations/world/user.ts";
import { FakeWatcher, type FakeWatcherOptions } from "../../../simulations/world/watcher.ts";
import { World } from "../../../simulations/world/world.ts";
import { watcherContract } from "../../contracts/watcher.contract.ts";

let seed = 0;

watcherContract("simulated watcher", async () => {
  seed += 1;
  const world = new World(seed);
  const fileSystem = new FakeFileSystem(world);
  const base = "/machine/base";
  const user = new FakeUser(fileSystem, base);
  return {
    watcher: new FakeWatcher(world, fileSystem),
    base,
    user: {
      write: async (path, text) => user.write(path, text),
      makeDirectory: async (path) => {
        if (!user.has(path)) user.makeDirectory(path);
      },
      makeSymlink: async (target, path) => user.makeSymlink(target, path),
      rename: async (from, to) => user.rename(from, to),
      renameBoth: async (...renames) => {
        for (const [from, to] of renames) user.rename(from, to);
      },
      remove: async (path) => user.remove(path),
      setMode: async (path, mode) => user.setMode(path, mode),
      setTime: async (path, mtimeUs) => user.setTime(path, mtimeUs),
    },
    settle: (work) => world.settle(work),
    rest: () => new Promise((resolve) => world.schedule(50, resolve)),
    end: async () => undefined,
  };
});

/** The hints of 200 writes, some virtual milliseconds apart. */
async function hintsOf(options: FakeWatcherOptions): Promise<readonly { atMs: number; hint: WatchHint }[]> {
  const world = new World(7);
  const fileSystem = new FakeFileSystem(world);
  const user = new FakeUser(fileSystem, "/folder");
  const hints: { atMs: number; hint: WatchHint }[] = [];
  user.write("page", "0");
  const watcher = new FakeWatcher(world, fileSystem);
  await world.settle(watcher.watch("/folder", (hint) => hints.push({ atMs: world.nowMs, hint })));
  watcher.options = options;
  for (let round = 0; round < 200; round += 1) world.schedule(round, () => user.append("page", "x"));
  await world.run(world.nowMs + 100_000);
  return hints;
}

test("hints are lost, doubled and late only as far as a seed was told to", async () => {
  assert.equal((await hintsOf({})).length, 200);
  assert.equal((await hintsOf({ lost: 1 })).length, 0);
  assert.equal((await hintsOf({ doubled: 1 })).length, 400);
  const half = (await hintsOf({ lost: 0.5 })).length;
  assert.ok(half > 60 && half < 140, `${half} of 200`);
  const late = await hintsOf({ latestMs: 10_000 });
  assert.equal(late.length, 200);
  assert.ok(late.some(({ atMs }) => atMs > 5_000));
  assert.deepEqual(await hintsOf({ lost: 0.5, doubled: 0.5 }), await hintsOf({ lost: 0.5, doubled: 0.5 }));
});

test("an overflow, a limit and the end of all watches are told", async () => {
  const world = new World(1);
  const fileSystem = new FakeFileSystem(world);
  const user = new FakeUser(fileSystem, "/folder");
  const hints: WatchHint[] = [];
  const watcher = new FakeWatcher(world, fileSystem, { watchesMax: 3 });
  user.makeDirectory("a");
  await world.settle(watcher.watch("/folder", (hint) => hints.push(hint)));
  watcher.overflow();
  await world.run(world.nowMs + 100);
  assert.deepEqual(hints, [{ kind: "overflow" }]);
  user.makeDirectory("b");
  user.makeDirectory("c");
  await world.run(world.nowMs + 100);
  assert.deepEqual(hints.at(-1), { kind: "dead", why: "no more directories can be watched: ENOSPC" });
  const others: WatchHint[] = [];
  watcher.options = {};
  await world.settle(watcher.watch("/folder", (hint) => others.push(hint)));
  watcher.die("the platform said so");
  user.write("late", "x");
  await world.run(world.nowMs + 100);
  assert.deepEqual(others, [{ kind: "dead", why: "the platform said so" }]);
});
