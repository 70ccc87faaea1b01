/** C5: two machines of which one does not tell all names apart: nothing merges, nothing is lost, and what cannot stand is told. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { NameFolding } from "../../../protocol/folder/fold.ts";
import { SimulatedSite } from "../../../simulations/world/site.ts";
import { World } from "../../../simulations/world/world.ts";
import { pathsOf, type TwoMachines, untilIdle } from "./two-machines.ts";

const foldsAll: NameFolding = { case: true, normalization: true };
const [composed, decomposed] = ["caf\u00e9", "cafe\u0301"];

/** The other one folds names. Both have what `before` wrote on the first. */
async function meshOf(seed: number, before: (mesh: TwoMachines) => void, foldsNames = foldsAll): Promise<TwoMachines> {
  const world = new World(seed);
  const site = new SimulatedSite(world, [{ name: "one" }, { name: "other", foldsNames }]);
  const [one, other] = site.machines;
  assert.ok(one && other);
  const mesh = { world, site, one, other };
  before(mesh);
  world.schedule(0, () => void site.start());
  await untilIdle(site);
  return mesh;
}

function blockedOn({
  other,
}: TwoMachines): readonly (readonly [path: string, why: string, twin: string | undefined])[] {
  const [folder] = other.peer.control.status().folders;
  return (folder?.blocked ?? []).map(({ path, why, twin }) => [path, why, twin] as const);
}

const nothingIsBlocked: readonly never[] = [];

/** What stands there, with the texts of files. */
function treeOf({ user }: TwoMachines["one"]): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries([...user.snapshot().keys()].map((path) => [path, user.readText(path)]));
}

test("C5: of twins that come in together the first by its bytes stands, the others are told with its name", async () => {
  const mesh = await meshOf(1, ({ one }) => {
    one.user.write("page", "small");
    one.user.write("Page", "large");
    one.user.write(composed, "one letter");
    one.user.write(decomposed, "two letters");
    one.user.write("single", "alone");
  });
  assert.deepEqual(treeOf(mesh.other), { Page: "large", [decomposed]: "two letters", single: "alone" });
  assert.deepEqual(blockedOn(mesh).toSorted(), [
    [composed, "name-twin", decomposed],
    ["page", "name-twin", "Page"],
  ]);
  await mesh.world.run(mesh.world.nowMs + 20 * 60_000);
  const all = { Page: "large", page: "small", [decomposed]: "two letters", [composed]: "one letter", single: "alone" };
  assert.deepEqual(treeOf(mesh.one), all);
});

test("C5: a twin that comes later waits: what stands is neither replaced nor taken for its change", async () => {
  const mesh = await meshOf(2, ({ one }) => one.user.write("page", "small"));
  mesh.one.user.write("Page", "large");
  await untilIdle(mesh.site);
  mesh.one.user.write("Page", "large again");
  await untilIdle(mesh.site);
  assert.deepEqual(treeOf(mesh.other), { page: "small" });
  assert.deepEqual(blockedOn(mesh), [["Page", "name-twin", "page"]]);
  assert.deepEqual(treeOf(mesh.one), { page: "small", Page: "large again" });
});

test("C5: what stands is edited on both sides as ever, and its twin is not touched", async () => {
  const mesh = await meshOf(3, ({ one }) => {
    one.user.write("page", "small");
    one.user.write("Page", "large");
  });
  mesh.other.user.write("Page", "from the folding machine");
  await untilIdle(mesh.site);
  assert.deepEqual(treeOf(mesh.one), { page: "small", Page: "from the folding machine" });
  mesh.one.user.replace("Page", "back");
  await untilIdle(mesh.site);
  assert.deepEqual(treeOf(mesh.other), { Page: "back" });
  assert.deepEqual(treeOf(mesh.one), { page: "small", Page: "back" });
});

for (const side of ["one", "other"] as const) {
  test(`C5: when what stands is removed on machine "${side}", its twin takes the place`, async () => {
    const mesh = await meshOf(4, ({ one }) => {
      one.user.write("page", "small");
      one.user.write("Page", "large");
    });
    mesh[side].user.remove("Page");
    await untilIdle(mesh.site);
    assert.deepEqual(treeOf(mesh.one), { page: "small" });
    assert.deepEqual(treeOf(mesh.other), { page: "small" });
    assert.deepEqual(blockedOn(mesh), nothingIsBlocked);
  });
}

test("C5: a twin that is removed while it waits is waited for no more", async () => {
  const mesh = await meshOf(5, ({ one }) => {
    one.user.write("page", "small");
    one.user.write("Page", "large");
  });
  mesh.one.user.remove("page");
  await untilIdle(mesh.site);
  assert.deepEqual(treeOf(mesh.other), { Page: "large" });
  assert.deepEqual(treeOf(mesh.one), { Page: "large" });
  assert.deepEqual(blockedOn(mesh), nothingIsBlocked);
});

test("C5: the twin of a directory waits with all that is in it, and the two do not become one", async () => {
  const mesh = await meshOf(6, ({ one }) => {
    one.user.write("News/a", "in the large");
    one.user.write("news/b", "in the small");
    one.user.write("news/deep/c", "deep in the small");
  });
  assert.deepEqual(pathsOf(mesh.other), ["News", "News/a"]);
  const waiting = ["news", "news/b", "news/deep", "news/deep/c"];
  assert.deepEqual(
    blockedOn(mesh).toSorted(),
    waiting.map((path) => [path, "name-twin", "News"]),
  );
  mesh.other.user.write("News/d", "from the folding machine");
  await untilIdle(mesh.site);
  assert.deepEqual(pathsOf(mesh.one), ["News", "News/a", "News/d", ...waiting]);
  mesh.one.user.remove("News");
  await untilIdle(mesh.site);
  assert.deepEqual(pathsOf(mesh.other), waiting);
  assert.deepEqual(pathsOf(mesh.one), waiting);
});

for (const [name, from, to] of [
  ["a file", "page", "Page"],
  ["a directory", "news", "News"],
] as const) {
  for (const side of ["one", "other"] as const) {
    test(`C5: ${name} whose case is changed on machine "${side}" is renamed, with nothing lost`, async () => {
      const mesh = await meshOf(7, ({ one }) => {
        one.user.write("page", "the text");
        one.user.write("news/inside", "inside");
      });
      mesh[side].user.rename(from, to);
      await untilIdle(mesh.site);
      const renamed = ["page", "news", "news/inside"].map((path) => path.replace(from, to)).toSorted();
      for (const machine of [mesh.one, mesh.other]) {
        assert.deepEqual(pathsOf(machine), renamed);
        assert.equal(machine.user.readText(renamed.find((path) => path.toLowerCase() === "page") ?? ""), "the text");
      }
      assert.deepEqual(blockedOn(mesh), nothingIsBlocked);
    });
  }
}

test("C5: who renames what stands to the name of its twin loses neither", async () => {
  const mesh = await meshOf(8, ({ one }) => {
    one.user.write("page", "small");
    one.user.write("Page", "large");
  });
  mesh.other.user.rename("Page", "page");
  await untilIdle(mesh.site);
  const texts = Object.values(treeOf(mesh.one)).toSorted();
  assert.deepEqual(texts, ["large", "small"]);
  assert.deepEqual(treeOf(mesh.other), treeOf(mesh.one));
  assert.deepEqual(blockedOn(mesh), nothingIsBlocked);
});

test("C5: what the peer keeps for itself is written to by no other spelling of its name", async () => {
  const mesh = await meshOf(9, ({ one }) => one.user.write(".CDMESH/staging/planted", "planted"));
  assert.deepEqual(pathsOf(mesh.other), []);
  assert.deepEqual(blockedOn(mesh)[0], [".CDMESH", "name-twin", ".cdmesh"]);
});

test("C5: twins made on both machines while they were apart are both kept, each where it was written", async () => {
  const mesh = await meshOf(10, ({ one, other }) => {
    one.user.write("Page", "large");
    other.user.write("page", "small");
  });
  assert.deepEqual(treeOf(mesh.one), { Page: "large", page: "small" });
  assert.deepEqual(treeOf(mesh.other), { page: "small" });
  assert.deepEqual(blockedOn(mesh), [["Page", "name-twin", "page"]]);
});

test("C5: a file system that folds case only holds both Unicode forms of a name", async () => {
  const folding = { case: true, normalization: false };
  const mesh = await meshOf(
    11,
    ({ one }) => {
      one.user.write(composed, "one letter");
      one.user.write(decomposed, "two letters");
    },
    folding,
  );
  assert.deepEqual(treeOf(mesh.other), treeOf(mesh.one));
  assert.deepEqual(blockedOn(mesh), nothingIsBlocked);
});

test("C5: whatever names two users take at whatever moments, every text stands where all names can, and no other machine has more", async () => {
  const names = ["page", "Page", "PAGE", "news/a", "News/a", "News/b", "news/B", composed, decomposed];
  for (const seed of [21, 22, 23, 24, 25, 26]) {
    const mesh = await meshOf(seed, () => undefined);
    const written: string[] = [];
    for (let at = 0; at < 16; at += 1) {
      const machine = mesh.world.chance.unit() < 0.5 ? mesh.one : mesh.other;
      const name = names[Math.floor(mesh.world.chance.unit() * names.length)] ?? "page";
      // Nobody replaces what somebody else wrote: then all of it is to be found in the end.
      if (!machine.user.has(name)) {
        machine.user.write(name, `text ${at}`);
        written.push(`text ${at}`);
      }
      await mesh.world.run(mesh.world.nowMs + mesh.world.chance.unit() * 150);
    }
    await untilIdle(mesh.site);
    const texts = new Set(Object.values(treeOf(mesh.one)));
    assert.deepEqual(
      written.filter((text) => !texts.has(text)),
      [],
      `seed ${seed}`,
    );
    for (const path of pathsOf(mesh.other)) assert.ok(mesh.one.user.has(path), `seed ${seed}: ${path}`);
  }
});

test("C5: a power cut and a new start change nothing of it", async () => {
  const mesh = await meshOf(12, ({ one }) => {
    one.user.write("news/page", "small");
    one.user.write("News/page", "large");
  });
  mesh.other.crash();
  mesh.world.schedule(0, () => void mesh.other.start());
  await untilIdle(mesh.site);
  assert.deepEqual(pathsOf(mesh.other), ["News", "News/page"]);
  assert.deepEqual(pathsOf(mesh.one), ["News", "News/page", "news", "news/page"]);
  assert.equal(blockedOn(mesh).length, 2);
});
