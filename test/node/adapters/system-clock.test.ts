import assert from "node:assert/strict";
import test from "node:test";
import { SystemClock } from "../../../node/adapters/system-clock.ts";
import { clockContract } from "../../contracts/clock.contract.ts";

clockContract("system clock", () => ({ clock: new SystemClock(), settle: (work) => work }));

test("wall time is the machine's", () => {
  const before = Date.now();
  const wallMs = new SystemClock().wallMs();
  assert.ok(wallMs >= before && wallMs <= Date.now());
});
