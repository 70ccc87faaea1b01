import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { median, medianRatio, percentile, summarize } from "../../../tools/bench/statistics.ts";

test("the median is the middle value, or the mean of the two in the middle", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([7]), 7);
  assert.ok(Number.isNaN(median([])));
});

test("property: half of all values lie on each side of the median", () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
      const middle = median(values);
      assert.ok(values.filter((value) => value < middle).length <= values.length / 2);
      assert.ok(values.filter((value) => value > middle).length <= values.length / 2);
    }),
  );
});

test("a percentile is a measured value by nearest rank, never one between two", () => {
  const thirty = Array.from({ length: 30 }, (_, at) => 30 - at);
  assert.equal(percentile(thirty, 50), 15);
  assert.equal(percentile(thirty, 95), 29);
  assert.equal(percentile(thirty, 100), 30);
  assert.equal(percentile(thirty, 0), 1);
  assert.equal(percentile([42], 95), 42);
  assert.ok(Number.isNaN(percentile([], 50)));
});

test("a summary spans all values", () => {
  assert.deepEqual(summarize([5, 1, 9]), { median: 5, min: 1, max: 9 });
});

test("a ratio compares within rounds, so a slow round of the machine weighs on both", () => {
  const own = new Map([
    [0, 200],
    [1, 20],
    [2, 2000],
  ]);
  const peer = new Map([
    [0, 100],
    [1, 10],
    [2, 1000],
  ]);
  assert.equal(medianRatio(own, peer), 2);
});

test("a ratio leaves out rounds that only one of the two finished", () => {
  const own = new Map([
    [0, 9],
    [1, 30],
  ]);
  const peer = new Map([
    [1, 10],
    [2, 1],
  ]);
  assert.equal(medianRatio(own, peer), 3);
  assert.ok(Number.isNaN(medianRatio(own, new Map())));
});
