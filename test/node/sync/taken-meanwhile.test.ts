/**
 * A place that was free when a new file was asked for, and was taken and left again before it came.
 * The moment between announcing and removing is short: several delays are tried.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { FakeUser } from "../../../simulations/world/user.ts";
import { pathsOf, textsOf, twoMachines, untilIdle } from "./two-machines.ts";

test("C1: a file that was announced and removed while another's of that name came is removed for all", async () => {
  for (const removedAfterMs of [60, 70, 80, 90, 100, 110, 120]) {
    const { world, site, one, other } = await twoMachines(removedAfterMs, ({ user }) => user.write("page", "at first"));
    let isWritten = false;
    other.faults.disk = (_, path) => {
      if (isWritten || !path.startsWith(".cdmesh/staging/in-")) return undefined;
      isWritten = true;
      other.user.write("new", "written and removed");
      world.schedule(removedAfterMs, () => other.user.remove("new"));
      return undefined;
    };
    one.user.write("new", "from the mesh ".repeat(200_000));
    await world.run(world.nowMs + 2_000);
    await untilIdle(site);
    assert.ok(isWritten);
    assert.ok(!textsOf(one).includes("written and removed"));
    assert.deepEqual(pathsOf(other), pathsOf(one));
  }
});

test("S1: what was announced while another version came is placed beside it, though the clock stands still", async () => {
  const { world, site, one, other } = await twoMachines(5, ({ user }) => user.write("page", "at first"));
  other.calendar.run(0);
  other.user.write("page", "then this");
  await world.run(world.nowMs + 2_000);
  let isWritten = false;
  other.faults.disk = (_, path) => {
    if (isWritten || !path.startsWith(".cdmesh/staging/in-")) return undefined;
    isWritten = true;
    other.user.write("page", "then that");
    return undefined;
  };
  one.user.write("page", "from the mesh ".repeat(200_000));
  await world.run(world.nowMs + 2_000);
  other.calendar.run(1);
  await untilIdle(site);
  assert.ok(isWritten);
  assert.ok(textsOf(one).includes("then that"));
  assert.deepEqual(pathsOf(other), pathsOf(one));
});

for (const { name, change } of [
  { name: "replaced", change: (user: FakeUser) => user.write("page", "from the mesh") },
  { name: "removed", change: (user: FakeUser) => user.remove("page") },
]) {
  test(`S2, S5: what is written over a file that is being ${name}, while the clock stands still, goes back to its place`, async () => {
    const { world, site, one, other } = await twoMachines(7, ({ user }) => user.write("page", "at first"));
    other.calendar.run(0);
    other.user.write("page", "then this");
    await world.run(world.nowMs + 2_000);
    let isWritten = false;
    other.faults.disk = (action, path) => {
      if (isWritten || !(action === "exchange" || path.startsWith(".cdmesh/versions/0/"))) return undefined;
      isWritten = true;
      other.user.write("page", "then that");
      return undefined;
    };
    change(one.user);
    await world.run(world.nowMs + 2_000);
    other.calendar.run(1);
    await untilIdle(site);
    assert.ok(isWritten);
    assert.ok(textsOf(one).includes("then that"));
    assert.deepEqual(pathsOf(other), pathsOf(one));
  });
}
