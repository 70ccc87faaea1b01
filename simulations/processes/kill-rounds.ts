/**
 * Real peers under SIGKILL while writers work.
 *
 *   kill-rounds.ts [--rounds 100] [--seed 1] [--directory DIR]
 *
 * Prints a line of JSON for each round, and a summary last; the same lines are kept in
 * DIR/rounds-SEED.jsonl. Exit code 1 when a write was lost, a file torn or a delete invented; what
 * the run leaves behind is then in DIR/kills-SEED.
 */

import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runKills } from "./kill-run.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
    directory: { type: "string", default: join(tmpdir(), "cdmesh-kills") },
  },
});
const [rounds, seed] = [Number(values.rounds), Number(values.seed)];
if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed)) {
  console.error("--rounds and --seed are numbers");
  process.exit(64);
}

// What a run made is cleared away when the process exits.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
mkdirSync(values.directory, { recursive: true });
const log = join(values.directory, `rounds-${seed}.jsonl`);
rmSync(log, { force: true });

let [done, kills, writes] = [0, 0, 0];
const faults = await runKills({
  rounds,
  seed,
  directory: join(values.directory, `kills-${seed}`),
  onRound: (report) => {
    done = report.round;
    kills += report.kills;
    writes = report.writes;
    say(report);
  },
});
say({ seed, rounds: done, kills, writes, faults, ok: faults.length === 0 });
if (faults.length > 0) process.exitCode = 1;

function say(line: object): void {
  console.log(JSON.stringify(line));
  appendFileSync(log, `${JSON.stringify(line)}\n`);
}
