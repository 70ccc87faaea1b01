import assert from "node:assert/strict";
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import test from "node:test";

function runChecks(names: readonly string[], cwd = "."): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [resolve("tools/checks/main.ts"), ...names], { cwd, encoding: "utf8" });
}

test("a step that passes is one line", () => {
  const { status, stdout } = runChecks(["floors"]);
  assert.equal(status, 0);
  assert.match(stdout, /^floors +ok +\d+\.\d s\n\nall is well, \d+\.\d s\n$/);
});

test("a step that fails shows its output and fails the whole, and the others still run", () => {
  const { status, stdout } = runChecks(["floors", "types"], tmpdir());
  assert.equal(status, 1);
  assert.match(stdout, /^floors +FAILED/m);
  assert.match(stdout, /Cannot find module/);
  assert.match(stdout, /^types +FAILED/m);
  assert.match(stdout, /^failed: /m);
});

test("a step that does not exist is a usage error: nothing was checked", () => {
  const { status, stderr } = runChecks(["florrs"]);
  assert.equal(status, 64);
  assert.match(stderr, /no step is called florrs; there are types, /);
});
