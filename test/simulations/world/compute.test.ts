import assert from "node:assert/strict";
import test from "node:test";
import { FakeCompute } from "../../../simulations/world/compute.ts";
import { World } from "../../../simulations/world/world.ts";
import { computeContract } from "../../contracts/compute.contract.ts";

function make() {
  const world = new World(1);
  return { compute: new FakeCompute(world), settle: <T>(work: Promise<T>) => world.settle(work) };
}

computeContract("fake compute", make);

test("a buffer that its caller changes too early is caught: its bytes are read at the answer", async () => {
  const { compute, settle } = make();
  const bytes = Uint8Array.of(1);
  const [untouched] = await settle(compute.hashMany([bytes]));
  const asked = compute.hashMany([bytes]);
  bytes[0] = 2;
  assert.notDeepEqual(await settle(asked), [untouched]);
});

test("one seed answers in one order, and not in that of the calls", async () => {
  const first = await orderOfAnswers(7);
  assert.deepEqual(await orderOfAnswers(7), first);
  assert.notDeepEqual(first, first.toSorted());
});

async function orderOfAnswers(seed: number): Promise<readonly string[]> {
  const world = new World(seed);
  const compute = new FakeCompute(world);
  const order: string[] = [];
  const calls = Array.from("abcdefghij", async (call) => {
    await compute.hashMany([]);
    order.push(call);
  });
  await world.settle(Promise.all(calls));
  return order;
}
