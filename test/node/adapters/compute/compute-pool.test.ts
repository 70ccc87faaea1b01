import assert from "node:assert/strict";
import test from "node:test";
import { ComputePool } from "../../../../node/adapters/compute/compute-pool.ts";
import { computeContract } from "../../../contracts/compute.contract.ts";
import { generatedBytes } from "../../../protocol/content/generated-bytes.ts";

const mib = 1024 * 1024;

computeContract("compute pool", () => ({ compute: new ComputePool({ workers: 2 }), settle: (work) => work }));

test("the event loop turns while workers work", async (context) => {
  const pool = new ComputePool({ workers: 1 });
  context.after(() => pool.close());
  await pool.hashMany([]);
  let turns = 0;
  let done = false;
  const turn = (): void => {
    turns += 1;
    if (!done) setImmediate(turn);
  };
  setImmediate(turn);
  await pool.compress(generatedBytes("turns", 4 * mib), 9);
  done = true;
  assert.ok(turns > 20, `${turns} turns`);
});

test("callers are served in the order they came, however many wait", async (context) => {
  const pool = new ComputePool({ workers: 1 });
  context.after(() => pool.close());
  const served: number[] = [];
  const calls = Array.from({ length: 100 }, async (_, at) => {
    await pool.hashMany([Uint8Array.of(at)]);
    served.push(at);
  });
  await Promise.all(calls);
  assert.deepEqual(
    served,
    Array.from({ length: 100 }, (_, at) => at),
  );
});

test("memory that the garbage collector does not count is given out up to 32 MiB", async (context) => {
  const pool = new ComputePool({ workers: 1 });
  context.after(() => pool.close());
  const buffers = Array.from({ length: 12 }, () => pool.buffer(4 * mib));
  const shared = buffers.filter(({ buffer }) => buffer instanceof SharedArrayBuffer);
  assert.equal(shared.length, 8);
  assert.ok(!(pool.buffer(1024).buffer instanceof SharedArrayBuffer), "small ones are cheaper to copy");
});

test("a task that fails leaves its worker fit for the next", async (context) => {
  const pool = new ComputePool({ workers: 1 });
  context.after(() => pool.close());
  for (let round = 0; round < 5; round += 1) {
    await assert.rejects(pool.decompress(Uint8Array.of(1, 2, 3), 100));
    assert.equal((await pool.hashMany([new Uint8Array()])).length, 1);
  }
});
