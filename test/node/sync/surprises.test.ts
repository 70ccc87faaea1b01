/** S2: a user acts in the very moment before a step of a commit; whatever was written then is kept. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { FakeUser } from "../../../simulations/world/user.ts";
import { pathsOf, textsOf, twoMachines, untilIdle } from "./two-machines.ts";
import { keptTextsOf, keptVersionsOf } from "./versions/kept-versions.ts";

interface Surprise {
  readonly name: string;
  /** What the other machine sees change. */
  readonly change: (user: FakeUser) => void;
  /** The call of the follower's disk before which its user acts. */
  readonly before: (action: string, path: string) => boolean;
  readonly act: (user: FakeUser) => void;
}

const aside = (path: string): boolean => /^.cdmesh.(versions|staging.out-)/.test(path);

const surprises: readonly Surprise[] = [
  {
    name: "writes a file that is about to be exchanged for its next version",
    change: (user) => user.write("page", "from the mesh"),
    before: (action) => action === "exchange",
    act: (user) => user.write("page", "from the user"),
  },
  {
    name: "saves by rename a file that is about to be exchanged",
    change: (user) => user.write("page", "from the mesh"),
    before: (action) => action === "exchange",
    act: (user) => user.replace("page", "from the user"),
  },
  {
    name: "appends to a file that is about to be removed",
    change: (user) => user.remove("page"),
    before: (action, path) => action === "rename" && aside(path),
    act: (user) => user.append("page", " and from the user"),
  },
  {
    name: "takes a name that a new file is about to get",
    change: (user) => user.write("new", "from the mesh"),
    before: (action, path) => action === "link" && path === "new",
    act: (user) => user.write("new", "from the user"),
  },
  {
    name: "writes a file that is about to be moved",
    change: (user) => user.rename("page", "moved"),
    before: (action, path) => action === "link" && path === "moved",
    act: (user) => user.write("page", "from the user"),
  },
  {
    name: "puts a file into a directory that is about to be removed",
    change: (user) => user.remove("news"),
    before: (action, path) => action === "remove directory" && path === "news",
    act: (user) => user.write("news/late", "from the user"),
  },
  {
    name: "writes a file whose time and mode are about to change",
    change: (user) => user.setMode("page", 0o600),
    before: (action, path) => action === "set attributes of" && path === "page",
    act: (user) => user.write("page", "from the user"),
  },
];

for (const { name, change, before, act } of surprises) {
  test(`S2: nothing is lost of a user who ${name}`, async () => {
    for (const seed of [1, 2, 3]) {
      const { site, one, other } = await twoMachines(seed, ({ user }) => {
        user.write("page", "at first");
        user.write("news/inside", "inside");
      });
      let acted = false;
      other.faults.disk = (action, path) => {
        if (!acted && before(action, path)) {
          acted = true;
          act(other.user);
        }
        return undefined;
      };
      change(one.user);
      await untilIdle(site);
      assert.ok(acted, "the call never came");
      for (const machine of [one, other]) {
        assert.ok(
          textsOf(machine).some((text) => text.includes("from the user")),
          `seed ${seed}: ${machine.name} has only ${textsOf(machine).join(" | ")}`,
        );
      }
      assert.deepEqual(pathsOf(other), pathsOf(one));
    }
  });
}

interface DoubleSurprise extends Omit<Surprise, "act"> {
  /** What the user writes in that moment, and loses its place a moment later. */
  readonly first: (user: FakeUser) => void;
  /** The call before which he takes the path anew. */
  readonly second: (action: string, path: string) => boolean;
}

const doubleSurprises: readonly DoubleSurprise[] = [
  {
    name: "a file that is removed, and its path",
    change: (user) => user.remove("page"),
    before: (action, path) => action === "rename" && aside(path),
    first: (user) => user.append("page", " and the first write"),
    second: (action, path) => action === "link" && path === "page",
  },
  {
    name: "a file that is exchanged, and what came in its place",
    change: (user) => user.write("page", "from the mesh"),
    before: (action) => action === "exchange",
    first: (user) => user.write("page", "the first write"),
    second: (action) => action === "exchange",
  },
  {
    name: "the old name of a file that moves, twice",
    change: (user) => user.rename("page", "moved"),
    before: (action, path) => action === "rename" && aside(path),
    first: (user) => user.replace("page", "the first write"),
    second: (action, path) => action === "link" && path === "page",
  },
];

for (const { name, change, before, first, second } of doubleSurprises) {
  test(`S1: of a user who writes ${name}, in the two moments between, both writes are kept`, async () => {
    for (const seed of [1, 2, 3]) {
      const { site, one, other } = await twoMachines(seed, ({ user }) => user.write("page", "at first"));
      let acts = 0;
      other.faults.disk = (action, path) => {
        if (acts === 0 && before(action, path)) {
          acts = 1;
          first(other.user);
        } else if (acts === 1 && second(action, path)) {
          acts = 2;
          other.user.replace("page", "the second write");
        }
        return undefined;
      };
      change(one.user);
      await untilIdle(site);
      assert.equal(acts, 2, "a call never came");
      const standing = [...textsOf(other), ...keptTextsOf(other)];
      for (const text of ["the first write", "the second write"]) {
        assert.ok(
          standing.some((content) => content.includes(text)),
          `seed ${seed}: ${text} is nowhere: ${standing.join(" | ")}`,
        );
      }
      assert.ok(
        (await keptVersionsOf(site, other)).some(({ reason }) => reason === "surprise"),
        `seed ${seed}: a write lost its place and nobody is told`,
      );
      assert.deepEqual(pathsOf(other), pathsOf(one));
    }
  });
}

test("S1, S9: a user's file that comes out of an exchange is not lost when the disk refuses to give it back", async () => {
  for (const refusals of [1, 4]) {
    const { site, one, other } = await twoMachines(refusals, ({ user }) => user.write("page", "at first"));
    let exchanges = 0;
    other.faults.disk = (action) => {
      if (action !== "exchange" || exchanges > refusals) return undefined;
      exchanges += 1;
      if (exchanges > 1) return "EIO";
      other.user.write("page", "from the user");
      return undefined;
    };
    one.user.write("page", "from the mesh");
    await untilIdle(site);
    // What could not be settled at once is so at the next start.
    await site.world.settle(other.stop());
    await site.world.settle(other.start());
    await untilIdle(site);
    const found = [...textsOf(other), ...keptTextsOf(other)];
    assert.ok(found.includes("from the user"), `${refusals} refusals: ${found.join(" | ")}`);
  }
});

for (const [what, change] of [
  ["a directory that was just made", (user: FakeUser) => user.makeDirectory("news")],
  ["a directory that was just made for a file in it", (user: FakeUser) => user.write("news/page", "in it")],
] as const) {
  test(`C1: a user's file that takes the place of ${what} is not taken for it`, async () => {
    const { site, one, other } = await twoMachines(1, () => undefined);
    let isDone = false;
    other.faults.afterCall(
      ({ action, path }) => !isDone && action === "make directory" && path === "news",
      () => {
        isDone = true;
        other.user.remove("news");
        other.user.write("news", "a file");
      },
    );
    change(one.user);
    await untilIdle(site);
    assert.ok(isDone);
    assert.deepEqual(pathsOf(one), pathsOf(other));
    for (const machine of [one, other]) assert.ok(textsOf(machine).includes("a file"), machine.name);
  });
}
