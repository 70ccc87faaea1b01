/**
 * Directories under two users at the same moment: moved, removed, written into, given the name of a
 * file. Everything is keyed by path, so no move can put a directory into itself or cut it off (C6).
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { keptVersionsOf } from "./versions/kept-versions.ts";
import { type TwoMachines, pathsOf, textsOf, twoMachines, untilIdle } from "./two-machines.ts";

/** Both show the same, and all of it. */
async function assertEqualTrees({ site, one, other }: TwoMachines, ...paths: readonly string[]): Promise<void> {
  await untilIdle(site);
  const named = (path: string): string => path.replace(/conflict-[0-9a-f]{12}/, "conflict");
  assert.deepEqual(pathsOf(one).map(named), paths);
  assert.deepEqual(pathsOf(other), pathsOf(one));
  assert.deepEqual(textsOf(other), textsOf(one));
}

test("C6: two directories that are moved into each other at the same time make no cycle and lose nothing", async () => {
  const mesh = await twoMachines(1, ({ user }) => {
    user.write("a/x", "x");
    user.write("b/y", "y");
  });
  mesh.one.user.rename("a", "b/a");
  mesh.other.user.rename("b", "a/b");
  await assertEqualTrees(mesh, "a", "a/b", "a/b/y", "b", "b/a", "b/a/x");
});

test("C6: a directory that two users move to different places keeps its files within reach", async () => {
  const mesh = await twoMachines(2, ({ user }) => user.write("a/x", "x"));
  mesh.one.user.rename("a", "b");
  mesh.other.user.rename("a", "c");
  await assertEqualTrees(mesh, "b", "b/x", "c", "c/x");
});

test("C6: what is written into a directory while it is moved elsewhere stays at its path", async () => {
  const mesh = await twoMachines(3, ({ user }) => user.write("a/x", "x"));
  mesh.one.user.rename("a", "b");
  mesh.other.user.write("a/new", "new");
  await assertEqualTrees(mesh, "a", "a/new", "b", "b/x");
});

test("C6, X2: of a directory that one user removes, what another edits in it survives", async () => {
  const mesh = await twoMachines(4, ({ user }) => {
    user.write("a/deep/x", "x");
    user.write("a/y", "y");
  });
  mesh.one.user.remove("a");
  mesh.other.user.write("a/deep/x", "an edit");
  await assertEqualTrees(mesh, "a", "a/deep", "a/deep/x");
  assert.deepEqual(textsOf(mesh.one), ["an edit"]);
});

/** One user puts a file where the other one goes on writing into the directory. */
async function fileOverDirectory(seed: number): Promise<TwoMachines> {
  const mesh = await twoMachines(seed, ({ user }) => user.write("a/x", "x"));
  mesh.one.user.remove("a");
  mesh.one.user.write("a", "a file");
  mesh.other.user.write("a/x", "an edit");
  await assertEqualTrees(mesh, "a", "a.conflict", "a/x");
  return mesh;
}

test("FORMATS 23: a file gives its place to a directory that something lives in, and takes it back without a byte sent", async () => {
  const mesh = await fileOverDirectory(5);
  const fetched = (): readonly number[] =>
    [mesh.one, mesh.other].map(({ peer }) => peer.control.status().folders[0]?.bytesFetched ?? 0);
  const before = fetched();
  mesh.other.user.remove("a");
  await assertEqualTrees(mesh, "a");
  assert.deepEqual(textsOf(mesh.other), ["a file"]);
  assert.deepEqual(fetched(), before);
});

test("FORMATS 23, X4: an edit of such a copy is the next version of the file, and shows as one copy again", async () => {
  const mesh = await fileOverDirectory(6);
  const copy = pathsOf(mesh.other).find((path) => path.startsWith("a.conflict"));
  mesh.other.user.write(copy ?? "", "an edited file");
  await assertEqualTrees(mesh, "a", "a.conflict", "a/x");
  assert.deepEqual(textsOf(mesh.one), ["an edit", "an edited file"]);
  mesh.one.user.remove("a/x");
  await assertEqualTrees(mesh, "a");
  assert.deepEqual(textsOf(mesh.one), ["an edited file"]);
});

test("FORMATS 23: a symlink gives its place too, and removing its copy ends it", async () => {
  const mesh = await twoMachines(7, ({ user }) => user.write("a/x", "x"));
  mesh.one.user.remove("a");
  mesh.one.user.makeSymlink("elsewhere", "a");
  mesh.other.user.write("a/x", "an edit");
  await assertEqualTrees(mesh, "a", "a.conflict", "a/x");
  mesh.one.user.remove(pathsOf(mesh.one).find((path) => path.startsWith("a.conflict")) ?? "");
  await assertEqualTrees(mesh, "a", "a/x");
  mesh.other.user.remove("a/x");
  await assertEqualTrees(mesh);
});

test("C1, S1: a file that its user moves into a directory of its own name arrives there, and is kept until then", async () => {
  const mesh = await twoMachines(1, ({ user }) => user.write("a", "what was a"));
  mesh.one.user.rename("a", "aside");
  mesh.one.user.rename("aside", "a/x");
  await mesh.world.run(mesh.world.nowMs + 1_000);
  await assertEqualTrees(mesh, "a", "a/x");
  assert.deepEqual(textsOf(mesh.other), ["what was a"]);
  const kept = await keptVersionsOf(mesh.site, mesh.other);
  // Such a version outlives any retention: nobody else may have it.
  assert.deepEqual(
    kept.map(({ path, reason }) => [path, reason]),
    [["a", "surprise"]],
  );
});

test("C1: two files that go into directories of each other's names arrive there", async () => {
  const mesh = await twoMachines(6, ({ user }) => {
    user.write("a", "what was a");
    user.write("b", "what was b");
  });
  mesh.one.user.rename("a", "aside");
  mesh.one.user.rename("b", "a/x");
  mesh.one.user.rename("aside", "b/y");
  await mesh.world.run(mesh.world.nowMs + 1_000);
  await assertEqualTrees(mesh, "a", "a/x", "b", "b/y");
  assert.deepEqual(textsOf(mesh.other), ["what was b", "what was a"]);
});
