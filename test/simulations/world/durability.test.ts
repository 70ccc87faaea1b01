/** What power cuts, lost flushes and snapshots leave of a simulated disk. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeFileSystem } from "../../../simulations/world/file-system.ts";
import { luckKinds, luckOf } from "../../../simulations/world/luck.ts";
import { FakeUser } from "../../../simulations/world/user.ts";
import { World } from "../../../simulations/world/world.ts";

const blockBytes = 4096;

/** A folder in which "page" is durable: two blocks and a half of "o". */
function machine(): { readonly world: World; readonly fileSystem: FakeFileSystem; readonly user: FakeUser } {
  const world = new World(1);
  const fileSystem = new FakeFileSystem(world);
  const user = new FakeUser(fileSystem, "/folder");
  user.write("page", "o".repeat(2.5 * blockBytes));
  fileSystem.flushAll();
  return { world, fileSystem, user };
}

test("a torn write has some of its blocks, and what the others were before or nothing", () => {
  const { fileSystem, user } = machine();
  user.write("page", "n".repeat(4 * blockBytes));
  fileSystem.crash(() => (block) => block === 1);
  const torn = user.readText("page") ?? "";
  const blocks = [0, 1, 2, 3].map((at) => torn.slice(at * blockBytes, (at + 1) * blockBytes));
  assert.deepEqual(
    blocks.map((block) => new Set(block)),
    [new Set("o"), new Set("n"), new Set("o\0"), new Set("\0")],
  );
});

test("a rename can reach the disk ahead of the content of what was renamed", () => {
  const { fileSystem, user } = machine();
  user.replace("page", "new");
  fileSystem.crash(({ kind }) => kind === "names");
  assert.equal(user.readText("page"), "");
});

test("a name that rests on one that was lost is lost too, and nothing that was durable goes with it", () => {
  const { fileSystem, user } = machine();
  user.rename("page", "old");
  user.write("page", "new");
  let asked = 0;
  fileSystem.crash(() => asked++ > 0);
  assert.deepEqual(user.names(""), ["page"]);
  assert.match(user.readText("page") ?? "", /^o+$/);
});

test("a directory is flushed with the other halves of its renames, and with what those rest on", () => {
  const { fileSystem, user } = machine();
  user.makeDirectory("in");
  fileSystem.flushAll();
  user.write("in/page", "in the way");
  user.rename("page", "in/page");
  fileSystem.flushDirectory("/folder");
  fileSystem.crash();
  assert.deepEqual([...user.snapshot().keys()], ["in", "in/page"]);
  assert.match(user.readText("in/page") ?? "", /^o+$/);
});

test("S9: what a flush dropped is not durable, however often it is flushed again", () => {
  const { fileSystem, user } = machine();
  user.write("page", "new");
  fileSystem.dropUnflushed(() => true);
  fileSystem.flushAll();
  assert.equal(user.readText("page"), "new");
  assert.ok(user.isGivenUp("page"));
  fileSystem.crash();
  assert.match(user.readText("page") ?? "", /^o+$/);
  assert.ok(!user.isGivenUp("page"));
});

test("it can be told what a power cut would leave of a content", () => {
  const { fileSystem, user } = machine();
  const text = (path: string) => Buffer.from(fileSystem.durableContent(path) ?? []).toString();
  user.write("page", "new");
  user.write("fresh", "fresh");
  assert.match(text("/folder/page"), /^o+$/);
  assert.equal(fileSystem.durableContent("/folder/fresh"), undefined);
  fileSystem.flushAll();
  assert.deepEqual([text("/folder/page"), text("/folder/fresh")], ["new", "fresh"]);
});

test("a snapshot is put back as often as one likes, with its inodes, and is durable then", () => {
  const { fileSystem, user } = machine();
  user.link("page", "twin");
  const image = fileSystem.snapshot();
  const inode = user.inode("page");
  for (const text of ["one", "other"]) {
    user.write("page", text);
    user.write(text, text);
    fileSystem.restore(image);
    fileSystem.crash();
    assert.deepEqual([...user.snapshot().keys()], ["page", "twin"]);
    assert.deepEqual([user.inode("page"), user.inode("twin")], [inode, inode]);
    assert.match(user.readText("twin") ?? "", /^o+$/);
  }
});

test("each luck leaves what it says, for disks and stores alike", () => {
  const left = luckKinds.map((kind) => {
    const { world, fileSystem, user } = machine();
    user.replace("page", "n".repeat(40 * blockBytes));
    const luck = luckOf(kind, world.chance);
    fileSystem.crash(luck.disk);
    return [kind, [...new Set(user.readText("page"))].toSorted().join("")];
  });
  assert.deepEqual(Object.fromEntries(left.filter(([kind]) => kind !== "each" && kind !== "torn")), {
    none: "o",
    all: "n",
    "names only": "",
    "contents only": "o",
  });
});
