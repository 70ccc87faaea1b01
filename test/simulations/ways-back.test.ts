/** What is kept in the stead of a user's late write is told, and nothing else. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ContentNames } from "../../simulations/checkers/contents.ts";
import { followWaysBack } from "../../simulations/checkers/ways-back.ts";
import { SimulatedSite } from "../../simulations/world/site.ts";
import { World } from "../../simulations/world/world.ts";

/** @param lateWrites what the follower's user writes right before the first exchanges of his peer */
async function keptAfter(...lateWrites: readonly string[]): Promise<readonly string[]> {
  const world = new World(1);
  const site = new SimulatedSite(world, [{ name: "author" }, { name: "follower" }]);
  const [author, follower] = site.machines;
  assert.ok(author && follower);
  const names = new ContentNames();
  const kept: string[] = [];
  followWaysBack(follower, names, () => (content) => kept.push(content));
  author.user.write("page", "old");
  world.schedule(0, () => void site.start());
  await world.run(5_000, () => follower.user.has("page") && follower.isIdle);
  for (const [at, text] of lateWrites.entries()) {
    const isExchange = ({ action }: { readonly action: string }) => action === "exchange";
    follower.faults.beforeCall(isExchange, () => follower.user.write("page", text), at + 1);
  }
  author.user.write("page", "new");
  await world.run(15_000);
  const known = [...lateWrites, "new"].map((text) => [names.nameOf(Buffer.from(text)), text] as const);
  return kept.map((content) => new Map(known).get(content) ?? "something else");
}

test("S1: of two late writes the one between the exchange and its way back is told as kept", async () => {
  assert.deepEqual(await keptAfter(), []);
  assert.deepEqual(await keptAfter("late"), []);
  assert.deepEqual(await keptAfter("late", "between"), ["between"]);
});

test("S1: a name that is staged anew is on no way back, whatever inode it has by then", () => {
  const { user, faults } = new SimulatedSite(new World(2), [{ name: "one" }]).machines[0] ?? assert.fail();
  const path = ".cdmesh/staging/in-1";
  const kept: string[] = [];
  followWaysBack({ user, faults }, new ContentNames(), () => (content) => kept.push(content));
  const call = (action: string, act: () => void): void => {
    faults.before({ port: "disk", action, path });
    act();
    faults.after({ port: "disk", action, path });
  };
  const exchange = (): void => {
    user.rename(path, "aside");
    user.rename("page", path);
    user.rename("aside", "page");
  };
  user.write("page", "old");
  user.write(path, "new");
  call("exchange", exchange);
  call("stage", () => user.write(path, "newer"));
  user.write("page", "edited");
  call("exchange", exchange);
  assert.deepEqual(kept, []);
});
