/**
 * The calendar of one simulated machine, which its people and programs take for the time of day,
 * and the clock of one process on it.
 *
 * A calendar outlives the processes of its machine, and its file system stamps files by it. It can
 * be off, be set either way, run too fast or too slow, and stand still. Durations feel none of that.
 */

import type { Cancel, Clock } from "../../node/ports.ts";
import type { Stage } from "./world.ts";

/** 2026-01-01T00:00:00Z: where the calendar of every world starts. */
export const worldEpochMs = 1_767_225_600_000;

export class Calendar {
  readonly #time: { readonly nowMs: number };
  /** What it showed, and when: it runs on from there. */
  #shownMs: number;
  #sinceMs: number;
  #pace = 1;

  /** @param skewMs how far it is ahead of the world's */
  constructor(time: { readonly nowMs: number }, skewMs = 0) {
    this.#time = time;
    this.#sinceMs = time.nowMs;
    this.#shownMs = worldEpochMs + time.nowMs + skewMs;
  }

  /** In milliseconds since 1970, with their fraction. */
  get nowMs(): number {
    return this.#shownMs + (this.#time.nowMs - this.#sinceMs) * this.#pace;
  }

  /** How far it is ahead of the world's. */
  get skewMs(): number {
    return this.nowMs - worldEpochMs - this.#time.nowMs;
  }

  /** Somebody sets it, forward or back. */
  step(byMs: number): void {
    this.#shownMs = this.nowMs + byMs;
    this.#sinceMs = this.#time.nowMs;
  }

  /** @param pace 1 is right; with 0 it stands still */
  run(pace: number): void {
    this.step(0);
    this.#pace = pace;
  }
}

export interface FakeClockOptions {
  /** How far this machine's calendar is ahead of the world's. */
  readonly skewMs?: number;
  /** The machine's, where there is one. */
  readonly calendar?: Calendar;
}

export class FakeClock implements Clock {
  readonly #stage: Stage;
  readonly #calendar: Calendar;

  constructor(stage: Stage, { skewMs = 0, calendar = new Calendar(stage, skewMs) }: FakeClockOptions = {}) {
    this.#stage = stage;
    this.#calendar = calendar;
  }

  /** Somebody sets the calendar, forward or back. Durations do not feel it. */
  stepWall(byMs: number): void {
    this.#calendar.step(byMs);
  }

  wallMs(): number {
    return Math.floor(this.#calendar.nowMs);
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
