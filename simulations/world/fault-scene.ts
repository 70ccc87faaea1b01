/**
 * What every fault of the world is made with: a running site, chance of its own, and somebody who
 * undoes it and looks after the machines.
 */

import type { Chance } from "./chance.ts";
import type { SimulatedMachine } from "./machine.ts";
import type { SimulatedSite } from "./site.ts";

/** Puts one fault into the world. Where it cannot happen just now, nothing does. */
export type Fault = (scene: FaultScene) => void;

export interface FaultScene {
  readonly site: SimulatedSite;
  readonly chance: Chance;
  /** Says that it happened, and counts it. */
  readonly say: (what: string) => void;
  /** Calls `undo` after so long, or when the world is healed, whichever comes first. */
  readonly undoIn: (delayMs: number, undo: () => void) => void;
  readonly isHealed: () => boolean;
  /** Starts a machine's process after so long, again and again until it starts. */
  readonly bringUp: (machine: SimulatedMachine, delayMs: number) => void;
}

/** One whose peer runs, if any does. */
export function anyMachine({ site, chance }: FaultScene): SimulatedMachine | undefined {
  const running = site.machines.filter((machine) => machine.isRunning);
  return running.length === 0 ? undefined : chance.pick(running);
}

export function anyPair({ site, chance }: FaultScene): readonly [SimulatedMachine, SimulatedMachine] {
  const one = chance.pick(site.machines);
  return [one, chance.pick(site.machines.filter((machine) => machine !== one))];
}

/** Most things pass soon; some last. */
export function whileMs({ chance }: FaultScene): number {
  return chance.exponential(chance.happens(0.2) ? 15_000 : 1_500);
}
