import assert from "node:assert/strict";
import fs from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import test, { type TestContext } from "node:test";
import { ChokidarWatcher } from "../../../../node/adapters/watcher/chokidar-watcher.ts";
import type { WatchHint } from "../../../../node/ports.ts";
import { watcherContract } from "../../../contracts/watcher.contract.ts";
import { onRealDisk, temporary } from "./real-user.ts";

watcherContract("chokidar watcher", () => onRealDisk(new ChokidarWatcher()));

test("only directories are watched, one watch each, and all watches end with the cancel", async (t) => {
  const open = countWatches(t, Number.POSITIVE_INFINITY);
  const base = await temporary();
  for (const path of ["a/b", "a/c", ".cdmesh/temporary"]) await mkdir(`${base}/${path}`, { recursive: true });
  for (const path of ["page", "a/page", "a/b/page"]) await writeFile(`${base}/${path}`, "x");
  const cancel = await new ChokidarWatcher().watch(base, () => undefined);
  assert.deepEqual(open.toSorted(), [base, `${base}/a`, `${base}/a/b`, `${base}/a/c`]);
  cancel();
  await new Promise(setImmediate);
  assert.deepEqual(open, []);
  await rm(base, { recursive: true });
});

test("names that chokidar passes over or misreads are watched like any other", async () => {
  const base = await temporary();
  const hints: WatchHint[] = [];
  let wake: () => void = () => undefined;
  for (const name of ["old~", ".page.swp", "back\\slash"]) await mkdir(`${base}/${name}/inner`, { recursive: true });
  const cancel = await new ChokidarWatcher().watch(base, (hint) => {
    hints.push(hint);
    wake();
  });
  for (const name of ["old~", ".page.swp", "back\\slash"]) {
    await writeFile(`${base}/${name}/inner/page`, "x");
    const isThere = (hint: WatchHint): boolean => hint.kind === "directory" && hint.path === `${name}/inner`;
    while (!hints.some(isThere)) await new Promise<void>((resolve) => (wake = resolve));
  }
  cancel();
  await rm(base, { recursive: true });
});

test("where the platform gives no more watches, the watch ends and says so", async (t) => {
  const open = countWatches(t, 3);
  const base = await temporary();
  for (let number = 0; number < 5; number += 1) await mkdir(`${base}/${number}`);
  const hints: WatchHint[] = [];
  const cancel = await new ChokidarWatcher().watch(base, (hint) => hints.push(hint));
  assert.deepEqual(hints, [{ kind: "dead", why: "no more directories can be watched: ENOSPC" }]);
  await new Promise(setImmediate);
  assert.deepEqual(open, []);
  cancel();
  await rm(base, { recursive: true });
});

/** The paths of the watches that Node holds for chokidar; one past the limit is refused. */
function countWatches(t: TestContext, limit: number): readonly string[] {
  const open: string[] = [];
  const watch = fs.watch;
  const counted = (path: string, ...others: readonly unknown[]): fs.FSWatcher => {
    if (open.length === limit) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    const made: fs.FSWatcher = Reflect.apply(watch, fs, [path, ...others]);
    open.push(path);
    made.once("close", () => open.splice(open.indexOf(path), 1));
    return made;
  };
  t.mock.method(fs, "watch", counted);
  // chokidar has imported it by name.
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  return open;
}
