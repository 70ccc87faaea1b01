/**
 * What can be simulated by name: the scenarios; the exhaustive small worlds, whose seeds are numbers
 * of sequences; and the crowd that sees one conflict, whose seed is how many peers there are.
 */

import { runCrowd } from "../../simulations/crowd.ts";
import { runExhaustive, sequences } from "../../simulations/exhaustive.ts";
import { type Outcome, type RunOptions, runScenario } from "../../simulations/run.ts";
import { scenarioNamed, scenarios } from "../../simulations/scenarios/catalogue.ts";

export const exhaustive = "exhaustive";
const crowd = "crowd";

export const playNames: readonly string[] = [...scenarios.map(({ name }) => name), exhaustive, crowd];

/** Whose seeds are no chance. */
export const isCounted = (name: string): boolean => name === exhaustive || name === crowd;

/** All sequences of one operation, and every sixteenth of two: what fits into a check. */
const exhaustiveSample: readonly number[] = sequences.flatMap((sequence, at) =>
  sequence.length === 1 || (sequence.length === 2 && at % 16 === 11) ? [at] : [],
);

/** A few of those whose seeds are no chance. */
export const samples: readonly (readonly [name: string, seed: number])[] = [
  ...exhaustiveSample.map((seed) => [exhaustive, seed] as const),
  [crowd, 24],
];

export const exhaustiveAll = { first: 0, last: sequences.length - 1 };

export async function play(name: string, options: RunOptions): Promise<Outcome> {
  if (name === exhaustive) return await runExhaustive(options.seed);
  if (name === crowd) return await runCrowd(options.seed);
  const scenario = scenarioNamed(name);
  if (scenario === undefined) throw new Error(`no scenario is called ${name}; there are ${playNames.join(", ")}`);
  return await runScenario(scenario, options);
}
