/** Part of the Disk's contract: how staged files become content (FORMATS 20, PROMISES S3, S4, S9). */

import assert from "node:assert/strict";
import fc from "fast-check";
import { type DiskTest, entry, fails, readAll, roundedUs, staged, there } from "./disk-under-test.ts";

export function diskCommitContract(check: DiskTest): void {
  check("a staged file is new, empty and nobody else's", async ({ tree }) => {
    await fails("missing", tree.stage(".cdmesh/new"));
    await tree.makeDirectory(".cdmesh", 0o700);
    const file = await tree.stage(".cdmesh/new");
    const { kind, size, mode } = await file.stat();
    assert.deepEqual([kind, size, mode, file.path], ["file", 0, 0o600, ".cdmesh/new"]);
    await fails("exists", tree.stage(".cdmesh/new"));
    await file.close();
    await file.close();
  });

  check("a staged file takes writes at any place, in any order", async ({ tree, user }) => {
    await tree.makeDirectory(".cdmesh", 0o700);
    const file = await tree.stage(".cdmesh/new");
    await file.write(Buffer.from("world"), 6);
    await file.write(Buffer.from("hello "), 0);
    await file.write(new Uint8Array(0), 3);
    await file.flush();
    assert.equal((await file.stat()).size, 11);
    await file.close();
    assert.equal(await user.read("folder/.cdmesh/new"), "hello world");
  });

  check("FORMATS 18: what was never written is a hole, read as zeros", async ({ tree }) => {
    await tree.makeDirectory(".cdmesh", 0o700);
    const file = await tree.stage(".cdmesh/new");
    await file.truncate(100_000);
    await file.write(Buffer.from("x"), 50_000);
    assert.equal((await file.stat()).size, 100_000);
    const reader = await tree.open(".cdmesh/new");
    const bytes = new Uint8Array(100_000).fill(1);
    assert.equal(await reader.read(bytes, 0), 100_000);
    assert.deepEqual(
      [...bytes.entries()].filter(([, byte]) => byte !== 0),
      [[50_000, 0x78]],
    );
    await file.truncate(50_000);
    assert.equal((await reader.stat()).size, 50_000);
    await reader.close();
    await file.close();
  });

  check(
    "FORMATS 17: property: a staged file keeps its mode and microseconds through every later step",
    async (opened) => {
      const { tree } = opened;
      await tree.makeDirectory(".cdmesh", 0o700);
      let files = 0;
      const time = fc.integer({ min: 0, max: 4_000_000_000_000_000 });
      await fc.assert(
        fc.asyncProperty(time, fc.integer({ min: 0, max: 0o777 }), async (mtimeUs, mode) => {
          files += 1;
          const path = entry(`file-${files}`);
          const file = await staged(tree, ".cdmesh/new", "content");
          await file.setAttributes({ mode, mtimeUs });
          const before = await file.stat();
          await tree.link(".cdmesh/new", path);
          await tree.remove(".cdmesh/new");
          await file.close();
          const stat = await there(tree, path);
          assert.deepEqual([stat.mode, roundedUs(stat.mtimeNs)], [mode, mtimeUs]);
          assert.deepEqual([stat.inode, stat.mtimeNs, stat.size], [before.inode, before.mtimeNs, before.size]);
        }),
        { numRuns: 40, seed: 1 },
      );
    },
  );

  check("S2: a new file is linked into place, and a user's file that came first stands", async ({ tree, user }) => {
    await tree.makeDirectory(".cdmesh", 0o700);
    const file = await staged(tree, ".cdmesh/new", "ours");
    await file.setAttributes({ mode: 0o644, mtimeUs: 1_700_000_000_000_001 });
    await file.flush();
    await user.write("folder/page", "the user's");
    await fails("exists", tree.link(".cdmesh/new", entry("page")));
    await tree.link(".cdmesh/new", entry("other"));
    await tree.remove(".cdmesh/new");
    await tree.flushDirectories(["", ".cdmesh"]);
    await file.close();
    assert.equal(await user.read("folder/page"), "the user's");
    assert.equal(await readAll(tree, entry("other")), "ours");
    assert.deepEqual(await tree.list(".cdmesh"), []);
  });

  check("S2: a replace swaps, looks at what came out, and can be taken back", async ({ tree, user, can }) => {
    await tree.makeDirectory(".cdmesh", 0o700);
    await user.write("folder/page", "known");
    const known = await there(tree, entry("page"));
    const file = await staged(tree, ".cdmesh/new", "ours");
    await file.flush();
    const ours = await file.stat();
    await user.write("folder/page", "changed at the last moment");
    if (await tree.exchange(".cdmesh/new", entry("page"))) {
      const out = await there(tree, ".cdmesh/new");
      assert.equal(out.inode, known.inode);
      assert.notEqual(out.size, known.size);
      assert.equal((await there(tree, entry("page"))).inode, ours.inode);
      assert.equal(await tree.exchange(".cdmesh/new", entry("page")), true);
    }
    await file.close();
    assert.equal(await user.read("folder/page"), "changed at the last moment");
    assert.equal(await user.read("folder/.cdmesh/new"), "ours");
    assert.equal(can.exchange, await tree.exchange(".cdmesh/new", entry("page")));
  });

  check("an old version is kept by a second name before the new one is renamed over it", async ({ tree, user }) => {
    await tree.makeDirectory(".cdmesh", 0o700);
    await user.write("folder/page", "old");
    const old = await there(tree, entry("page"));
    const file = await staged(tree, ".cdmesh/new", "new");
    await file.flush();
    await tree.link(entry("page"), ".cdmesh/kept");
    await tree.rename(".cdmesh/new", entry("page"));
    await tree.flushDirectories(["", ".cdmesh"]);
    await file.close();
    assert.equal(await readAll(tree, entry("page")), "new");
    assert.equal((await there(tree, ".cdmesh/kept")).inode, old.inode);
    assert.equal(await readAll(tree, ".cdmesh/kept"), "old");
  });

  check("flushes are answered, and those of what is not there fail", async ({ tree, user, can }) => {
    await user.write("folder/directory/page", "x");
    await tree.flushDirectories([]);
    await tree.flushDirectories(["", entry("directory"), entry("directory")]);
    await fails("missing", tree.flushDirectories(["", entry("nothing")]));
    await fails("not-a-directory", tree.flushDirectories([entry("directory/page")]));
    assert.equal(await tree.flushAll(), can.flushAll);
    assert.deepEqual(await Promise.all([tree.flushAll(), tree.flushAll()]), [can.flushAll, can.flushAll]);
  });

  check("many files at once become content, each whole", async ({ tree, user }) => {
    await tree.makeDirectory(".cdmesh", 0o700);
    await user.makeDirectory("folder/deep");
    await user.makeDirectory("folder/deep/deeper");
    const commit = async (number: number): Promise<void> => {
      const file = await staged(tree, `.cdmesh/${number}`, `content ${number}`);
      await file.flush();
      await tree.link(file.path, entry(`deep/deeper/${number}`));
      await tree.remove(file.path);
      await file.close();
    };
    await Promise.all(Array.from({ length: 150 }, (_, number) => commit(number)));
    await tree.flushDirectories([entry("deep/deeper"), ".cdmesh"]);
    assert.equal((await tree.list(".cdmesh")).length, 0);
    assert.equal((await tree.list(entry("deep/deeper"))).length, 150);
    for (const number of [0, 77, 149]) {
      assert.equal(await readAll(tree, entry(`deep/deeper/${number}`)), `content ${number}`);
    }
  });
}
