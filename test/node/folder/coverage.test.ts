import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Coverage } from "../../../node/folder/coverage.ts";
import { FolderIndex } from "../../../node/folder/index.ts";
import type { ChangedKey, KeyState } from "../../../node/records/replica.ts";
import { type EntryPath, parseEntryPath } from "../../../protocol/folder/path.ts";
import { type FolderId, parseFolderId } from "../../../protocol/ids.ts";
import { file, version } from "../../protocol/folder/versions.ts";
import { MemoryStore } from "../records/memory-store.ts";

const folder = parseFolderId("press");
assert.ok(folder !== undefined);
const press: FolderId = folder;
const paths = ["a", "a/b", "a/b/c", "a/b/d", "a/e", "ab", "ab/c", "a-b", "a-b/c"].map((text) => {
  const path = parseEntryPath(text);
  assert.ok(path !== undefined);
  return path;
});

const live = version(file("x"), 1, 1).version;
const dead = version({ kind: "deleted" }, 1, 2).version;

/** Keys go from one state to another; what stays as it was is not told. */
function changesOf(before: ReadonlySet<EntryPath>, after: ReadonlySet<EntryPath>): readonly ChangedKey[] {
  return paths
    .filter((path) => before.has(path) !== after.has(path))
    .map((key) => ({ key, before: [before.has(key) ? live : dead], versions: [after.has(key) ? live : dead] }));
}

function coveredBy(alive: ReadonlySet<EntryPath>): readonly boolean[] {
  return paths.map((path) => [...alive].some((other) => other.startsWith(`${path}/`)));
}

test("property: C6: a path is covered exactly while something below it is live, whatever came and went", async () => {
  const sets = fc.array(fc.subarray(paths), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(sets, async (steps) => {
      const store = new MemoryStore();
      const coverage = new Coverage(store, press);
      let before: ReadonlySet<EntryPath> = new Set();
      for (const step of steps) {
        const after = new Set(step);
        const change = await coverage.changeBy(changesOf(before, after));
        const [was, is] = [coveredBy(before), coveredBy(after)];
        assert.deepEqual(
          change.flipped.toSorted(),
          paths.filter((_, at) => was[at] !== is[at]).toSorted(),
          "who is told that what it shows may change",
        );
        await store.write(change.rows);
        assert.deepEqual(await coverage.coveredMany(paths), is);
        before = after;
      }
    }),
  );
});

test("a write that changes nothing but contents touches no row", async () => {
  const coverage = new Coverage(new MemoryStore(), press);
  const [, key] = paths;
  assert.ok(key !== undefined);
  const change = await coverage.changeBy([{ key, before: [live], versions: [version(file("y"), 2, 1).version] }]);
  assert.deepEqual(change.rows, []);
});

test("C6: a file whose path becomes covered is wanted as a copy, though its own records did not change", async () => {
  const store = new MemoryStore();
  const index = await FolderIndex.open(store, press);
  const [above, below] = paths;
  assert.ok(above !== undefined && below !== undefined);
  const records = new Map<string, KeyState>();
  const write = async (key: EntryPath, versions: KeyState["versions"]): Promise<void> => {
    const changed = [{ key, versions, before: records.get(key)?.versions ?? [] }];
    const read = async (keys: readonly string[]) => keys.map((one) => records.get(one)?.versions ?? []);
    await store.write(await index.project(changed, "remote", read));
    records.set(key, { key, versions });
  };
  const wanted = (): Promise<readonly EntryPath[]> => index.wantedAfter(undefined, 10);
  const stat = {
    kind: "file",
    size: 1,
    mode: 0o644,
    mtimeNs: 1n,
    ctimeNs: 1n,
    inode: 1n,
    bornNs: 0n,
    device: 0n,
  } as const;
  await write(above, [live]);
  const held = { path: above, after: { entry: file("x"), stat, trusted: true, basis: new Map() } };
  await store.write(await index.rowsFor([held], [{ key: above, versions: [live] }]));
  assert.deepEqual(await wanted(), []);
  await write(below, [live]);
  assert.deepEqual(await wanted(), [above, below]);
  await write(below, [dead]);
  assert.deepEqual(await wanted(), []);
});
