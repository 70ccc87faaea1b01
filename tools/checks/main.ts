/**
 * Says whether all is well: `npm run check`, which is also `npm test`.
 *
 * Runs every step even when one fails, so that one run tells everything. The checks of the code
 * run side by side, one line each and the whole output of those that fail; the tests and then the
 * simulations come last, alone, and speak for themselves.
 *
 *   main.ts [STEP...]   only these steps; exit code 1 when one failed, 64 for an unknown name
 */

import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { delimiter, dirname, join } from "node:path";

interface Step {
  readonly name: string;
  readonly command: readonly string[];
}

interface Outcome {
  readonly name: string;
  readonly passed: boolean;
}

const program = (name: string): string => join("node_modules", ".bin", name);
const check = (file: string, ...options: readonly string[]): readonly string[] => [
  process.execPath,
  join("tools", "checks", file),
  ...options,
];

/** The longest first: they run side by side. */
const steps: readonly Step[] = [
  { name: "types", command: [program("tsc"), "-p", "."] },
  { name: "wire", command: check("generate-wire.ts", "--check") },
  { name: "lint", command: [program("oxlint")] },
  { name: "dead-code", command: [program("knip")] },
  { name: "boundaries", command: check("boundaries.ts") },
  { name: "world-access", command: check("world-access.ts") },
  { name: "format", command: [program("biome"), "format", "."] },
  { name: "floors", command: check("floors.ts") },
];

/** A test that hangs is stopped and reported after this long. */
const testMsMax = 10 * 60_000;

const tests: Step = {
  name: "tests",
  command: [
    process.execPath,
    "--test",
    "--test-reporter=spec",
    `--test-concurrency=${availableParallelism()}`,
    `--test-timeout=${testMsMax}`,
    "test/**/*.test.ts",
  ],
};

/** So many seeds of each scenario, the seeds that failed once, and the loops over crashes: alone, on all cores. */
const simulations: Step = {
  name: "simulations",
  command: [process.execPath, join("tools", "simulate", "main.ts"), "--seeds", "1..26", "--no-branches"],
};

async function main(names: readonly string[]): Promise<void> {
  const known = [...steps, tests, simulations].map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    console.error(`no step is called ${unknown.join(", ")}; there are ${known.join(", ")}`);
    process.exitCode = 64;
    return;
  }
  const isWanted = ({ name }: Step): boolean => names.length === 0 || names.includes(name);
  const startMs = performance.now();
  const outcomes = await runSideBySide(steps.filter(isWanted));
  for (const step of [tests, simulations].filter(isWanted)) outcomes.push(await run(step, "inherit"));
  const failed = outcomes.filter(({ passed }) => !passed).map(({ name }) => name);
  const seconds = secondsSince(startMs);
  console.log(failed.length === 0 ? `\nall is well, ${seconds}` : `\nfailed: ${failed.join(", ")}, ${seconds}`);
  if (failed.length > 0) process.exitCode = 1;
}

async function runSideBySide(waiting: readonly Step[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const queue = waiting.values();
  const lane = async (): Promise<void> => {
    for (const step of queue) outcomes.push(await run(step, "collect"));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  return outcomes;
}

/** @param output "inherit" shows it as it comes; "collect" shows it at the end, if the step failed */
function run(step: Step, output: "inherit" | "collect"): Promise<Outcome> {
  const startMs = performance.now();
  const [file = "", ...options] = step.command;
  const child = spawn(file, options, {
    stdio: output === "inherit" ? "inherit" : ["ignore", "pipe", "pipe"],
    // Programs that are started by their first line shall find this Node, not the machine's.
    env: { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}` },
  });
  const pieces: Buffer[] = [];
  const collect = (piece: Buffer): number => pieces.push(piece);
  child.stdout?.on("data", collect);
  child.stderr?.on("data", collect);
  return new Promise((resolve) => {
    const finish = (passed: boolean): void => {
      console.log(`${step.name.padEnd(14)}${passed ? "ok    " : "FAILED"} ${secondsSince(startMs).padStart(8)}`);
      if (!passed && pieces.length > 0) console.log(Buffer.concat(pieces).toString("utf8"));
      resolve({ name: step.name, passed });
    };
    child.on("error", (error) => {
      pieces.push(Buffer.from(String(error)));
      finish(false);
    });
    child.on("close", (code) => finish(code === 0));
  });
}

function secondsSince(startMs: number): string {
  return `${((performance.now() - startMs) / 1_000).toFixed(1)} s`;
}

await main(process.argv.slice(2));
