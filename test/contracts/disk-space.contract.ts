/** Part of the Disk's contract: how much room there is, and what happens where there is none (S10). */

import assert from "node:assert/strict";
import test from "node:test";
import { DiskError } from "../../node/ports.ts";
import { type DiskTest, type DiskUnderTest, entry, fails, staged } from "./disk-under-test.ts";

const mib = 1024 * 1024;

export function diskSpaceContract(check: DiskTest): void {
  check("the room that is left is told, and never more than there is", async ({ tree }) => {
    const { freeBytes, totalBytes, freeInodes } = await tree.space();
    assert.ok(freeBytes > 0 && freeBytes <= totalBytes, `${freeBytes} of ${totalBytes}`);
    assert.ok(freeInodes > 0);
  });

  check("of a root that is gone no room is told", async ({ tree, user }) => {
    await user.rename("folder", "elsewhere");
    await fails("failed", tree.space());
  });
}

/** @param make a disk of its own for `base`, with some MiB and fewer than a thousand inodes */
export function smallDiskContract(name: string, make: () => Promise<DiskUnderTest>): void {
  const check: DiskTest = (sentence, body) => {
    test(`${name}: ${sentence}`, async () => {
      const made = await make();
      const work = async (): Promise<void> => {
        await made.user.makeDirectory("folder/.cdmesh");
        const tree = await made.disk.openTree(`${made.base}/folder`);
        await body({ ...made, tree });
        await tree.close();
      };
      try {
        await made.settle(work());
      } finally {
        await made.end();
      }
    });
  };

  check("S10: on a full disk a write fails as no-space, and what was removed is room again", async ({ tree }) => {
    const before = await tree.space();
    assert.ok(before.freeBytes < 64 * mib, "the disk is small");
    const file = await staged(tree, ".cdmesh/large", "x");
    await fails(
      "no-space",
      fill(async (at) => file.write(new Uint8Array(mib).fill(1), at * mib)),
    );
    assert.ok((await tree.space()).freeBytes < mib);
    await file.close();
    await tree.rename(".cdmesh/large", entry("large"));
    await tree.remove(entry("large"));
    assert.ok((await tree.space()).freeBytes > before.freeBytes - mib, "its bytes are free again");
  });

  check("S10: without inodes nothing new is made, and names still change and go", async ({ tree }) => {
    await tree.makeDirectory(entry("one"), 0o755);
    await fails(
      "no-space",
      fill((at) => tree.makeDirectory(entry(`directory-${at}`), 0o755)),
    );
    assert.equal((await tree.space()).freeInodes, 0);
    await tree.rename(entry("one"), entry("other"));
    await tree.removeDirectory(entry("other"));
    assert.equal((await tree.space()).freeInodes, 1);
    await tree.makeDirectory(entry("again"), 0o755);
  });
}

/** Goes on until the disk refuses. */
async function fill(act: (at: number) => Promise<void>): Promise<void> {
  for (let at = 0; at < 1_000; at += 1) await act(at);
  throw new DiskError("failed", "never full", "fill", "");
}
