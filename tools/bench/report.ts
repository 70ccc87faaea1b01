/** The table for people and the JSON for keeping. */

import { medianRatio, type Summary, summarize } from "./statistics.ts";
import type { Run } from "./run.ts";
import type { Measured, Workload } from "./workloads/workload.ts";
import type { WireKind } from "./wire.ts";

export interface Report {
  /** Of this shape; raised when a field changes its meaning. */
  readonly format: 1;
  readonly workload: string;
  readonly title: string;
  readonly startedAt: string;
  readonly machine: Machine;
  readonly wire: WireKind;
  readonly versions: Readonly<Record<string, string>>;
  readonly leftOut: readonly string[];
  readonly runs: readonly Run[];
}

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly kernel: string;
}

/** A Markdown table with a line for each contender, and below it what the reader must know. */
export function renderReport(report: Report, { figures }: Workload): string {
  const names = Object.keys(report.versions);
  const own = names.includes("cdmesh") ? "cdmesh" : names[0];
  const peers = names.filter((name) => name !== own);
  const header = [
    "",
    ...figures.map(({ name }) => name),
    ...figures.flatMap(({ name }) => (peers.length > 0 ? [`${own} / this, ${name}`] : [])),
    "CPU s",
    "peak MB source / target",
    "wire MB",
    "other cores",
  ];
  const rows = names.map((name) => {
    const done = measuredRuns(report.runs, name);
    if (done.length === 0) return [name, ...header.slice(1).map(() => "failed")];
    const costs = done.map(({ measured }) => measured.cost);
    return [
      name,
      ...figures.map((figure) => spread(done.map(({ measured }) => measured.figures[figure.name] ?? Number.NaN))),
      ...figures.flatMap((figure) => (peers.length > 0 ? [ratio(report.runs, own ?? name, name, figure.name)] : [])),
      spread(costs.map(({ cpuSeconds }) => cpuSeconds)),
      `${peak(costs, "source")} / ${peak(costs, "target")}`,
      spread(costs.map(({ wireBytes }) => (wireBytes === undefined ? Number.NaN : wireBytes / 1e6))),
      spread(costs.map(({ otherCores }) => otherCores)),
    ];
  });
  const rounds = new Set(report.runs.map(({ round }) => round)).size;
  return [
    `${report.workload.toUpperCase()}: ${report.title}. ${rounds} interleaved rounds: median (least-greatest).`,
    "",
    ...markdown([header, ...rows]),
    "",
    ...notes(report, figures),
  ].join("\n");
}

function notes(report: Report, figures: Workload["figures"]): readonly string[] {
  const { machine } = report;
  const failed = report.runs.flatMap(({ contender, round, outcome }) =>
    outcome.kind === "failed" ? [`${contender} failed in round ${round + 1}: ${outcome.reason}`] : [],
  );
  const directions = figures.map(({ name, better }) => `${name}: ${better} is better`).join("; ");
  const wire =
    report.wire === "namespaces"
      ? "Each end in a network namespace of its own."
      : "On loopback, where bytes cannot be told: run as root for namespaces.";
  const loads = report.runs.map(({ loadAverage }) => loadAverage);
  return [
    `${directions}. Ratios are medians of the ratios within each round.`,
    `${wire} ${Object.values(report.versions).join(", ")}.`,
    `${machine.processor}, ${machine.cores} cores, Linux ${machine.kernel}; ${report.startedAt}.`,
    `Load average before the runs: ${digits(Math.min(...loads))}-${digits(Math.max(...loads))}.`,
    ...report.leftOut,
    ...failed,
  ];
}

interface MeasuredRun {
  readonly round: number;
  readonly measured: Measured;
}

function measuredRuns(runs: readonly Run[], contender: string): readonly MeasuredRun[] {
  return runs.flatMap((run) =>
    run.contender === contender && run.outcome.kind === "measured" ? [{ round: run.round, measured: run.outcome }] : [],
  );
}

function ratio(runs: readonly Run[], own: string, peer: string, name: string): string {
  if (own === peer) return "";
  const byRound = (contender: string) =>
    new Map(measuredRuns(runs, contender).map(({ round, measured }) => [round, measured.figures[name] ?? Number.NaN]));
  const value = medianRatio(byRound(own), byRound(peer));
  return Number.isNaN(value) ? "-" : value.toFixed(2);
}

function peak(costs: readonly Measured["cost"][], end: string): string {
  return digits(summarize(costs.map(({ peakBytes }) => (peakBytes[end] ?? 0) / 1e6)).median);
}

function spread(values: readonly number[]): string {
  const { median, min, max }: Summary = summarize(values);
  if (Number.isNaN(median)) return "-";
  return values.length === 1 ? digits(median) : `${digits(median)} (${digits(min)}-${digits(max)})`;
}

/** Three digits that count, more only in front of the point. */
function digits(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en-US");
  return value.toFixed(value >= 10 ? 1 : 2);
}

function markdown(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [header = [], ...body] = rows;
  return [line(header), `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`, ...body.map(line)];
}
