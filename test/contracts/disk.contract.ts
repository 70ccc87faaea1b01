/**
 * What every Disk keeps, the machine's and the simulated one: this file has its calls one by one,
 * disk-attributes.contract.ts modes and times, disk-commit.contract.ts the sequences in which
 * files become content, disk-confinement.contract.ts that nothing gets out of the root,
 * disk-space.contract.ts how much room there is.
 */

import assert from "node:assert/strict";
import test from "node:test";
import type { TreePath } from "../../node/ports.ts";
import { diskAttributesContract } from "./disk-attributes.contract.ts";
import { diskCommitContract } from "./disk-commit.contract.ts";
import { diskConfinementContract } from "./disk-confinement.contract.ts";
import { diskSpaceContract } from "./disk-space.contract.ts";
import { type DiskTest, type DiskUnderTest, entry, fails, readAll, there } from "./disk-under-test.ts";

export function diskContract(name: string, make: () => Promise<DiskUnderTest>): void {
  const check: DiskTest = (sentence, body) => {
    test(`${name}: ${sentence}`, async () => {
      const made = await make();
      const work = async (): Promise<void> => {
        await made.user.makeDirectory("folder");
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
  openingContract(check);
  listingContract(check);
  statContract(check);
  fileContract(check);
  nameContract(check);
  diskAttributesContract(check);
  diskCommitContract(check);
  diskConfinementContract(check);
  diskSpaceContract(check);
}

function openingContract(check: DiskTest): void {
  check("a root that is missing or no directory cannot be opened", async ({ disk, base, user }) => {
    await fails("missing", disk.openTree(`${base}/nothing`));
    await user.write("file", "x");
    await fails("not-a-directory", disk.openTree(`${base}/file`));
  });

  check(
    "a root that the operator named by a symlink is the directory behind it",
    async ({ disk, base, user, tree }) => {
      await user.makeSymlink("folder", "current");
      await user.write("folder/page", "x");
      const linked = await disk.openTree(`${base}/current`);
      assert.equal(await readAll(linked, entry("page")), "x");
      const [direct, byLink] = [await tree.rootStat(), await linked.rootStat()];
      assert.deepEqual([direct.inode, direct.device], [byLink.inode, byLink.device]);
      await linked.close();
    },
  );

  check("S5: the root's stat tells when something else stands at its path", async ({ tree, user }) => {
    const before = await tree.rootStat();
    assert.equal(before.kind, "directory");
    await user.rename("folder", "moved");
    await fails("missing", tree.rootStat());
    await user.makeDirectory("folder");
    assert.notEqual((await tree.rootStat()).inode, before.inode);
  });

  check("S5: under a root that is gone nothing is said to be missing", async ({ tree, user }) => {
    await user.write("folder/page", "x");
    assert.notEqual(await tree.stat(entry("page")), undefined);
    await user.rename("folder", "moved");
    await fails("failed", tree.stat(entry("page")));
    await fails("failed", tree.list(""));
    await fails("failed", tree.readLink(entry("page")));
    await fails("failed", tree.stat(entry("directory/page")));
  });

  check("C5: whether names are folded is found out without a trace", async ({ tree, user }) => {
    await user.makeDirectory("folder/.cdmesh/staging");
    assert.equal(await tree.namesFolded(), undefined);
    assert.deepEqual(
      (await tree.list(".cdmesh")).map(({ name }) => name),
      ["staging"],
    );
  });

  check("closing a tree twice is harmless", async ({ disk, base }) => {
    const tree = await disk.openTree(`${base}/folder`);
    await tree.list("");
    await tree.close();
    await tree.close();
  });
}

function listingContract(check: DiskTest): void {
  check("a listing has every name with its stat, and no dots", async ({ tree, user }) => {
    await user.write("folder/directory/page", "inside");
    await user.write("folder/file", "four");
    await user.makeSymlink("nowhere", "folder/link");
    await user.makeFifo("folder/pipe");
    const listed = await tree.list("");
    assert.deepEqual(listed.map((one) => [one.name, one.stat.kind]).toSorted(), [
      ["directory", "directory"],
      ["file", "file"],
      ["link", "symlink"],
      ["pipe", "other"],
    ]);
    for (const { name, bytes, stat } of listed) {
      assert.ok(name !== undefined);
      assert.equal(Buffer.from(bytes).toString(), name);
      assert.deepEqual(stat, await tree.stat(entry(name)));
    }
    assert.deepEqual(
      (await tree.list(entry("directory"))).map((one) => one.name),
      ["page"],
    );
  });

  check("a directory that is missing, a file or a symlink cannot be listed", async ({ tree, user }) => {
    await user.write("folder/file", "x");
    await user.makeDirectory("folder/directory");
    await user.makeSymlink("directory", "folder/link");
    await fails("missing", tree.list(entry("nothing")));
    await fails("missing", tree.list(entry("nothing/below")));
    await fails("not-a-directory", tree.list(entry("file")));
    await fails("not-a-directory", tree.list(entry("link")));
    assert.deepEqual(await tree.list(entry("directory")), []);
  });

  check("FORMATS 15: a name that is not UTF-8 is listed by its bytes alone", async ({ tree, user, can }) => {
    await user.write("folder/plain", "x");
    const latin1 = Uint8Array.of(0x63, 0x61, 0x66, 0xe9);
    if (can.rawNames) await user.writeRaw("folder", latin1);
    const listed = await tree.list("");
    const named = listed.filter((one) => one.name !== undefined).map((one) => one.name);
    const unnamed = listed.filter((one) => one.name === undefined);
    assert.deepEqual(named, ["plain"]);
    assert.deepEqual(
      unnamed.map((one) => [Buffer.from(one.bytes).toString("hex"), one.stat.kind]),
      can.rawNames ? [["636166e9", "file"]] : [],
    );
  });

  check("FORMATS 15: names come back as they were written, in every Unicode form", async ({ tree, user }) => {
    const names = ["\u00e9", "e\u0301", "\ufeffmark", "a b\n", "\ud83d\ude00", "a:b", "trailing."];
    for (const name of names) await user.write(`folder/${name}`, name);
    const listed = (await tree.list("")).map((one) => one.name);
    assert.deepEqual(listed.toSorted(), names.toSorted());
    for (const name of names) assert.equal(await readAll(tree, entry(name)), name);
  });

  check("a big listing is whole", async ({ tree, user }) => {
    const names = Array.from({ length: 3_000 }, (_, at) => `file-${at}`);
    for (const name of names) await user.write(`folder/big/${name}`, "");
    const listed = (await tree.list(entry("big"))).map((one) => one.name);
    assert.deepEqual(listed.toSorted(), names.toSorted());
  });
}

function statContract(check: DiskTest): void {
  check("where nothing is, stat and readLink answer undefined", async ({ tree, user }) => {
    await user.write("folder/file", "x");
    for (const path of ["nothing", "nothing/below", "file/below"]) {
      assert.equal(await tree.stat(entry(path)), undefined);
      assert.equal(await tree.readLink(entry(path)), undefined);
    }
    assert.equal(await tree.readLink(entry("file")), undefined);
    assert.equal((await there(tree, "")).kind, "directory");
  });

  check("S2: an untouched file keeps its stat, and a write changes it", async ({ tree, user }) => {
    await user.write("folder/file", "one");
    const before = await there(tree, entry("file"));
    assert.deepEqual(await there(tree, entry("file")), before);
    assert.deepEqual([before.size, before.kind], [3, "file"]);
    await user.write("folder/file", "three");
    assert.equal((await there(tree, entry("file"))).size, 5);
    assert.equal((await there(tree, entry("file"))).inode, before.inode);
  });

  check(
    "C4: a file keeps the time when it was made, whatever is written into it and however it is called",
    async ({ tree, user }) => {
      await user.write("folder/file", "one");
      const { bornNs } = await there(tree, entry("file"));
      await user.write("folder/file", "one and more");
      await tree.setAttributes(entry("file"), { mode: 0o600, mtimeUs: 1_700_000_000_000_000 });
      await tree.link(entry("file"), entry("second"));
      assert.equal((await there(tree, entry("second"))).bornNs, bornNs);
    },
  );

  check("a symlink is told by its target's text, whatever it points to", async ({ tree, user }) => {
    await user.makeSymlink("../outside/\u00e9", "folder/link");
    assert.equal(await tree.readLink(entry("link")), "../outside/\u00e9");
    assert.equal((await there(tree, entry("link"))).kind, "symlink");
  });
}

function fileContract(check: DiskTest): void {
  check("an open file reads any part, and less only at the end", async ({ tree, user }) => {
    await user.write("folder/file", "0123456789");
    const file = await tree.open(entry("file"));
    const into = new Uint8Array(4);
    assert.equal(await file.read(into, 3), 4);
    assert.equal(Buffer.from(into).toString(), "3456");
    assert.equal(await file.read(into, 8), 2);
    assert.equal(Buffer.from(into.subarray(0, 2)).toString(), "89");
    assert.equal(await file.read(into, 10), 0);
    assert.equal(await file.read(into, 1_000), 0);
    await file.close();
    await file.close();
  });

  check("an open file stays the same file when its name is taken by another", async ({ tree, user }) => {
    await user.write("folder/file", "old");
    const file = await tree.open(entry("file"));
    await user.write("folder/new", "new");
    await user.rename("folder/new", "folder/file");
    const into = new Uint8Array(3);
    await file.read(into, 0);
    assert.equal(Buffer.from(into).toString(), "old");
    assert.notEqual((await file.stat()).inode, (await there(tree, entry("file"))).inode);
    await file.close();
  });

  check("only regular files can be opened, and opening never waits", async ({ tree, user }) => {
    await user.makeDirectory("folder/directory");
    await user.write("folder/file", "x");
    await user.makeSymlink("file", "folder/link");
    await user.makeFifo("folder/pipe");
    await fails("missing", tree.open(entry("nothing")));
    await fails("is-a-directory", tree.open(entry("directory")));
    await fails("not-a-directory", tree.open(entry("link")));
    await fails("not-a-directory", tree.open(entry("pipe")));
    await fails("not-a-directory", tree.open(entry("file/below")));
  });
}

function nameContract(check: DiskTest): void {
  check("a second name is the same file; a taken name is never replaced by a link", async ({ tree, user }) => {
    await user.write("folder/one", "1");
    await user.write("folder/taken", "2");
    await tree.link(entry("one"), entry("other"));
    assert.equal((await there(tree, entry("one"))).inode, (await there(tree, entry("other"))).inode);
    await fails("exists", tree.link(entry("one"), entry("taken")));
    await fails("missing", tree.link(entry("nothing"), entry("new")));
    await fails("missing", tree.link(entry("one"), entry("nothing/new")));
    assert.equal(await user.read("folder/taken"), "2");
    await user.makeSymlink("one", "folder/link");
    await tree.link(entry("link"), entry("link-too"));
    assert.equal(await tree.readLink(entry("link-too")), "one");
  });

  check("a rename replaces what is there, within the rules for directories", async ({ tree, user }) => {
    await user.write("folder/one", "1");
    await user.write("folder/other", "2");
    await tree.rename(entry("one"), entry("other"));
    assert.equal(await user.read("folder/other"), "1");
    assert.equal(await tree.stat(entry("one")), undefined);
    await user.makeDirectory("folder/empty");
    await user.write("folder/full/page", "x");
    await fails("missing", tree.rename(entry("one"), entry("other")));
    await fails("is-a-directory", tree.rename(entry("other"), entry("empty")));
    await fails("not-a-directory", tree.rename(entry("empty"), entry("other")));
    await fails("exists", tree.rename(entry("empty"), entry("full")));
    await fails("name-impossible", tree.rename(entry("full"), entry("full/below")));
    await tree.rename(entry("full"), entry("empty"));
    assert.equal(await user.read("folder/empty/page"), "x");
  });

  check("a rename onto another name of the same file does nothing, and both names stay", async ({ tree, user }) => {
    await user.write("folder/one", "1");
    await tree.link(entry("one"), entry("other"));
    await tree.rename(entry("one"), entry("other"));
    assert.equal((await there(tree, entry("one"))).inode, (await there(tree, entry("other"))).inode);
  });

  check("an exchange swaps two names of any kind, or is refused without effect", async ({ tree, user, can }) => {
    await user.write("folder/file", "1");
    await user.write("folder/directory/page", "2");
    assert.equal(await tree.exchange(entry("file"), entry("directory")), can.exchange);
    assert.equal((await there(tree, entry("file"))).kind, can.exchange ? "directory" : "file");
    assert.equal((await there(tree, entry("directory"))).kind, can.exchange ? "file" : "directory");
    if (can.exchange) {
      await fails("missing", tree.exchange(entry("file"), entry("nothing")));
      await user.makeDirectory("folder/outer/inner");
      await fails("name-impossible", tree.exchange(entry("outer"), entry("outer/inner")));
    }
    assert.equal(await tree.stat(entry("nothing")), undefined);
  });

  check("files and symlinks are removed one way, empty directories another", async ({ tree, user }) => {
    await user.write("folder/file", "x");
    await user.makeSymlink("file", "folder/link");
    await user.write("folder/full/page", "x");
    await fails("is-a-directory", tree.remove(entry("full")));
    await fails("exists", tree.removeDirectory(entry("full")));
    await fails("not-a-directory", tree.removeDirectory(entry("file")));
    await fails("missing", tree.remove(entry("nothing")));
    await fails("missing", tree.removeDirectory(entry("nothing")));
    await tree.remove(entry("link"));
    assert.equal(await user.read("folder/file"), "x");
    await tree.remove(entry("file"));
    await tree.remove(entry("full/page"));
    await tree.removeDirectory(entry("full"));
    assert.deepEqual(await tree.list(""), []);
  });

  check("symlinks and directories are made where nothing is", async ({ tree }) => {
    await tree.makeSymlink("some/where", entry("link"));
    assert.equal(await tree.readLink(entry("link")), "some/where");
    await fails("exists", tree.makeSymlink("else", entry("link")));
    await fails("exists", tree.makeDirectory(entry("link"), 0o755));
    await fails("missing", tree.makeDirectory(entry("nothing/below"), 0o755));
    await tree.makeDirectory(entry("directory"), 0o755);
    await fails("exists", tree.makeDirectory(entry("directory"), 0o755));
  });

  check("FORMATS 16: the longest path of the mesh can be worked with where directories are held", async (opened) => {
    const { tree, can } = opened;
    // Where places are named by whole paths, the root before it makes it too long: an item error.
    const depth = can.holdDirectories ? 16 : 1;
    const paths: TreePath[] = [];
    for (let level = 1; level <= depth; level += 1) {
      paths.push(entry(Array.from({ length: level }, () => "n".repeat(255)).join("/")));
    }
    const deepest = paths.pop() ?? "";
    for (const path of paths) await tree.makeDirectory(path, 0o755);
    for (let round = 0; round < 3; round += 1) {
      await tree.makeSymlink("x", deepest);
      assert.equal(await tree.readLink(deepest), "x");
      assert.equal((await tree.list(paths.at(-1) ?? "")).length, 1);
      await tree.remove(deepest);
    }
    for (const path of paths.toReversed()) await tree.removeDirectory(path);
    assert.deepEqual(await tree.list(""), []);
  });

  check("FORMATS 16: a name that this platform cannot hold is told apart", async ({ tree }) => {
    await tree.makeDirectory(".cdmesh", 0o700);
    await fails("name-impossible", tree.makeDirectory(`.cdmesh/${"n".repeat(300)}`, 0o755));
    await fails("name-impossible", tree.stage(`.cdmesh/${"\u00e9".repeat(200)}`));
  });
}
