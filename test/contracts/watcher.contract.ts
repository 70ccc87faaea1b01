/** What every Watcher keeps, the machine's and the simulated one, as long as no hint is lost. */

import assert from "node:assert/strict";
import test from "node:test";
import type { Cancel, WatchHint, Watcher } from "../../node/ports.ts";

export interface WatcherUnderTest {
  readonly watcher: Watcher;
  /** Absolute; an empty directory. The root to watch is `folder` in it. */
  readonly base: string;
  readonly user: WatchedUser;
  /** Lets time pass until the promise settles. */
  readonly settle: <T>(work: Promise<T>) => Promise<T>;
  /** Where hints may overtake each other: resolves when those of what happened so far have had their time. */
  readonly rest: () => Promise<void>;
  readonly end: () => Promise<void>;
}

/** Somebody who works on that machine. Paths are relative to `base`. */
export interface WatchedUser {
  /** With missing parents. */
  write(path: string, text: string): Promise<void>;
  /** With missing parents. */
  makeDirectory(path: string): Promise<void>;
  makeSymlink(target: string, path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Both renames before anybody hears of the first. */
  renameBoth(one: readonly [from: string, to: string], other: readonly [from: string, to: string]): Promise<void>;
  /** With all that is below. */
  remove(path: string): Promise<void>;
  setMode(path: string, mode: number): Promise<void>;
  setTime(path: string, mtimeUs: number): Promise<void>;
}

interface Watched extends WatcherUnderTest {
  readonly hints: Hints;
  readonly cancel: Cancel;
}

type Prepare = (user: WatchedUser) => Promise<void>;

export function watcherContract(name: string, make: () => Promise<WatcherUnderTest>): void {
  /** @param prepare what stands in the folder before the watch */
  const check = (sentence: string, prepare: Prepare, body: (watched: Watched) => Promise<void>): void => {
    test(`${name}: ${sentence}`, { timeout: 30_000 }, async (t) => {
      const made = await make();
      t.after(made.end);
      const work = async (): Promise<void> => {
        await made.user.makeDirectory("folder/fence");
        await prepare(made.user);
        const hints = new Hints();
        const cancel = await made.watcher.watch(`${made.base}/folder`, (hint) => hints.add(hint));
        // Also after a failure: a watch that stays would keep the process.
        t.after(cancel);
        await body({ ...made, hints, cancel });
      };
      await made.settle(work());
    });
  };

  for (const [act, { before, change }] of Object.entries(changes)) {
    for (const directory of ["", "a/", "a/b/c/"]) {
      const prepare: Prepare = async (user) => {
        await user.makeDirectory(`folder/${directory}`.slice(0, -1));
        await before(user, `folder/${directory}`);
      };
      check(`${act} in ${directory === "" ? "the root" : directory} gives a hint for it`, prepare, async (watched) => {
        await change(watched.user, `folder/${directory}`);
        await watched.hints.about(directory.slice(0, -1));
      });
    }

    check(`${act} in a directory that was just made gives a hint for it`, nothing, async (watched) => {
      const { user, hints } = watched;
      await before(user, "folder/new/er/est/");
      await user.makeDirectory("folder/new/er/est");
      await hints.about("new/er/est");
      await fenced(watched, hints);
      await change(user, "folder/new/er/est/");
      await hints.about("new/er/est");
    });
  }

  check("every directory of a tree that appears at once gets a hint, however deep", nothing, async (watched) => {
    const { user, hints } = watched;
    const paths = ["x", "x/y", "x/y/z", "x/y/z/deep", "x/other", "x/other/one"];
    await user.write("folder/x/y/z/deep/page", "1");
    await user.write("folder/x/other/one/page", "2");
    for (const path of ["", ...paths]) await hints.about(path);
  });

  check(
    "a directory that is swapped for another by two renames is watched under its name",
    deployed,
    async (watched) => {
      const { user, hints } = watched;
      await user.renameBoth(["folder/site", "folder/site.old"], ["folder/site.new", "folder/site"]);
      for (const path of ["", "site", "site/pages"]) await hints.about(path);
      await fenced(watched, hints);
      await user.write("folder/site/page", "late");
      await hints.about("site");
      await user.write("folder/site/pages/page", "late");
      await hints.about("site/pages");
      await user.write("folder/site.old/pages/page", "late");
      await hints.about("site.old/pages");
    },
  );

  check("a directory that is removed and made again is watched again", deployed, async (watched) => {
    const { user, hints } = watched;
    for (let round = 0; round < 10; round += 1) {
      await user.remove("folder/site");
      await user.makeDirectory("folder/site/pages");
      await hints.about("site/pages");
      await fenced(watched, hints);
      await user.write("folder/site/pages/page", "late");
      await hints.about("site/pages");
      await user.write("folder/site/page", "late");
      await hints.about("site");
      await fenced(watched, hints);
    }
  });

  check("a moved directory is watched where it is now", deployed, async (watched) => {
    const { user, hints } = watched;
    await user.rename("folder/site", "folder/fence/moved");
    for (const path of ["", "fence", "fence/moved", "fence/moved/pages"]) await hints.about(path);
    await fenced(watched, hints);
    await user.write("folder/fence/moved/pages/page", "late");
    await hints.about("fence/moved/pages");
    await user.rename("folder/fence/moved", "moved-out");
    await hints.about("fence");
    await fenced(watched, hints);
    await user.write("moved-out/pages/page", "late");
    await user.write("moved-out/page", "late");
    await fence(watched, hints);
    assert.deepEqual(hints.seen, []);
  });

  check("a file with its directory's name is a file like any other", deployed, async (watched) => {
    const { user, hints } = watched;
    await user.write("folder/site/site", "1");
    await hints.about("site");
    await fenced(watched, hints);
    await user.remove("folder/site/site");
    await hints.about("site");
    await fenced(watched, hints);
    await user.write("folder/site/pages/page", "late");
    await hints.about("site/pages");
  });

  const ownThings: Prepare = (user) => user.makeDirectory("folder/.cdmesh/temporary");
  check("FORMATS 19: what happens below .cdmesh, and to it, gives no hint", ownThings, async (watched) => {
    const { user, hints } = watched;
    await user.write("folder/.cdmesh/temporary/file", "x");
    await user.makeDirectory("folder/.cdmesh/kept/deep");
    await user.setMode("folder/.cdmesh", 0o700);
    await fenced(watched, hints);
    await user.write("folder/.cdmesh/kept/deep/file", "x");
    await fence(watched, hints);
    assert.deepEqual(hints.seen, []);
  });

  const linked: Prepare = async (user) => {
    await user.makeDirectory("outside/deep");
    await user.makeSymlink("../outside", "folder/link");
  };
  check("S7: a symlink is a name of its directory, and nothing behind it is watched", linked, async (watched) => {
    const { user, hints } = watched;
    await user.makeSymlink("../outside", "folder/fresh");
    await hints.about("");
    await fenced(watched, hints);
    await user.write("outside/page", "x");
    await user.write("outside/deep/page", "x");
    await fence(watched, hints);
    assert.deepEqual(hints.seen, []);
  });

  check("after the cancel no hint comes, and cancelling twice is harmless", nothing, async (watched) => {
    const { user, hints, cancel, watcher, base } = watched;
    const others = new Hints();
    const cancelOthers = await watcher.watch(`${base}/folder`, (hint) => others.add(hint));
    cancel();
    cancel();
    await user.write("folder/page", "x");
    await others.about("");
    await fence(watched, others);
    assert.deepEqual(hints.seen, []);
    cancelOthers();
  });

  check("S5: a root that is moved away ends the watch, and it says so", nothing, async (watched) => {
    const { user, hints } = watched;
    await user.rename("folder", "moved");
    await hints.dead();
    await user.write("moved/page", "x");
    await user.write("folder/page", "x");
  });

  check("S5: a root that is not there cannot be watched, and the watch says so", nothing, async ({ watcher, base }) => {
    const hints = new Hints();
    const cancel = await watcher.watch(`${base}/nothing`, (hint) => hints.add(hint));
    await hints.dead();
    cancel();
  });
}

const nothing: Prepare = async () => undefined;

const deployed: Prepare = async (user) => {
  await user.makeDirectory("folder/site/pages");
  await user.makeDirectory("folder/site.new/pages");
};

/** What users do to one name of a directory, and what has to be there before. Directories end in "/". */
const changes: Readonly<
  Record<
    string,
    {
      readonly before: (user: WatchedUser, directory: string) => Promise<void>;
      readonly change: (user: WatchedUser, directory: string) => Promise<void>;
    }
  >
> = {
  "a new file": {
    before: async () => undefined,
    change: (user, directory) => user.write(`${directory}page`, "new"),
  },
  "a write into a file": {
    before: (user, directory) => user.write(`${directory}page`, "old"),
    change: (user, directory) => user.write(`${directory}page`, "new text"),
  },
  "a rename": {
    before: (user, directory) => user.write(`${directory}page`, "old"),
    change: (user, directory) => user.rename(`${directory}page`, `${directory}renamed`),
  },
  "a move out of the folder": {
    before: (user, directory) => user.write(`${directory}page`, "old"),
    change: (user, directory) => user.rename(`${directory}page`, "page"),
  },
  "a delete": {
    before: (user, directory) => user.write(`${directory}page`, "old"),
    change: (user, directory) => user.remove(`${directory}page`),
  },
  "a change of mode": {
    before: (user, directory) => user.write(`${directory}page`, "old"),
    change: (user, directory) => user.setMode(`${directory}page`, 0o600),
  },
  "a change of time": {
    before: (user, directory) => user.write(`${directory}page`, "old"),
    change: (user, directory) => user.setTime(`${directory}page`, 1_700_000_000_000_000),
  },
  "a new directory": {
    before: async () => undefined,
    change: (user, directory) => user.makeDirectory(`${directory}inner`),
  },
  "the removal of a directory": {
    before: (user, directory) => user.makeDirectory(`${directory}inner/most`),
    change: (user, directory) => user.remove(`${directory}inner`),
  },
};

/** Waits until all hints of what happened so far are there, and forgets them. */
async function fenced(watched: WatcherUnderTest, hints: Hints): Promise<void> {
  await fence(watched, hints);
  hints.forgetAll();
}

/** Waits until all hints of what happened so far are there. */
async function fence({ user, rest }: WatcherUnderTest, hints: Hints): Promise<void> {
  // Each write's hint comes behind those of what happened before it; a watch that is set because of
  // such a hint stands some time later, so a single fence would not be enough.
  for (let round = 0; round < 10; round += 1) {
    hints.forget("fence");
    await user.write("folder/fence/post", `${round}`);
    await hints.about("fence");
  }
  await rest();
}

/** The hints so far, to be waited for and taken away. */
class Hints {
  #directories = new Set<string>();
  #why: string | undefined;
  #waiting: (() => void)[] = [];

  get seen(): readonly string[] {
    return [...this.#directories].filter((path) => path !== "fence");
  }

  add(hint: WatchHint): void {
    if (hint.kind === "directory") this.#directories.add(hint.path);
    if (hint.kind === "dead") this.#why = hint.why;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Waits for a hint about this directory and takes it away. */
  async about(path: string): Promise<void> {
    await this.#until(() => this.#directories.delete(path));
  }

  async dead(): Promise<void> {
    await this.#until(() => this.#why !== undefined);
  }

  forget(path: string): void {
    this.#directories.delete(path);
  }

  forgetAll(): void {
    this.#directories.clear();
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
