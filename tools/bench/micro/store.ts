/**
 * What the store costs: rows as large as signed records, under keys spread like hashes, which is
 * the worst order for it. One JSON line for each case.
 *
 *     node tools/bench/micro/store.ts [ROWS] [DIRECTORY]
 */

import { createHash, randomFillSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLevelStore } from "../../../node/adapters/level-store.ts";
import { afterKey } from "../../../node/keys.ts";
import type { Change } from "../../../node/ports.ts";

const rows = Number(process.argv[2] ?? 200_000);
const mib = 1024 * 1024;
const rowsPerCall = 256;
const valueBytes = 300;
const noise = randomFillSync(new Uint8Array(mib));

const directory = await mkdtemp(join(process.argv[3] ?? tmpdir(), "cdmesh-bench-"));
const store = await openLevelStore(directory);

const calls = Math.ceil(rows / rowsPerCall);
await measure("put, 256 to a write", rows, 1, calls, (turn) =>
  store.write(changesFrom(turn * rowsPerCall, rowsPerCall), { durable: false }),
);
await measure("getMany of 256", 200 * rowsPerCall, 1, 200, () =>
  store.getMany(Array.from({ length: rowsPerCall }, someKey)),
);
await measure("getMany of 256 that are not there", 200 * rowsPerCall, 1, 200, (turn) =>
  store.getMany(Array.from({ length: rowsPerCall }, (_, at) => keyOf(rows + turn * rowsPerCall + at))),
);
await measure("get, one after the other", 5_000, 1, 5_000, () => store.get(someKey()));
let from = Uint8Array.of(0);
await measure("range, 256 to a page", 200 * rowsPerCall, 1, 200, async () => {
  const page = await store.range({ from, to: Uint8Array.of(0xff), limit: rowsPerCall });
  from = Uint8Array.from(afterKey(page.at(-1)?.[0] ?? Uint8Array.of(0)));
});
await measure("durable put, one after the other", 300, 1, 300, (turn) =>
  store.write(changesFrom(turn, 1), { durable: true }),
);
await measure("durable put, 16 callers", 3_200, 16, 3_200, (turn) =>
  store.write(changesFrom(turn, 1), { durable: true }),
);
await measure("durable put, 100 to a write", 100 * 100, 1, 100, (turn) =>
  store.write(changesFrom(turn * 100, 100), { durable: true }),
);
await store.close();
await rm(directory, { recursive: true });

async function measure(
  what: string,
  rowsInAll: number,
  callers: number,
  turns: number,
  call: (turn: number) => Promise<unknown>,
): Promise<void> {
  const startMs = performance.now();
  let turn = 0;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (turn < turns) {
        turn += 1;
        await call(turn - 1);
      }
    }),
  );
  const seconds = (performance.now() - startMs) / 1000;
  const line = {
    what,
    rows,
    rowsPerSecond: Math.round(rowsInAll / seconds),
    callsPerSecond: Math.round(turns / seconds),
    rssMib: Math.round(process.memoryUsage.rss() / mib),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function changesFrom(first: number, count: number): readonly Change[] {
  return Array.from({ length: count }, (_, at) => ({
    kind: "put",
    key: keyOf(first + at),
    value: valueOf(first + at),
  }));
}

function someKey(): Uint8Array {
  return keyOf(Math.floor(Math.random() * rows));
}

function keyOf(row: number): Uint8Array {
  const key = Buffer.alloc(64);
  key.write("v");
  createHash("sha256").update(String(row)).digest().copy(key, 16);
  return new Uint8Array(key);
}

/** Two thirds noise, like signed bytes with a path in them. */
function valueOf(row: number): Uint8Array {
  const value = new Uint8Array(valueBytes);
  const start = (row * 37) % (noise.length - valueBytes);
  value.set(noise.subarray(start, start + 200));
  return value;
}
