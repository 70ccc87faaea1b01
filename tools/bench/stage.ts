/**
 * The stage of one run: its ends with empty folders, a wire between them, and planted content aside
 * that waits for its move. All of it is made anew for each run and cleared away with it.
 */

import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { orWhenAbsent } from "./absent.ts";
import { type Patience, untilWhole } from "./arrival.ts";
import { differences, factOf, type TreeFacts, treeFacts } from "./compare.ts";
import type { Program } from "./contenders/contender.ts";
import { allEnds, type Ends } from "./ends.ts";
import { Meter, type Usage } from "./measure.ts";
import { type Planted, type Planter, plantedTop } from "./plant.ts";
import type { Processes } from "./processes.ts";
import { type Traffic, trafficBetween } from "./wire/traffic.ts";
import type { Wire } from "./wire/wire.ts";

const arrivalMsMax = 900_000;
/** What a program does right after the content is whole (answers, journals, a look at its own writes) is part of its price. */
const afterMs = 1000;
/** By then a program has nothing more to do with what went before. */
const quietMs = 3000;

export interface StageParts {
  /** Of this run alone. */
  readonly directory: string;
  readonly wire: Wire;
  readonly processes: Processes;
  readonly plant: Planter;
  readonly seed: string;
  readonly signal: AbortSignal;
}

export interface Cost extends Usage {
  /** Of what was done, without the time afterwards. */
  readonly wallSeconds: number;
  /** Undefined where the wire cannot tell. */
  readonly traffic: Traffic | undefined;
}

export class Stage {
  readonly ends: Ends;
  readonly planted: Planted;
  /** Different in each round, the same for all contenders of a round. */
  readonly seed: string;
  /** Aborts when the run is over, or given up. */
  readonly signal: AbortSignal;
  readonly #parts: StageParts;
  #expected: TreeFacts;

  private constructor(parts: StageParts, ends: Ends, planted: Planted, expected: TreeFacts) {
    this.#parts = parts;
    this.ends = ends;
    this.planted = planted;
    this.seed = parts.seed;
    this.signal = parts.signal;
    this.#expected = expected;
  }

  static async build(parts: StageParts): Promise<Stage> {
    const [source, ...targets] = parts.wire.places.map((place) => ({
      place,
      folder: join(parts.directory, place.name, "folder"),
      state: join(parts.directory, place.name, "state"),
    }));
    if (source === undefined) throw new Error("a wire without places");
    for (const { folder, state } of [source, ...targets]) {
      await mkdir(folder, { recursive: true });
      await mkdir(state, { recursive: true });
    }
    const aside = join(parts.directory, "aside");
    const planted = await parts.plant(aside, parts.seed);
    return new Stage(parts, { source, targets }, planted, await treeFacts(aside));
  }

  /** What all folders shall hold in the end. */
  get expected(): TreeFacts {
    return this.#expected;
  }

  /** Beside the folders, on the same file system: for what a workload prepares. */
  get aside(): string {
    return join(this.#parts.directory, "aside");
  }

  /** Moves the planted tree into the source by one rename. Answers when it was whole at each target, by performance.now(). */
  async spread(program: Program): Promise<readonly number[]> {
    await rename(join(this.aside, plantedTop), join(this.ends.source.folder, plantedTop));
    const arrived = this.atTargets(async (folder, patience) => {
      await untilWhole(folder, this.planted, patience);
      return performance.now();
    });
    return (await Promise.all([arrived, program.transfer()]))[0];
  }

  /** Brings all ends in sync, and waits until it is quiet. */
  async settle(program: Program): Promise<void> {
    await this.spread(program);
    await this.quiet();
  }

  async quiet(): Promise<void> {
    await pause(quietMs, undefined, { signal: this.signal });
  }

  /** Ends the program at all ends. */
  async stopAll(): Promise<void> {
    await this.#parts.processes.stop();
  }

  /** Waits for the same in the folder of each target. */
  async atTargets<Seen>(look: (folder: string, patience: Patience) => Promise<Seen>): Promise<readonly Seen[]> {
    const patience = { deadlineMs: performance.now() + arrivalMsMax, signal: this.signal };
    return Promise.all(this.ends.targets.map(({ folder }) => look(folder, patience)));
  }

  /** What stands at these paths of the source now belongs to the content; where nothing stands, nothing does. */
  async expect(...paths: readonly string[]): Promise<void> {
    const expected = new Map(this.#expected);
    for (const path of paths) {
      const fact = await orWhenAbsent(factOf(join(this.ends.source.folder, path)), undefined);
      if (fact === undefined) expected.delete(path);
      else expected.set(path, fact);
    }
    this.#expected = expected;
  }

  /** The content is another one now. */
  expectAll(facts: TreeFacts): void {
    this.#expected = facts;
  }

  /** Measures what the contender uses while this goes on and for a second after it. `startMs` is by performance.now(). */
  async measure<Result>(act: (startMs: number) => Promise<Result>): Promise<Cost & { readonly result: Result }> {
    const { wire, processes } = this.#parts;
    const before = await wire.traffic();
    const meter = new Meter(processes);
    try {
      const startMs = performance.now();
      const result = await act(startMs);
      const wallSeconds = (performance.now() - startMs) / 1000;
      await pause(afterMs, undefined, { signal: this.signal });
      const usage = meter.usage();
      const after = await wire.traffic();
      const traffic = before === undefined || after === undefined ? undefined : trafficBetween(before, after);
      return { ...usage, wallSeconds, traffic, result };
    } finally {
      meter.stop();
    }
  }

  /** Throws, naming the first paths that differ, unless every end holds exactly the expected content. */
  async compare(ownNames: readonly string[]): Promise<void> {
    for (const { place, folder } of allEnds(this.ends)) {
      const wrong = differences(this.#expected, await treeFacts(folder, ownNames));
      if (wrong.length > 0)
        throw new Error(`${wrong.length} paths differ at the ${place.name}:\n${wrong.slice(0, 5).join("\n")}`);
    }
  }
}
