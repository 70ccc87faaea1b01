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
