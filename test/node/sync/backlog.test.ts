import assert from "node:assert/strict";
import { test } from "node:test";
import { Backlog } from "../../../node/sync/backlog.ts";
import { rootOfChunks } from "../../../protocol/content/manifest-builder.ts";
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

test("C1: what nobody has of a path is asked for less each time, also where something else has its place meanwhile", async () => {
  const world = new World(1);
  const backlog = new Backlog(new FakeClock(world));
  const copy = { path: "page.conflict-0123456789ab", content: rootOfChunks([]) };
  const isBlocked = (): boolean => backlog.blocked().some((blocked) => blocked.path === path);
  for (const waitMs of [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]) {
    backlog.beginRound();
    assert.ok(backlog.isDue(path));
    backlog.taken(path, { why: "kind-unsupported" });
    backlog.missing(path, copy);
    backlog.endRound();
    assert.equal(backlog.nextDueInMs(), waitMs);
    await world.run(world.nowMs + waitMs / 2);
    // Other paths are due.
    backlog.beginRound();
    assert.ok(!backlog.isDue(path));
    backlog.endRound();
    assert.ok(isBlocked());
    assert.deepEqual([backlog.unfound(), backlog.blockedAlone], [[copy], 0]);
    await world.run(world.nowMs + waitMs / 2);
  }
  backlog.beginRound();
  backlog.taken(path, { why: "kind-unsupported" });
  backlog.endRound();
  assert.deepEqual([backlog.unfound(), backlog.blockedAlone], [[], 1]);
  backlog.beginRound();
  backlog.endRound();
  assert.ok(!isBlocked());
});
