/** S5: a mass delete waits for an operator, where it was made and where it is asked for. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { SimulatedMachine } from "../../../simulations/world/machine.ts";
import type { SimulatedSite } from "../../../simulations/world/site.ts";
import { pathsOf, twoMachines, untilIdle } from "../sync/two-machines.ts";

const count = 130;
const names = Array.from({ length: count }, (_, at) => `docs/${at}.html`);
/** On the same disk, and not in the folder. */
const elsewhere = ".cdmesh/elsewhere";
const everything = ["docs", ...names].toSorted();

/** Two peers with so many files that the marks of a policy that says nothing (100 files, 50 %) can be passed. */
async function filled(seed: number) {
  const machines = await twoMachines(seed, ({ user }) => {
    for (const name of names) user.write(name, `content of ${name}`);
  });
  await quiet(machines.site);
  return machines;
}

function folderOf({ peer }: SimulatedMachine) {
  return peer.control.status().folders[0] ?? assert.fail();
}

/** A change takes a moment to be seen before anybody is busy with it. */
async function quiet(site: SimulatedSite): Promise<void> {
  await site.world.run(site.world.nowMs + 2_000);
  await untilIdle(site);
}

function decide({ peer }: SimulatedMachine, verdict: "release" | "discard", paths: readonly string[] = []) {
  return peer.control.deletes.decide(verdict, { folder: "press", paths });
}

test("S5: a mass delete waits for an operator where it was made; nobody else loses anything, and nothing else waits", async () => {
  const { world, site, one, other } = await filled(1);
  one.user.remove("docs");
  one.user.write("fresh.html", "fresh");
  await quiet(site);
  assert.deepEqual(pathsOf(other), [...everything, "fresh.html"]);
  assert.deepEqual(pathsOf(one), ["fresh.html"]);
  assert.equal(folderOf(one).heldBack, count);
  assert.ok(folderOf(one).reasons.some(({ code }) => code === "deletes-wait"));

  const report = await world.settle(one.peer.control.deletes.report({ folder: "press", paths: [] }));
  assert.deepEqual(
    report.waiting.map(({ side, files, by }) => [side, files, by.server]),
    [["here", count, "one"]],
  );

  await world.settle(decide(one, "release", ["docs/1.html"]));
  await quiet(site);
  assert.equal(pathsOf(other).includes("docs/1.html"), false);
  assert.equal(pathsOf(other).length, everything.length);

  await world.settle(decide(one, "release"));
  await quiet(site);
  assert.deepEqual(folderOf(one).heldBack, 0);
  // The other end has a brake of its own: it asks again.
  const asked = await world.settle(other.peer.control.deletes.report({ folder: "press", paths: [] }));
  assert.deepEqual(
    asked.waiting.map(({ side, files, by }) => [side, files, by.server]),
    [["asked", count - 1, "one"]],
  );
  await world.settle(decide(other, "release"));
  await quiet(site);
  assert.deepEqual([pathsOf(one), pathsOf(other)], [["fresh.html"], ["fresh.html"]]);
});

test("S5: what waits is still waiting after a restart, and comes back from others when it is discarded", async () => {
  const { world, site, one, other } = await filled(2);
  one.user.remove("docs");
  await quiet(site);
  one.kill();
  await world.settle(one.start());
  await quiet(site);
  assert.deepEqual(pathsOf(other), everything);
  assert.equal(folderOf(one).heldBack, count);
  await world.settle(decide(one, "discard"));
  await quiet(site);
  assert.deepEqual([pathsOf(one), pathsOf(other)], [everything, everything]);
  assert.equal(folderOf(one).heldBack, 0);
});

test("S5: what a user deleted is not made again while that waits, also when others change it", async () => {
  const { site, one, other } = await filled(3);
  one.user.remove("docs");
  await quiet(site);
  other.user.write("docs/7.html", "written anew elsewhere");
  await quiet(site);
  assert.deepEqual(pathsOf(one), []);
  const { missingFiles, heldBack, state } = folderOf(one);
  assert.deepEqual([missingFiles, state], [0, "idle"]);
  assert.ok(heldBack >= count);
});

test("S5: files that are brought back, or turn up under another name, are no delete any more", async () => {
  const { world, site, one, other } = await filled(4);
  one.user.rename("docs", elsewhere);
  await quiet(site);
  assert.equal(folderOf(one).heldBack, count);
  one.user.rename(elsewhere, "moved");
  await quiet(site);
  assert.equal(folderOf(one).heldBack, 0);
  assert.deepEqual(
    pathsOf(other),
    everything.map((path) => path.replace("docs", "moved")),
  );

  one.user.rename("moved", elsewhere);
  await quiet(site);
  assert.equal(folderOf(one).heldBack, count);
  one.user.rename(elsewhere, "moved");
  await quiet(site);
  assert.equal(folderOf(one).heldBack, 0);
  // A small delete is one's own business as before.
  one.user.remove("moved/3.html");
  await quiet(site);
  assert.equal(pathsOf(other).length, everything.length - 1);
  assert.deepEqual((await world.settle(one.peer.control.deletes.report({ folder: "press", paths: [] }))).waiting, []);
});

test("S5: a rename of the whole tree is no mass delete", async () => {
  const { site, one, other } = await filled(5);
  one.user.rename("docs", "archive");
  await quiet(site);
  assert.deepEqual(
    pathsOf(other),
    everything.map((path) => path.replace("docs", "archive")),
  );
  assert.deepEqual([folderOf(one).heldBack, folderOf(other).heldBack], [0, 0]);
});

test("S5: deletes one after the other within ten minutes are one mass delete; later ones are not", async () => {
  const { world, site, one, other } = await filled(6);
  for (const name of names.slice(0, 100)) one.user.remove(name);
  await quiet(site);
  assert.equal(pathsOf(other).length, everything.length - 100);
  one.user.remove("docs/100.html");
  await quiet(site);
  assert.equal(folderOf(one).heldBack, 1);
  await world.settle(decide(one, "release"));
  await world.run(world.nowMs + 11 * 60_000);
  one.user.remove("docs/101.html");
  await quiet(site);
  assert.equal(folderOf(one).heldBack, 0);
  assert.equal(other.user.has("docs/101.html"), false);
});

test("S5, X2: a peer that does not follow a mass delete gives the files back to everybody, restart or not", async () => {
  const { world, site, one, other } = await filled(7);
  one.user.remove("docs");
  await quiet(site);
  await world.settle(decide(one, "release"));
  await quiet(site);
  other.kill();
  await world.settle(other.start());
  await quiet(site);
  assert.deepEqual(pathsOf(other), everything);
  await world.settle(decide(other, "discard", ["docs/1.html", "docs/2.html"]));
  await quiet(site);
  const back = ["docs", "docs/1.html", "docs/2.html"];
  assert.deepEqual(pathsOf(one), back);
  await world.settle(decide(other, "release"));
  await quiet(site);
  assert.deepEqual([pathsOf(one), pathsOf(other)], [back, back]);
  assert.deepEqual([folderOf(one).heldBack, folderOf(other).heldBack], [0, 0]);
});
