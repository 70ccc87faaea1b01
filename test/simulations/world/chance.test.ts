import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { Chance } from "../../../simulations/world/chance.ts";

test("one seed gives one stream, another seed another", () => {
  assert.deepEqual(Chance.ofSeed(7).bytes(64), Chance.ofSeed(7).bytes(64));
  assert.notDeepEqual(Chance.ofSeed(7).bytes(64), Chance.ofSeed(8).bytes(64));
});

test("a fork depends on its label, not on what was drawn before", () => {
  const fresh = Chance.ofSeed(7);
  const used = Chance.ofSeed(7);
  used.bytes(1_000);
  assert.deepEqual(used.fork("disk").bytes(32), fresh.fork("disk").bytes(32));
  assert.notDeepEqual(fresh.fork("disk").bytes(32), fresh.fork("network").bytes(32));
  assert.notDeepEqual(fresh.fork("a").fork("b").bytes(32), fresh.fork("b").fork("a").bytes(32));
});

test("property: numbers stay in their range", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 2 ** 32 }), (seed, below) => {
      const chance = Chance.ofSeed(seed);
      for (let draw = 0; draw < 20; draw += 1) {
        const unit = chance.unit();
        assert.ok(unit >= 0 && unit < 1);
        const integer = chance.integer(below);
        assert.ok(Number.isInteger(integer) && integer >= 0 && integer < below);
      }
    }),
  );
});

test("draws are spread evenly enough to reach every branch", () => {
  const chance = Chance.ofSeed(1);
  const counts = new Array<number>(16).fill(0);
  for (let draw = 0; draw < 16_000; draw += 1) {
    const bucket = chance.integer(16);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  for (const count of counts) assert.ok(count > 850 && count < 1_150, `a bucket got ${count} of 16,000`);
  const ones = chance.bytes(10_001).reduce((sum, byte) => sum + byte.toString(2).replaceAll("0", "").length, 0);
  assert.ok(Math.abs(ones / 80_008 - 0.5) < 0.01);
});

test("impossible requests are bugs and throw", () => {
  const chance = Chance.ofSeed(1);
  assert.throws(() => Chance.ofSeed(1.5));
  assert.throws(() => chance.integer(0));
  assert.throws(() => chance.pick([]));
});
