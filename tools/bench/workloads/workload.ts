/** What a workload does with a contender whose ends run, are connected and have empty folders. */

import type { Contender, Program } from "../contenders/contender.ts";
import type { Layout } from "../layout.ts";
import type { Planter } from "../plant.ts";
import type { Cost, Stage } from "../stage.ts";

export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly figures: readonly Figure[];
  /** With whom it makes sense, in the order of their turns. */
  readonly contenders: readonly Contender[];
  readonly layout: Layout;
  /** Plants aside, before the contender starts, what is moved into the source. */
  readonly plant: Planter;
  /** One measurement for each step. */
  run(stage: Stage, program: Program): Promise<readonly Measured[]>;
}

export interface Figure {
  readonly name: string;
  readonly better: "higher" | "lower";
}

export interface Measured {
  /** Of a workload with several steps. */
  readonly step?: string;
  /** By the names of the workload's figures; NaN where one cannot be told. */
  readonly figures: Readonly<Record<string, number>>;
  readonly cost: Cost;
  /** The single measurements that a figure sums up, where there are several. */
  readonly series?: Readonly<Record<string, readonly number[]>>;
}
