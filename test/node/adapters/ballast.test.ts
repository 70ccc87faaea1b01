import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, stat, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { Ballast } from "../../../node/adapters/ballast.ts";
import { openLevelStore } from "../../../node/adapters/level-store.ts";
import { canMount, mountSmall } from "./small-mount.ts";

const mib = 1024 * 1024;

async function inDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "cdmesh-ballast-"));
  try {
    await body(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

test("S10: the ballast takes real room, gives it back once, and is laid again", async () => {
  await inDirectory(async (directory) => {
    const ballast = new Ballast(join(directory, "ballast"), 2 * mib);
    assert.equal(await ballast.release(), false, "nothing was laid yet");
    ballast.keep();
    await ballast.close();
    assert.ok((await stat(join(directory, "ballast"))).blocks * 512 >= 2 * mib);
    assert.equal(await ballast.release(), true);
    assert.equal(await ballast.release(), false);
    assert.deepEqual(await readdir(directory), []);
    ballast.keep();
    await ballast.close();
    assert.deepEqual(await readdir(directory), ["ballast"]);
  });
});

// A disk that can be filled takes the right to mount one.
if (await canMount()) {
  test("S10: on a disk that others filled a store is opened, read and written with the room of the ballast", async () => {
    await inDirectory(async (directory) => {
      const unmount = await mountSmall(directory, "size=140m");
      try {
        const [key, value] = [Uint8Array.of(1), new Uint8Array(mib).fill(7)];
        const first = await openLevelStore(join(directory, "store"));
        await first.write([{ kind: "put", key, value }], { durable: true });
        await first.close();
        const ballast = new Ballast(join(directory, "ballast"), 4 * mib);
        ballast.keep();
        await ballast.close();
        await fill(directory);
        await assert.rejects(openLevelStore(join(directory, "store")), /no room/);
        const store = await openLevelStore(join(directory, "store"), { makeRoom: () => ballast.release() });
        assert.deepEqual(await store.get(key), value);
        for (let at = 0; at < 1_000; at += 1) {
          await store.write([{ kind: "put", key: Uint8Array.of(2, at % 256), value: key }], { durable: true });
        }
        await store.close();
      } finally {
        await unmount();
      }
    });
  });
}

async function fill(directory: string): Promise<void> {
  const { bsize, bavail } = await statfs(directory);
  const filler = join(directory, "somebody's file");
  await writeFile(filler, new Uint8Array(bsize * bavail));
}
