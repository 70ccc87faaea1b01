/** What a run of the simulator says in the end: how much was simulated, what was reached, at what cost. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { branches } from "./branches.ts";
import type { Done } from "./work.ts";

const file = join(import.meta.dirname, "../../simulations/baseline.json");

const figuresSchema = z.strictObject({
  runs: z.number(),
  virtualHours: z.number(),
  stepsPerRun: z.number(),
  actsPerRun: z.number(),
  cpuMsMedian: z.number(),
  cpuMsMost: z.number(),
  runsPerSecond: z.number(),
  faults: z.record(z.string(), z.number()),
  events: z.record(z.string(), z.number()),
  branches: z.record(z.string(), z.number()),
});

export type Figures = z.infer<typeof figuresSchema>;

export function figuresOf(runs: readonly Done[], seconds: number): Figures {
  const cpu = runs.map(({ cpuMs }) => cpuMs).toSorted((one, other) => one - other);
  return {
    runs: runs.length,
    virtualHours: rounded(sum(runs, ({ virtualMs }) => virtualMs) / 3_600_000),
    stepsPerRun: Math.round(sum(runs, ({ steps }) => steps) / Math.max(1, runs.length)),
    actsPerRun: Math.round(sum(runs, ({ acts }) => acts) / Math.max(1, runs.length)),
    cpuMsMedian: Math.round(cpu[Math.floor(cpu.length / 2)] ?? 0),
    cpuMsMost: Math.round(cpu.at(-1) ?? 0),
    runsPerSecond: rounded(runs.length / seconds),
    faults: added(runs.map(({ faults }) => faults)),
    events: added(runs.map(({ events }) => events)),
    branches: added(
      runs.map((run) => Object.fromEntries(run.branches.map((count, at) => [branches[at]?.name ?? "", count]))),
    ),
  };
}

/** In lines. Counts depend on how many runs there were, so it is rates that are compared. */
export function describeFigures(figures: Figures, baseline: Figures | undefined): readonly string[] {
  const { runs, virtualHours, stepsPerRun, actsPerRun, cpuMsMedian, cpuMsMost, runsPerSecond } = figures;
  const was = (name: "stepsPerRun" | "actsPerRun" | "cpuMsMedian" | "cpuMsMost" | "runsPerSecond"): string =>
    baseline === undefined ? "" : ` (baseline ${baseline[name]})`;
  return [
    `${runs} runs, ${virtualHours} virtual hours, ${runsPerSecond} runs a second${was("runsPerSecond")}`,
    `a run: ${stepsPerRun} steps${was("stepsPerRun")}, ${actsPerRun} acts${was("actsPerRun")}, ` +
      `${cpuMsMedian} ms of CPU at the median${was("cpuMsMedian")}, ${cpuMsMost} ms at most${was("cpuMsMost")}`,
    ...table("faults", figures.faults, runs, baseline?.faults, baseline?.runs),
    ...table("what peers said", figures.events, runs, baseline?.events, baseline?.runs),
    ...table("branches", figures.branches, runs, baseline?.branches, baseline?.runs),
  ];
}

export function readBaseline(): Figures | undefined {
  try {
    return figuresSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}

export function writeBaseline(figures: Figures): void {
  writeFileSync(file, `${JSON.stringify(figures, undefined, 2)}\n`);
}

function table(
  title: string,
  counts: Readonly<Record<string, number>>,
  runs: number,
  baseline: Readonly<Record<string, number>> | undefined,
  baselineRuns = 1,
): readonly string[] {
  const names = [...new Set([...Object.keys(counts), ...Object.keys(baseline ?? {})])].toSorted();
  if (names.length === 0) return [];
  const lines = names.map((name) => {
    const count = counts[name] ?? 0;
    const was = baseline?.[name];
    const rate = (count / Math.max(1, runs)).toFixed(2);
    const wasRate = was === undefined ? "" : ` (baseline ${(was / baselineRuns).toFixed(2)})`;
    return `  ${`${count}`.padStart(9)}  ${rate.padStart(8)} a run${wasRate}  ${name}${count === 0 ? "  NEVER" : ""}`;
  });
  return [`${title}:`, ...lines];
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}

function added(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const each of counts) {
    for (const [name, count] of Object.entries(each)) total[name] = (total[name] ?? 0) + count;
  }
  return Object.fromEntries(Object.entries(total).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
