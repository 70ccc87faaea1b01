import assert from "node:assert/strict";
import test from "node:test";
import { FakeLog } from "../../../simulations/world/log.ts";
import { World } from "../../../simulations/world/world.ts";
import { logContract } from "../../contracts/log.contract.ts";

logContract("fake log", () => {
  const log = new FakeLog(new World(1));
  return {
    log,
    lines: async () => log.lines.map(({ level, event, facts }) => ({ level, event, facts })),
  };
});

test("what is logged is part of the trace", () => {
  const hashOf = (event: string): string => {
    const world = new World(1);
    new FakeLog(world).write("info", event);
    return world.traceHash();
  };
  assert.equal(hashOf("peer-up"), hashOf("peer-up"));
  assert.notEqual(hashOf("peer-up"), hashOf("peer-down"));
});
