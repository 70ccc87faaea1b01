/** Random users on three simulated machines: copies become equal (C1) and nothing is lost (S1). */

import assert from "node:assert/strict";
import { test } from "node:test";
import { randomUsers } from "../../simulations/scenarios/random-users.ts";

/** Seeds that once failed, each with what it broke. Kept for good. */
const keptSeeds: readonly (readonly [seed: number, broke: string])[] = [
  [52, "a writer was held back for ever, for its license came while its batch was judged"],
  [64, "a commit replaced what this peer had announced since the item was made: nobody had it any more"],
  [122, "the same, by a change of mode while the content was being replaced"],
  [69, "the second edit of a path ended the conflict copy that its writer had written before"],
  [96, "a conflict copy that moved with its directory was neither announced nor removed"],
  [15, "a copy whose content had become primary was never removed"],
];

/** Fresh seeds of each run of the tests; the simulator runs many more. */
const firstSeed = 2_001;
const seeds = 20;

for (const [seed, broke] of keptSeeds) {
  test(`C1, S1: seed ${seed}, where once ${broke}`, () => holds(seed));
}

test(`C1, S1: ${seeds} seeds of random users end with equal, idle and whole copies`, async () => {
  for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) await holds(seed);
});

test("C1, S1: files and directories that take each other's names end equal too", async () => {
  for (let seed = 1; seed <= 3; seed += 1) await holds(seed, true);
});

async function holds(seed: number, swapsKinds = false): Promise<void> {
  const failures = await randomUsers({ seed, swapsKinds });
  if (failures.length === 0) return;
  const story: string[] = [];
  await randomUsers({ seed, swapsKinds, onAct: (line) => story.push(line) });
  assert.fail(
    [
      `repeat with randomUsers({ seed: ${seed}, swapsKinds: ${swapsKinds} })`,
      ...failures,
      "what the users did:",
      ...story,
    ].join("\n"),
  );
}
