import assert from "node:assert/strict";
import fs from "node:fs/promises";
import { tmpdir } from "node:os";
import test from "node:test";
import { promisify } from "node:util";
import { execFile } from "node:child_process";
import { NodeDisk, type NodeDiskOptions } from "../../../../node/adapters/disk/disk.ts";
import { diskContract } from "../../../contracts/disk.contract.ts";
import { smallDiskContract } from "../../../contracts/disk-space.contract.ts";
import { type DiskUnderTest, type DiskUser, entry } from "../../../contracts/disk-under-test.ts";
import { canMount, mountSmall } from "../small-mount.ts";

const linux = process.platform === "linux";

diskContract("real disk", () => realDisk({ use: "all-of-linux" }));
diskContract("real disk, portable calls only", () => realDisk({ use: "portable" }));
// A disk that can be filled takes the right to mount one; the simulated one is filled everywhere.
if (await canMount()) smallDiskContract("small real disk", smallDisk);

test("a closed tree leaves no descriptor open, however many directories it acted in", async () => {
  const { disk, base, end } = await realDisk({});
  const before = await openDescriptors(base);
  const tree = await disk.openTree(base);
  for (let round = 0; round < 300; round += 1) {
    const directory = entry(`directory-${round}`);
    await tree.makeDirectory(directory, 0o755);
    await tree.makeSymlink("x", entry(`directory-${round}/link`));
  }
  await tree.flushDirectories(["", entry("directory-7")]);
  assert.ok((await openDescriptors(base)) < 200, "handles are bounded");
  await tree.close();
  // Handles close by themselves, without anybody waiting: the disk is asked until they have.
  while ((await openDescriptors(base)) > before) await fs.stat(base);
  await end();
});

/** How many descriptors of this process are of things below a directory. */
async function openDescriptors(base: string): Promise<number> {
  if (!linux) return 0;
  const names = await fs.readdir("/proc/self/fd");
  const places = await Promise.all(names.map((name) => fs.readlink(`/proc/self/fd/${name}`).catch(() => "")));
  return places.filter((place) => place.startsWith(base)).length;
}

async function realDisk(options: NodeDiskOptions): Promise<DiskUnderTest> {
  const base = await fs.realpath(await fs.mkdtemp(`${tmpdir()}/cdmesh-disk-`));
  const all = linux && options.use === "all-of-linux";
  return {
    disk: new NodeDisk(options),
    base,
    user: realUser(base),
    can: { exchange: all, flushAll: all, holdDirectories: all, rawNames: linux },
    settle: (work) => work,
    end: () => fs.rm(base, { recursive: true }),
  };
}

const run = promisify(execFile);

async function smallDisk(): Promise<DiskUnderTest> {
  const made = await realDisk({});
  const unmount = await mountSmall(made.base, "size=4m,nr_inodes=64");
  return {
    ...made,
    end: async () => {
      await unmount();
      await made.end();
    },
  };
}

function realUser(base: string): DiskUser {
  return {
    write: async (path, text) => {
      const place = `${base}/${path}`;
      await fs.mkdir(place.slice(0, place.lastIndexOf("/")), { recursive: true });
      await fs.writeFile(place, text);
    },
    read: (path) => fs.readFile(`${base}/${path}`, "utf8").catch(() => undefined),
    names: (directory) => fs.readdir(`${base}/${directory}`),
    makeDirectory: async (path) => {
      await fs.mkdir(`${base}/${path}`, { recursive: true });
    },
    makeSymlink: (target, path) => fs.symlink(target, `${base}/${path}`),
    makeFifo: async (path) => {
      await run("mkfifo", [`${base}/${path}`]);
    },
    rename: (from, to) => fs.rename(`${base}/${from}`, `${base}/${to}`),
    remove: (path) => fs.rm(`${base}/${path}`, { recursive: true }),
    writeRaw: async (directory, name) => {
      await fs.writeFile(Buffer.concat([Buffer.from(`${base}/${directory}/`), name]), "x");
    },
  };
}
