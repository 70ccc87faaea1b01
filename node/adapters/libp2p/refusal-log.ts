/**
 * Tells the operator who was refused and why, and not more often than a log can bear: a stranger
 * can knock as often as it likes (P3). What was left out is counted in the next line.
 */

import type { PeerId } from "../../../protocol/ids.ts";
import type { Refused } from "../../../protocol/wire/admission.ts";
import type { Clock, Log } from "../../ports.ts";

/** Lines at once, and how long it takes until one more may be written. */
const linesMax = 20;
const lineEveryMs = 5_000;

export class RefusalLog {
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #log: Log;
  #lines: number = linesMax;
  #refilledMs: number;
  #leftOut = 0;

  constructor(clock: Pick<Clock, "monotonicMs">, log: Log) {
    this.#clock = clock;
    this.#log = log;
    this.#refilledMs = clock.monotonicMs();
  }

  write(peer: PeerId, by: "us" | "them", refused: Refused): void {
    const nowMs = this.#clock.monotonicMs();
    const gained = Math.floor((nowMs - this.#refilledMs) / lineEveryMs);
    this.#lines = Math.min(linesMax, this.#lines + gained);
    this.#refilledMs += gained * lineEveryMs;
    if (this.#lines === 0) {
      this.#leftOut += 1;
      return;
    }
    this.#lines -= 1;
    const leftOut = this.#leftOut === 0 ? {} : { leftOut: this.#leftOut };
    this.#leftOut = 0;
    this.#log.write("warn", "peer-refused", { peer, by, ...refused, ...leftOut });
  }
}
