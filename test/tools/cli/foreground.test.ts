import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { RunningProgram } from "./running-program.ts";

const addressOf = (path: string): string => new URL(`../../../${path}`, import.meta.url).href;

/** @param program JavaScript that makes something stoppable, with `say` and `wait` at hand */
function runInForeground(context: TestContext, program: string): RunningProgram {
  return RunningProgram.module(
    context,
    `import { runInForeground } from ${JSON.stringify(addressOf("tools/cli/foreground.ts"))};
     import { PinoLog } from ${JSON.stringify(addressOf("node/adapters/pino-log.ts"))};
     const log = PinoLog.open({ level: "info" });
     const say = (event) => log.write("info", event);
     const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
     setInterval(() => {}, 1_000);
     await runInForeground(log, async () => { ${program} });`,
  );
}

function eventsOf(program: RunningProgram): readonly string[] {
  const lines = program.stderr.trimEnd().split("\n");
  return lines.map((line): string => {
    const said: unknown = JSON.parse(line);
    assert.ok(typeof said === "object" && said !== null && "event" in said);
    return String(said.event);
  });
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`${signal} lets it finish, and the exit code is 0`, async (context) => {
    const program = runInForeground(
      context,
      `say("up"); return { stop: async () => { await wait(50); say("done"); } };`,
    );
    await program.says(/"up"/);
    assert.deepEqual(await program.end(signal), { exitCode: 0, signal: null });
    assert.deepEqual(eventsOf(program), ["up", "peer-stopping", "done", "peer-stopped"]);
  });
}

test("a signal while it still starts lets it start first, and then stop", async (context) => {
  const program = runInForeground(
    context,
    `say("starting"); await wait(300); return { stop: async () => say("done") };`,
  );
  await program.says(/"starting"/);
  assert.deepEqual(await program.end("SIGTERM"), { exitCode: 0, signal: null });
  assert.deepEqual(eventsOf(program), ["starting", "peer-stopping", "done", "peer-stopped"]);
});

test("what does not stop is abandoned within 5 s, with exit code 0", async (context) => {
  const program = runInForeground(context, `say("up"); return { stop: () => new Promise(() => {}) };`);
  await program.says(/"up"/);
  program.send("SIGTERM");
  await program.says(/peer-stopping/);
  const startMs = performance.now();
  assert.deepEqual(await program.ended, { exitCode: 0, signal: null });
  assert.ok(performance.now() - startMs < 5_000);
  assert.deepEqual(eventsOf(program), ["up", "peer-stopping", "peer-abandoned"]);
});

test("a second signal ends it at once", async (context) => {
  const program = runInForeground(context, `say("up"); return { stop: () => new Promise(() => {}) };`);
  await program.says(/"up"/);
  program.send("SIGTERM");
  await program.says(/peer-stopping/);
  assert.deepEqual(await program.end("SIGINT"), { exitCode: 130, signal: null });
});

for (const [what, fails] of [
  ["an exception that nobody caught", `setTimeout(() => { throw new Error("a bug"); }, 10);`],
  ["a rejection that nobody caught", `void Promise.reject(new Error("a bug"));`],
] as const) {
  test(`${what} is one line of log, and ends the process with 70`, async (context) => {
    const program = runInForeground(context, `${fails} return { stop: async () => {} };`);
    assert.deepEqual(await program.ended, { exitCode: 70, signal: null });
    assert.deepEqual(eventsOf(program), ["process-crashed"]);
    assert.match(program.stderr, /a bug/);
    assert.equal(program.stdout, "");
  });
}
