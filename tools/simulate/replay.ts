/**
 * Tells the story of a seed step by step: `npm run replay -- SCENARIO SEED [DROPPED...]`.
 *
 * What users did and which faults there were, what peers changed on disk, announced and complained
 * of, each at its virtual time. DROPPED are labels of what to leave out; a kept seed brings its own.
 */

import { scenarioNamed } from "../../simulations/scenarios/catalogue.ts";
import { readKeptSeeds } from "./kept-seeds.ts";
import { play, playNames } from "./play.ts";

async function main([name = "", seedText = "", ...labels]: readonly string[]): Promise<number> {
  const seed = Number(seedText);
  if (!playNames.includes(name) || seedText === "" || !Number.isSafeInteger(seed)) {
    console.error("npm run replay -- SCENARIO SEED [LABEL TO LEAVE OUT...]");
    return 64;
  }
  const kept = readKeptSeeds().find((each) => each.scenario === name && each.seed === seed);
  const dropped = new Set([...(kept?.dropped ?? []), ...labels]);
  const says = scenarioNamed(name)?.says;
  if (says !== undefined) console.log(`${name}: ${says}`);
  const { violations, traceHash, virtualMs } = await play(name, {
    seed,
    course: kept?.course ?? 0,
    dropped,
    onTell: (atMs, line) => console.log(`${atMs.toFixed(1).padStart(9)} ms  ${line}`),
  });
  console.log(`${virtualMs.toFixed(1).padStart(9)} ms  the end, trace ${traceHash}`);
  for (const violation of violations) console.log(`BROKEN ${violation}`);
  return violations.length > 0 ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
