/**
 * The clock of this machine.
 *
 * Node's timers may fire up to a millisecond early against the monotonic clock, and at once when
 * asked for more than 24.8 days. The port promises "no sooner", so a timer that fired early is
 * armed again for the rest.
 */

import type { Cancel, Clock } from "../ports.ts";

const timerMsMax = 2 ** 31 - 1;

export class SystemClock implements Clock {
  wallMs(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now();
  }

  after(delayMs: number, act: () => void): Cancel {
    const dueMs = performance.now() + delayMs;
    let timer: NodeJS.Timeout;
    const arm = (restMs: number): void => {
      timer = setTimeout(ring, Math.min(Math.ceil(restMs), timerMsMax));
    };
    const ring = (): void => {
      const restMs = dueMs - performance.now();
      if (restMs > 0) arm(restMs);
      else act();
    };
    arm(Math.max(0, delayMs));
    return () => clearTimeout(timer);
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      const wake = (): void => {
        cancel();
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const cancel = this.after(delayMs, wake);
      signal?.addEventListener("abort", wake);
    });
  }
}
