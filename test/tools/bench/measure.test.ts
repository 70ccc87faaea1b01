import assert from "node:assert/strict";
import { test } from "node:test";
import { type ProcessFacts, processFacts, tally } from "../../../tools/bench/measure.ts";

test("CPU time and peak size are read, whatever the program calls itself", () => {
  const stat =
    "4711 (odd) name) R 42 4711 4711 0 -1 4194304 100 200 0 0 30 12 5 3 20 0 1 0 99 1000 20 18446744073709551615";
  const status = "Name:\todd) name\nVmPeak:\t   20000 kB\nVmHWM:\t    1536 kB\nVmRSS:\t     900 kB\n";
  assert.deepEqual(processFacts(stat, status), { parent: 42, ticks: 30 + 12 + 5 + 3, peakBytes: 1536 * 1024 });
});

test("a process that has let go of its memory counts its CPU time alone", () => {
  const stat = "7 (gone) Z 1 7 7 0 -1 4194304 0 0 0 0 3 1 0 0 20 0 1 0 99 0 0 0";
  assert.deepEqual(processFacts(stat, "Name:\tgone\nState:\tZ (zombie)\n"), { parent: 1, ticks: 4, peakBytes: 0 });
});

test("a tally holds all that descends from the roots and nothing else, by end", () => {
  const facts = new Map<number, ProcessFacts>([
    [1, { parent: 0, ticks: 1000, peakBytes: 1000 }],
    [10, { parent: 1, ticks: 5, peakBytes: 100 }],
    [11, { parent: 10, ticks: 7, peakBytes: 20 }],
    [12, { parent: 11, ticks: 11, peakBytes: 3 }],
    [20, { parent: 1, ticks: 13, peakBytes: 400 }],
    [30, { parent: 1, ticks: 17, peakBytes: 5000 }],
  ]);
  const roots = [
    { end: "source", pid: 10 },
    { end: "target", pid: 20 },
    { end: "target", pid: 99 },
  ];
  const { ticks, peaks } = tally(roots, facts);
  assert.equal(ticks, 5 + 7 + 11 + 13);
  assert.deepEqual(
    peaks,
    new Map([
      ["target", 400],
      ["source", 123],
    ]),
  );
});
