/** Machines that come back from before: an older disk, an older store, both, or no store at all (S8). */

import { anyMachine, type Fault, type FaultScene } from "./fault-scene.ts";
import type { SimulatedMachine } from "./machine.ts";
import { downMs } from "./process-faults.ts";

export const snapshotFaults = {
  "older-disk": (scene) => comeBack(scene, ["disk"]),
  "older-store": (scene) => comeBack(scene, ["store"]),
  /** A snapshot of the whole machine. */
  "older-machine": (scene) => comeBack(scene, ["disk", "store"]),
  "lost-store": (scene) => {
    const machine = anyMachine(scene);
    if (machine === undefined) return;
    scene.say(`${machine.name} loses its store`);
    machine.kill();
    machine.loseStore();
    scene.bringUp(machine, downMs(scene));
  },
} as const satisfies Record<string, Fault>;

/** A copy that is put back sooner than this may fit what it is put back under (SPEC, "Windows that remain"). */
const freshMs = 4_000;

/** A copy is made now, and put back later. */
function comeBack(scene: FaultScene, parts: readonly ("disk" | "store")[]): void {
  const machine: SimulatedMachine | undefined = anyMachine(scene);
  if (machine === undefined) return;
  const { disk, store } = machine.snapshot();
  const { world } = scene.site;
  const madeMs = world.nowMs;
  const after = freshMs + scene.chance.exponential(3_000);
  world.schedule(after, () => {
    if (scene.isHealed()) return;
    // Two copies of one moment fit each other as well, if the machine does not start between them.
    if (parts.length === 1 && !machine.isRunning) return;
    scene.say(
      `${machine.name} comes back with the ${parts.join(" and ")} of ${(world.nowMs - madeMs).toFixed(0)} ms before`,
    );
    machine.kill();
    machine.restore({ ...(parts.includes("disk") && { disk }), ...(parts.includes("store") && { store }) });
    scene.bringUp(machine, downMs(scene));
  });
}
