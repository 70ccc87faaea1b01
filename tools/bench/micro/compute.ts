/**
 * What the compute pool costs: large files in segments, many small files, single small calls,
 * compression. One JSON line for each case.
 *
 *     node tools/bench/micro/compute.ts [WORKERS]
 */

import { randomFillSync } from "node:crypto";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { ComputePool } from "../../../node/adapters/compute/compute-pool.ts";

const kib = 1024;
const mib = 1024 * kib;
const workers = Number(process.argv[2] ?? 1);
const pool = new ComputePool({ workers });
/** As many calls at a time as keep each worker busy. */
const lanes = workers + 1;

const random = randomFillSync(new Uint8Array(4 * mib));
const text = new TextEncoder().encode(
  "The mesh keeps folders identical across many servers. 0123456789\n".repeat(16_384),
);
const smallFiles = Array.from({ length: 256 }, () => randomFillSync(new Uint8Array(8 * kib)));

await pool.cut(random, true);
const segments = Array.from({ length: lanes }, () => {
  const segment = pool.buffer(4 * mib);
  segment.set(random);
  return segment;
});

await measure("cut 4 MiB segments in lent memory", 256, 4 * mib, (_, lane) => pool.cut(segments[lane] ?? random, true));
await measure("cut 4 MiB segments in ordinary memory", 256, 4 * mib, () => pool.cut(random, true));
await measure("cut 1 MiB segments in ordinary memory", 1024, mib, () => pool.cut(random.subarray(0, mib), true));
await measure("cut 10,000 files of 8 KiB, 256 to a call", 40, 256 * 8 * kib, () => pool.cutMany(smallFiles));
await measure("cut 10,000 files of 8 KiB, 32 to a call", 312, 32 * 8 * kib, () =>
  pool.cutMany(smallFiles.slice(0, 32)),
);
await measure("cut 10,000 files of 8 KiB, each by itself", 10_000, 8 * kib, () => pool.cutMany(smallFiles.slice(0, 1)));
await measure("name 16 chunks of 64 KiB", 1024, mib, () => pool.hashMany(pieces(random.subarray(0, mib), 64 * kib)));
for (const level of [1, 3, 9]) {
  const packed = await pool.compress(text, level);
  await measure(`compress 1 MiB of text at level ${level}`, 40, mib, () => pool.compress(text.subarray(0, mib), level));
  await measure(`decompress 1 MiB of text of level ${level}`, 100, mib, () => pool.decompress(packed, 2 * mib));
}
await measure("compress 1 MiB of noise at level 3", 100, mib, () => pool.compress(random.subarray(0, mib), 3));
await pool.close();

async function measure(
  what: string,
  calls: number,
  bytesPerCall: number,
  call: (turn: number, lane: number) => Promise<unknown>,
): Promise<void> {
  const loop = monitorEventLoopDelay({ resolution: 1 });
  const waitsMs: number[] = [];
  const cpuBefore = process.cpuUsage();
  loop.enable();
  const startMs = performance.now();
  let turn = 0;
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      while (turn < calls) {
        turn += 1;
        const callMs = performance.now();
        await call(turn, lane);
        waitsMs.push(performance.now() - callMs);
      }
    }),
  );
  const seconds = (performance.now() - startMs) / 1000;
  loop.disable();
  const cpu = process.cpuUsage(cpuBefore);
  waitsMs.sort((one, other) => one - other);
  const line = {
    what,
    workers,
    mibPerSecond: Math.round((calls * bytesPerCall) / mib / seconds),
    callsPerSecond: Math.round(calls / seconds),
    waitMsMedian: round(waitsMs[Math.floor(waitsMs.length / 2)] ?? 0),
    cpuSecondsPerGib: round((cpu.user + cpu.system) / 1e6 / ((calls * bytesPerCall) / (1024 * mib))),
    eventLoopDelayMsMax: round(loop.max / 1e6),
    rssMib: Math.round(process.memoryUsage.rss() / mib),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function pieces(bytes: Uint8Array, length: number): readonly Uint8Array[] {
  return Array.from({ length: bytes.length / length }, (_, at) => bytes.subarray(at * length, (at + 1) * length));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
