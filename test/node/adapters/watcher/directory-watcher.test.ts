import assert from "node:assert/strict";
import fs, { type FSWatcher } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import test from "node:test";
import { DirectoryWatcher } from "../../../../node/adapters/watcher/directory-watcher.ts";
import type { WatchHint } from "../../../../node/ports.ts";
import { watcherContract } from "../../../contracts/watcher.contract.ts";
import { onRealDisk, temporary } from "./real-user.ts";

watcherContract("directory watcher", () => onRealDisk(new DirectoryWatcher()));

test("only directories are watched, one watch each, and all watches end with the cancel", async () => {
  const base = await temporary();
  const watched = new Map<string, number>();
  const watcher = new DirectoryWatcher({
    watchDirectory: (path, onEvent) => {
      const made = fs.watch(path, onEvent);
      watched.set(path, (watched.get(path) ?? 0) + 1);
      made.once("close", () => watched.delete(path));
      return made;
    },
  });
  for (const path of ["a/b", "a/c", ".cdmesh/temporary"]) await mkdir(`${base}/${path}`, { recursive: true });
  for (const path of ["page", "a/page", "a/b/page"]) await writeFile(`${base}/${path}`, "x");
  const cancel = await watcher.watch(base, () => undefined);
  assert.deepEqual([...watched].toSorted(), [
    [base, 1],
    [`${base}/a`, 1],
    [`${base}/a/b`, 1],
    [`${base}/a/c`, 1],
  ]);
  cancel();
  await new Promise(setImmediate);
  assert.deepEqual([...watched], []);
  await rm(base, { recursive: true });
});

test("where the platform gives no more watches, the watch ends and says so", async () => {
  const base = await temporary();
  const open = new Set<FSWatcher>();
  const watcher = new DirectoryWatcher({
    watchDirectory: (path, onEvent) => {
      if (open.size === 3) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
      const made = fs.watch(path, onEvent);
      open.add(made);
      made.once("close", () => open.delete(made));
      return made;
    },
  });
  for (let number = 0; number < 5; number += 1) await mkdir(`${base}/${number}`);
  const hints: WatchHint[] = [];
  const cancel = await watcher.watch(base, (hint) => hints.push(hint));
  assert.deepEqual(hints, [{ kind: "dead", why: "no more directories can be watched: ENOSPC" }]);
  await new Promise(setImmediate);
  assert.equal(open.size, 0);
  cancel();
  await rm(base, { recursive: true });
});

test("more events in one turn of the loop than the kernel surely keeps are told as an overflow", async () => {
  const base = await temporary();
  await mkdir(`${base}/deep`);
  await writeFile(`${base}/one`, "x");
  await writeFile(`${base}/other`, "x");
  const queuedMax = Number(fs.readFileSync("/proc/sys/fs/inotify/max_queued_events", "utf8"));
  const hints: WatchHint[] = [];
  let wake: () => void = () => undefined;
  const cancel = await new DirectoryWatcher().watch(base, (hint) => {
    hints.push(hint);
    wake();
  });
  // The loop is kept busy, as by a long slice of work, while somebody changes two files in turns:
  // equal events in a row would be one for the kernel.
  for (let round = 0; round < queuedMax; round += 1) {
    fs.utimesSync(`${base}/one`, round, round);
    fs.utimesSync(`${base}/other`, round, round);
  }
  fs.mkdirSync(`${base}/deep/new`);
  const until = async (kind: WatchHint["kind"], path?: string): Promise<void> => {
    const found = (hint: WatchHint): boolean => hint.kind === kind && (hint.kind !== "directory" || hint.path === path);
    while (!hints.some(found)) await new Promise<void>((resolve) => (wake = resolve));
  };
  await until("overflow");
  hints.length = 0;
  await writeFile(`${base}/deep/new/page`, "x");
  await until("directory", "deep/new");
  cancel();
  await rm(base, { recursive: true });
});
