import assert from "node:assert/strict";
import test from "node:test";
import type { Tree } from "../../../node/ports.ts";
import { FakeDisk } from "../../../simulations/world/disk.ts";
import { type Capacity, FakeFileSystem, type FileSystemCode } from "../../../simulations/world/file-system.ts";
import { MachineFaults } from "../../../simulations/world/machine-faults.ts";
import { FakeUser } from "../../../simulations/world/user.ts";
import { World } from "../../../simulations/world/world.ts";
import { diskContract } from "../../contracts/disk.contract.ts";
import { smallDiskContract } from "../../contracts/disk-space.contract.ts";
import { type DiskUnderTest, entry, fails, readAll, staged, there } from "../../contracts/disk-under-test.ts";

let seed = 0;

diskContract("simulated disk", () => simulatedDisk(true));
diskContract("simulated disk of another platform", () => simulatedDisk(false));
smallDiskContract("small simulated disk", () => simulatedDisk(true, { bytes: 4 * 1024 * 1024, inodes: 64 }));

async function simulatedDisk(likeLinux: boolean, capacity?: Capacity): Promise<DiskUnderTest> {
  seed += 1;
  const world = new World(seed);
  const fileSystem = new FakeFileSystem(world, capacity);
  const base = "/machine/base";
  const user = new FakeUser(fileSystem, base);
  return {
    disk: new FakeDisk(world, fileSystem, { likeLinux }),
    base,
    user: {
      write: async (path, text) => user.write(path, text),
      read: async (path) => user.readText(path),
      names: async (directory) => user.names(directory),
      makeDirectory: async (path) => user.makeDirectory(path),
      makeSymlink: async (target, path) => user.makeSymlink(target, path),
      makeFifo: async (path) => user.makeOther(path),
      rename: async (from, to) => user.rename(from, to),
      remove: async (path) => user.remove(path),
      writeRaw: async (directory, name) => user.write(`${directory}/${escaped(name)}`, "x"),
    },
    can: { exchange: likeLinux, flushAll: likeLinux, holdDirectories: true, rawNames: true },
    settle: (work) => world.settle(work),
    end: async () => undefined,
  };
}

/** A tree over `/folder` with `.cdmesh` in it, all of it durable. */
async function machine(body: (made: Machine) => Promise<void>, onTrace?: (line: string) => void): Promise<World> {
  seed += 1;
  const world = new World(seed, onTrace === undefined ? {} : { onTrace });
  const fileSystem = new FakeFileSystem(world);
  const user = new FakeUser(fileSystem, "/folder");
  const faults = new Map<string, FileSystemCode>();
  const machineFaults = new MachineFaults();
  machineFaults.disk = (action) => faults.get(action);
  const disk = new FakeDisk(world, fileSystem, { faults: machineFaults });
  const work = async (): Promise<void> => {
    const tree = await disk.openTree("/folder");
    await tree.makeDirectory(".cdmesh", 0o700);
    await tree.flushAll();
    await body({ world, fileSystem, user, faults, tree });
  };
  await world.settle(work());
  return world;
}

interface Machine {
  readonly world: World;
  readonly fileSystem: FakeFileSystem;
  readonly user: FakeUser;
  readonly tree: Tree;
  readonly faults: Map<string, FileSystemCode>;
}

test("a crash takes what was not flushed: names without their directory, content without its file", async () => {
  await machine(async ({ fileSystem, user, tree }) => {
    const flushed = await staged(tree, ".cdmesh/flushed", "whole");
    await flushed.flush();
    await tree.link(".cdmesh/flushed", entry("flushed"));
    await staged(tree, ".cdmesh/empty", "never flushed");
    await tree.link(".cdmesh/empty", entry("empty"));
    await tree.flushDirectories([""]);
    await flushed.write(Buffer.from("WHOLE"), 0);
    await tree.makeSymlink("x", entry("lost"));
    fileSystem.crash();
    assert.deepEqual(user.names(""), [".cdmesh", "flushed", "empty"]);
    assert.equal(user.readText("flushed"), "whole");
    assert.equal(user.readText("empty"), "");
    assert.deepEqual(user.names(".cdmesh"), []);
  });
});

test("a flush of the whole file system makes all durable that came before it", async () => {
  await machine(async ({ fileSystem, user, tree }) => {
    user.write("a/b/page", "one");
    await tree.rename(entry("a"), entry("c"));
    await tree.flushAll();
    user.write("c/b/page", "two");
    await tree.remove(entry("c/b/page"));
    fileSystem.crash();
    assert.deepEqual([...user.snapshot().keys()], ["c", "c/b", "c/b/page"]);
    assert.equal(user.readText("c/b/page"), "one");
  });
});

test("a rename survives a crash whole or not at all, and by luck without a flush", async () => {
  for (const lucky of [false, true]) {
    await machine(async ({ fileSystem, user, tree }) => {
      user.write("one", "1");
      user.write("other", "2");
      await tree.flushAll();
      await tree.rename(entry("one"), entry("other"));
      fileSystem.crash(({ kind }) => kind === "names" && lucky);
      assert.deepEqual(user.names("").slice(1), lucky ? ["other"] : ["one", "other"]);
      assert.equal(user.readText("other"), lucky ? "1" : "2");
    });
  }
});

test("S9: a planned fault fails its call, and a staged file that failed once is never durable", async () => {
  await machine(async ({ fileSystem, user, tree, faults }) => {
    const file = await staged(tree, ".cdmesh/new", "content");
    await tree.flushDirectories([".cdmesh"]);
    faults.set("flush", "EIO");
    await fails("failed", file.flush());
    faults.clear();
    await fails("failed", file.flush());
    fileSystem.crash();
    assert.equal(user.readText(".cdmesh/new"), "");
    faults.set("stage", "ENOSPC");
    await fails("no-space", tree.stage(".cdmesh/other"));
  });
});

test("FORMATS 17: two writes at one instant leave equal stats, as on a real machine", async () => {
  await machine(async ({ fileSystem, user }) => {
    user.write("page", "one");
    const before = fileSystem.statOf(fileSystem.node("/folder/page"));
    user.write("page", "two");
    assert.deepEqual(fileSystem.statOf(fileSystem.node("/folder/page")), before);
    assert.equal(user.readText("page"), "two");
  });
});

test("a user's saves, appends and removals show in the snapshot", async () => {
  await machine(async ({ user, tree }) => {
    user.write("a/page", "one");
    user.append("a/page", " and more");
    const before = await there(tree, entry("a/page"));
    user.replace("a/page", "saved");
    assert.notEqual((await there(tree, entry("a/page"))).inode, before.inode);
    user.makeSymlink("page", "a/link");
    user.makeDirectory("empty", 0o700);
    user.setMode("a/page", 0o600);
    assert.equal(await readAll(tree, entry("a/page")), "saved");
    assert.deepEqual(
      [...user.snapshot()].map(([path, item]) => [path, item.kind, "mode" in item ? item.mode : undefined]),
      [
        ["a", "directory", 0o755],
        ["a/link", "symlink", undefined],
        ["a/page", "file", 0o600],
        ["empty", "directory", 0o700],
      ],
    );
    user.remove("a");
    assert.deepEqual([...user.snapshot().keys()], ["empty"]);
  });
});

/** Bytes that are not UTF-8 as `nameBytes` wants them. */
function escaped(name: Uint8Array): string {
  return [...name].map((byte) => String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte)).join("");
}
