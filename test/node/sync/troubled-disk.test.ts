/** What a disk does that refuses for a while: nothing is lost, others are told, and it goes on by itself. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { FileSystemCode } from "../../../simulations/world/file-system.ts";
import { isChange } from "../../../simulations/world/machine-faults.ts";
import { pathsOf, twoMachines, untilIdle } from "./two-machines.ts";

const troubles: readonly {
  readonly name: string;
  readonly code: FileSystemCode;
  readonly isRefused: (action: string, isChange: boolean) => boolean;
}[] = [
  { name: "was mounted again for reading only", code: "EROFS", isRefused: (_, changes) => changes },
  { name: "has no descriptors left", code: "EMFILE", isRefused: (action) => action === "open" || action === "stage" },
  { name: "fails each write", code: "EIO", isRefused: (action) => action === "write" },
  { name: "fails each flush", code: "EIO", isRefused: (action) => action.startsWith("flush") },
];

for (const { name, code, isRefused } of troubles) {
  test(`S9, S10: a disk that ${name} keeps what it has, says so, and goes on when that ends`, async () => {
    const { world, site, one, other } = await twoMachines(1, ({ user }) => {
      user.write("page", "at first");
      user.write("gone", "to be removed");
    });
    const cancel = other.faults.planBefore((call) =>
      call.port === "disk" && isRefused(call.action, isChange(call)) ? code : undefined,
    );
    one.user.write("page", "the new one");
    one.user.write("fresh", "fresh");
    other.user.write("mine", "from other");
    await world.run(world.nowMs + 30_000);
    assert.equal(other.user.readText("page"), "at first");
    const [folder] = other.peer.control.status().folders;
    const said = [
      ...(folder?.reasons ?? []).map((reason) => reason.code),
      ...(folder?.blocked ?? []).map(({ why }) => why),
    ];
    assert.ok(
      said.some((word) => ["troubled", "failed", "not-permitted"].includes(word)),
      `status says ${said.join(", ")}`,
    );
    cancel();
    one.user.remove("gone");
    await world.run(world.nowMs + 70_000);
    await untilIdle(site);
    for (const machine of [one, other]) {
      assert.deepEqual(pathsOf(machine), ["fresh", "mine", "page"]);
      assert.equal(machine.user.readText("page"), "the new one");
    }
  });
}

test("a disk that is a thousand times slower than usual ends with the same tree", async () => {
  const { world, site, one, other } = await twoMachines(2, ({ user }) => user.write("page", "at first"));
  other.faults.diskSlowness = 1_000;
  one.user.write("page", "the new one");
  one.user.write("fresh", "fresh");
  await world.run(world.nowMs + 60_000);
  other.faults.diskSlowness = 1;
  await untilIdle(site);
  assert.deepEqual(pathsOf(other), ["fresh", "page"]);
  assert.equal(other.user.readText("page"), "the new one");
});

test("S8: a store that was moved away is filled again from the others, and files stay as they are", async () => {
  const { world, site, one, other } = await twoMachines(3, ({ user }) => {
    user.write("page", "at first");
    user.write("news/inside", "inside");
  });
  await world.settle(other.stop());
  other.loseStore();
  one.user.write("page", "the new one");
  await world.run(world.nowMs + 5_000);
  await world.settle(other.start());
  await untilIdle(site);
  for (const machine of [one, other]) {
    assert.ok(pathsOf(machine).includes("news/inside"));
    assert.equal(machine.user.readText("page"), "the new one");
  }
  assert.deepEqual(pathsOf(other), pathsOf(one));
});
