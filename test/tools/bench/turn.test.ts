import assert from "node:assert/strict";
import { test } from "node:test";
import { takeTurn } from "../../../tools/bench/turn.ts";

test("a second bench is refused until the first one ends", async () => {
  const name = `cdmesh-bench-test-${process.pid}`;
  const giveBack = await takeTurn(name);
  await assert.rejects(takeTurn(name), /another bench runs/);
  await giveBack();
  const giveBackAgain = await takeTurn(name);
  await giveBackAgain();
});
