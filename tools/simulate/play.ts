/** What can be simulated by name: the scenarios, and the exhaustive small worlds, whose seeds are numbers of sequences. */

import { runExhaustive, sequences } from "../../simulations/exhaustive.ts";
import { type Outcome, type RunOptions, runScenario } from "../../simulations/run.ts";
import { scenarioNamed, scenarios } from "../../simulations/scenarios/catalogue.ts";

export const exhaustive = "exhaustive";

export const playNames: readonly string[] = [...scenarios.map(({ name }) => name), exhaustive];

/** All sequences of one operation, and every sixteenth of two: what fits into a check. */
export const exhaustiveSample: readonly number[] = sequences.flatMap((sequence, at) =>
  sequence.length === 1 || (sequence.length === 2 && at % 16 === 11) ? [at] : [],
);

export const exhaustiveAll = { first: 0, last: sequences.length - 1 };

export async function play(name: string, options: RunOptions): Promise<Outcome> {
  if (name === exhaustive) return await runExhaustive(options.seed);
  const scenario = scenarioNamed(name);
  if (scenario === undefined) throw new Error(`no scenario is called ${name}; there are ${playNames.join(", ")}`);
  return await runScenario(scenario, options);
}
