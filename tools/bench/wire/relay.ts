/**
 * Carries frames between two taps, both ways, each way over a line of its own. A program by itself:
 *
 *     relay.ts TAP TAP MBIT DELAY_MS
 *
 * It looks every millisecond, so a frame comes out up to two milliseconds late. Ends by signal.
 */

import { setTimeout as pause } from "node:timers/promises";
import { Line } from "./line.ts";
import { Tap } from "./tap.ts";

interface Way {
  readonly from: Tap;
  readonly to: Tap;
  readonly line: Line;
  /** In the order in which they come out. */
  readonly travelling: { readonly dueMs: number; readonly frame: Uint8Array }[];
}

const [one = "", other = "", mbit, delayMs] = process.argv.slice(2);
const border = { mbit: Number(mbit), delayMs: Number(delayMs) };
const taps = [new Tap(one), new Tap(other)] as const;
const ways: readonly Way[] = [
  { from: taps[0], to: taps[1], line: new Line(border), travelling: [] },
  { from: taps[1], to: taps[0], line: new Line(border), travelling: [] },
];
/** So that a flood from one side cannot keep the other from its turn. */
const framesPerTurnMax = 1000;

process.stdout.write("forwarding\n");
for (;;) {
  for (const way of ways) {
    takeIn(way);
    letOut(way);
  }
  await pause(1);
}

function takeIn({ from, line, travelling }: Way): void {
  for (let frames = 0; frames < framesPerTurnMax; frames += 1) {
    const frame = from.read();
    if (frame === undefined) return;
    const dueMs = line.admit(performance.now(), frame.length);
    if (dueMs !== undefined) travelling.push({ dueMs, frame });
  }
}

function letOut({ to, travelling }: Way): void {
  const nowMs = performance.now();
  for (let first = travelling[0]; first !== undefined && first.dueMs <= nowMs; first = travelling[0]) {
    to.write(first.frame);
    travelling.shift();
  }
}
