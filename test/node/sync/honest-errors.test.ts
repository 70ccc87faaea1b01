/**
 * S9: one call of a machine's disk or store fails, each in its turn, with an effect or without one,
 * while small changes are announced and carried out. No path is ever mixed, what others heard of
 * survives a power cut, and once there are no more errors all copies are equal.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { isChange } from "../../../simulations/world/machine-faults.ts";
import type { SimulatedMachine } from "../../../simulations/world/machine.ts";
import { SimulatedSite } from "../../../simulations/world/site.ts";
import type { FakeUser } from "../../../simulations/world/user.ts";
import { World } from "../../../simulations/world/world.ts";

/** No small change takes so many; reaching it means that the loop does not end. */
const callsMax = 300;

interface Change {
  readonly name: string;
  readonly before: (user: FakeUser) => void;
  readonly act: (user: FakeUser) => void;
}

const changes: readonly Change[] = [
  { name: "a file that is made", before: () => undefined, act: (user) => user.write("news/page", "new") },
  {
    name: "a file that is replaced",
    before: (user) => user.write("page", "old"),
    act: (user) => user.write("page", "the new one"),
  },
  {
    name: "a file that is removed and one that is moved",
    before: (user) => {
      user.write("gone", "to be removed");
      user.write("here", "to be moved");
    },
    act: (user) => {
      user.remove("gone");
      user.rename("here", "there");
    },
  },
];

for (const side of ["announces", "follows"] as const) {
  for (const effect of ["without effect", "with its effect"] as const) {
    for (const { name, before, act } of changes) {
      test(`S9: each call of who ${side} ${name} fails ${effect}, and nothing is had that is not`, async () => {
        let nth = 1;
        while (await failOnce({ nth, side, effect }, before, act)) {
          nth += 1;
          assert.ok(nth < callsMax, "the change never passes through");
        }
        assert.ok(nth > 2, `only ${nth - 1} calls were tried`);
      });
    }
  }
}

interface Failing {
  readonly nth: number;
  readonly side: "announces" | "follows";
  readonly effect: "without effect" | "with its effect";
}

/** @returns false when the change passed through with fewer calls */
async function failOnce(
  { nth, side, effect }: Failing,
  before: (user: FakeUser) => void,
  act: (user: FakeUser) => void,
): Promise<boolean> {
  const world = new World(nth);
  const site = new SimulatedSite(world, [{ name: "author" }, { name: "follower" }]);
  const [author, follower] = site.machines;
  assert.ok(author && follower);
  before(author.user);
  world.schedule(0, () => void site.start());
  await untilEqual(site);
  const old = contentsOf(author);
  const failing = side === "announces" ? author : follower;
  let calls = 0;
  const failsNow = (call: Parameters<typeof isChange>[0]): "EIO" | undefined => {
    if (!isChange(call)) return undefined;
    calls += 1;
    return calls === nth ? "EIO" : undefined;
  };
  const cancel = effect === "without effect" ? failing.faults.planBefore(failsNow) : failing.faults.planAfter(failsNow);
  act(author.user);
  const fresh = contentsOf(author);
  const what = `call ${nth}`;
  const isOldOrNew = (): void => {
    for (const [path, content] of contentsOf(follower)) {
      assert.ok(content === old.get(path) || content === fresh.get(path), `${what}: ${path} is ${content}`);
    }
    const told = [...contentsOf(follower)].filter(([path, content]) => content !== old.get(path));
    for (const [path, content] of told) {
      assert.equal(durableAt(author, path), content, `${what}: ${path} was announced and is not durable`);
    }
  };
  await untilEqual(site, isOldOrNew);
  cancel();
  // What both say they have is there after a power cut of both.
  for (const machine of [author, follower]) machine.crash();
  for (const machine of [author, follower]) {
    assert.deepEqual(contentsOf(machine), fresh, `${what}: after a power cut ${machine.name} has other things`);
  }
  world.schedule(0, () => void site.start());
  await untilEqual(site);
  assert.deepEqual(contentsOf(author), fresh, `${what}: in the end`);
  return calls >= nth;
}

/** What a power cut would leave of a file. */
function durableAt({ fileSystem }: SimulatedMachine, path: string): string | undefined {
  const node = fileSystem.find(`/srv/press/${path}`);
  return node?.kind === "file" ? Buffer.from(node.durable.content).toString() : node?.kind;
}

async function untilEqual({ world, machines }: SimulatedSite, look: () => void = () => undefined): Promise<void> {
  const endMs = world.nowMs + 120_000;
  const isQuiet = (): boolean => machines.every((one) => isWhole(one) && isEqual(one, machines[0]));
  do {
    await world.run(world.nowMs + 50);
    look();
  } while (world.nowMs < endMs && !isQuiet());
  assert.ok(isQuiet(), `seed ${world.seed}: not equal and idle after two minutes`);
}

/** Idle, and not for the reason that what is missing cannot be had. */
function isWhole(machine: SimulatedMachine): boolean {
  if (!machine.isRunning || !machine.isIdle) return false;
  return machine.peer.control.status().folders.every(({ blockedFiles }) => blockedFiles === 0);
}

function isEqual(one: SimulatedMachine, other: SimulatedMachine | undefined): boolean {
  if (other === undefined) return false;
  const [ours, theirs] = [contentsOf(one), contentsOf(other)];
  return ours.size === theirs.size && [...ours].every(([path, content]) => theirs.get(path) === content);
}

function contentsOf({ user }: SimulatedMachine): ReadonlyMap<string, string> {
  return new Map(
    [...user.snapshot()].map(([path, item]) => [
      path,
      item.kind === "file" ? Buffer.from(item.content).toString() : item.kind,
    ]),
  );
}
