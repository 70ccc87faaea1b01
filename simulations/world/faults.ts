/**
 * All faults of the world, by name, and who puts them into a running site by the seed's chance.
 *
 * Each kind has chance of its own, so a kind more or less changes nothing of the others. Most faults
 * undo themselves after a while, all do when the world is healed: then the network is whole, machines
 * are up, disks and watchers well. What stays is what no operator would see: clocks that are a little
 * off. A machine that cannot start is started again until it does.
 */

import type { Chance } from "./chance.ts";
import { clockFaults } from "./clock-faults.ts";
import { diskFaults } from "./disk-faults.ts";
import type { FaultScene } from "./fault-scene.ts";
import type { SimulatedMachine } from "./machine.ts";
import { networkFaults } from "./network-faults.ts";
import { cutPowerAtCall, processFaults } from "./process-faults.ts";
import type { SimulatedSite } from "./site.ts";
import { snapshotFaults } from "./snapshot-faults.ts";
import { watcherFaults } from "./watcher-faults.ts";

const faults = {
  ...networkFaults,
  ...processFaults,
  ...diskFaults,
  ...snapshotFaults,
  ...clockFaults,
  ...watcherFaults,
} as const;

export type FaultKind = keyof typeof faults;

export const faultKinds = Object.keys(faults).filter((kind): kind is FaultKind => kind in faults);

export interface FaultsOptions {
  readonly site: SimulatedSite;
  readonly chance: Chance;
  /** What shall happen in this world. */
  readonly kinds: readonly FaultKind[];
  /** Hears of each as it happens. */
  readonly onFault: (kind: FaultKind, what: string) => void;
}

/** Of each kind so many happen until the end, on average. */
const timesOfEach = 3;
const startAgainMs = 1_000;

export class Faults {
  readonly #options: FaultsOptions;
  readonly #injected = new Map<FaultKind, number>();
  readonly #undos = new Set<() => void>();
  #isHealed = false;

  constructor(options: FaultsOptions) {
    this.#options = options;
  }

  /** How many happened of each kind. */
  get injected(): ReadonlyMap<FaultKind, number> {
    return this.#injected;
  }

  /** From now on, until virtual time `untilMs`. Only machines that run have faults of their own. */
  start(untilMs: number): void {
    const { site, kinds, chance } = this.#options;
    const spanMs = untilMs - site.world.nowMs;
    for (const kind of kinds) {
      const scene = this.#sceneOf(kind, chance.fork(kind));
      let atMs = scene.chance.exponential(spanMs / timesOfEach);
      for (; atMs < spanMs; atMs += scene.chance.exponential(spanMs / timesOfEach)) {
        site.world.schedule(atMs, () => {
          if (!this.#isHealed) faults[kind](scene);
        });
      }
    }
  }

  /** Lets a machine lose power at one of its next calls that change something; not in a healed world (rule b). */
  cutPowerSoon(machine: SimulatedMachine, chance: Chance): void {
    if (this.#isHealed) return;
    cutPowerAtCall(this.#sceneOf("power-cut-at-call", chance), machine, 1 + chance.integer(4));
  }

  /** Ends all faults; machines that are down are started. */
  heal(): void {
    this.#isHealed = true;
    for (const undo of [...this.#undos]) undo();
    for (const machine of this.#options.site.machines) this.#bringUp(machine, 0);
  }

  #sceneOf(kind: FaultKind, chance: Chance): FaultScene {
    const { site, onFault } = this.#options;
    return {
      site,
      chance,
      say: (what) => {
        this.#injected.set(kind, (this.#injected.get(kind) ?? 0) + 1);
        site.world.trace(`fault ${kind}: ${what}`);
        onFault(kind, what);
      },
      isHealed: () => this.#isHealed,
      undoIn: (delayMs, undo) => this.#undoIn(delayMs, undo),
      bringUp: (machine, delayMs) => this.#bringUp(machine, delayMs),
    };
  }

  #undoIn(delayMs: number, undo: () => void): void {
    const once = (): void => {
      if (this.#undos.delete(once)) undo();
    };
    this.#undos.add(once);
    this.#options.site.world.schedule(delayMs, once);
  }

  #bringUp(machine: SimulatedMachine, delayMs: number): void {
    this.#options.site.world.schedule(delayMs, () => {
      if (machine.isUp) return;
      machine.start().catch(() => this.#bringUp(machine, startAgainMs));
    });
  }
}
