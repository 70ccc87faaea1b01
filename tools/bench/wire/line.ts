/**
 * One direction of a border, as arithmetic: a frame waits until those before it have left at the
 * line's rate, and then travels for as long as the delay. What would wait for longer than the line
 * keeps is dropped, which tells senders to slow down.
 */

import type { Border } from "../layout.ts";

/** What keeps a line busy with one sender: a round trip. */
const waitRoundTrips = 1;

export class Line {
  readonly #border: Border;
  #freeAtMs = 0;

  constructor(border: Border) {
    this.#border = border;
  }

  /** When a frame that comes now comes out at the other side; undefined when it is dropped. */
  admit(nowMs: number, bytes: number): number | undefined {
    const { mbit, delayMs } = this.#border;
    const startMs = Math.max(nowMs, this.#freeAtMs);
    if (startMs - nowMs > waitRoundTrips * 2 * delayMs) return undefined;
    this.#freeAtMs = startMs + (bytes * 8) / (mbit * 1000);
    return this.#freeAtMs + delayMs;
  }
}
