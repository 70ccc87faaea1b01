/** Kept versions as a source: what is back, or was lost everywhere else, is taken from them and proven. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { keptName } from "../../../../node/sync/versions/kept-rows.ts";
import type { SimulatedMachine } from "../../../../simulations/world/machine.ts";
import { twoMachines, type TwoMachines, untilIdle } from "../two-machines.ts";

const small = Buffer.from("small and old");
/** Of several chunks, with a hole in between. */
const large = Buffer.concat([Buffer.alloc(200_000, "abc"), Buffer.alloc(500_000), Buffer.from("the end")]);

/** The other one keeps `old`, which stands nowhere any more. */
async function keeping(seed: number, old: Buffer): Promise<TwoMachines> {
  const mesh = await twoMachines(seed, ({ user }) => user.write("page", old));
  mesh.one.user.replace("page", "new");
  await untilIdle(mesh.site);
  return mesh;
}

function fetchedBy({ peer }: SimulatedMachine): number {
  return peer.control.status().folders.reduce((sum, { bytesFetched }) => sum + bytesFetched, 0);
}

for (const [what, old] of Object.entries({ small, large })) {
  const name = (text: string): string => text.replace("a content", `a ${what} content`);

  test(name("S6: a content that is back is taken from a kept version, and nothing is fetched"), async () => {
    const { site, one, other } = await keeping(1, old);
    const before = fetchedBy(other);
    one.user.write("again", old);
    await untilIdle(site);
    assert.ok(old.equals(other.user.read("again") ?? Buffer.alloc(0)));
    assert.equal(fetchedBy(other), before);
  });

  test(name("S6: a content that a kept version only claims to have is not taken from it"), async () => {
    const { site, one, other } = await keeping(2, old);
    const spoiled = Buffer.from(old);
    spoiled[3] = 0;
    other.user.write(keptName(0), spoiled);
    one.user.write("again", old);
    await untilIdle(site);
    assert.ok(old.equals(other.user.read("again") ?? Buffer.alloc(0)));
  });
}

test("C1: a content that only a kept version has left comes back from there, also when the store that knew it is lost", async () => {
  for (const old of [small, large]) {
    const { world, site, one, other } = await keeping(3, old);
    const older = one.snapshot();
    other.faults.disk = (_, path) => (path.startsWith(".cdmesh/staging") ? "EIO" : undefined);
    one.user.write("again", old);
    await world.run(world.nowMs + 5_000);
    for (const machine of [one, other]) machine.kill();
    one.restore({ disk: older.disk });
    other.loseStore();
    other.faults.disk = undefined;
    world.schedule(world.nowMs, () => void site.start());
    await untilIdle(site);
    for (const { user } of [one, other]) assert.ok(old.equals(user.read("again") ?? Buffer.alloc(0)));
  }
});
