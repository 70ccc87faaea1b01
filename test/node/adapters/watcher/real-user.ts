/** Somebody who works on this machine's disk, for the watchers that watch it. */

import fs from "node:fs";
import { chmod, mkdir, mkdtemp, realpath, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import type { Watcher } from "../../../../node/ports.ts";
import type { WatchedUser, WatcherUnderTest } from "../../../contracts/watcher.contract.ts";

export async function onRealDisk(watcher: Watcher): Promise<WatcherUnderTest> {
  const base = await temporary();
  return {
    watcher,
    base,
    user: realUser(base),
    settle: (work) => work,
    rest: async () => undefined,
    end: () => rm(base, { recursive: true }),
  };
}

/** An empty directory. */
export async function temporary(): Promise<string> {
  return realpath(await mkdtemp(`${tmpdir()}/cdmesh-watch-`));
}

function realUser(base: string): WatchedUser {
  return {
    write: async (path, text) => {
      await mkdir(dirname(`${base}/${path}`), { recursive: true });
      await writeFile(`${base}/${path}`, text);
    },
    makeDirectory: async (path) => {
      await mkdir(`${base}/${path}`, { recursive: true });
    },
    makeSymlink: (target, path) => symlink(target, `${base}/${path}`),
    rename: (from, to) => rename(`${base}/${from}`, `${base}/${to}`),
    renameBoth: async (...renames) => {
      for (const [from, to] of renames) fs.renameSync(`${base}/${from}`, `${base}/${to}`);
    },
    remove: (path) => rm(`${base}/${path}`, { recursive: true }),
    setMode: (path, mode) => chmod(`${base}/${path}`, mode),
    setTime: (path, mtimeUs) => utimes(`${base}/${path}`, mtimeUs / 1_000_000, mtimeUs / 1_000_000),
  };
}
