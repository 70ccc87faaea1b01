/**
 * npm run bench -- WORKLOAD PEER... [--runs N] [--json FILE] [--keep]
 *
 * The contenders take turns (A B C, A B C, ...), so that whatever else the machine does meanwhile
 * meets them all. See README.md for what is measured how.
 */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, release, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { Argument, Command, InvalidArgumentError } from "commander";
import type { Contender } from "./contenders/contender.ts";
import { ask } from "./processes.ts";
import { type Report, renderReport } from "./report.ts";
import { type Run, runOnce } from "./run.ts";
import { takeTurn } from "./turn.ts";
import { wireKind } from "./wire/laying.ts";
import { w1 } from "./workloads/w1.ts";
import { w2 } from "./workloads/w2.ts";
import { w3 } from "./workloads/w3.ts";
import { w4 } from "./workloads/w4.ts";
import { w5 } from "./workloads/w5.ts";
import { w6 } from "./workloads/w6.ts";
import { w7 } from "./workloads/w7.ts";
import { w8 } from "./workloads/w8.ts";
import { w9 } from "./workloads/w9.ts";
import type { Workload } from "./workloads/workload.ts";

const workloads: readonly Workload[] = [w1, w2, w3, w4, w5, w6, w7, w8, w9];
const contenderNames = new Set(workloads.flatMap(({ contenders }) => contenders.map(({ name }) => name)));

interface Options {
  readonly runs: number;
  readonly json?: string;
  readonly keep: boolean;
}

const program = new Command("bench")
  .description("Measures cdmesh beside its peers, in interleaved runs on this machine.")
  .addArgument(new Argument("<workload>", "what they do").choices(workloads.map(({ name }) => name)))
  .addArgument(
    new Argument("[peer...]", "who does it; all that are installed and that it makes sense with, unless named").choices(
      [...contenderNames],
    ),
  )
  .option("--runs <n>", "rounds", positiveInteger, 5)
  .option("--json <file>", "keep every run's figures here")
  .option("--keep", "leave the folders, states and logs of the runs behind", false)
  .action(async (workload: string, peers: readonly string[], options: Options) => {
    const chosen = workloads.find(({ name }) => name === workload);
    if (chosen === undefined) return;
    const giveBack = await takeTurn();
    try {
      await bench(chosen, peers, options);
    } finally {
      await giveBack();
    }
  });

async function bench(
  workload: Workload,
  names: readonly string[],
  { runs: rounds, json, keep }: Options,
): Promise<void> {
  const { field, versions, leftOut } = await fieldOf(workload, names);
  const giveUp = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"])
    process.once(signal, () => giveUp.abort(new Error(`given up by ${signal}`)));

  const root = await mkdtemp(join(tmpdir(), "cdmesh-bench-"));
  const startedAt = new Date().toISOString();
  const wire = wireKind();
  const runs: Run[] = [];
  try {
    await warm(join(root, "warm"), workload);
    for (let round = 0; round < rounds; round += 1) {
      for (const contender of field) {
        const directory = join(root, `${round + 1}-${contender.name}`);
        const run = await runOnce({
          contender,
          workload,
          round,
          wireKind: wire,
          directory,
          keep,
          signal: giveUp.signal,
        });
        runs.push(run);
        console.error(`${round + 1}/${rounds} ${describe(run)}`);
      }
    }
  } finally {
    if (keep) console.error(`kept ${root}`);
    else await rm(root, { recursive: true, force: true });
  }

  const machine = {
    processor: cpus()[0]?.model ?? "",
    cores: cpus().length,
    memoryBytes: totalmem(),
    kernel: release(),
  };
  const report: Report = {
    format: 2,
    workload: workload.name,
    title: workload.title,
    startedAt,
    machine,
    wire,
    versions,
    leftOut,
    runs,
  };
  if (json !== undefined) await writeFile(json, `${JSON.stringify(report, undefined, 2)}\n`);
  console.log(renderReport(report, workload));
  if (runs.some(({ outcome }) => outcome.kind === "failed")) process.exitCode = 1;
}

/** Who takes part, and why others that were named, or would, do not. */
async function fieldOf({ name: workload, contenders }: Workload, names: readonly string[]) {
  const field: Contender[] = [];
  const versions: Record<string, string> = {};
  const leftOut = names
    .filter((name) => contenders.every((contender) => contender.name !== name))
    .map((name) => `${name} is left out: ${workload} makes no sense with it.`);
  for (const contender of contenders) {
    const { name } = contender;
    if (names.length > 0 && !names.includes(name)) continue;
    const version = await contender.installed();
    if (version === undefined) leftOut.push(`${name} is left out: it is not installed.`);
    else {
      field.push(contender);
      versions[name] = version;
    }
  }
  return { field, versions, leftOut };
}

/** A first write of fresh blocks measures the volume and no program, so as much as a run writes is written and removed before. */
async function warm(directory: string, { layout, plant }: Workload): Promise<void> {
  for (const copy of [...layout.positions.map(({ name }) => name), "spare"]) await plant(join(directory, copy), copy);
  await ask("sync", ["--file-system", directory]);
  await rm(directory, { recursive: true });
}

function describe({ contender, outcome }: Run): string {
  if (outcome.kind === "failed") return `${contender} failed: ${outcome.reason}`;
  const steps = outcome.steps.map(({ step, figures }) => {
    const texts = Object.entries(figures).map(([name, value]) => `${name} ${value.toFixed(1)}`);
    return `${step === undefined ? "" : `${step}: `}${texts.join(", ")}`;
  });
  return `${contender}: ${steps.join("; ")}`;
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("a whole number above 0 is asked for");
  return value;
}

try {
  await program.parseAsync();
} catch (failure) {
  console.error(failure instanceof Error ? failure.message : failure);
  process.exit(1);
}
