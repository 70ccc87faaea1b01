/**
 * Measures the simulator: `node tools/simulate/planted.ts [NAME...]` plants each bug in turn and
 * says with which seed of its scenario it is caught first, and by which promise.
 */

import { availableParallelism } from "node:os";
import { type PlantedBug, plantedBugs, seedsTried } from "../../simulations/planted-bugs.ts";
import { Fleet } from "./fleet.ts";

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

/** The first seed that breaks a promise with the bug, and none without it. */
async function catchBug({ name, caught: { scenario } }: PlantedBug) {
  const workers = availableParallelism();
  const fleet = new Fleet({ workers, countsBranches: false, plantedBug: name });
  const sound = new Fleet({ workers: 1, countsBranches: false });
  try {
    for (let seed = 1; seed <= seedsTried; seed += workers) {
      const works = Array.from({ length: workers }, (_, at) => ({ scenario, seed: seed + at, course: 0, dropped: [] }));
      for (const { seed: tried, violations } of await Promise.all(works.map((work) => fleet.run(work)))) {
        const [violation] = violations;
        if (violation === undefined) continue;
        const { violations: without } = await sound.run({ scenario, seed: tried, course: 0, dropped: [] });
        if (without.length === 0) return { seed: tried, violation };
      }
    }
    return undefined;
  } finally {
    fleet.stop();
    sound.stop();
  }
}

process.exitCode = await main(process.argv.slice(2));
