/**
 * What the processes of a run cost: CPU time and peak memory, children included, read from /proc.
 *
 * A process that ends hands its CPU time to its parent when that waits for it, in the end to the bench
 * itself. So the sum over the bench's ended children and all living processes with their ended children
 * never falls, and the difference of two such sums is what was used in between, however many short
 * processes came and went. The bench starts no others meanwhile.
 */

import { readdirSync, readFileSync } from "node:fs";
import type { EndProcess, Processes } from "./processes.ts";

export interface Usage {
  /** For how long it was looked at. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** By end: the greatest sum of the peak resident sizes of the processes that lived at one time. */
  readonly peakBytes: Readonly<Record<string, number>>;
  /** How many cores everything else kept busy meanwhile: other programs, the kernel's threads, the host. */
  readonly otherCores: number;
}

export class Meter {
  readonly #processes: Processes;
  readonly #timer: NodeJS.Timeout;
  readonly #startMs = performance.now();
  readonly #startTicks: number;
  readonly #startBusyTicks = busyTicks();
  readonly #startOwn = process.cpuUsage();
  readonly #peaks = new Map<string, number>();

  constructor(processes: Processes) {
    this.#processes = processes;
    this.#startTicks = this.#look();
    this.#timer = setInterval(() => this.#look(), lookEveryMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Since the start. */
  usage(): Usage {
    const ticks = this.#look() - this.#startTicks;
    const own = process.cpuUsage(this.#startOwn);
    const ownTicks = ((own.user + own.system) / 1e6) * ticksPerSecond;
    const seconds = (performance.now() - this.#startMs) / 1000;
    const otherTicks = busyTicks() - this.#startBusyTicks - ticks - ownTicks;
    return {
      seconds,
      cpuSeconds: ticks / ticksPerSecond,
      peakBytes: Object.fromEntries(this.#peaks),
      otherCores: Math.max(0, otherTicks / ticksPerSecond / seconds),
    };
  }

  /** Notes new peaks; answers the CPU time used so far. */
  #look(): number {
    const { ticks, peaks } = tally(this.#processes.running(), readProcesses());
    for (const [end, bytes] of peaks) this.#peaks.set(end, Math.max(bytes, this.#peaks.get(end) ?? 0));
    return ticks + endedChildrenTicks(readFileSync("/proc/self/stat", "utf8"));
  }
}

const lookEveryMs = 100;
/** USER_HZ, which is 100 on every architecture that Node runs on. */
const ticksPerSecond = 100;

export interface ProcessFacts {
  readonly parent: number;
  /** Its own CPU time and that of its ended children. */
  readonly ticks: number;
  readonly peakBytes: number;
}

/** CPU time of these processes and all below them, and for each end the sum of their peak sizes. */
export function tally(
  roots: readonly EndProcess[],
  facts: ReadonlyMap<number, ProcessFacts>,
): { readonly ticks: number; readonly peaks: ReadonlyMap<string, number> } {
  const children = Map.groupBy(facts.keys(), (pid) => facts.get(pid)?.parent);
  const peaks = new Map<string, number>();
  let ticks = 0;
  const pending = [...roots];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { end, pid } = next;
    const fact = facts.get(pid);
    if (fact === undefined) continue;
    ticks += fact.ticks;
    peaks.set(end, (peaks.get(end) ?? 0) + fact.peakBytes);
    pending.push(...(children.get(pid) ?? []).map((child) => ({ end, pid: child })));
  }
  return { ticks, peaks };
}

function readProcesses(): ReadonlyMap<number, ProcessFacts> {
  const facts = new Map<number, ProcessFacts>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      facts.set(pid, processFacts(stat, readFileSync(`/proc/${pid}/status`, "utf8")));
    } catch {
      // It ended between the listing and the look.
    }
  }
  return facts;
}

/** From the text of /proc/PID/stat and /proc/PID/status (proc(5)). */
export function processFacts(stat: string, status: string): ProcessFacts {
  const fields = statFields(stat);
  const own = Number(fields[11]) + Number(fields[12]);
  const peakKib = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return { parent: Number(fields[1]), ticks: own + endedChildrenTicks(stat), peakBytes: Number(peakKib ?? 0) * 1024 };
}

function endedChildrenTicks(stat: string): number {
  const fields = statFields(stat);
  return Number(fields[13]) + Number(fields[14]);
}

/** The fields from the third on: the second is the program's name, which may hold blanks and brackets. */
function statFields(stat: string): readonly string[] {
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** CPU time that was spent on anything, by this machine or, as steal, by its host. */
function busyTicks(): number {
  const [, user, nice, system, , , irq, softirq, steal] = (
    readFileSync("/proc/stat", "utf8").split("\n")[0] ?? ""
  ).split(/\s+/);
  return [user, nice, system, irq, softirq, steal].reduce((sum, ticks) => sum + Number(ticks ?? 0), 0);
}
