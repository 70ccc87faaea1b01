/**
 * The simulator is measured by bugs that are planted on purpose (harness rule h): each is caught
 * within a fixed number of seeds, and the table of simulations/README.md says by which.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { plantedBugs, plantIn, seedsTried } from "../../../simulations/planted-bugs.ts";
import { Fleet } from "../../../tools/simulate/fleet.ts";

const root = join(import.meta.dirname, "../../..");

test("every planted bug changes what stands in its files", () => {
  for (const bug of plantedBugs) {
    for (const file of new Set(bug.edits.map((edit) => edit.file))) {
      const source = readFileSync(join(root, file), "utf8");
      assert.notEqual(plantIn(bug, file, source), source);
    }
  }
});

test("at least twenty bugs are planted, each under a name of its own, and the table tells of each", () => {
  assert.ok(new Set(plantedBugs.map(({ name }) => name)).size >= 20);
  const readme = readFileSync(join(root, "simulations/README.md"), "utf8");
  for (const { name, says, caught } of plantedBugs) {
    const row = `| ${name} | ${says} | ${caught.scenario} | ${caught.seed} | ${caught.promise} |`;
    assert.ok(readme.includes(row), `simulations/README.md lacks the row\n${row}`);
  }
});

for (const { name, says, caught } of plantedBugs) {
  test(`${caught.promise}: ${name}: it is found out that ${says}`, async () => {
    const fleet = new Fleet({ workers: 1, countsBranches: false, plantedBug: name });
    const isCaughtBy = async (seed: number): Promise<boolean> => {
      const { violations } = await fleet.run({ scenario: caught.scenario, seed, course: 0, dropped: [] });
      return violations.length > 0;
    };
    try {
      // The seed of the table as a rule; whatever changes delays may make it another one.
      if (await isCaughtBy(caught.seed)) return;
      for (let seed = 1; seed <= seedsTried; seed += 1) if (await isCaughtBy(seed)) return;
      assert.fail(`none of ${seedsTried} seeds of "${caught.scenario}" found out that ${says}`);
    } finally {
      fleet.stop();
    }
  });
}
