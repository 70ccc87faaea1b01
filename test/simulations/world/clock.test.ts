import assert from "node:assert/strict";
import test from "node:test";
import { FakeClock } from "../../../simulations/world/clock.ts";
import { World } from "../../../simulations/world/world.ts";
import { clockContract } from "../../contracts/clock.contract.ts";

clockContract("fake clock", () => {
  const world = new World(1);
  return { clock: new FakeClock(world), settle: (work) => world.settle(work) };
});

clockContract("fake clock with skew", () => {
  const world = new World(1);
  return { clock: new FakeClock(world, { skewMs: -90_000 }), settle: (work) => world.settle(work) };
});

test("skew and steps move the calendar and no timer", async () => {
  const world = new World(1);
  const right = new FakeClock(world);
  const wrong = new FakeClock(world, { skewMs: 60_000 });
  assert.equal(wrong.wallMs() - right.wallMs(), 60_000);
  wrong.after(10, () => wrong.stepWall(-100_000));
  await world.settle(wrong.sleep(1_000));
  assert.equal(world.nowMs, 1_000);
  assert.equal(wrong.wallMs() - right.wallMs(), -40_000);
  assert.equal(wrong.monotonicMs(), right.monotonicMs());
});
