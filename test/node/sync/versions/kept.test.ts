/** S1: what changes from the mesh take from a disk is kept there, and can be put back. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { VersionReport } from "../../../../node/control/versions.ts";
import { RefusedError } from "../../../../node/ports.ts";
import type { SimulatedMachine } from "../../../../simulations/world/machine.ts";
import { pathsOf, textsOf, twoMachines, type TwoMachines, untilIdle } from "../two-machines.ts";
import { keptTextsOf, keptVersionsOf } from "./kept-versions.ts";

const folder = "press";

test("S1: what a change replaces or deletes is kept, and listed by path, the oldest first", async () => {
  const { site, one, other } = await twoMachines(1, ({ user }) => {
    user.write("page", "first");
    user.write("news/old", "news");
  });
  for (const text of ["second", "third"]) {
    one.user.write("page", text);
    await untilIdle(site);
  }
  one.user.remove("news/old");
  one.user.remove("page");
  await untilIdle(site);

  const versions = await keptVersionsOf(site, other);
  assert.deepEqual(
    versions.map(({ path, reason, bytes }) => [path, reason, bytes]),
    [
      ["news/old", "deleted", 4],
      ["page", "replaced", 5],
      ["page", "replaced", 6],
      ["page", "deleted", 5],
    ],
  );
  assert.deepEqual(keptTextsOf(other), ["first", "news", "second", "third"]);
  assert.deepEqual(await keptVersionsOf(site, one), [], "the user who wrote it had it in hand");
  const below = await site.world.settle(other.peer.control.versions.list({ folder, below: "news" }));
  assert.deepEqual(
    below.versions.map(({ path }) => path),
    ["news/old"],
  );
  const ofPath = await site.world.settle(other.peer.control.versions.list({ folder, path: "page" }));
  assert.equal(ofPath.versions.length, 3);
});

test("S1: a file that only moved, or changed its mode and time, leaves nothing behind", async () => {
  const { site, one, other } = await twoMachines(2, ({ user }) => user.write("page", "text"));
  one.user.rename("page", "moved");
  await untilIdle(site);
  one.user.setMode("moved", 0o600);
  await untilIdle(site);
  assert.deepEqual(await keptVersionsOf(site, other), []);
  assert.deepEqual(textsOf(other), ["text"]);
});

test("S1: a file that gives way to a directory, and a symlink, are kept like any other", async () => {
  const { site, one, other } = await twoMachines(3, ({ user }) => {
    user.write("one", "a file");
    user.makeSymlink("target", "link");
  });
  one.user.remove("one");
  one.user.write("one/inside", "in a directory");
  one.user.remove("link");
  await untilIdle(site);
  const versions = await keptVersionsOf(site, other);
  // On its way out the file may have stood beside the directory for a moment, as a copy.
  assert.deepEqual([...new Set(versions.map(({ path, kind }) => `${path}: ${kind}`))], ["link: symlink", "one: file"]);
  await restore(site, other, versions[0]);
  await untilIdle(site);
  assert.deepEqual(pathsOf(one), ["link", "one", "one/inside"]);
  assert.deepEqual(one.user.snapshot().get("link"), { kind: "symlink", target: "target" });
});

test("S1: a restored version goes to everybody like a user's write, stays kept, and what stood there is kept too", async () => {
  const { site, one, other } = await twoMachines(4, ({ user }) => user.write("page", "first"));
  one.user.write("page", "second");
  await untilIdle(site);
  const [first] = await keptVersionsOf(site, other);
  const restored = await restore(site, other, first);
  await untilIdle(site);
  assert.equal(one.user.readText("page"), "first");
  assert.equal(other.user.readText("page"), "first");
  assert.deepEqual(keptTextsOf(other), ["first", "second"]);
  const kept = (await keptVersionsOf(site, other)).find(({ version }) => version === restored.kept);
  assert.deepEqual([kept?.reason, kept?.bytes], ["replaced", 6]);
  assert.deepEqual(pathsOf(one), ["page"], "no conflict: the restore had seen what stood there");
});

test("S1: a version is restored to another path, with the directories that it needs", async () => {
  const { site, one, other } = await twoMachines(5, ({ user }) => user.write("page", "first"));
  one.user.remove("page");
  await untilIdle(site);
  const [version] = await keptVersionsOf(site, other);
  await restore(site, other, version, "back/again/page");
  await untilIdle(site);
  assert.equal(one.user.readText("back/again/page"), "first");
  assert.equal(one.user.has("page"), false);
});

test("S1: a restore never takes a directory's place, and says what is wrong with what was asked", async () => {
  const { site, one, other } = await twoMachines(6, ({ user }) => {
    user.write("page", "first");
    user.write("news/inside", "inside");
  });
  one.user.remove("page");
  await untilIdle(site);
  const [version] = await keptVersionsOf(site, other);
  assert.ok(version);
  await assert.rejects(restore(site, other, version, "news"), refusedWith(/news is a directory/));
  await assert.rejects(restore(site, other, version, "../out"), refusedWith(/no path/));
  await assert.rejects(restore(site, other, version, ".cdmesh/out"), refusedWith(/no path/));
  await assert.rejects(restore(site, other, { ...version, version: 99 }), refusedWith(/no kept version 99/));
  await assert.rejects(
    site.world.settle(other.peer.control.versions.list({ folder: "none" })),
    refusedWith(/no folder "none"/),
  );
  assert.deepEqual(pathsOf(other), ["news", "news/inside"]);
});

test("S1: kept versions outlive the store that knew them: they are found by what they are", async () => {
  const { site, one, other } = await twoMachines(7, ({ user }) => user.write("page", "first"));
  one.user.write("page", "second");
  await untilIdle(site);
  assert.deepEqual(keptTextsOf(other), ["first"]);
  await site.world.settle(other.stop());
  other.loseStore();
  await site.world.settle(other.start());
  await untilIdle(site);
  one.user.write("page", "third");
  await untilIdle(site);
  const versions = await keptVersionsOf(site, other);
  assert.deepEqual(versions.map(({ reason }) => reason).toSorted(), ["found", "replaced"]);
  assert.deepEqual(keptTextsOf(other), ["first", "second"]);
});

async function restore(
  site: TwoMachines["site"],
  machine: SimulatedMachine,
  version: VersionReport | undefined,
  to?: string,
) {
  assert.ok(version);
  return site.world.settle(
    machine.peer.control.versions.restore({ folder, path: version.path, version: version.version, to }),
  );
}

function refusedWith(pattern: RegExp) {
  return (error: unknown): boolean =>
    error instanceof RefusedError && "detail" in error.refusal && pattern.test(error.refusal.detail);
}
