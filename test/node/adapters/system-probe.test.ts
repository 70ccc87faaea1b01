import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import test from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { SystemProbe } from "../../../node/adapters/system-probe.ts";
import { probeContract } from "../../contracts/probe.contract.ts";

probeContract("system probe", () => {
  const probe = new SystemProbe();
  return { probe, path: tmpdir(), settle: (work) => work, close: () => probe.close() };
});

test("a blocked event loop shows in the next sample and only there", async () => {
  const probe = new SystemProbe();
  probe.sample();
  const untilMs = performance.now() + 300;
  while (performance.now() < untilMs);
  await wait(30);
  const stalled = probe.sample();
  assert.ok(stalled.eventLoopDelayMs >= 200);
  assert.ok(probe.sample().eventLoopDelayMs < stalled.eventLoopDelayMs);
  probe.close();
});

test("work shows as load", async () => {
  const probe = new SystemProbe();
  const untilMs = performance.now() + 200;
  while (performance.now() < untilMs);
  assert.ok(probe.sample().cpu > 0);
  probe.close();
});

test("space of a path that is not there is an error, not a number", async () => {
  const probe = new SystemProbe();
  await assert.rejects(probe.diskBytesFree("/no/such/place"));
  probe.close();
});
