/** The probe of a simulated machine: a calm one, until a scenario says otherwise. */

import type { Load, Probe } from "../../node/ports.ts";
import type { Stage } from "./world.ts";

const gib = 1024 ** 3;

export class FakeProbe implements Probe {
  /** What `sample` answers; a scenario puts another one here. */
  load: Load = {
    cpu: 0.05,
    memoryBytesFree: 3 * gib,
    memoryBytesTotal: 4 * gib,
    processBytes: gib / 8,
    eventLoopDelayMs: 1,
  };
  /** What `diskBytesFree` answers, for every path. */
  diskBytes = 100 * gib;
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  sample(): Load {
    return this.load;
  }

  diskBytesFree(path: string): Promise<number> {
    return this.#stage.answer(`probe disk ${path}`, () => this.diskBytes);
  }
}
