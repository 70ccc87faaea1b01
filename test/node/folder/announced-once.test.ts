/** C1: what one look at the disk finds by two ways is one change. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { twoMachines, untilIdle } from "../sync/two-machines.ts";

test("C1: what is due by itself and with a new directory above it is one version, whatever hints come together", async () => {
  // The order of the hints differs from seed to seed.
  for (const seed of [1, 2, 4, 7]) {
    const { site, one } = await twoMachines(seed, ({ user }) => user.write("before", "before"));
    const before = one.log.lines.length;
    one.user.write("news/deep/page", "text");
    await untilIdle(site);
    const issued = one.log.lines.slice(before).filter(({ event }) => event === "versions-issued");
    const versions = issued.reduce((sum, { facts }) => sum + Number(facts["versions"]), 0);
    assert.equal(versions, 3, `seed ${seed}`);
  }
});
