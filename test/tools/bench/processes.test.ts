import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, test } from "node:test";
import type { End } from "../../../tools/bench/ends.ts";
import { Processes } from "../../../tools/bench/processes.ts";

let state: string;
let processes: Processes;
let end: End;

beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), "bench-processes-"));
  const command = (program: string, words: readonly string[]) => [program, words] as const;
  const place = { name: "source", region: "here", group: "bench", address: "127.0.0.1", command };
  end = { place, folder: state, state };
  processes = new Processes();
});

afterEach(async () => {
  await processes.close();
  await rm(state, { recursive: true });
});

async function lossSoFar(): Promise<unknown> {
  let loss: unknown;
  processes.lost.catch((failure: unknown) => {
    loss = failure;
  });
  await nextTurn();
  return loss;
}

test("what was stopped is no loss, and can be started again with a log of its own", async () => {
  const log = processes.daemon(end, "sh", ["-c", "echo first; exec sleep 60"]);
  while ((await readFile(log, "utf8")) !== "first\n");
  await processes.stop();
  assert.deepEqual(processes.running(), []);
  processes.daemon(end, "sh", ["-c", "echo second; exec sleep 60"]);
  while ((await readFile(log, "utf8")) !== "second\n");
  assert.equal(processes.running().length, 1);
  assert.equal(await lossSoFar(), undefined);
});

test("a daemon that ends by itself is lost, with its last words", async () => {
  processes.daemon(end, "sh", ["-c", "echo out of memory; exit 3"]);
  await assert.rejects(processes.lost, /sh at the source ended with exit code 3:\nout of memory/);
});

test("a command that fails says why, and is no loss", async () => {
  await assert.rejects(
    processes.command(end, "sh", ["-c", "echo no such host; exit 10"]),
    /exit code 10:\nno such host/,
  );
  await processes.command(end, "sh", ["-c", "exit 0"]);
  assert.deepEqual(processes.running(), []);
  assert.equal(await lossSoFar(), undefined);
});

test("nothing starts once the run is over", async () => {
  await processes.close();
  assert.throws(() => processes.daemon(end, "sleep", ["60"]), /over/);
});
