/**
 * Three real peers with a busy user on each, for a short while; `busy-users.ts` runs longer ones, and
 * with peers killed. Cables can be pulled out where the test may make network namespaces.
 */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { runBusy } from "../../../simulations/processes/busy-run.ts";
import type { FaultMode } from "../../../simulations/processes/fault-plan.ts";
import { NamespaceBridge } from "../../../simulations/processes/namespaces.ts";

const seconds = 12;

test("three busy users lose nothing, and ten seconds later all trees are equal (S1, C1)", (context) =>
  rehearse(context, "calm"));

if (NamespaceBridge.problem() === undefined)
  test("three busy users lose nothing while peers are cut off again and again (S1, C1)", (context) =>
    rehearse(context, "cuts"));

async function rehearse(context: TestContext, mode: FaultMode): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "cdmesh-busy-"));
  try {
    const report = await runBusy({ mode, seed: 1, seconds, directory: join(directory, "run") });
    context.diagnostic(JSON.stringify(report));
    assert.equal(report.lost, 0);
    assert.equal(report.unequalPaths, 0);
    assert.ok(report.contents > seconds * 5, "the users were busy");
    assert.equal(report.faults > 0, mode === "cuts");
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
