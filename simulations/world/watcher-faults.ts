/** Faults of watchers: hints that are lost, doubled, late, too many, or come no more. */

import { anyMachine, type Fault, type FaultScene, whileMs } from "./fault-scene.ts";
import type { SimulatedMachine } from "./machine.ts";
import type { FakeWatcherOptions } from "./watcher.ts";

export const watcherFaults = {
  "lost-hints": (scene) => unsettle(scene, "are lost in part", { lost: scene.chance.pick([0.2, 0.8, 1]) }),
  "doubled-hints": (scene) => unsettle(scene, "come twice, late", { doubled: 0.7, latestMs: 3_000 }),
  "hint-overflow": (scene) => {
    const machine = anyMachine(scene);
    if (machine === undefined) return;
    scene.say(`the watcher of ${machine.name} overflows`);
    machine.overflowWatcher();
  },
  "dead-watcher": (scene) => {
    const machine = anyMachine(scene);
    if (machine === undefined) return;
    scene.say(`the watcher of ${machine.name} dies`);
    machine.endWatcher("the platform took it away");
    scene.undoIn(whileMs(scene), () => restart(scene, machine));
  },
  /** The platform's limit is reached. */
  "few-watches": (scene) => {
    const machine = anyMachine(scene);
    if (machine === undefined) return;
    scene.say(`${machine.name} may watch three directories`);
    machine.watcherOptions = { watchesMax: 3 };
    scene.undoIn(whileMs(scene), () => {
      machine.watcherOptions = {};
      restart(scene, machine);
    });
  },
} as const satisfies Record<string, Fault>;

/** Somebody found out: rescans of an unwatched folder are rare. */
export function restart({ bringUp }: FaultScene, machine: SimulatedMachine): void {
  machine.kill();
  bringUp(machine, 100);
}

/** In the end everything is looked at, for the kernel can at least say that hints were lost. */
function unsettle(scene: FaultScene, what: string, options: FakeWatcherOptions): void {
  const machine = anyMachine(scene);
  if (machine === undefined) return;
  scene.say(`hints of ${machine.name} ${what}`);
  machine.watcherOptions = options;
  scene.undoIn(whileMs(scene), () => {
    machine.watcherOptions = {};
    machine.overflowWatcher();
  });
}
