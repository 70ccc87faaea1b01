/** Three real peers are killed at random moments while writers work; `kill-rounds.ts` does a hundred rounds. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type RoundReport, runKills } from "../../../simulations/processes/kill-run.ts";

test("peers under SIGKILL lose no write, tear no file and invent no delete (S1, S3, S4, S5)", async (context) => {
  const directory = mkdtempSync(join(tmpdir(), "cdmesh-kills-"));
  const rounds: RoundReport[] = [];
  try {
    const faults = await runKills({
      seed: 1,
      rounds: 3,
      directory: join(directory, "run"),
      onRound: (report) => rounds.push(report),
    });
    assert.deepEqual(faults, []);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  for (const { round, kills, writes, equalWithinMs } of rounds) {
    context.diagnostic(`round ${round}: ${kills} kills, ${writes} writes so far, equal after ${equalWithinMs} ms`);
  }
  assert.equal(rounds.length, 3);
  assert.ok((rounds.at(-1)?.writes ?? 0) > 50, "the writers wrote");
});
