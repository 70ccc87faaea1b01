/** Names that one machine cannot hold: an item error there, which harms nothing else. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { pathsOf, type TwoMachines, twoMachines, untilIdle } from "./two-machines.ts";

/** As on a file system that was made for another system. */
const refusesColons = (name: string): "EINVAL" | undefined => (name.includes(":") ? "EINVAL" : undefined);

async function withoutColons(seed: number): Promise<TwoMachines> {
  const mesh = await twoMachines(seed, (one) => one.user.write("before.txt", "before"));
  mesh.other.fileSystem.refuses = refusesColons;
  return mesh;
}

function blockedOn({ other }: TwoMachines): readonly (readonly [path: string, why: string])[] {
  const [folder] = other.peer.control.status().folders;
  return (folder?.blocked ?? []).map(({ path, why }) => [path, why] as const);
}

test("P6: a name that a machine cannot hold is blocked there, the rest arrives, and nobody deletes anything", async () => {
  const mesh = await withoutColons(1);
  const { site, one, other } = mesh;
  one.user.write("a:b.txt", "a colon");
  one.user.write("c.txt", "none");
  await untilIdle(site);
  assert.deepEqual(pathsOf(other), ["before.txt", "c.txt"]);
  assert.deepEqual(blockedOn(mesh), [["a:b.txt", "name-impossible"]]);
  assert.deepEqual(pathsOf(one), ["a:b.txt", "before.txt", "c.txt"]);
});

test("P6: what lies in a directory of such a name is blocked for the same reason", async () => {
  const mesh = await withoutColons(2);
  mesh.one.user.write("a:b/deep/c.txt", "below a colon");
  await untilIdle(mesh.site);
  assert.deepEqual(pathsOf(mesh.other), ["before.txt"]);
  const paths = ["a:b", "a:b/deep", "a:b/deep/c.txt"];
  assert.deepEqual(
    blockedOn(mesh).toSorted(),
    paths.map((path) => [path, "name-impossible"]),
  );
});

test("P6: it is tried again when its records change, and arrives by a name that can stand", async () => {
  const mesh = await withoutColons(3);
  const { site, one, other } = mesh;
  one.user.write("a:b.txt", "a colon");
  await untilIdle(site);
  one.user.rename("a:b.txt", "a-b.txt");
  await untilIdle(site);
  assert.deepEqual(pathsOf(other), ["a-b.txt", "before.txt"]);
  assert.deepEqual(blockedOn(mesh), []);
});

test("P6: waiting does not try it again, however long", async () => {
  const mesh = await withoutColons(4);
  const { site, one, other, world } = mesh;
  one.user.write("a:b.txt", "a colon");
  await untilIdle(site);
  let tries = 0;
  other.fileSystem.refuses = (name) => {
    if (name.includes(":")) tries += 1;
    return refusesColons(name);
  };
  await world.run(world.nowMs + 30 * 60_000);
  assert.equal(tries, 0);
});
