/** What users do with conflict copies: they swap them with the file, or put a directory in their place. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ContentNames } from "../../../simulations/checkers/contents.ts";
import { isConflictCopyName } from "../../../protocol/folder/path.ts";
import { pathsOf, textsOf, type TwoMachines, twoMachines, untilIdle } from "./two-machines.ts";

/** @returns the name of the copy, the same on both */
async function conflict({ world, site, one, other }: TwoMachines): Promise<string> {
  one.user.write("page", "by one");
  other.user.write("page", "by other");
  await world.run(world.nowMs + 2_000);
  await untilIdle(site);
  assert.deepEqual(pathsOf(one), pathsOf(other));
  const copy = other.user.names("").find(isConflictCopyName);
  assert.ok(copy);
  return copy;
}

test("C1: a file and its copy that were swapped wait for each other's place, and both get it", async () => {
  const machines = await twoMachines(1, ({ user }) => user.write("page", "at first"));
  const copy = await conflict(machines);
  const { world, site, one, other } = machines;
  other.user.rename("page", "beside");
  other.user.rename(copy, "page");
  other.user.rename("beside", copy);
  await world.run(world.nowMs + 5_000);
  await untilIdle(site);
  assert.deepEqual(pathsOf(one), pathsOf(other));
  for (const machine of site.machines) assert.deepEqual(textsOf(machine).toSorted(), ["by one", "by other"]);
  assert.equal(one.user.readText("page"), other.user.readText("page"));
});

test("X4: a directory in the place of a conflict copy is told and left alone, and the copy is gone", async () => {
  const machines = await twoMachines(1, ({ user }) => user.write("page", "at first"));
  const copy = await conflict(machines);
  const { world, site, one, other } = machines;
  other.user.remove(copy);
  other.user.write(`${copy}/inside`, "text");
  await world.run(world.nowMs + 5_000);
  await untilIdle(site);
  assert.deepEqual(pathsOf(one), ["page"]);
  assert.deepEqual(pathsOf(other), ["page", copy, `${copy}/inside`].toSorted());
});

test("C1, S1: where a user has a directory by the name of a copy its path shows what it shall, and the copy comes once it can", async () => {
  const machines = await twoMachines(1, ({ user }) => user.write("page", "at first"));
  const { world, site, one, other } = machines;
  const names = new ContentNames();
  const texts = ["by one", "by other"];
  const copies = texts.map((text) => `page.conflict-${names.rootOf(new TextEncoder().encode(text)).slice(0, 12)}`);
  for (const { user } of site.machines) for (const copy of copies) user.write(`${copy}/inside`, "text");
  one.user.write("page", "by one");
  other.user.write("page", "by other");
  await world.run(world.nowMs + 5_000);
  await untilIdle(site);
  assert.equal(one.user.readText("page"), other.user.readText("page"));
  for (const { user } of site.machines) for (const copy of copies) user.remove(copy);
  await world.run(world.nowMs + 60_000);
  for (const machine of site.machines) assert.deepEqual(textsOf(machine).toSorted(), texts);
});
