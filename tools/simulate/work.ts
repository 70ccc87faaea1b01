/** What the simulator's main process and its workers tell each other. */

import type { Outcome } from "../../simulations/run.ts";

export interface Work {
  readonly scenario: string;
  readonly seed: number;
  readonly course: number;
  readonly dropped: readonly string[];
}

export interface Done extends Outcome {
  readonly cpuMs: number;
  /** How often each named branch ran, in the order of `branches`; none when nobody counted. */
  readonly branches: readonly number[];
}
