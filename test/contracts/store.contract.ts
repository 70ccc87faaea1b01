/** What every Store keeps, LevelDB and the simulated one. */

import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { afterKey } from "../../node/keys.ts";
import type { Change, Store } from "../../node/ports.ts";

export interface StoreUnderTest {
  /** Opens the same store each time; the one opened before is closed by then. */
  readonly open: () => Promise<Store>;
  /** Lets time pass until the promise settles. */
  readonly settle: <T>(work: Promise<T>) => Promise<T>;
  readonly end: () => Promise<void>;
}

const all = { from: bytes(), to: bytes(0xff, 0xff, 0xff, 0xff), limit: 1_000_000 };
const durable = { durable: true };
const loose = { durable: false };

export function storeContract(name: string, make: () => Promise<StoreUnderTest>): void {
  const check = (sentence: string, body: (store: Store, open: () => Promise<Store>) => Promise<void>): void => {
    test(`${name}: ${sentence}`, async () => {
      const { open, settle, end } = await make();
      const work = async (): Promise<void> => {
        let store = await open();
        await body(store, async () => (store = await open()));
        await store.close();
      };
      try {
        await settle(work());
      } finally {
        await end();
      }
    });
  };

  check("what was put is there, what was not is undefined", async (store) => {
    await store.write([put("a", "1"), put("b", "2")], loose);
    assert.deepEqual(await store.get(text("a")), text("1"));
    assert.equal(await store.get(text("c")), undefined);
    const asked = [text("b"), text("c"), text("a"), text("b")];
    assert.deepEqual(await store.getMany(asked), [text("2"), undefined, text("1"), text("2")]);
    assert.deepEqual(await store.getMany([]), []);
  });

  check("what was deleted is gone; deleting what is not there is harmless", async (store) => {
    await store.write([put("a", "1"), put("b", "2")], loose);
    await store.write([remove("a"), remove("nothing")], durable);
    assert.equal(await store.get(text("a")), undefined);
    assert.deepEqual(await store.range(all), [[text("b"), text("2")]]);
  });

  check("of several changes of one key in a write the last one counts", async (store) => {
    await store.write([put("a", "1"), remove("a"), put("a", "2"), put("b", "1"), remove("b")], loose);
    assert.deepEqual(await store.range(all), [[text("a"), text("2")]]);
  });

  check("values of no bytes and of a megabyte, and a write of nothing", async (store) => {
    const large = new Uint8Array(1024 * 1024).fill(7);
    await store.write([{ kind: "put", key: text("none"), value: bytes() }], loose);
    await store.write([{ kind: "put", key: text("large"), value: large }], loose);
    await store.write([], durable);
    await store.write([], loose);
    assert.deepEqual(await store.getMany([text("none"), text("large")]), [bytes(), large]);
  });

  check("keys sort by their bytes, the shorter first", async (store) => {
    const sorted = [
      [0],
      [0, 0],
      [0, 255],
      [1],
      [97],
      [97, 0],
      [97, 97],
      [127, 255],
      [128],
      [195, 164],
      [254],
      [255, 1],
    ];
    const changes = sorted.map((key): Change => ({ kind: "put", key: bytes(...key), value: bytes(...key) }));
    await store.write(changes.toReversed(), loose);
    assert.deepEqual(
      await store.range(all),
      sorted.map((key) => [bytes(...key), bytes(...key)]),
    );
  });

  check("a range has its first key, not its end, and at most its limit", async (store) => {
    await store.write(
      ["a", "b", "c", "d"].map((key) => put(key, key)),
      loose,
    );
    const keysOf = async (from: string, to: string, limit: number): Promise<string> =>
      (await store.range({ from: text(from), to: text(to), limit }))
        .map(([key]) => Buffer.from(key).toString())
        .join("");
    assert.equal(await keysOf("b", "d", 10), "bc");
    assert.equal(await keysOf("aa", "cc", 10), "bc");
    assert.equal(await keysOf("a", "z", 2), "ab");
    assert.equal(await keysOf("a", "z", 0), "");
    assert.equal(await keysOf("b", "b", 10), "");
    assert.equal(await keysOf("c", "b", 10), "");
    assert.equal(await keysOf("x", "z", 10), "");
  });

  check("page by page one sees every row once, in order", async (store) => {
    const changes = Array.from({ length: 2_500 }, (_, at) => put(`row ${String(at).padStart(5, "0")}`, `${at}`));
    await store.write(changes, loose);
    const values: string[] = [];
    for (let from = all.from; ; ) {
      const page = await store.range({ ...all, from, limit: 300 });
      values.push(...page.map(([, value]) => Buffer.from(value).toString()));
      const last = page.at(-1);
      if (last === undefined || page.length < 300) break;
      from = afterKey(last[0]);
    }
    assert.deepEqual(
      values,
      changes.map((_, at) => `${at}`),
    );
  });

  check("writes take effect in the order asked, whether one waits for them or not", async (store) => {
    const writes = Array.from({ length: 200 }, (_, at) =>
      store.write([put("last", `${at}`), put(`every ${at}`, "")], at % 7 === 0 ? durable : loose),
    );
    await Promise.all(writes);
    assert.deepEqual(await store.get(text("last")), text("199"));
    assert.equal((await store.range(all)).length, 201);
  });

  check("a write is seen whole or not at all", async (store) => {
    const writes: Promise<void>[] = [];
    let looks = 0;
    const look = async (): Promise<void> => {
      const values = (await store.range(all)).map(([, value]) => Buffer.from(value).toString());
      assert.ok(values.length === 0 || values.length === 3, `${values.length} of 3 rows`);
      assert.equal(new Set(values).size, Math.min(values.length, 1), values.join());
      looks += 1;
    };
    for (let at = 0; at < 60; at += 1) {
      writes.push(store.write([put("a", `${at}`), put("m", `${at}`), put("z", `${at}`)], loose));
      if (at % 3 === 0) await look();
    }
    await Promise.all(writes);
    assert.equal(looks, 20);
  });

  check("what is given may be part of larger memory; what is answered is the caller's own", async (store) => {
    const memory = text("..keyvalue..");
    await store.write([{ kind: "put", key: memory.subarray(2, 5), value: memory.subarray(5, 10) }], loose);
    memory.fill(0);
    const key = text("key");
    for (const read of [
      async () => store.get(key),
      async () => (await store.getMany([key]))[0],
      async () => (await store.range(all))[0]?.[1],
    ]) {
      const value = await read();
      assert.deepEqual(value, text("value"));
      assert.equal(Object.getPrototypeOf(value), Uint8Array.prototype, "not a Buffer, whose slice is no copy");
      value?.fill(0);
      assert.deepEqual(await read(), text("value"));
    }
  });

  check("S4: what was written is there after the store was closed and opened again", async (store, open) => {
    await store.write([put("a", "1"), put("b", "1")], durable);
    await store.write([put("b", "2")], loose);
    await store.close();
    const again = await open();
    assert.deepEqual(await again.getMany([text("a"), text("b")]), [text("1"), text("2")]);
  });

  check("closing waits for the writes under way; a closed store refuses every call", async (store, open) => {
    const writes = Array.from({ length: 20 }, (_, at) => store.write([put(`${at}`, "")], at === 10 ? durable : loose));
    await store.close();
    await Promise.all(writes);
    await assert.rejects(store.get(text("1")));
    await assert.rejects(store.getMany([text("1")]));
    await assert.rejects(store.range(all));
    await assert.rejects(store.write([put("late", "")], durable));
    await store.close();
    const again = await open();
    assert.equal((await again.range(all)).length, 20);
  });

  check("property: it behaves like a sorted map, also across closing and opening", async (first, open) => {
    let store = first;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        await store.write(
          (await store.range(all)).map(([key]) => ({ kind: "delete", key })),
          loose,
        );
        const model = new Map<string, Uint8Array>();
        for (const one of steps) {
          if (one.kind === "reopen") {
            await store.close();
            store = await open();
          } else if (one.kind === "write") {
            await store.write(one.changes, one);
            for (const change of one.changes) {
              if (change.kind === "put") model.set(hex(change.key), change.value);
              else model.delete(hex(change.key));
            }
          } else {
            const rows = await store.range(one);
            assert.deepEqual(
              rows.map(([key, value]) => [hex(key), value]),
              modelRange(model, one),
            );
            const values = await store.getMany(one.keys);
            assert.deepEqual(
              values,
              one.keys.map((key) => model.get(hex(key))),
            );
          }
        }
      }),
      { numRuns: 40 },
    );
  });
}

/** Few bytes, so that keys meet, and among them those at which a wrong order would show. */
const key = fc
  .array(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), { minLength: 1, maxLength: 3 })
  .map((values) => bytes(...values));

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant("put" as const), key, value: fc.uint8Array({ maxLength: 4 }) }),
  fc.record({ kind: fc.constant("delete" as const), key }),
);

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("write" as const), changes: fc.array(change), durable: fc.boolean() }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("read" as const),
      from: key,
      to: key,
      limit: fc.nat({ max: 6 }),
      keys: fc.array(key, { maxLength: 5 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("reopen" as const) }) },
);

function modelRange(
  model: ReadonlyMap<string, Uint8Array>,
  { from, to, limit }: { readonly from: Uint8Array; readonly to: Uint8Array; readonly limit: number },
) {
  const names = [...model.keys()].filter((name) => name >= hex(from) && name < hex(to)).toSorted();
  return names.slice(0, limit).map((name) => [name, model.get(name)]);
}

function put(name: string, value: string): Change {
  return { kind: "put", key: text(name), value: text(value) };
}

function remove(name: string): Change {
  return { kind: "delete", key: text(name) };
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function bytes(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values);
}

function hex(value: Uint8Array): string {
  return Buffer.from(value).toString("hex");
}
