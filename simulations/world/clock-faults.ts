/** Faults of calendars, and files with strange times. */

import { anyMachine, type Fault, type FaultScene, whileMs } from "./fault-scene.ts";
import type { SimulatedMachine } from "./machine.ts";

const dayMs = 86_400_000;
/** What an operator leaves as it is; licenses hold for days before and a year after the start of a world. */
const toleratedMs = dayMs / 2;
const strangeTimesUs: readonly number[] = [0, 1_000_000, -86_400_000_000, 4_102_444_800_000_000, 1_767_225_600_000_000];

export const clockFaults = {
  "clock-skew": (scene) => stepClock(scene, scene.site.machines),
  "clock-step": (scene) => {
    const machine = anyMachine(scene);
    if (machine !== undefined) stepClock(scene, [machine]);
  },
  "clock-drift": (scene) => runClock(scene, scene.chance.pick([0.5, 0.99, 1.01, 3])),
  "clock-freeze": (scene) => runClock(scene, 0),
  /** Files from the past and the future, and times in whole seconds as old archives keep them: what is written meanwhile. */
  "file-times": (scene) => {
    const { user, name } = scene.chance.pick(scene.site.machines);
    const timeUs = scene.chance.pick(strangeTimesUs);
    scene.say(`what users of ${name} write is of ${new Date(timeUs / 1_000).toISOString()}`);
    user.timeUs = timeUs;
    scene.undoIn(whileMs(scene), () => {
      user.timeUs = undefined;
    });
  },
} as const satisfies Record<string, Fault>;

function stepClock(scene: FaultScene, machines: readonly SimulatedMachine[]): void {
  const { chance } = scene;
  for (const machine of machines) {
    const mostMs = chance.pick([10, 1_000, 60_000, 3_600_000, 30 * dayMs, 3_000 * dayMs]);
    const byMs = Math.round((2 * chance.unit() - 1) * mostMs);
    scene.say(`the clock of ${machine.name} is set by ${byMs} ms`);
    machine.calendar.step(byMs);
    scene.undoIn(whileMs(scene), () => setRight(machine));
  }
}

function runClock(scene: FaultScene, pace: number): void {
  const machine = anyMachine(scene);
  if (machine === undefined) return;
  scene.say(`the clock of ${machine.name} runs ${pace} times as fast`);
  machine.calendar.run(pace);
  scene.undoIn(whileMs(scene), () => machine.calendar.run(1));
}

/** Small errors stay for good. */
function setRight({ calendar }: SimulatedMachine): void {
  if (Math.abs(calendar.skewMs) > toleratedMs) calendar.step(-calendar.skewMs);
}
