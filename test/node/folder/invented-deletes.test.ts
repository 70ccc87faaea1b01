/** S5: what a peer cannot see is not deleted. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { pathsOf, twoMachines, untilIdle } from "../sync/two-machines.ts";

const files = ["a.html", "news", "news/b.html"];

async function filled(seed: number) {
  return twoMachines(seed, ({ user }) => {
    user.write("a.html", "a");
    user.write("news/b.html", "b");
  });
}

test("S5: a root that is empty and without its marker deletes nothing elsewhere, and says so", async () => {
  const { world, one, other } = await filled(1);
  one.user.remove(".cdmesh");
  one.user.remove("a.html");
  one.user.remove("news");
  await world.run(world.nowMs + 30_000);
  assert.deepEqual(pathsOf(other), files);
  const [folder] = one.peer.control.status().folders;
  assert.ok(
    folder?.reasons.some(({ code }) => code === "troubled"),
    JSON.stringify(folder?.reasons),
  );
});

test("S5: a directory that cannot be listed deletes nothing; once it can be, its deletes go out", async () => {
  const { world, site, one, other } = await filled(2);
  one.faults.disk = (action, path) => (action === "list" && path === "news" ? "EIO" : undefined);
  one.user.remove("news/b.html");
  await world.run(world.nowMs + 10_000);
  assert.deepEqual(pathsOf(other), files);
  one.faults.disk = () => undefined;
  one.user.write("news/c.html", "c");
  await untilIdle(site);
  assert.deepEqual(pathsOf(other), ["a.html", "news", "news/c.html"]);
});

test("S5: a file that cannot be read is no delete", async () => {
  const { world, one, other } = await filled(3);
  one.faults.disk = (action, path) => (action === "open" && path === "a.html" ? "EACCES" : undefined);
  one.user.write("a.html", "changed, unreadable");
  await world.run(world.nowMs + 10_000);
  assert.deepEqual(pathsOf(other), files);
  assert.equal(other.user.readText("a.html"), "a");
});

test("a directory that becomes a file takes what was in it along", async () => {
  const { site, one, other } = await filled(4);
  one.user.remove("news");
  one.user.write("news", "a file by now");
  await untilIdle(site);
  assert.deepEqual(pathsOf(other), ["a.html", "news"]);
  assert.equal(other.user.readText("news"), "a file by now");
});

test("a rename reaches the others as one: no content is fetched", async () => {
  const { site, one, other } = await filled(5);
  const fetchedBefore = other.peer.control.status().folders[0]?.bytesFetched;
  one.user.rename("news/b.html", "news/c.html");
  await untilIdle(site);
  assert.deepEqual(pathsOf(other), ["a.html", "news", "news/c.html"]);
  assert.equal(other.peer.control.status().folders[0]?.bytesFetched, fetchedBefore);
});

const root = "/srv/press";

test("S5: a root that is unmounted while the peer runs deletes nothing, and goes on once it is back", async () => {
  const { world, site, one, other } = await filled(6);
  one.fileSystem.rename(root, "/srv/unmounted");
  one.fileSystem.makeDirectory(root, 0o755);
  await world.run(world.nowMs + 30_000);
  assert.deepEqual(pathsOf(other), files);
  assert.ok(one.peer.control.status().folders[0]?.reasons.some(({ code }) => code === "troubled"));
  one.fileSystem.removeDirectory(root);
  one.fileSystem.rename("/srv/unmounted", root);
  one.user.write("c.html", "c");
  await world.run(world.nowMs + 10_000);
  await untilIdle(site);
  assert.deepEqual(pathsOf(other), ["a.html", "c.html", "news", "news/b.html"]);
});

test("S5: another directory at the root's path proves nothing, whatever marker it has", async () => {
  const { world, one, other } = await filled(7);
  one.fileSystem.rename(root, "/srv/unmounted");
  one.fileSystem.makeDirectory(root, 0o755);
  one.fileSystem.makeDirectory(`${root}/.cdmesh`, 0o700);
  one.fileSystem.link("/srv/unmounted/.cdmesh/folder.json", `${root}/.cdmesh/folder.json`);
  await world.run(world.nowMs + 30_000);
  assert.deepEqual(pathsOf(other), files);
});

test("S5: a marker of another time is no proof: another process, or an older copy of the root", async () => {
  const { world, one, other } = await filled(8);
  const marker = ".cdmesh/folder.json";
  const before = one.user.readText(marker) ?? "";
  one.user.write("later.html", "later");
  await world.run(world.nowMs + 10_000);
  assert.notEqual(one.user.readText(marker), before);
  one.user.replace(marker, before);
  one.user.remove("a.html");
  other.user.write("news/b.html", "changed meanwhile");
  await world.run(world.nowMs + 30_000);
  assert.deepEqual(pathsOf(other), [...files, "later.html"].toSorted());
  assert.equal(one.user.readText("news/b.html"), "b");
  const reasons = one.peer.control.status().folders[0]?.reasons ?? [];
  assert.match(JSON.stringify(reasons), /of another time/);
});

test("S5: a root that belongs to another peer is refused, and a copy of its root too", async () => {
  const { world, one, other } = await filled(9);
  other.kill();
  other.user.replace(".cdmesh/folder.json", one.user.readText(".cdmesh/folder.json") ?? "");
  await assert.rejects(world.settle(other.start()), /two peers cannot share one root/);
});
