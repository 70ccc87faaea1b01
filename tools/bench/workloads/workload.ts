/** What a workload does with a contender whose ends run, are connected and have empty folders. */

import type { Running } from "../contenders/contender.ts";
import type { TreeShape } from "../plant.ts";
import type { Cost, Stage } from "../stage.ts";

export interface Workload {
  readonly name: string;
  readonly title: string;
  /** Only programs that see changes by themselves can take part. */
  readonly watchersOnly: boolean;
  readonly figures: readonly Figure[];
  /** Planted beside the source before the contender starts. */
  readonly tree: TreeShape;
  run(stage: Stage, running: Running): Promise<Measured>;
}

export interface Figure {
  readonly name: string;
  readonly better: "higher" | "lower";
}

export interface Measured {
  /** By the names of the workload's figures. */
  readonly figures: Readonly<Record<string, number>>;
  readonly cost: Cost;
  /** The single measurements that a figure sums up, where there are several. */
  readonly series?: Readonly<Record<string, readonly number[]>>;
}
