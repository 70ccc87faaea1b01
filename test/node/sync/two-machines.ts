/** Two simulated machines that share a folder, for tests that disturb one of them. */

import assert from "node:assert/strict";
import type { SimulatedMachine } from "../../../simulations/world/machine.ts";
import { SimulatedSite } from "../../../simulations/world/site.ts";
import { World } from "../../../simulations/world/world.ts";

export interface TwoMachines {
  readonly world: World;
  readonly site: SimulatedSite;
  readonly one: SimulatedMachine;
  readonly other: SimulatedMachine;
}

/** Both have what `before` wrote on the first, and stand still. */
export async function twoMachines(seed: number, before: (one: SimulatedMachine) => void): Promise<TwoMachines> {
  const world = new World(seed);
  const site = new SimulatedSite(world, [{ name: "one" }, { name: "other" }]);
  const [one, other] = site.machines;
  assert.ok(one && other);
  before(one);
  world.schedule(0, () => void site.start());
  await untilIdle(site);
  // The other one may be idle before it hears what the first one found.
  const wanted = entriesOf(one);
  const hasAll = (): boolean => other.isIdle && entriesOf(other) === wanted;
  await world.run(world.nowMs + 10_000, hasAll);
  assert.ok(hasAll(), `seed ${seed}: ${entriesOf(other)} is not ${wanted}`);
  return { world, site, one, other };
}

/** The paths of what travels: each machine has its own FIFOs. */
function entriesOf({ user }: SimulatedMachine): string {
  return [...user.snapshot()].flatMap(([path, { kind }]) => (kind === "other" ? [] : [path])).join();
}

export async function untilIdle({ world, machines }: SimulatedSite, withinMs = 60_000): Promise<void> {
  const endMs = world.nowMs + withinMs;
  do await world.run(world.nowMs + 250);
  while (world.nowMs < endMs && !machines.every(({ isIdle }) => isIdle));
  assert.ok(
    machines.every(({ isIdle }) => isIdle),
    `seed ${world.seed}: not idle after ${withinMs} ms`,
  );
  await world.run(world.nowMs + 500);
}

/** All texts of files, whatever their names. */
export function textsOf({ user }: SimulatedMachine): readonly string[] {
  return [...user.snapshot().values()].flatMap((item) =>
    item.kind === "file" ? [new TextDecoder().decode(item.content)] : [],
  );
}

export function pathsOf({ user }: SimulatedMachine): readonly string[] {
  return [...user.snapshot().keys()].toSorted();
}
