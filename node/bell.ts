/** A bell: wakes the one who waits for work, or lets the next wait pass at once. */

import type { Clock } from "./ports.ts";

export class Bell {
  #rung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Resolves at the next ring, after `limitMs`, or when the signal aborts. */
  async wait(clock: Clock, limitMs: number, signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const cancel = clock.after(limitMs, resolve);
        this.#wake = () => {
          cancel();
          resolve();
        };
        signal.addEventListener("abort", this.#wake, { once: true });
      });
      if (this.#wake !== undefined) signal.removeEventListener("abort", this.#wake);
      this.#wake = undefined;
    }
    this.#rung = false;
  }
}
