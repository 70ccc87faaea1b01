import assert from "node:assert/strict";
import test from "node:test";
import { rowKey } from "../../node/keys.ts";
import type { Change, Store } from "../../node/ports.ts";
import { bringForward, type Migrations, StoreSchemaError } from "../../node/store-schema.ts";
import { MemoryStore } from "./records/memory-store.ts";

const key = rowKey("p", "schema");
const row = rowKey("p", "old");
/** Each step takes the row on by one letter. */
const steps: Migrations = new Map([1, 2].map((version) => [version, (store: Store) => append(store, `${version}`)]));

async function append(store: Store, letter: string): Promise<readonly Change[]> {
  const value = Buffer.concat([(await store.get(row)) ?? new Uint8Array(0), Buffer.from(letter)]);
  return [{ kind: "put", key: row, value }];
}

async function textOf(store: Store, name: Uint8Array): Promise<string> {
  return Buffer.from((await store.get(name)) ?? []).toString();
}

test("FORMATS 10: an empty store gets the newest number, and nothing else", async () => {
  const store = new MemoryStore();
  await bringForward(store, 3, steps);
  assert.equal(await textOf(store, key), "3");
  assert.equal(await textOf(store, row), "");
});

test("FORMATS 10: an older store goes through each step once, and not again at the next start", async () => {
  const store = new MemoryStore();
  await bringForward(store, 1, new Map());
  await bringForward(store, 3, steps);
  await bringForward(store, 3, steps);
  assert.equal(await textOf(store, key), "3");
  assert.equal(await textOf(store, row), "12");
});

test("FORMATS 10: a newer store, and one whose number is none, are refused and left alone", async () => {
  for (const number of ["4", "1.5", "x"]) {
    const store = new MemoryStore();
    await store.write([{ kind: "put", key, value: Buffer.from(number) }]);
    await assert.rejects(bringForward(store, 3, steps), StoreSchemaError);
    assert.equal(await textOf(store, key), number);
    assert.equal(await textOf(store, row), "");
  }
});
