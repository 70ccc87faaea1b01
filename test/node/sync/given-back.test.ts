/**
 * S1: a user's late write that a commit took out and gave back has its place for good: the power may go right after,
 * and the disk may have any part of what the commit did.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { PowerCutLuck } from "../../../simulations/world/luck.ts";
import { isChange } from "../../../simulations/world/machine-faults.ts";
import type { FakeUser } from "../../../simulations/world/user.ts";
import { textsOf, twoMachines, untilIdle } from "./two-machines.ts";

interface LateWrite {
  readonly name: string;
  /** What the other machine sees change. */
  readonly change: (user: FakeUser) => void;
  /** The call of the follower's disk before which its user writes. */
  readonly before: (action: string, path: string) => boolean;
}

const lateWrites: readonly LateWrite[] = [
  {
    name: "is about to be exchanged for its next version",
    change: (user) => user.write("page", "from the mesh"),
    before: (action) => action === "exchange",
  },
  {
    name: "is about to be removed",
    change: (user) => user.remove("page"),
    before: (action, path) => action === "rename" && path.startsWith(".cdmesh/versions/"),
  },
  {
    name: "is about to be moved",
    change: (user) => user.rename("page", "moved"),
    before: (action, path) => action === "link" && path === "moved",
  },
];

/** Changes of disk or store from the late write on: the commit's own, and what comes right after it. */
const changesTried = 6;
/** Of what they did to names so many operations reached the disk, as a journal has them: the first ones. */
const operationsTried = [1, 2, 3];

for (const { name, change, before } of lateWrites) {
  test(`S1: a file that ${name}, and is written just then, survives a power cut once it has its place back`, async () => {
    for (let nth = 1; nth <= changesTried; nth += 1) {
      for (const operations of operationsTried) {
        const { world, site, one, other } = await twoMachines(nth, ({ user }) => user.write("page", "at first"));
        await world.run(world.nowMs + 10_000, () => other.user.has("page") && other.isIdle);
        let changes = 0;
        other.faults.planBefore((call) => {
          if (changes === 0 && !before(call.action, call.path)) return undefined;
          if (changes > nth || !isChange(call)) return undefined;
          if (changes === 0) {
            other.user.write("page", "from the user");
            other.fileSystem.flushAll();
          }
          changes += 1;
          if (changes > nth) other.crash(luckOfFirst(operations));
          return undefined;
        });
        change(one.user);
        await world.run(world.nowMs + 10_000, () => !other.isUp);
        assert.ok(!other.isUp, "the change passed through with fewer calls");
        await world.settle(other.start());
        await untilIdle(site);
        for (const machine of [one, other]) {
          const texts = textsOf(machine);
          assert.ok(
            texts.includes("from the user"),
            `before change ${nth}, with ${operations} operations: ${machine.name} has ${texts.join(" | ")}`,
          );
        }
      }
    }
  });
}

function luckOfFirst(operations: number): PowerCutLuck {
  let left = operations;
  return { disk: ({ kind }) => kind === "content" || (left -= 1) >= 0, store: () => true };
}
