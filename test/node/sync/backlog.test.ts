import assert from "node:assert/strict";
import { test } from "node:test";
import { Backlog } from "../../../node/sync/backlog.ts";
import { parseEntryPath } from "../../../protocol/folder/path.ts";
import { FakeClock } from "../../../simulations/world/clock.ts";
import { World } from "../../../simulations/world/world.ts";

const path = parseEntryPath("page") ?? assert.fail();

test("C1: what failed in one phase of a round is still due in the next one, and waits in the next round", async () => {
  const world = new World(1);
  const backlog = new Backlog(new FakeClock(world));
  await world.run(1_000);
  backlog.beginRound();
  await world.run(1_010);
  backlog.failed(path, "failed");
  assert.equal(backlog.isDue(path), true);
  // A removal that has to be looked at anew does not shorten the wait of what failed.
  backlog.changed(path);
  backlog.endRound();
  await world.run(1_500);
  backlog.beginRound();
  assert.equal(backlog.isDue(path), false);
  await world.run(2_010);
  backlog.beginRound();
  assert.equal(backlog.isDue(path), true);
});
