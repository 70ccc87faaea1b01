/**
 * Measures the simulator: `node tools/simulate/planted.ts [NAME...]` plants each bug in turn and
 * says with which seed of its scenario it is caught first, and by which promise.
 */

import { availableParallelism } from "node:os";
import { type PlantedBug, plantedBugs } from "../../simulations/planted/bugs.ts";
import { Fleet } from "./fleet.ts";

const seedsTried = 60;

async function main(names: readonly string[]): Promise<number> {
  const bugs = plantedBugs.filter(({ name }) => names.length === 0 || names.includes(name));
  let missed = 0;
  for (const bug of bugs) {
    const found = await catchBug(bug);
    if (found === undefined) missed += 1;
    const result = found === undefined ? `not caught by ${seedsTried} seeds` : `seed ${found.seed}: ${found.violation}`;
    console.log(`${bug.name} | ${bug.caught.scenario} | ${result}`);
  }
  return missed === 0 ? 0 : 1;
}

/** The first seed whose run breaks the promise of the bug's checker, or any if none does. */
async function catchBug({ name, caught: { scenario, promise } }: PlantedBug) {
  const fleet = new Fleet({ workers: availableParallelism(), countsBranches: false, plantedBug: name });
  try {
    for (let seed = 1; seed <= seedsTried; seed += fleet.size) {
      const runs = Array.from({ length: fleet.size }, (_, at) =>
        fleet.run({ scenario, seed: seed + at, course: 0, dropped: [] }),
      );
      for (const done of await Promise.all(runs)) {
        const violation = done.violations.find((one) => one.startsWith(`${promise}:`)) ?? done.violations[0];
        if (violation !== undefined) return { seed: done.seed, violation };
      }
    }
    return undefined;
  } finally {
    fleet.stop();
  }
}

process.exitCode = await main(process.argv.slice(2));
