/** Shrinking: what is left out, and that what matters stays. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { shrink } from "../../simulations/shrink.ts";

const labels = Array.from({ length: 40 }, (_, at) => `act ${at}`);

test("only what the failure needs is left", async () => {
  const needed = ["act 3", "act 17", "act 31"];
  const dropped = await shrink(labels, async (without) => !needed.some((label) => without.has(label)), 1_000);
  assert.deepEqual(
    labels.filter((label) => !dropped.includes(label)),
    needed,
  );
});

test("a failure that needs everything loses nothing, and no more tries are made than allowed", async () => {
  let tries = 0;
  const dropped = await shrink(
    labels,
    async () => {
      tries += 1;
      return false;
    },
    25,
  );
  assert.deepEqual([dropped.length, tries], [0, 25]);
});
