/**
 * Users who work at random on a few names of one folder, on three machines at once, and then stop.
 *
 * Few names and many acts: nearly every seed has conflicts, deletes against edits, moved directories
 * and files that change while they are pulled. Once the users stop, the copies have to become equal,
 * quiet, and whole.
 */

import { ContentNames } from "../checkers/contents.ts";
import { WriteLedger } from "../checkers/ledger.ts";
import type { Chance } from "../world/chance.ts";
import type { SimulatedMachine } from "../world/machine.ts";
import { SimulatedSite } from "../world/site.ts";
import type { TreeItem } from "../world/user.ts";
import { World } from "../world/world.ts";

export interface RandomUsersOptions {
  readonly seed: number;
  /** Files and directories also take each other's names (FORMATS 23). */
  readonly swapsKinds?: boolean;
  /** Sees what happens, to tell the story of a seed. */
  readonly onAct?: (line: string) => void;
}

const startActs = 5;
const acts = 40;
const actsWithinMs = 15_000;
const quietWithinMs = 120_000;

/** @returns what went wrong, in lines; nothing when all promises held */
export async function randomUsers({ seed, swapsKinds = false, onAct }: RandomUsersOptions): Promise<readonly string[]> {
  const world = new World(seed);
  const site = new SimulatedSite(world, [
    { name: "www1" },
    { name: "www2", place: { group: "media" } },
    { name: "www3", place: { region: "us" } },
  ]);
  const names = new ContentNames();
  const ledger = new WriteLedger(names);
  const chance = world.chance.fork("user");
  const act = (): void => {
    const machine = pick(chance, site.machines);
    const [what, run] = swapsKinds ? drawAct(chance, machine, swapping) : drawAct(chance, machine, plain);
    onAct?.(`${world.nowMs.toFixed(0)} ms, ${machine.name}: ${what}`);
    ledger.act(machine, `${machine.name}: ${what}`, run);
  };
  for (let done = 0; done < startActs; done += 1) act();
  world.schedule(0, () => void site.start());
  for (let planned = 0; planned < acts; planned += 1) world.schedule(100 + chance.integer(actsWithinMs), act);
  await world.run(actsWithinMs + 1_000);
  await untilQuiet(site);
  return [
    ...site.machines.filter(({ isIdle }) => !isIdle).map((machine) => `C1: ${machine.name} is ${stateOf(machine)}`),
    ...differences(site.machines),
    ...ledger
      .lost(new Set(site.machines.flatMap(({ user }) => [...names.everywhere(user)])))
      .map((what) => `S1: lost what was made by ${what}`),
  ];
}

interface Names {
  readonly names: readonly string[];
  /** What may become a directory. */
  readonly directories: readonly string[];
  readonly swapsKinds: boolean;
}

const plain: Names = {
  names: ["a", "b", "c.txt", "d/x", "d/y", "e/x", "e/f/z", "e/f/y"],
  directories: ["d", "e", "e/f"],
  swapsKinds: false,
};
const swapping: Names = {
  names: ["a", "b", "d", "d/x", "d/y", "e", "e/x", "e/f", "e/f/z"],
  directories: [],
  swapsKinds: true,
};

/** The order of the draws makes the story of a seed: who changes it gives all kept seeds another one. */
function drawAct(chance: Chance, { name: machine, user }: SimulatedMachine, names: Names): [string, () => void] {
  const name = pick(chance, names.names);
  switch (chance.integer(8)) {
    case 0:
    case 1:
    case 2: {
      const text = `${machine} ${chance.integer(1_000_000)}`;
      return [`write ${name} := ${text}`, () => user.write(name, text)];
    }
    case 3: {
      const size = 100_000 + chance.integer(200_000);
      const factor = chance.integer(255);
      const bytes = new Uint8Array(size).map((_, at) => (factor * at) >> 3);
      return [`write ${name} := ${size} bytes of ${factor}`, () => user.write(name, bytes)];
    }
    case 4:
      return [`remove ${name}`, () => user.remove(name)];
    case 5: {
      const to = pick(chance, names.names);
      return [`rename ${name} to ${to}`, () => user.rename(name, to)];
    }
    case 6:
      if (names.swapsKinds) return [`make directory ${name}`, () => user.makeDirectory(name)];
      return drawDirectoryAct(chance, user, names.directories);
    default: {
      const mode = pick(chance, [0o600, 0o644, 0o755]);
      return [`set mode of ${name} to ${mode.toString(8)}`, () => user.setMode(name, mode)];
    }
  }
}

function drawDirectoryAct(
  chance: Chance,
  user: SimulatedMachine["user"],
  directories: readonly string[],
): [string, () => void] {
  if (chance.integer(2) === 1) {
    const made = pick(chance, directories);
    return [`make directory ${made}`, () => user.makeDirectory(made)];
  }
  const isRemove = chance.integer(2) === 1;
  const from = pick(chance, directories);
  if (isRemove) return [`remove directory ${from}`, () => user.remove(from)];
  const to = pick(chance, directories);
  return [`rename directory ${from} to ${to}`, () => user.rename(from, to)];
}

async function untilQuiet({ world, machines }: SimulatedSite): Promise<void> {
  const endMs = world.nowMs + quietWithinMs;
  do await world.run(world.nowMs + 500);
  while (world.nowMs < endMs && !machines.every(({ isIdle }) => isIdle));
  // Idle is a promise: it has to last.
  await world.run(world.nowMs + 2_000);
}

function differences(machines: readonly SimulatedMachine[]): readonly string[] {
  const trees = machines.map(({ user }) => new Map([...user.snapshot()].map(([path, item]) => [path, shown(item)])));
  const paths = new Set(trees.flatMap((tree) => [...tree.keys()]));
  return [...paths].flatMap((path) => {
    const items = trees.map((tree) => tree.get(path) ?? "nothing");
    return new Set(items).size === 1 ? [] : [`C1: ${path} is ${items.join(" | ")}`];
  });
}

/** What the mesh carries of an item: the times of directories follow from what happens in them. */
function shown(item: TreeItem): string {
  switch (item.kind) {
    case "file":
      return `a file ${item.mode.toString(8)} ${item.mtimeNs} of ${item.content.length} bytes ${Buffer.from(item.content.subarray(0, 20)).toString("latin1")}`;
    case "directory":
      return `a directory ${item.mode.toString(8)}`;
    case "symlink":
      return `a symlink to ${item.target}`;
    case "other":
      return "something else";
  }
}

function stateOf({ peer }: SimulatedMachine): string {
  return peer.control
    .status()
    .folders.map(({ state, reasons }) => `${state} ${JSON.stringify(reasons)}`)
    .join();
}

function pick<Value>(chance: Chance, values: readonly Value[]): Value {
  const value = values[chance.integer(values.length)];
  if (value === undefined) throw new Error("nothing to pick from");
  return value;
}
