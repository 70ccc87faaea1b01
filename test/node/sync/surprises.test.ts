/** S2: a user acts in the very moment before a step of a commit; whatever was written then is kept. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { FakeUser } from "../../../simulations/world/user.ts";
import { pathsOf, textsOf, twoMachines, untilIdle } from "./two-machines.ts";

interface Surprise {
  readonly name: string;
  /** What the other machine sees change. */
  readonly change: (user: FakeUser) => void;
  /** The call of the follower's disk before which its user acts. */
  readonly before: (action: string, path: string) => boolean;
  readonly act: (user: FakeUser) => void;
}

const aside = (path: string): boolean => path.startsWith(".cdmesh/versions/");

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
