/**
 * The simulator: `npm run simulate`. Runs scenarios by the seed, makes small what fails, and says
 * what was simulated. `--help` says how it is asked.
 */

import { shrink } from "../../simulations/shrink.ts";
import { scenarioNamed } from "../../simulations/scenarios/catalogue.ts";
import { type Arguments, parseArguments, usage } from "./arguments.ts";
import { Fleet } from "./fleet.ts";
import { type KeptSeed, keepSeeds, readKeptSeeds } from "./kept-seeds.ts";
import { isCounted, play, samples } from "./play.ts";
import { describeFigures, figuresOf, readBaseline, writeBaseline } from "./report.ts";
import type { Done, Work } from "./work.ts";

/** A failing seed is run so often at most to make it small. */
const shrinkTriesMax = 60;
/** What leaves out an act shifts the delays behind it, so a race may hide: each try is run in so many courses. */
const coursesTried = 4;

async function main(given: readonly string[]): Promise<number> {
  if (given.includes("--help")) {
    console.log(usage);
    return 0;
  }
  let options: Arguments;
  try {
    options = parseArguments(given);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return 64;
  }
  const fleet = new Fleet({ workers: options.workers, countsBranches: options.branches });
  try {
    return await simulate(options, fleet);
  } finally {
    fleet.stop();
  }
}

async function simulate(options: Arguments, fleet: Fleet): Promise<number> {
  const startMs = performance.now();
  const runs: Done[] = [];
  const failed: { work: Work; done: Done }[] = [];
  const queue = works(options, startMs);
  const lane = async (): Promise<void> => {
    for (const work of queue) {
      const done = await judged(fleet, work, options.twice);
      runs.push(done);
      if (options.json) console.log(jsonLine(done));
      if (done.violations.length === 0) continue;
      failed.push({ work, done });
      tellFailure(work, done);
    }
  };
  await Promise.all(Array.from({ length: fleet.size }, lane));
  const figures = figuresOf(runs, (performance.now() - startMs) / 1_000);
  if (!options.json) for (const line of describeFigures(figures, readBaseline())) console.log(line);
  if (options.baseline) writeBaseline(figures);
  const kept: KeptSeed[] = [];
  for (const [at, { work, done }] of failed.entries()) {
    if (at >= options.stories || done.labels.length === 0) continue;
    console.error(`\nthe story of ${work.scenario} ${work.seed}`);
    kept.push(await tellSmallest(fleet, work, done));
  }
  if (options.keep) keepSeeds(kept);
  if (failed.length > 0) console.error(`\n${failed.length} of ${runs.length} runs broke a promise`);
  else if (!options.json) console.log("every promise held");
  return failed.length > 0 ? 1 : 0;
}

/** Kept seeds and a sample of small worlds first, then scenario by scenario and seed by seed, then further seeds as long as there is time. */
function* works({ scenarios, seeds, minutes, kept }: Arguments, startMs: number): Generator<Work> {
  if (kept)
    for (const { scenario, seed, course, dropped } of readKeptSeeds()) yield { scenario, seed, course, dropped };
  if (scenarios.length > 1) {
    for (const [scenario, seed] of samples) {
      if (scenarios.includes(scenario)) yield { scenario, seed, course: 0, dropped: [] };
    }
  }
  const byChance = scenarios.length > 1 ? scenarios.filter((name) => !isCounted(name)) : scenarios;
  const isTime = (): boolean => minutes !== undefined && performance.now() - startMs < minutes * 60_000;
  for (let { first: seed } = seeds; seed <= seeds.last || isTime(); seed += 1) {
    for (const scenario of byChance) {
      const isItsTurn = scenarios.length === 1 || seed % (scenarioNamed(scenario)?.everySeeds ?? 1) === 0;
      if (isItsTurn) yield { scenario, seed, course: 0, dropped: [] };
    }
  }
}

async function judged(fleet: Fleet, work: Work, twice: boolean): Promise<Done> {
  const done = await fleet.run(work);
  if (!twice) return done;
  const again = await fleet.run(work);
  if (again.traceHash === done.traceHash) return done;
  return { ...done, violations: [...done.violations, "rule a: two runs of this seed gave two traces"] };
}

function tellFailure(work: Work, { violations }: Done): void {
  console.error(`FAILED ${commandOf(work)}`);
  for (const violation of violations.slice(0, violationsToldMax)) console.error(`  ${violation}`);
}

const violationsToldMax = 8;

/** Prints the story of what is left when as much as possible is left out. */
async function tellSmallest(fleet: Fleet, work: Work, done: Done): Promise<KeptSeed> {
  const promise = promiseOf(done.violations[0]);
  let smallest = work;
  const breaks = async (dropped: ReadonlySet<string>): Promise<boolean> => {
    const tries = Array.from({ length: coursesTried }, async (_, course): Promise<Work | undefined> => {
      const tried = { ...work, course: work.course + course, dropped: [...work.dropped, ...dropped] };
      const { violations } = await fleet.run(tried);
      return violations.some((violation) => promiseOf(violation) === promise) ? tried : undefined;
    });
    const broken = (await Promise.all(tries)).find((tried) => tried !== undefined);
    smallest = broken ?? smallest;
    return broken !== undefined;
  };
  await shrink(done.labels, breaks, shrinkTriesMax);
  const { scenario: name, seed, course, dropped } = smallest;
  console.error(`  made small by leaving out ${dropped.length} of ${done.labels.length}, course ${course}:`);
  const told: string[] = [];
  const { violations } = await play(name, {
    seed,
    course,
    dropped: new Set(dropped),
    onTell: (atMs, line) => told.push(`  ${atMs.toFixed(1).padStart(9)} ms  ${line}`),
  });
  const story = told.length > storyLinesMax ? told.filter((line) => !line.includes(" disk ")) : told;
  for (const line of story) console.error(line);
  for (const violation of violations) console.error(`  ${violation}`);
  return { scenario: name, seed, course, broke: violations[0] ?? done.violations[0] ?? "", dropped: [...dropped] };
}

/** Beyond that it is told without what peers did on disk. */
const storyLinesMax = 150;

function promiseOf(violation: string | undefined): string | undefined {
  return violation?.split(":")[0];
}

function commandOf({ scenario, seed }: Work): string {
  return `npm run replay -- ${JSON.stringify(scenario)} ${seed}`;
}

function jsonLine({ scenario, seed, traceHash, violations }: Done): string {
  return JSON.stringify({ scenario, seed, traceHash, ok: violations.length === 0 });
}

process.exitCode = await main(process.argv.slice(2));
