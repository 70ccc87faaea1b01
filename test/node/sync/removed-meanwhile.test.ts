/**
 * A file that became a directory elsewhere, and is removed by its user at any moment of the way there.
 * Before each call of the disk about it, one after the other.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { pathsOf, twoMachines, untilIdle } from "./two-machines.ts";

test("C1: a file that its user removes while it gives way to a directory is gone for all", async () => {
  let removed = 0;
  for (let nth = 1; nth <= 14; nth += 1) {
    const { world, site, one, other } = await twoMachines(nth, ({ user }) => user.write("name", "at first"));
    let calls = 0;
    other.faults.disk = (_, path) => {
      if (path !== "name") return undefined;
      calls += 1;
      if (calls === nth && other.user.snapshot().get("name")?.kind === "file") {
        removed += 1;
        other.user.remove("name");
      }
      return undefined;
    };
    one.user.remove("name");
    one.user.write("name/inside", "inside");
    other.user.write("name", "edited at the same time");
    await world.run(world.nowMs + 1_000);
    await untilIdle(site);
    assert.ok(pathsOf(one).includes("name/inside"), `call ${nth}: ${pathsOf(one).join(", ")}`);
    assert.deepEqual(pathsOf(other), pathsOf(one));
  }
  assert.ok(removed > 10, `${removed} of 14 calls found the file`);
});
