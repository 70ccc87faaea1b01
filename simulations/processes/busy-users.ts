/**
 * Three real peers with a busy user on each, run by run.
 *
 *   busy-users.ts --mode calm|cuts|kills [--seconds 60] [--seeds A..B] [--json] [--directory DIR]
 *
 * Prints a line for each run; exit code 1 when something was lost or the trees were not equal ten
 * seconds after the end. What such a run leaves behind is in DIR/MODE-SEED.
 */

import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type BusyRunReport, runBusy } from "./busy-run.ts";
import { faultModes } from "./fault-plan.ts";

const { values } = parseArgs({
  options: {
    mode: { type: "string", default: "calm" },
    seconds: { type: "string", default: "60" },
    seeds: { type: "string", default: "1..1" },
    json: { type: "boolean", default: false },
    directory: { type: "string", default: join(tmpdir(), "cdmesh-busy") },
  },
});

const mode = faultModes.find((one) => one === values.mode);
const [first, last] = values.seeds.split("..").map(Number);
const seconds = Number(values.seconds);
if (mode === undefined || first === undefined || !Number.isInteger(first) || !(seconds > 0)) {
  console.error(`--mode is one of ${faultModes.join(", ")}; --seeds is A..B; --seconds is a number`);
  process.exit(64);
}

// What a run made is cleared away when the process exits.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
for (let seed = first; seed <= (last ?? first); seed += 1) {
  const directory = join(values.directory, `${mode}-${seed}`);
  const report = await runBusy({ mode, seed, seconds, directory });
  console.log(values.json ? JSON.stringify(report) : told(report));
  if (report.ok) continue;
  process.exitCode = 1;
  console.error(`see ${join(directory, "evidence.json")}`);
}

function told({
  seed,
  contents,
  lost,
  inWindows,
  conflictCopies,
  unequalPaths,
  equalWithinMs,
  ok,
}: BusyRunReport): string {
  const equal = equalWithinMs === undefined ? `${unequalPaths} paths unequal` : `equal after ${equalWithinMs} ms`;
  return `${mode} ${seed}: ${ok ? "ok" : "FAILED"}, ${contents} contents, ${lost} lost, ${inWindows} in windows, ${conflictCopies} conflict copies, ${equal}`;
}
