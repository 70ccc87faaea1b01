/**
 * The stage of one run: two ends with empty folders, a wire between them, and a planted tree aside
 * that waits for its move. All of it is made anew for each run and cleared away with it.
 */

import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { untilWhole } from "./arrival.ts";
import { differences, factOf, treeFacts } from "./compare.ts";
import { allEnds, type Ends } from "./ends.ts";
import { Meter, type Usage } from "./measure.ts";
import { type Planted, plant, plantedTop, type TreeShape } from "./plant.ts";
import type { Processes } from "./processes.ts";
import type { Wire } from "./wire.ts";

const arrivalMsMax = 300_000;
/** What a program does right after the content is whole (answers, journals, a look at its own writes) is part of its price. */
const afterMs = 1000;

export interface StageParts {
  /** Of this run alone. */
  readonly directory: string;
  readonly wire: Wire;
  readonly processes: Processes;
  readonly tree: TreeShape;
  readonly seed: string;
  readonly signal: AbortSignal;
}

export interface Cost extends Usage {
  readonly wallSeconds: number;
  /** Sent by all ends together; undefined where the wire cannot tell. */
  readonly wireBytes: number | undefined;
}

export class Stage {
  readonly ends: Ends;
  readonly planted: Planted;
  /** Different in each round, the same for all contenders of a round. */
  readonly seed: string;
  /** Aborts when the run is over, or given up. */
  readonly signal: AbortSignal;
  readonly #parts: StageParts;
  /** What both folders shall hold in the end. */
  readonly #expected: Map<string, string>;

  private constructor(parts: StageParts, ends: Ends, planted: Planted, expected: Map<string, string>) {
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
    const planted = await plant(aside(parts), parts.tree, parts.seed);
    return new Stage(parts, { source, targets }, planted, new Map(await treeFacts(aside(parts))));
  }

  /** Moves the planted tree into the source by one rename. */
  async moveIn(): Promise<void> {
    await rename(join(aside(this.#parts), plantedTop), join(this.ends.source.folder, plantedTop));
  }

  /** Resolves when the planted tree is whole at every target. */
  async arrived(): Promise<void> {
    const patience = { limitMs: arrivalMsMax, signal: this.signal };
    await Promise.all(this.ends.targets.map(({ folder }) => untilWhole(folder, this.planted, patience)));
  }

  /** This file, by its path in the folder, was written at the source and belongs to the content now. */
  async expect(path: string): Promise<void> {
    this.#expected.set(path, await factOf(join(this.ends.source.folder, path)));
  }

  /** Measures what the contender uses while this goes on and for a second after it. */
  async measure<Result>(act: () => Promise<Result>): Promise<Cost & { readonly result: Result }> {
    const { wire, processes } = this.#parts;
    const bytesBefore = await wire.bytesSent();
    const meter = new Meter(processes);
    try {
      const startMs = performance.now();
      const result = await act();
      const wallSeconds = (performance.now() - startMs) / 1000;
      await pause(afterMs, undefined, { signal: this.signal });
      const usage = meter.usage();
      const bytesAfter = await wire.bytesSent();
      const wireBytes = bytesBefore === undefined || bytesAfter === undefined ? undefined : bytesAfter - bytesBefore;
      return { ...usage, wallSeconds, wireBytes, result };
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

function aside({ directory }: StageParts): string {
  return join(directory, "aside");
}
