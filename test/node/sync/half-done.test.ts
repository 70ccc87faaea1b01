/** S5, C4: a commit whose disk or store fails in the middle, and fails while that is settled too, is settled before the next look. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { noLuck, type PowerCutLuck } from "../../../simulations/world/luck.ts";
import type { SimulatedMachine } from "../../../simulations/world/machine.ts";
import { SimulatedSite } from "../../../simulations/world/site.ts";
import { World } from "../../../simulations/world/world.ts";
import { pathsOf, textsOf, twoMachines, untilIdle } from "./two-machines.ts";
import { keptTextsOf } from "./versions/kept-versions.ts";

test("C4: a delete that was half done while the disk failed stays a delete, also after a restart", async () => {
  const world = new World(1);
  const site = new SimulatedSite(world, [{ name: "author" }, { name: "follower" }]);
  const [author, follower] = site.machines;
  assert.ok(author && follower);
  author.user.write("news/page", "text");
  author.user.write("news/other", "stays");
  world.schedule(0, () => void site.start());
  await world.run(5_000, () => follower.user.has("news/page") && follower.isIdle);

  let isBroken = false;
  follower.faults.planBefore(({ port }) => (port === "disk" && isBroken ? "EIO" : undefined));
  follower.faults.afterCall(
    ({ action }) => action === "rename" && !follower.user.has("news/page"),
    () => {
      isBroken = true;
      world.schedule(300, () => {
        isBroken = false;
      });
    },
  );
  author.user.remove("news/page");
  await world.run(15_000);
  assert.ok(!follower.user.has("news/page") && follower.isIdle);
  follower.kill();
  await world.settle(follower.start());
  await world.run(25_000);
  for (const { name, user } of site.machines) assert.deepEqual(user.names("news"), ["other"], name);
});

test("S5: what a commit brought in while the store failed is no user's write, and covers nothing", async () => {
  const world = new World(1);
  const site = new SimulatedSite(world, [{ name: "one" }, { name: "other" }]);
  // The commit cannot say what it has done, nor can what settles that.
  for (const { faults } of site.machines) {
    let failing = 0;
    faults.afterCall(
      ({ action }) => action === "exchange",
      () => {
        failing = 2;
      },
    );
    faults.planBefore(({ port, action }) => {
      if (port !== "store" || action !== "write" || failing === 0) return undefined;
      failing -= 1;
      return "EIO";
    });
  }
  for (const { name, user } of site.machines) user.write("page", `by ${name}`);
  world.schedule(0, () => void site.start());
  await world.run(25_000);
  for (const { name, user, isIdle } of site.machines) {
    assert.ok(isIdle);
    const contents = user.names("").flatMap((path) => user.readText(path) ?? []);
    assert.deepEqual(contents.toSorted(), ["by one", "by other"], name);
  }
});

test("C4: who writes over what a commit brought in, while the store cannot say so, has seen it", async () => {
  const world = new World(1);
  const site = new SimulatedSite(world, [{ name: "author" }, { name: "follower" }]);
  const [author, follower] = site.machines;
  assert.ok(author && follower);
  let isBroken = false;
  follower.faults.planBefore(({ port, action }) =>
    port === "store" && action === "write" && isBroken ? "EIO" : undefined,
  );
  follower.faults.afterCall(
    ({ action, path }) => action === "link" && path === "page",
    () => {
      isBroken = true;
      world.schedule(1_000, () => follower.user.write("page", "written over the first"));
      world.schedule(2_000, () => {
        isBroken = false;
      });
    },
  );
  author.user.write("page", "the first");
  world.schedule(0, () => void site.start());
  await world.run(25_000);
  for (const machine of site.machines) {
    assert.ok(machine.isIdle);
    assert.deepEqual(pathsOf(machine), ["page"], machine.name);
    assert.deepEqual(textsOf(machine), ["written over the first"], machine.name);
  }
});

/** The follower's machine loses power right after a new file got its name there, and is down. */
async function cutAtTheLink(
  luck: PowerCutLuck,
): Promise<{ site: SimulatedSite; follower: SimulatedMachine; inode: bigint }> {
  const world = new World(1);
  const site = new SimulatedSite(world, [{ name: "author" }, { name: "follower" }]);
  const [author, follower] = site.machines;
  assert.ok(author && follower);
  let inode: bigint | undefined;
  follower.faults.afterCall(
    ({ action, path }) => action === "link" && path === "page",
    () => {
      inode = follower.user.inode("page");
      follower.crash(luck);
    },
  );
  author.user.write("page", "the first");
  world.schedule(0, () => void site.start());
  await world.run(10_000, () => inode !== undefined);
  assert.ok(inode !== undefined);
  return { site, follower, inode };
}

test("C4: who writes over what a commit brought in, while the peer is down before it could say so, has seen it", async () => {
  const { site, follower } = await cutAtTheLink({ disk: () => true, store: () => true });
  assert.equal(follower.user.readText("page"), "the first");
  follower.user.write("page", "written over the first");
  await site.world.settle(follower.start());
  await untilIdle(site);
  for (const machine of site.machines) {
    assert.deepEqual(textsOf(machine), ["written over the first"], machine.name);
    assert.deepEqual(pathsOf(machine), ["page"], machine.name);
  }
});

test("S1: a user's file that was given the inode of a new content, which a power cut took, covers nothing", async () => {
  const { site, follower, inode } = await cutAtTheLink(noLuck);
  const { fileSystem, user } = follower;
  assert.ok(!user.has("page"));
  fileSystem.restore({ ...fileSystem.snapshot(), inodes: inode - 1n });
  user.write("page", "written by somebody else");
  assert.equal(user.inode("page"), inode);
  await site.world.settle(follower.start());
  await untilIdle(site);
  for (const machine of site.machines)
    assert.deepEqual(textsOf(machine).toSorted(), ["the first", "written by somebody else"], machine.name);
});

test("C4: a file that got its name although the disk called that failed is no user's when its delete comes", async () => {
  const world = new World(1);
  const site = new SimulatedSite(world, [{ name: "author" }, { name: "follower" }]);
  const [author, follower] = site.machines;
  assert.ok(author && follower);
  author.user.write("news/other", "stays");
  world.schedule(0, () => void site.start());
  await world.run(5_000, () => follower.user.has("news/other") && follower.isIdle);

  // Nothing can be read until the delete is there: neither a settlement nor a scan comes before it.
  let isBroken = false;
  follower.faults.planBefore(({ port }) => (port === "disk" && isBroken ? "EIO" : undefined));
  follower.faults.planAfter(({ action }) => {
    isBroken ||= action === "link";
    return action === "link" && isBroken ? "EIO" : undefined;
  });
  author.user.write("news/page", "text");
  await world.run(10_000);
  assert.ok(follower.user.has("news/page") && isBroken);
  author.user.remove("news/page");
  await world.run(12_000);
  isBroken = false;
  await world.run(60_000);
  for (const { name, user } of site.machines) assert.deepEqual(user.names("news"), ["other"], name);
});

for (const likeLinux of [true, false]) {
  const where = likeLinux ? "names can be swapped" : "names cannot be swapped";
  test(`C4: who removes a new content before its commit is settled has seen it, where ${where}`, async () => {
    const world = new World(1);
    const site = new SimulatedSite(world, [{ name: "author" }, { name: "follower", likeLinux }]);
    const [author, follower] = site.machines;
    assert.ok(author && follower);
    author.user.write("page", "at first");
    world.schedule(0, () => void site.start());
    await world.run(5_000, () => follower.user.has("page") && follower.isIdle);

    let isDead = false;
    follower.faults.beforeCall(
      ({ port, action }) => port === "store" && action === "write" && follower.user.readText("page") === "the new one",
      () => {
        isDead = true;
        follower.kill();
      },
    );
    author.user.write("page", "the new one");
    await world.run(10_000, () => isDead);
    follower.user.remove("page");
    await world.settle(follower.start());
    await world.run(40_000);
    for (const { name, user } of site.machines)
      assert.deepEqual(
        user.names("").filter((one) => one !== ".cdmesh"),
        [],
        name,
      );
  });
}

for (const [when, action] of [
  ["before the directory that takes its place is made", "make directory"],
  ["before that is said in the store", "write"],
] as const) {
  test(`S5: a file that stepped aside is no user's delete after a crash ${when}`, async () => {
    const world = new World(1);
    const site = new SimulatedSite(world, [{ name: "one" }, { name: "other" }]);
    const [one, other] = site.machines;
    assert.ok(one && other);
    one.user.write("news", "a file");
    other.user.write("news/page", "below a directory");
    let isDead = false;
    one.faults.beforeCall(
      (call) => !isDead && call.action === action && one.user.read("news") === undefined,
      () => {
        isDead = true;
        one.kill();
      },
    );
    world.schedule(0, () => void site.start());
    await world.run(10_000, () => isDead);
    assert.ok(isDead);
    await world.settle(one.start());
    await world.run(40_000);
    for (const machine of site.machines) {
      assert.ok(machine.isIdle);
      assert.deepEqual(textsOf(machine).toSorted(), ["a file", "below a directory"], machine.name);
    }
  });
}

test("C1: a conflict copy that was taken away before a crash is missed by nobody after it", async () => {
  const { world, site, one, other } = await twoMachines(1, () => undefined);
  one.user.write("page", "by one");
  other.user.write("page", "by other");
  await untilIdle(site);
  const copy = pathsOf(one).find((path) => path !== "page");
  assert.ok(copy);

  let isDead = false;
  other.faults.beforeCall(
    ({ port, action }) => port === "store" && action === "write" && !other.user.has(copy),
    () => {
      isDead = true;
      other.kill();
    },
  );
  one.user.remove(copy);
  await world.run(world.nowMs + 10_000, () => isDead);
  assert.ok(isDead);
  await world.settle(other.start());
  await untilIdle(site);
  assert.deepEqual(pathsOf(other), ["page"]);
});

test("S1: what a user writes into a new content that has his file's place for a moment is kept, also when the peer dies then", async () => {
  const world = new World(1);
  const site = new SimulatedSite(world, [{ name: "author" }, { name: "follower" }]);
  const [author, follower] = site.machines;
  assert.ok(author && follower);
  author.user.write("page", "at first");
  world.schedule(0, () => void site.start());
  await world.run(5_000, () => follower.user.has("page") && follower.isIdle);

  const writes = ["the first write", " and the second"];
  let isDead = false;
  follower.faults.planBefore(({ action }) => {
    const text = action === "exchange" ? writes.shift() : undefined;
    if (text !== undefined) follower.user.append("page", text);
    return undefined;
  });
  follower.faults.beforeCall(
    ({ action }) => action === "rename" && writes.length === 0,
    () => {
      isDead = true;
      follower.kill();
    },
  );
  author.user.write("page", "the new one");
  await world.run(10_000, () => isDead);
  assert.ok(isDead);
  await world.settle(follower.start());
  await world.run(40_000);
  const texts = [...textsOf(follower), ...keptTextsOf(follower)];
  for (const text of ["at firstthe first write", "the new one and the second", "the new one"]) {
    assert.ok(texts.includes(text), `${text} is nowhere: ${texts.join(" | ")}`);
  }
});

test("S5: what an earlier life had staged by the same name, and comes back with a power cut, is not what was replaced", async () => {
  const { world, site, one, other } = await twoMachines(1, ({ user }) => user.write("page", "at first"));
  other.kill();
  await world.settle(other.start());
  await untilIdle(site);

  // All that is not flushed is lost, but for the first name that was ever staged.
  let isFirst = true;
  const onlyFirstName: PowerCutLuck = {
    disk: ({ kind }) => {
      const survives = kind === "names" && isFirst;
      isFirst &&= kind !== "names";
      return survives;
    },
    store: () => false,
  };
  other.faults.afterCall(
    ({ action }) => action === "exchange",
    () => other.crash(onlyFirstName),
  );
  one.user.write("page", "the new one");
  await world.run(world.nowMs + 10_000, () => !other.isUp);
  assert.ok(!other.isUp);
  await world.settle(other.start());
  await untilIdle(site);
  for (const machine of [one, other]) assert.deepEqual(textsOf(machine), ["the new one"], machine.name);
});
