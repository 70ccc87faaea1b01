/** Part of the Disk's contract: modes and times (FORMATS 17, 18). */

import assert from "node:assert/strict";
import fc from "fast-check";
import { type DiskTest, entry, fails, roundedUs, there } from "./disk-under-test.ts";

export function diskAttributesContract(check: DiskTest): void {
  check("FORMATS 18: modes are exact, and only the permission bits are set", async ({ tree, user }) => {
    for (const mode of [0o777, 0o775, 0o700, 0o1750, 0o2705, 0o4711]) {
      const path = entry(`directory-${mode}`);
      await tree.makeDirectory(path, mode);
      assert.equal((await there(tree, path)).mode, mode & 0o777);
    }
    await user.write("folder/file", "x");
    await tree.setAttributes(entry("file"), { mode: 0o6751, mtimeUs: 1_000_000 });
    assert.equal((await there(tree, entry("file"))).mode, 0o751);
    await tree.setAttributes(entry("file"), { mode: 0, mtimeUs: 2_000_000 });
    assert.equal((await there(tree, entry("file"))).mode, 0);
    assert.equal((await there(tree, entry("file"))).mtimeNs, 2_000_000_000n);
    await fails("missing", tree.setAttributes(entry("nothing"), { mode: 0o644, mtimeUs: 0 }));
  });

  check("a symlink's attributes are its own time, never its target's", async ({ tree, user }) => {
    await user.write("folder/file", "x");
    await user.makeSymlink("file", "folder/link");
    const before = await there(tree, entry("file"));
    await tree.setAttributes(entry("link"), { mode: 0o600, mtimeUs: 5_000_000 });
    assert.equal((await there(tree, entry("link"))).mtimeNs, 5_000_000_000n);
    assert.deepEqual(await there(tree, entry("file")), before);
  });

  check("FORMATS 17: property: a time in microseconds comes back when rounded", async ({ tree, user }) => {
    await user.write("folder/file", "x");
    await user.makeDirectory("folder/directory");
    await user.makeSymlink("x", "folder/link");
    const latestUs = 4_000_000_000_000_000; // In 2096.
    const earliestUs = -2_000_000_000_000_000; // In 1906.
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: earliestUs, max: latestUs }),
        fc.constantFrom("file", "directory", "link"),
        async (mtimeUs, name) => {
          await tree.setAttributes(entry(name), { mode: 0o755, mtimeUs });
          assert.equal(roundedUs((await there(tree, entry(name))).mtimeNs), mtimeUs);
        },
      ),
      { numRuns: 150, seed: 1 },
    );
  });
}
