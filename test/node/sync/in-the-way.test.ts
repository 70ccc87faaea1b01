/** FIFOs and the like are no entries: nobody touches them, and they are told where they stand in the way of one. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { isConflictCopyName } from "../../../protocol/folder/path.ts";
import { pathsOf, type TwoMachines, twoMachines, untilIdle } from "./two-machines.ts";

function blockedOn({ other }: TwoMachines): readonly (readonly [path: string, why: string])[] {
  const [folder] = other.peer.control.status().folders;
  return (folder?.blocked ?? []).map(({ path, why }) => [path, why] as const);
}

const nothingIsBlocked: readonly never[] = [];

test("C1: a file in whose place a FIFO stands is blocked there, is not fetched again and again, and comes once it is free", async () => {
  const mesh = await twoMachines(1, ({ user }) => user.write("before", "before"));
  const { site, world, one, other } = mesh;
  other.user.makeOther("page");
  await untilIdle(site);
  one.user.write("page", "text");
  await untilIdle(site);
  assert.deepEqual(blockedOn(mesh), [["page", "kind-unsupported"]]);
  let staged = 0;
  other.faults.disk = (_, path) => {
    if (path.startsWith(".cdmesh/staging")) staged += 1;
    return undefined;
  };
  await world.run(world.nowMs + 5 * 60_000);
  assert.equal(staged, 0);
  other.user.remove("page");
  await world.run(world.nowMs + 60_000);
  assert.equal(other.user.readText("page"), "text");
  assert.deepEqual(blockedOn(mesh), nothingIsBlocked);
});

test("C1: below a FIFO nothing can stand, and the rest arrives", async () => {
  const mesh = await twoMachines(2, ({ user }) => user.write("before", "before"));
  mesh.other.user.makeOther("news");
  await untilIdle(mesh.site);
  mesh.one.user.write("news/deep/page", "text");
  mesh.one.user.write("page", "text");
  await untilIdle(mesh.site);
  const waiting = ["news", "news/deep", "news/deep/page"];
  assert.deepEqual(
    blockedOn(mesh).toSorted(),
    waiting.map((path) => [path, "kind-unsupported"]),
  );
  assert.deepEqual(pathsOf(mesh.other), ["before", "news", "page"]);
});

test("C1: a directory that holds a FIFO gives way to no file", async () => {
  const mesh = await twoMachines(3, ({ user }) => user.write("news/page", "text"));
  mesh.other.user.makeOther("news/pipe");
  await untilIdle(mesh.site);
  mesh.one.user.remove("news");
  mesh.one.user.write("news", "now a file");
  await untilIdle(mesh.site);
  assert.deepEqual(blockedOn(mesh), [["news", "kind-unsupported"]]);
  assert.deepEqual(pathsOf(mesh.other), ["news", "news/pipe"]);
});

test("C1: a FIFO that went with its directory is in nobody's way any more", async () => {
  const mesh = await twoMachines(5, ({ user }) => user.write("before", "before"));
  const { site, one, other } = mesh;
  other.user.makeOther("news/deep/pipe");
  await untilIdle(site);
  one.user.write("news/deep/pipe", "text");
  await untilIdle(site);
  assert.deepEqual(blockedOn(mesh), [["news/deep/pipe", "kind-unsupported"]]);
  other.user.rename("news", "elsewhere");
  await untilIdle(site);
  assert.equal(other.user.readText("news/deep/pipe"), "text");
  assert.deepEqual(blockedOn(mesh), nothingIsBlocked);
});

test("S5: a file in whose place its user put a FIFO was removed by him", async () => {
  const { site, one, other } = await twoMachines(4, ({ user }) => user.write("page", "text"));
  other.user.makeOther("pipe");
  other.user.rename("pipe", "page");
  await untilIdle(site);
  assert.deepEqual(pathsOf(one), []);
  one.user.write("page", "anew");
  await untilIdle(site);
  assert.deepEqual(pathsOf(other), ["page"]);
  assert.equal(other.user.readText("page"), undefined);
});

test("C1, S1: a conflict copy goes where a FIFO blocks the path that its content returns to, and is kept for it", async () => {
  const mesh = await twoMachines(5, ({ user }) => user.write("before", "before"));
  const { site, world, one, other } = mesh;
  one.user.write("page", "text");
  other.user.write("page/inside", "text of the directory");
  await world.run(world.nowMs + 2_000);
  await untilIdle(site);
  const copy = other.user.names("").find(isConflictCopyName);
  assert.ok(copy);
  assert.equal(other.user.readText(copy), "text");
  other.user.makeOther("page/pipe");
  await untilIdle(site);
  one.user.remove("page");
  await untilIdle(site);
  assert.deepEqual(pathsOf(one), ["before", "page"]);
  assert.deepEqual(pathsOf(other), ["before", "page", "page/pipe"]);
  assert.deepEqual(blockedOn(mesh), [["page", "kind-unsupported"]]);
  await world.settle(one.stop());
  other.user.remove("page/pipe");
  await world.run(world.nowMs + 60_000);
  assert.equal(other.user.readText("page"), "text");
});
