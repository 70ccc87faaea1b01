/** The clock of one simulated peer: the world's time, seen through that machine's skew and drift. */

import type { Cancel, Clock } from "../../node/ports.ts";
import type { Stage } from "./world.ts";

export interface FakeClockOptions {
  /** How far this machine's calendar is ahead of the world's. */
  readonly skewMs?: number;
}

/** 2026-01-01T00:00:00Z: where the calendar of every world starts. */
export const worldEpochMs = 1_767_225_600_000;

export class FakeClock implements Clock {
  readonly #stage: Stage;
  #skewMs: number;

  constructor(stage: Stage, options: FakeClockOptions = {}) {
    this.#stage = stage;
    this.#skewMs = options.skewMs ?? 0;
  }

  /** Somebody sets the calendar, forward or back. Durations do not feel it. */
  stepWall(byMs: number): void {
    this.#skewMs += byMs;
  }

  wallMs(): number {
    return Math.floor(worldEpochMs + this.#stage.nowMs + this.#skewMs);
  }

  monotonicMs(): number {
    return this.#stage.nowMs;
  }

  after(delayMs: number, act: () => void): Cancel {
    return this.#stage.schedule(Math.max(0, delayMs), act);
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
