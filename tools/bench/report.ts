/** The table for people and the JSON for keeping. */

import { sourceName } from "./layout.ts";
import type { Run } from "./run.ts";
import { medianRatio, type Summary, summarize } from "./statistics.ts";
import type { WireKind } from "./wire/laying.ts";
import { sentBytes } from "./wire/traffic.ts";
import type { Measured, Workload } from "./workloads/workload.ts";

export interface Report {
  /** Of this shape; raised when a field changes its meaning. */
  readonly format: 2;
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

/** For each step a Markdown table with a line for each contender, and below them what the reader must know. */
export function renderReport(report: Report, { figures }: Workload): string {
  const rounds = new Set(report.runs.map(({ round }) => round)).size;
  const all = report.runs.flatMap(({ outcome }) => (outcome.kind === "measured" ? outcome.steps : []));
  const steps = new Set(all.map(({ step }) => step));
  // Where everyone failed there is still a table to say so.
  if (steps.size === 0) steps.add(undefined);
  return [
    `${report.workload.toUpperCase()}: ${report.title}. ${rounds} interleaved rounds: median (least-greatest).`,
    "",
    ...[...steps].flatMap((step) => [
      ...(step === undefined ? [] : [`${step}:`, ""]),
      ...markdown(tableOf(report, figures, step)),
      "",
    ]),
    ...notes(report, figures),
  ].join("\n");
}

type Row = readonly string[];

function tableOf(report: Report, figures: Workload["figures"], step: string | undefined): readonly Row[] {
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
    const done = measuredRuns(report.runs, name, step);
    if (done.length === 0) return [name, ...header.slice(1).map(() => "failed")];
    const costs = done.map(({ measured }) => measured.cost);
    const ratioOf = (figure: string) =>
      name === own ? "" : ratio(measuredRuns(report.runs, own ?? name, step), done, figure);
    return [
      name,
      ...figures.map((figure) => spread(done.map(({ measured }) => measured.figures[figure.name] ?? Number.NaN))),
      ...figures.flatMap((figure) => (peers.length > 0 ? [ratioOf(figure.name)] : [])),
      spread(costs.map(({ cpuSeconds }) => cpuSeconds)),
      peaks(costs),
      spread(costs.map(({ traffic }) => sentBytes(traffic) / 1e6)),
      spread(costs.map(({ otherCores }) => otherCores)),
    ];
  });
  return [header, ...rows];
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

function measuredRuns(runs: readonly Run[], contender: string, step: string | undefined): readonly MeasuredRun[] {
  return runs.flatMap((run) => {
    if (run.contender !== contender || run.outcome.kind === "failed") return [];
    return run.outcome.steps
      .filter((measured) => measured.step === step)
      .map((measured) => ({ round: run.round, measured }));
  });
}

function ratio(own: readonly MeasuredRun[], peer: readonly MeasuredRun[], figure: string): string {
  const byRound = (runs: readonly MeasuredRun[]) =>
    new Map(runs.map(({ round, measured }) => [round, measured.figures[figure] ?? Number.NaN]));
  const value = medianRatio(byRound(own), byRound(peer));
  return Number.isNaN(value) ? "-" : value.toFixed(2);
}

/** Of the source, and of the target that needed most. */
function peaks(costs: readonly Measured["cost"][]): string {
  const of = (isAsked: (end: string) => boolean) => {
    const peak = ({ peakBytes }: Measured["cost"]) =>
      Math.max(0, ...Object.entries(peakBytes).map(([end, bytes]) => (isAsked(end) ? bytes : 0)));
    return digits(summarize(costs.map((cost) => peak(cost) / 1e6)).median);
  };
  return `${of((end) => end === sourceName)} / ${of((end) => end !== sourceName)}`;
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

function markdown(rows: readonly Row[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: Row) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [header = [], ...body] = rows;
  return [line(header), `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`, ...body.map(line)];
}
