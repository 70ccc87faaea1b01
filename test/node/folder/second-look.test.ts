/** A disk that lies: what reads differently each time was written by nobody. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { textsOf, twoMachines, untilIdle } from "../sync/two-machines.ts";

test("C4: a file that its disk reads wrong each time is told as no edit, so what another user put in its place stands alone", async () => {
  const { world, site, one, other } = await twoMachines(9, ({ user }) => user.write("page", "at first"));
  let misread = 0;
  other.faults.spoilRead = (path, bytes) => {
    if (path !== "page") return;
    misread += 1;
    bytes[misread % bytes.length] = 0x20 + misread;
  };
  other.user.setMode("page", 0o644);
  await world.run(world.nowMs + 2_000);
  one.user.write("page", "then this");
  await world.run(world.nowMs + 2_000);
  other.faults.spoilRead = undefined;
  await untilIdle(site);
  assert.ok(misread > 0);
  for (const machine of [one, other]) assert.deepEqual(textsOf(machine), ["then this"]);
});

test("S1: what was read wrong at first is told as it is once it reads the same twice", async () => {
  const { site, one, other } = await twoMachines(9, ({ user }) => user.write("news", "inside"));
  other.faults.spoilRead = (path, bytes) => {
    if (path !== "page") return;
    bytes[0] = 0x20;
    other.faults.spoilRead = undefined;
  };
  other.user.write("page", "at first");
  await untilIdle(site);
  assert.equal(other.faults.spoilRead, undefined);
  assert.equal(one.user.readText("page"), "at first");
});
