import assert from "node:assert/strict";
import test from "node:test";
import { Calendar, FakeClock } from "../../../simulations/world/clock.ts";
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

test("a machine's calendar drifts, stands still and can be set, for all its processes", async () => {
  const world = new World(1);
  const calendar = new Calendar(world, 500);
  const clock = new FakeClock(world, { calendar });
  const startMs = clock.wallMs();
  const passed = async (): Promise<number> => {
    await world.settle(clock.sleep(1_000));
    return clock.wallMs() - startMs;
  };
  calendar.run(0);
  assert.equal(await passed(), 0);
  calendar.run(3);
  assert.equal(await passed(), 3_000);
  calendar.run(1);
  calendar.step(-10_000);
  assert.equal(await passed(), -6_000);
  assert.equal(Math.round(calendar.skewMs), 500 - 1_000 + 2_000 - 10_000);
  assert.equal(new FakeClock(world, { calendar }).wallMs(), clock.wallMs());
  assert.equal(clock.monotonicMs(), 3_000);
});
