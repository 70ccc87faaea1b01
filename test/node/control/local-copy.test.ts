import assert from "node:assert/strict";
import { test } from "node:test";
import { LocalCopy } from "../../../node/control/local-copy.ts";
import { Hasher } from "../../../node/folder/hasher.ts";
import { encodeHeld, type Held } from "../../../node/folder/held.ts";
import { rowKey } from "../../../node/keys.ts";
import type { RangeOptions, Tree } from "../../../node/ports.ts";
import type { CopyItem } from "../../../protocol/folder/copy.ts";
import { type EntryPath, nameOf, parentOf, parseStandingPath } from "../../../protocol/folder/path.ts";
import { parseFolderId } from "../../../protocol/ids.ts";
import { limits } from "../../../protocol/limits.ts";
import type { PathRange, RangeItems } from "../../../protocol/wire/verify.ts";
import { FakeCompute } from "../../../simulations/world/compute.ts";
import { FakeDisk } from "../../../simulations/world/disk.ts";
import { FakeFileSystem } from "../../../simulations/world/file-system.ts";
import { FakeUser } from "../../../simulations/world/user.ts";
import { World } from "../../../simulations/world/world.ts";
import { entryFile } from "../../protocol/folder/copies.ts";

const press = parseFolderId("press") ?? assert.fail();
const everything = { after: undefined, to: undefined };

const pathOf = (text: string): EntryPath => parseStandingPath(text) ?? assert.fail(`${text} is no path`);

/** A folder whose rows a test writes itself. */
async function setUp() {
  const world = new World(1);
  const fileSystem = new FakeFileSystem(world);
  const user = new FakeUser(fileSystem, "/press");
  const compute = new FakeCompute(world);
  const tree = await world.settle(new FakeDisk(world, fileSystem).openTree("/press"));
  const rows: (readonly [key: Uint8Array, value: Uint8Array])[] = [];
  const store = {
    range: async ({ from, to, limit }: RangeOptions) =>
      rows
        .filter(([key]) => Buffer.compare(key, from) >= 0 && Buffer.compare(key, to) < 0)
        .toSorted(([one], [other]) => Buffer.compare(one, other))
        .slice(0, limit),
  };
  const hold = async (text: string, fields: Partial<Held> = {}): Promise<void> => {
    const path = pathOf(text);
    const held = { ...(await world.settle(heldNow(tree, compute, path))), ...fields };
    rows.push([rowKey("h", press, parentOf(path), nameOf(path)), encodeHeld(held)]);
  };
  const copy = new LocalCopy({ folder: press, store, tree, compute });
  const read = (range: PathRange, deep = false): Promise<RangeItems> => world.settle(copy.read(range, deep));
  return { world, user, hold, read };
}

/** What a scan would find. */
async function heldNow(tree: Tree, compute: FakeCompute, path: EntryPath): Promise<Held> {
  const stat = (await tree.stat(path)) ?? assert.fail(`nothing stands at ${path}`);
  const [reading] = await new Hasher(tree, compute).read([{ path, stat }]);
  if (reading?.kind !== "read") return assert.fail(`${path} cannot be read`);
  return { entry: reading.entry, stat, trusted: true, basis: new Map() };
}

const pathsOf = (items: readonly CopyItem[]): readonly string[] => items.map(({ path }) => path);

test("a copy is read in the order of the store, any range of it", async () => {
  const { user, hold, read } = await setUp();
  for (const path of ["b", "a", "dir/z", "dir/sub/x", "dir!"]) user.write(path, path);
  user.makeSymlink("a", "link");
  for (const path of ["b", "a", "dir", "dir/z", "dir/sub", "dir/sub/x", "dir!", "link"]) await hold(path);
  const { items, readTo } = await read(everything);
  assert.equal(readTo, undefined);
  const order = pathsOf(items);
  assert.deepEqual(order, ["a", "b", "dir", "dir!", "link", "dir/sub", "dir/z", "dir/sub/x"]);
  for (const [from, after] of order.entries()) {
    for (const [to, last] of order.entries()) {
      const range: PathRange = { after: pathOf(after), to: pathOf(last) };
      assert.deepEqual(pathsOf((await read(range)).items), order.slice(from + 1, to + 1), `${after} to ${last}`);
    }
  }
});

test("P3: one step looks at a bounded number of items and bytes, and goes on from there without a gap", async () => {
  const { user, hold, read } = await setUp();
  const count = 2 * limits.verifyItemsMax + 10;
  for (let at = 0; at < count; at += 1) {
    user.write(`file-${at}`, "");
    await hold(`file-${at}`);
  }
  const found: string[] = [];
  const lengths: number[] = [];
  for (let after: EntryPath | undefined; ; ) {
    const { items, readTo } = await read({ after, to: undefined });
    found.push(...pathsOf(items));
    lengths.push(items.length);
    after = readTo;
    if (after === undefined) break;
  }
  assert.deepEqual(lengths, [limits.verifyItemsMax, limits.verifyItemsMax, 10]);
  assert.equal(new Set(found).size, count);
  assert.equal(found.length, count);
});

test("directories that stand only for what lives in them are no items, and end no range too early", async () => {
  const { user, hold, read } = await setUp();
  for (let at = 0; at <= limits.verifyItemsMax; at += 1) {
    const name = `d${String(at).padStart(4, "0")}`;
    user.makeDirectory(name);
    await hold(name, { implicit: true });
  }
  user.write("file", "x");
  await hold("file");
  const first = await read(everything);
  assert.deepEqual(first.items, []);
  assert.ok(first.readTo !== undefined);
  const rest = await read({ after: first.readTo, to: undefined });
  assert.deepEqual([pathsOf(rest.items), rest.readTo], [["file"], undefined]);
});

test("plain, what is held by the index counts; deep, what the disk has", async () => {
  const { user, hold, read } = await setUp();
  const paths = ["gone", "kind", "rotten", "whole"];
  for (const path of paths) {
    user.write(path, `${path} as it was`);
    await hold(path);
  }
  const before = await read(everything);
  assert.deepEqual(await read(everything, true), before);

  user.remove("gone");
  user.remove("kind");
  user.makeDirectory("kind");
  user.write("rotten", "something else");
  assert.deepEqual(await read(everything), before);
  const deep = await read(everything, true);
  assert.deepEqual(pathsOf(deep.items), paths);
  const [gone, kind, rotten, whole] = deep.items;
  assert.equal(gone?.entry, undefined);
  assert.equal(kind?.entry?.kind, "directory");
  assert.notDeepEqual(rotten, before.items[2]);
  assert.equal(rotten?.entry?.kind, "file");
  assert.deepEqual(whole, before.items[3]);
});

test("P3: one deep step reads a bounded amount, one file at least", async () => {
  const { user, hold, read } = await setUp();
  for (const path of ["a", "b", "c"]) {
    user.write(path, path);
    // As the index says; the real file is small.
    await hold(path, { entry: { ...entryFile(path), size: limits.verifyDeepBytesMax } });
  }
  const first = await read(everything, true);
  assert.deepEqual([pathsOf(first.items), first.readTo], [["a"], "a"]);
  assert.equal((await read(everything, false)).items.length, 3);
});
