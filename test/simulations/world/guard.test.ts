import assert from "node:assert/strict";
import test from "node:test";
import { World } from "../../../simulations/world/world.ts";

const reaches: Record<string, () => unknown> = {
  "Date.now": () => Date.now(),
  "new Date": () => new Date(),
  "Math.random": () => Math.random(),
  "performance.now": () => performance.now(),
  setTimeout: () => setTimeout(() => undefined, 0),
  setInterval: () => setInterval(() => undefined, 0),
  setImmediate: () => setImmediate(() => undefined),
  "AbortSignal.timeout": () => AbortSignal.timeout(1),
  "crypto.getRandomValues": () => crypto.getRandomValues(new Uint8Array(1)),
  "crypto.randomUUID": () => crypto.randomUUID(),
};

for (const [name, reach] of Object.entries(reaches)) {
  test(`${name} fails a run and works again behind it`, async () => {
    const world = new World(1);
    world.schedule(1, () => reach());
    await assert.rejects(world.run(10), /only ports reach the world/);
    const working = reach();
    if (name === "setInterval" || name === "setTimeout") clearTimeout(Number(working));
  });
}

test("dates of given instants stay values in a run", async () => {
  const world = new World(1);
  let text = "";
  world.schedule(1, () => {
    const date = new Date(0);
    assert.ok(date instanceof Date);
    text = date.toISOString();
  });
  await world.run(10);
  assert.equal(text, "1970-01-01T00:00:00.000Z");
});

test("one world runs at a time", async () => {
  const first = new World(1).run(10);
  await assert.rejects(new World(2).run(10), /another world is running/);
  await first;
  await new World(3).run(10);
});
