/**
 * One run of one contender: everything is made anew (wire, folders, keys, databases), measured,
 * compared by hash and cleared away, whatever happens in between.
 */

import { rm } from "node:fs/promises";
import { loadavg } from "node:os";
import type { Contender } from "./contenders/contender.ts";
import { ask, Processes } from "./processes.ts";
import { Stage } from "./stage.ts";
import { layWire, type WireKind } from "./wire/laying.ts";
import type { Measured, Workload } from "./workloads/workload.ts";

export interface Run {
  readonly contender: string;
  readonly round: number;
  /** Of the machine over the last minute, right before the run. */
  readonly loadAverage: number;
  readonly outcome: Outcome;
}

export type Outcome =
  | { readonly kind: "measured"; readonly steps: readonly Measured[] }
  | { readonly kind: "failed"; readonly reason: string };

export interface RunOptions {
  readonly contender: Contender;
  readonly workload: Workload;
  readonly round: number;
  readonly wireKind: WireKind;
  /** Of the run alone; removed afterwards unless it shall be kept. */
  readonly directory: string;
  readonly keep: boolean;
  /** Gives the run up; it clears away all the same. */
  readonly signal: AbortSignal;
}

/** A contender's failure is an outcome; only being given up throws. */
export async function runOnce(options: RunOptions): Promise<Run> {
  const about = { contender: options.contender.name, round: options.round, loadAverage: loadavg()[0] ?? 0 };
  try {
    return { ...about, outcome: { kind: "measured", steps: await measured(options) } };
  } catch (failure) {
    options.signal.throwIfAborted();
    return {
      ...about,
      outcome: { kind: "failed", reason: failure instanceof Error ? failure.message : String(failure) },
    };
  }
}

async function measured(options: RunOptions): Promise<readonly Measured[]> {
  const { contender, workload, directory } = options;
  const clearing = new AsyncDisposableStack();
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  try {
    if (!options.keep) clearing.defer(() => rm(directory, { recursive: true, force: true }));
    const wire = await layWire(options.wireKind, workload.layout);
    clearing.defer(() => wire.close());
    const processes = new Processes();
    clearing.defer(() => processes.close());
    clearing.defer(() => over.abort());

    const seed = `${workload.name}/${options.round}`;
    const stage = await Stage.build({ directory, wire, processes, plant: workload.plant, seed, signal });
    // Each run begins with nothing left to write from the one before.
    await ask("sync", ["--file-system", directory]);
    const act = async () => {
      const program = await contender.prepare(stage.ends, processes);
      await program.start();
      return workload.run(stage, program);
    };
    const result = await Promise.race([act(), processes.lost, wire.broken, rejected(signal)]);
    await stage.compare(contender.ownNames);
    return result;
  } finally {
    await clearing.disposeAsync();
  }
}

function rejected(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  if (signal.aborted) reject(signal.reason);
  else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  return promise;
}
