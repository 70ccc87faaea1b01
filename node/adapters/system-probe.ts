/**
 * How this machine and process are doing: /proc and node:os, about 0.05 ms a sample.
 *
 * Memory is what this process may have: inside a container its limit, not the machine's size.
 */

import { readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import type { Load, Probe } from "../ports.ts";

/** Time of all cores since the machine started, in whatever unit the platform counts. */
interface CpuTime {
  readonly busy: number;
  readonly total: number;
}

export class SystemProbe implements Probe {
  readonly #heartbeat = new Heartbeat();
  #cpuTime = readCpuTime();
  #cpu = 0;

  sample(): Load {
    const cpuTime = readCpuTime();
    const total = cpuTime.total - this.#cpuTime.total;
    // The platform counts in steps of about 10 ms: two samples in one step say nothing new.
    if (total > 0) {
      this.#cpu = Math.min(1, Math.max(0, (cpuTime.busy - this.#cpuTime.busy) / total));
      this.#cpuTime = cpuTime;
    }
    const limit = process.constrainedMemory();
    const memoryBytesTotal = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
    return {
      cpu: this.#cpu,
      memoryBytesFree: Math.min(process.availableMemory(), memoryBytesTotal),
      memoryBytesTotal,
      processBytes: process.memoryUsage.rss(),
      eventLoopDelayMs: this.#heartbeat.takeLongestDelayMs(),
    };
  }

  async diskBytesFree(path: string): Promise<number> {
    const fileSystem = await statfs(path);
    return fileSystem.bavail * fileSystem.bsize;
  }

  close(): void {
    this.#heartbeat.stop();
  }
}

/**
 * Measures by how much a steady timer is late. Node's `monitorEventLoopDelay` does nearly that,
 * but each reset makes it forget the beat before: a stall right behind a sample would be lost.
 */
class Heartbeat {
  readonly #intervalMs = 20;
  readonly #timer: NodeJS.Timeout;
  #lastBeatMs = performance.now();
  #longestDelayMs = 0;

  constructor() {
    this.#timer = setInterval(() => this.#beat(), this.#intervalMs);
    this.#timer.unref();
  }

  /** Since the last call, a stall that is not over yet included. */
  takeLongestDelayMs(): number {
    this.#note(performance.now());
    const delayMs = this.#longestDelayMs;
    this.#longestDelayMs = 0;
    return delayMs;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    const nowMs = performance.now();
    this.#note(nowMs);
    this.#lastBeatMs = nowMs;
  }

  #note(nowMs: number): void {
    this.#longestDelayMs = Math.max(this.#longestDelayMs, nowMs - this.#lastBeatMs - this.#intervalMs);
  }
}

/** On Linux one short read; `cpus()` also reads the whole of /proc/cpuinfo. */
function readCpuTime(): CpuTime {
  return process.platform === "linux" ? readProcStat() : sumOfCores();
}

function readProcStat(): CpuTime {
  const firstLine = readFileSync("/proc/stat", "latin1").split("\n", 1)[0] ?? "";
  // user nice system idle iowait irq softirq steal; guest time is already part of user.
  const fields = firstLine.split(/\s+/).slice(1, 9).map(Number);
  const total = fields.reduce((sum, field) => sum + field, 0);
  const waiting = (fields[3] ?? 0) + (fields[4] ?? 0);
  return { busy: total - waiting, total };
}

function sumOfCores(): CpuTime {
  let busy = 0;
  let idle = 0;
  for (const { times } of cpus()) {
    busy += times.user + times.nice + times.sys + times.irq;
    idle += times.idle;
  }
  return { busy, total: busy + idle };
}
