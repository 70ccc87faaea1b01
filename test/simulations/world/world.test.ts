import assert from "node:assert/strict";
import test from "node:test";
import { World } from "../../../simulations/world/world.ts";

/** Three loops that ask, wait and disturb each other: enough for any disorder to show. */
async function busyWorld(seed: number): Promise<{ readonly hash: string; readonly story: readonly string[] }> {
  const world = new World(seed);
  const story: string[] = [];
  const loop = async (name: string): Promise<void> => {
    const chance = world.chance.fork(name);
    for (let round = 0; round < 20; round += 1) {
      const drawn = await world.answer(`${name} asks`, () => chance.integer(100));
      story.push(`${name} ${round} ${drawn} at ${world.nowMs}`);
      world.schedule(drawn, () => story.push(`${name} heard back at ${world.nowMs}`));
    }
  };
  const loops = ["one", "two", "three"].map(loop);
  await world.run(10_000);
  await Promise.all(loops);
  return { hash: world.traceHash(), story };
}

test("one seed gives one trace hash, another seed another", async () => {
  const first = await busyWorld(42);
  const again = await busyWorld(42);
  const other = await busyWorld(43);
  assert.equal(again.hash, first.hash);
  assert.deepEqual(again.story, first.story);
  assert.notEqual(other.hash, first.hash);
});

test("events happen in the order of virtual time, whatever the order of scheduling", async () => {
  const world = new World(1);
  const happened: number[] = [];
  const delays = Array.from({ length: 500 }, () => world.chance.integer(1_000));
  for (const delayMs of delays) {
    world.schedule(delayMs, () => {
      assert.equal(world.nowMs, delayMs);
      happened.push(delayMs);
    });
  }
  await world.run(2_000);
  assert.deepEqual(
    happened,
    delays.toSorted((one, other) => one - other),
  );
  assert.equal(world.nowMs, 2_000);
});

test("the order of equal times is drawn from the seed", async () => {
  const orderOf = async (seed: number): Promise<string> => {
    const world = new World(seed);
    let order = "";
    for (const name of "abcdefgh") {
      world.schedule(5, () => {
        order += name;
      });
    }
    await world.run(5);
    return order;
  };
  assert.equal(await orderOf(1), await orderOf(1));
  const distinct = new Set<string>();
  for (let seed = 0; seed < 10; seed += 1) distinct.add(await orderOf(seed));
  assert.ok(distinct.size > 8, `10 seeds gave ${distinct.size} orders`);
});

test("all that follows from an event happens at its instant, before the next event", async () => {
  const world = new World(1);
  const story: string[] = [];
  world.schedule(1, () => {
    void (async () => {
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
      story.push(`followed at ${world.nowMs}`);
    })();
  });
  world.schedule(1.001, () => story.push("next"));
  await world.run(10);
  assert.deepEqual(story, ["followed at 1", "next"]);
});

test("a cancelled event never happens, and cancelling twice is harmless", async () => {
  const world = new World(1);
  const cancel = world.schedule(5, () => assert.fail("it was cancelled"));
  cancel();
  cancel();
  await world.run(10);
});

test("answers come later and overtake each other", async () => {
  const world = new World(3);
  const order: number[] = [];
  for (let question = 0; question < 50; question += 1) {
    void world.answer("question", () => question).then((answer) => order.push(answer));
  }
  assert.deepEqual(order, []);
  await world.run(1_000);
  assert.equal(order.length, 50);
  assert.notDeepEqual(
    order,
    order.toSorted((one, other) => one - other),
  );
});

test("an answer that throws rejects for the one who asked, and the world goes on", async () => {
  const world = new World(1);
  const asked = world.answer("question", () => {
    throw new Error("no space");
  });
  const refused = assert.rejects(asked, /no space/);
  await world.run(1_000);
  await refused;
});

test("a run stops when its condition holds, and goes on from there", async () => {
  const world = new World(1);
  let count = 0;
  for (let event = 1; event <= 10; event += 1) {
    world.schedule(event, () => {
      count += 1;
    });
  }
  await world.run(100, () => count === 4);
  assert.equal(world.nowMs, 4);
  await world.run(100);
  assert.equal(count, 10);
});

test("a world can run until one promise settles, and says when it never does", async () => {
  const world = new World(1);
  assert.equal(await world.settle(world.answer("question", () => 7)), 7);
  assert.ok(world.nowMs < 100);
  const refused = world.answer("question", () => {
    throw new Error("no");
  });
  await assert.rejects(world.settle(refused), /^Error: no$/);
  await assert.rejects(world.settle(new Promise(() => undefined), 1_000), /seed 1: still unsettled after 1000 ms/);
});

test("a failing event fails the run and says seed and time", async () => {
  const world = new World(77);
  world.schedule(12, () => {
    throw new Error("broken");
  });
  await assert.rejects(world.run(100), /seed 77 failed at 12 ms: broken/);
});

test("a rejection that nobody handles fails the run", async () => {
  const world = new World(77);
  world.schedule(12, () => {
    void Promise.reject(new Error("unheard"));
  });
  await assert.rejects(world.run(100), /seed 77 failed at 12 ms: unheard/);
});

test("a life that ended hears and does nothing more", async () => {
  const world = new World(1);
  const life = world.life("peer");
  let beats = 0;
  const beat = (): void => {
    beats += 1;
    life.schedule(10, beat);
  };
  beat();
  world.schedule(35, () => {
    void life.answer("question", () => assert.fail("nobody is there to ask"));
    life.end();
  });
  await world.run(1_000);
  assert.equal(beats, 4);
});

test("time never starts over and impossible delays are bugs", () => {
  const world = new World(1);
  assert.throws(() => world.schedule(-1, () => undefined));
  assert.throws(() => world.schedule(Number.NaN, () => undefined));
});

test("the trace can be watched line by line", async () => {
  const lines: string[] = [];
  const world = new World(1, { onTrace: (line) => lines.push(line) });
  void world.answer("disk read", () => undefined);
  await world.run(100);
  assert.equal(lines.length, 2);
  assert.equal(lines[1], "disk read");
});

test("a stalled life hears nothing until it goes on, then all of it in order; what it asked for is done meanwhile", async () => {
  const world = new World(1);
  const life = world.life("peer");
  const story: string[] = [];
  let doneMs = 0;
  const act = (): void => {
    doneMs = world.nowMs;
  };
  void life.answer("question", act).then(() => story.push(`answered at ${world.nowMs}`));
  for (const delayMs of [100, 150]) life.schedule(delayMs, () => story.push(`${delayMs} at ${world.nowMs}`));
  const cancel = life.schedule(120, () => story.push("it was cancelled"));
  life.schedule(100.5, cancel);
  life.schedule(2_000, () => story.push("later"));
  life.stall(1_000);
  await world.run(3_000);
  assert.ok(doneMs < 100);
  assert.deepEqual(story, ["answered at 1000", "100 at 1000", "150 at 1000", "later"]);
});
