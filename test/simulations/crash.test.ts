/**
 * S3: a machine loses power before each single call of its disk and store while it follows a small
 * change. Each path then holds one whole version, old or new, and after a restart the copies are equal.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseStandingPath, pathOfCopy } from "../../protocol/folder/path.ts";
import type { SimulatedMachine } from "../../simulations/world/machine.ts";
import { SimulatedSite } from "../../simulations/world/site.ts";
import type { FakeUser } from "../../simulations/world/user.ts";
import { World } from "../../simulations/world/world.ts";

/** Calls that only look are no place for a crash: nothing changed since the call before. */
const looking = new Set(["stat", "list", "open", "read", "read link", "close"]);
/** No small change takes so many; reaching it means that the loop does not end. */
const callsMax = 400;

interface Change {
  readonly name: string;
  readonly before: (user: FakeUser) => void;
  readonly act: (user: FakeUser) => void;
}

const changes: readonly Change[] = [
  {
    name: "files that are replaced, made, removed and moved",
    before: (user) => {
      user.write("page.html", "old page");
      user.write("gone.html", "to be removed");
      user.write("news/moved.html", "to be moved");
    },
    act: (user) => {
      user.write("page.html", "the new page");
      user.write("fresh.html", "fresh");
      user.remove("gone.html");
      user.rename("news/moved.html", "archive/moved.html");
    },
  },
  {
    name: "a file that becomes a directory, a directory that becomes a file, and a symlink that changes",
    before: (user) => {
      user.write("one", "a file");
      user.write("other/inside", "in a directory");
      user.makeSymlink("old", "current");
    },
    act: (user) => {
      user.remove("one");
      user.write("one/inside", "in a directory by now");
      user.remove("other");
      user.write("other", "a file by now");
      user.remove("current");
      user.makeSymlink("new", "current");
    },
  },
  {
    name: "a large file that changes in the middle",
    before: (user) => user.write("large.bin", largeBytes(1)),
    act: (user) => user.write("large.bin", largeBytes(2)),
  },
];

for (const { name, before, act } of changes) {
  test(`S3: power lost before any call while following ${name}`, async () => {
    for (let nth = 1; ; nth += 1) {
      assert.ok(nth < callsMax, "the change never passes through");
      if (!(await crashBefore(nth, before, act))) return;
    }
  });
}

/** @returns false when the change passed through with fewer calls */
async function crashBefore(
  nth: number,
  before: (user: FakeUser) => void,
  act: (user: FakeUser) => void,
): Promise<boolean> {
  const world = new World(nth);
  const site = new SimulatedSite(world, [{ name: "author" }, { name: "follower" }]);
  const [author, follower] = site.machines;
  assert.ok(author && follower);
  before(author.user);
  world.schedule(0, () => void site.start());
  await settle(site);
  const old = contentsOf(follower);
  act(author.user);
  const fresh = contentsOf(author);

  let calls = 0;
  let crashed = false;
  const losesPower = (): boolean => {
    calls += 1;
    if (calls !== nth) return false;
    crashed = true;
    follower.crash();
    return true;
  };
  // Nobody hears these errors: they keep the call that never was from having an effect.
  follower.faults.disk = (action) => (!looking.has(action) && losesPower() ? "EIO" : undefined);
  follower.faults.store = (action) => (action === "write" && losesPower() ? new Error("power lost") : undefined);
  const endMs = world.nowMs + 20_000;
  await world.run(endMs, () => crashed || [author, follower].every((one) => one.isIdle && isEqual(one, author)));
  follower.faults.disk = () => undefined;
  follower.faults.store = () => undefined;
  if (!crashed) return false;

  for (const [standing, content] of contentsOf(follower)) {
    // What gives way to a directory stands beside it for a moment.
    const path = pathOfCopy(parseStandingPath(standing) ?? assert.fail(standing)) ?? standing;
    assert.ok(
      content === old.get(path) || content === fresh.get(path),
      `crash ${nth}: ${path} is neither old nor new: ${content.slice(0, 40)}`,
    );
  }
  await world.settle(follower.start());
  await settle(site);
  assert.deepEqual(contentsOf(follower), fresh, `after crash ${nth} the follower`);
  assert.deepEqual(contentsOf(author), fresh, `after crash ${nth} of the follower, the author`);
  return true;
}

async function settle({ world, machines }: SimulatedSite): Promise<void> {
  const isQuiet = (): boolean =>
    machines.every(({ isIdle }) => isIdle) && machines.every((one) => isEqual(one, machines[0]));
  const endMs = world.nowMs + 60_000;
  do await world.run(world.nowMs + 100);
  while (world.nowMs < endMs && !isQuiet());
  assert.ok(isQuiet(), `seed ${world.seed}: not equal and idle after a minute`);
}

function isEqual(one: SimulatedMachine, other: SimulatedMachine | undefined): boolean {
  if (other === undefined) return false;
  const [ours, theirs] = [contentsOf(one), contentsOf(other)];
  return ours.size === theirs.size && [...ours].every(([path, content]) => theirs.get(path) === content);
}

function contentsOf({ user }: SimulatedMachine): ReadonlyMap<string, string> {
  return new Map(
    [...user.snapshot()].map(([path, item]) => {
      if (item.kind === "file") return [path, Buffer.from(item.content).toString("latin1")];
      return [path, item.kind === "symlink" ? `symlink to ${item.target}` : item.kind];
    }),
  );
}

function largeBytes(variant: number): Uint8Array {
  const bytes = new Uint8Array(300_000).map((_, at) => (at * 7 + (at >> 8)) % 251);
  bytes.fill(variant, 150_000, 150_100);
  return bytes;
}
