import assert from "node:assert/strict";
import { test } from "node:test";
import { type Report, renderReport } from "../../../tools/bench/report.ts";
import type { Run } from "../../../tools/bench/run.ts";
import { w2 } from "../../../tools/bench/workloads/w2.ts";
import type { Measured } from "../../../tools/bench/workloads/workload.ts";

function measured(filesPerSecond: number): Measured {
  const cost = {
    wallSeconds: 1,
    traffic: { sent: { source: 1_500_000, target: 500_000 }, entered: {} },
    seconds: 2,
    cpuSeconds: 3,
    otherCores: 0.5,
    peakBytes: { source: 40_000_000, "target-1": 20_000_000, "target-2": 50_000_000 },
  };
  return { figures: { "files/s": filesPerSecond }, cost };
}

function measuredRun(contender: string, round: number, filesPerSecond: number): Run {
  const steps = [measured(filesPerSecond)];
  return { contender, round, loadAverage: 1, outcome: { kind: "measured", steps } };
}

function reportOf(runs: readonly Run[]): Report {
  return {
    format: 2,
    workload: "w2",
    title: "many files",
    startedAt: "2026-11-22T16:00:00.000Z",
    machine: { processor: "a processor", cores: 2, memoryBytes: 24e9, kernel: "6.1" },
    wire: "namespaces",
    versions: { cdmesh: "cdmesh 1", rsync: "rsync 3" },
    leftOut: [],
    runs,
  };
}

function row(text: string, contender: string): readonly string[] {
  const line = text.split("\n").find((candidate) => candidate.startsWith(`| ${contender} `)) ?? "";
  return line.split("|").map((cell) => cell.trim());
}

test("a line gives median and span, the ratio of cdmesh to each peer, and the costs", () => {
  const runs = [
    measuredRun("cdmesh", 0, 3000),
    measuredRun("rsync", 0, 2000),
    measuredRun("cdmesh", 1, 300),
    measuredRun("rsync", 1, 200),
    measuredRun("cdmesh", 2, 6000),
    measuredRun("rsync", 2, 4000),
  ];
  const text = renderReport(reportOf(runs), w2);
  assert.deepEqual(row(text, "cdmesh").slice(2, 6), ["3,000 (300-6,000)", "", "3.00 (3.00-3.00)", "40.0 / 50.0"]);
  assert.equal(row(text, "cdmesh")[6], "2.00 (2.00-2.00)");
  assert.deepEqual(row(text, "rsync").slice(2, 4), ["2,000 (200-4,000)", "1.50"]);
});

test("a contender that failed every round has no figures, and its reason is told", () => {
  const failed: Run = {
    contender: "rsync",
    round: 0,
    loadAverage: 1,
    outcome: { kind: "failed", reason: "no daemon" },
  };
  const text = renderReport(reportOf([measuredRun("cdmesh", 0, 3000), failed]), w2);
  assert.equal(row(text, "rsync")[2], "failed");
  assert.match(text, /^rsync failed in round 1: no daemon$/m);
});

test("each step has a table of its own", () => {
  const runs = ["cdmesh", "rsync"].map((contender, at): Run => {
    const steps = [
      { step: "append", ...measured(10 * (at + 1)) },
      { step: "rename", ...measured(100 * (at + 1)) },
    ];
    return { contender, round: 0, loadAverage: 1, outcome: { kind: "measured", steps } };
  });
  const text = renderReport(reportOf(runs), w2);
  const [, append = "", rename = ""] = text.split(/^(?:append|rename):$/m);
  assert.equal(row(append, "rsync")[2], "20.0");
  assert.equal(row(rename, "rsync")[2], "200");
  assert.equal(row(rename, "rsync")[3], "0.50");
});
