/** Faults of processes and of the machines under them: power cuts, kills, storms of restarts, and loops that stand still. */

import { anyMachine, type Fault, type FaultScene } from "./fault-scene.ts";
import { luckKinds, luckOf } from "./luck.ts";
import type { SimulatedMachine } from "./machine.ts";
import { isChange } from "./machine-faults.ts";

export const processFaults = {
  "power-cut": (scene) => {
    const machine = anyMachine(scene);
    if (machine !== undefined) cutPower(scene, machine, "");
  },
  /** Right before or after a call that changes something. */
  "power-cut-at-call": (scene) => {
    const machine = anyMachine(scene);
    if (machine !== undefined) cutPowerAtCall(scene, machine, 1 + scene.chance.integer(30));
  },
  /** Once more while it recovers, at one of its first calls. */
  "power-cut-in-recovery": (scene) => {
    const machine = anyMachine(scene);
    if (machine === undefined) return;
    cutPower(scene, machine, "");
    for (let times = 1 + scene.chance.integer(3); times > 0; times -= 1) {
      cutPowerAtCall(scene, machine, times + scene.chance.integer(12));
    }
  },
  kill: (scene) => {
    const machine = anyMachine(scene);
    if (machine === undefined) return;
    scene.say(`${machine.name} is killed`);
    machine.kill();
    scene.bringUp(machine, downMs(scene));
  },
  "restart-storm": (scene) => {
    const machine = anyMachine(scene);
    if (machine === undefined) return;
    scene.say(`${machine.name} is killed again and again`);
    let atMs = 0;
    for (let times = 3 + scene.chance.integer(5); times > 0; times -= 1) {
      scene.site.world.schedule(atMs, () => {
        machine.kill();
        scene.bringUp(machine, 1);
      });
      atMs += scene.chance.exponential(80);
    }
  },
  stop: (scene) => {
    const machine = anyMachine(scene);
    if (machine === undefined) return;
    scene.say(`${machine.name} is stopped`);
    const { life } = machine;
    const end = (why: string): void => {
      if (machine.life !== life) return;
      machine.log.write("error", "stop-failed", { why });
      machine.kill();
      scene.bringUp(machine, downMs(scene));
    };
    machine.stop().then(
      () => scene.bringUp(machine, downMs(scene)),
      (error: unknown) => end(String(error)),
    );
    // Whoever stops a service does not wait for ever.
    scene.site.world.schedule(20_000, () => end("it took too long"));
  },
  stall: (scene) => {
    const machine = anyMachine(scene);
    if (machine === undefined) return;
    // Healing cannot wake it: a longer one would leave no time to become equal in.
    const forMs = Math.min(60_000, scene.chance.exponential(scene.chance.happens(0.1) ? 60_000 : 2_000));
    scene.say(`the event loop of ${machine.name} stands still for ${forMs.toFixed(0)} ms`);
    machine.stall(forMs);
  },
} as const satisfies Record<string, Fault>;

export function downMs({ chance }: FaultScene): number {
  return chance.exponential(chance.happens(0.1) ? 20_000 : 800);
}

function cutPower(scene: FaultScene, machine: SimulatedMachine, when: string): void {
  const luck = scene.chance.pick(luckKinds);
  scene.say(`${machine.name} loses power${when}; luck: ${luck}`);
  machine.crash(luckOf(luck, scene.chance.fork(`luck at ${scene.site.world.nowMs}`)));
  scene.bringUp(machine, downMs(scene));
}

export function cutPowerAtCall(scene: FaultScene, machine: SimulatedMachine, nth: number): void {
  const isAfter = scene.chance.happens(0.5);
  const cut: Parameters<typeof machine.faults.beforeCall>[1] = ({ action, path }) =>
    cutPower(scene, machine, ` right ${isAfter ? "after" : "before"} ${action} ${path}`);
  const cancel = isAfter ? machine.faults.afterCall(isChange, cut, nth) : machine.faults.beforeCall(isChange, cut, nth);
  scene.undoIn(60_000, cancel);
}
