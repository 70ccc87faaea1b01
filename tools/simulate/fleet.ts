/**
 * The simulator's workers: as many processes as there are cores, each with one world at a time, for
 * a world replaces clocks and timers of its whole process.
 */

import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { Done, Work } from "./work.ts";

export interface FleetOptions {
  readonly workers: number;
  readonly countsBranches: boolean;
  /** The name of a bug to be planted in all of them. */
  readonly plantedBug?: string;
}

const plantingHook = new URL("planting-hook.ts", import.meta.url).href;

export class Fleet {
  readonly #workers: readonly ChildProcess[];
  readonly #free: ChildProcess[];
  readonly #waiting: ((worker: ChildProcess) => void)[] = [];

  constructor({ workers, countsBranches, plantedBug }: FleetOptions) {
    const start = (): ChildProcess =>
      fork(join(import.meta.dirname, "worker.ts"), countsBranches ? ["--count-branches"] : [], {
        // Many short lives: a larger young generation saves most of the collecting.
        execArgv: ["--max-semi-space-size=32", ...(plantedBug === undefined ? [] : ["--import", plantingHook])],
        env: { ...process.env, ...(plantedBug !== undefined && { CDMESH_PLANTED_BUG: plantedBug }) },
      });
    this.#workers = Array.from({ length: workers }, start);
    this.#free = [...this.#workers];
  }

  get size(): number {
    return this.#workers.length;
  }

  /** Runs it as soon as a worker is free. @throws when the worker died over it */
  async run(work: Work): Promise<Done> {
    const worker = await this.#take();
    try {
      return await new Promise<Done>((resolve, reject) => {
        const settle = (act: () => void): void => {
          worker.off("message", onMessage);
          worker.off("exit", onExit);
          act();
        };
        const onMessage = (done: Done): void => settle(() => resolve(done));
        const onExit = (code: number | null): void =>
          settle(() => reject(new Error(`the worker of ${work.scenario} ${work.seed} ended with ${code}`)));
        worker.on("message", onMessage);
        worker.on("exit", onExit);
        worker.send(work);
      });
    } finally {
      this.#give(worker);
    }
  }

  stop(): void {
    for (const worker of this.#workers) worker.kill();
  }

  #take(): Promise<ChildProcess> {
    const worker = this.#free.pop();
    if (worker !== undefined) return Promise.resolve(worker);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #give(worker: ChildProcess): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(worker);
    else next(worker);
  }
}
