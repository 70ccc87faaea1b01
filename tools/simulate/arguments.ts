/** What `npm run simulate` is asked for. */

import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { exhaustive, exhaustiveAll, playNames } from "./play.ts";

export interface Arguments {
  readonly scenarios: readonly string[];
  readonly seeds: { readonly first: number; readonly last: number };
  /** Goes on with further seeds behind the last for so long. */
  readonly minutes: number | undefined;
  readonly json: boolean;
  /** Each seed twice: the traces have to be the same. */
  readonly twice: boolean;
  /** Also the seeds that failed once. */
  readonly kept: boolean;
  /** Of what fails, so many are made small and told. */
  readonly stories: number;
  /** Writes what fails into the kept seeds. */
  readonly keep: boolean;
  /** Writes the figures of this run as the baseline. */
  readonly baseline: boolean;
  /** Counts the branches that were reached, which costs a sixth of the time. */
  readonly branches: boolean;
  readonly workers: number;
}

export const usage = `npm run simulate -- [OPTIONS]

  --scenario NAME   only this one; may be given several times. There are:
                    ${playNames.join(", ")}
  --seeds A..B      of each scenario; default 1..20, of exhaustive all: ${exhaustiveAll.first}..${exhaustiveAll.last}
  --minutes M       goes on with the seeds behind B for so long
  --json            one line for each run: scenario, seed, traceHash, ok
  --twice           runs each seed twice and compares the traces
  --no-kept         without the seeds that failed once
  --stories N       makes so many failures small and tells them; default 1
  --keep            keeps what was made small in simulations/seeds.json
  --baseline        keeps the figures of this run in simulations/baseline.json
  --no-branches     without counting the branches that were reached, which is faster
  --workers N       processes; default: the number of cores

exit code 1 when a promise broke, 64 when it was asked for something that is not there`;

/** @throws in words for whoever asked */
export function parseArguments(given: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...given],
    allowNegative: true,
    options: {
      scenario: { type: "string", multiple: true },
      seeds: { type: "string" },
      minutes: { type: "string" },
      json: { type: "boolean", default: false },
      twice: { type: "boolean", default: false },
      kept: { type: "boolean", default: true },
      stories: { type: "string", default: "1" },
      keep: { type: "boolean", default: false },
      baseline: { type: "boolean", default: false },
      branches: { type: "boolean", default: true },
      workers: { type: "string", default: `${availableParallelism()}` },
    },
  });
  const asked = values.scenario ?? playNames;
  for (const name of asked) {
    if (!playNames.includes(name)) throw new Error(`no scenario is called ${name}; there are ${playNames.join(", ")}`);
  }
  return {
    scenarios: asked,
    seeds: values.seeds === undefined ? defaultSeeds(asked) : parseSeeds(values.seeds),
    minutes: values.minutes === undefined ? undefined : positive("--minutes", values.minutes),
    json: values.json,
    twice: values.twice,
    kept: values.kept && values.scenario === undefined,
    stories: Number(values.stories),
    keep: values.keep,
    baseline: values.baseline,
    branches: values.branches,
    workers: positive("--workers", values.workers),
  };
}

function defaultSeeds(scenarios: readonly string[]): Arguments["seeds"] {
  return scenarios.every((name) => name === exhaustive) ? exhaustiveAll : { first: 1, last: 20 };
}

function parseSeeds(text: string): Arguments["seeds"] {
  const [, first, last] = /^(\d+)\.\.(\d+)$/.exec(text) ?? [];
  if (first === undefined || last === undefined) throw new Error(`--seeds wants A..B, not ${text}`);
  return { first: Number(first), last: Number(last) };
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${option} wants a number above 0, not ${text}`);
  return value;
}
