import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import type { Change } from "../../../node/ports.ts";
import { MachineFaults } from "../../../simulations/world/machine-faults.ts";
import { OrderedMap } from "../../../simulations/world/ordered-map.ts";
import { FakeStore, FakeStoreMedium } from "../../../simulations/world/store.ts";
import { World } from "../../../simulations/world/world.ts";
import { storeContract } from "../../contracts/store.contract.ts";

let seed = 0;

storeContract("fake store", async () => {
  seed += 1;
  const world = new World(seed);
  const medium = new FakeStoreMedium();
  return {
    open: async () => new FakeStore(world, medium),
    settle: (work) => world.settle(work),
    end: async () => undefined,
  };
});

test("S4: a crash loses what was written since the last durable write, and nothing before it", async () => {
  const { world, medium, store } = make();
  await world.settle(store.write([put(1), put(2)], { durable: false }));
  await world.settle(store.write([put(3)], { durable: true }));
  await world.settle(store.write([put(4), remove(1), put(2, 9)], { durable: false }));
  await world.settle(store.write([put(5)], { durable: false }));
  medium.crash();
  assert.deepEqual(namesOn(medium), [1, 2, 3]);
  assert.deepEqual(medium.rows.get(Uint8Array.of(2)), Uint8Array.of(2));
});

test("by luck unflushed writes survive a crash, each whole and each by itself", async () => {
  for (let luck = 0; luck < 16; luck += 1) {
    const { world, medium, store } = make();
    for (const at of [0, 1, 2, 3]) {
      await world.settle(store.write([put(10 + at), put(20, at)], { durable: false }));
    }
    const survivors = [0, 1, 2, 3].filter((at) => ((luck >> at) & 1) === 1);
    let asked = 0;
    medium.crash(() => survivors.includes(asked++));
    const last = survivors.at(-1);
    assert.deepEqual(namesOn(medium), [...survivors.map((at) => 10 + at), ...(last === undefined ? [] : [20])]);
    assert.deepEqual(medium.rows.get(Uint8Array.of(20)), last === undefined ? undefined : Uint8Array.of(last));
    medium.crash();
    assert.equal(
      namesOn(medium).length,
      survivors.length === 0 ? 0 : survivors.length + 1,
      "it survives the next, too",
    );
  }
});

test("a write that was asked by a process that died does not happen later", async () => {
  const world = new World(3);
  const medium = new FakeStoreMedium();
  const life = world.life("peer");
  const store = new FakeStore(life, medium);
  void store.write([put(1)], { durable: true });
  life.end();
  await world.run(10_000);
  assert.deepEqual(namesOn(medium), []);
});

test("a fault makes one call fail and changes nothing", async () => {
  const world = new World(4);
  const medium = new FakeStoreMedium();
  let faulty = true;
  const faults = new MachineFaults();
  faults.store = () => (faulty ? new Error("the disk is full") : undefined);
  const store = new FakeStore(world, medium, { faults });
  await assert.rejects(world.settle(store.write([put(1)], { durable: true })), /full/);
  await assert.rejects(world.settle(store.get(Uint8Array.of(1))), /full/);
  assert.deepEqual(namesOn(medium), []);
  faulty = false;
  await world.settle(store.write([put(2)], { durable: true }));
  assert.deepEqual(namesOn(medium), [2]);
});

test("property: the ordered map is a map in order, with many more rows than one block has", () => {
  const key = fc.nat({ max: 3_000 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(key, fc.boolean()), { minLength: 3_000, maxLength: 6_000 }),
      key,
      key,
      (steps, from, to) => {
        const map = new OrderedMap();
        const model = new Map<number, Uint8Array>();
        for (const [at, isPut] of steps) {
          if (isPut) {
            map.set(wide(at), wide(at + 1));
            model.set(at, wide(at + 1));
          } else {
            map.delete(wide(at));
            model.delete(at);
          }
        }
        const names = [...model.keys()]
          .filter((name) => name >= from && name < to)
          .toSorted((one, other) => one - other);
        assert.deepEqual(
          map.range(wide(from), wide(to), 10_000),
          names.map((name) => [wide(name), model.get(name)]),
        );
        assert.deepEqual(map.get(wide(from)), model.get(from));
      },
    ),
    { numRuns: 20 },
  );
});

test("a hundred thousand rows go in and out in any order without taking quadratic time", () => {
  const map = new OrderedMap();
  for (let at = 0; at < 100_000; at += 1) map.set(wide((at * 61_813) % 100_003), Uint8Array.of(at));
  assert.equal(map.range(wide(0), wide(2 ** 32 - 1), 1_000_000).length, 100_000);
  for (let at = 0; at < 100_000; at += 1) map.delete(wide((at * 61_813) % 100_003));
  assert.deepEqual(map.range(wide(0), wide(2 ** 32 - 1), 10), []);
});

function make() {
  seed += 1;
  const world = new World(seed);
  const medium = new FakeStoreMedium();
  return { world, medium, store: new FakeStore(world, medium) };
}

function put(name: number, value = name): Change {
  return { kind: "put", key: Uint8Array.of(name), value: Uint8Array.of(value) };
}

function remove(name: number): Change {
  return { kind: "delete", key: Uint8Array.of(name) };
}

function namesOn(medium: FakeStoreMedium): readonly number[] {
  return medium.rows.range(Uint8Array.of(0), Uint8Array.of(255), 100).map(([key]) => key[0] ?? 0);
}

function wide(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}
