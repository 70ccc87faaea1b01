import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import test from "node:test";
import { openLevelStore, StoreInUseError } from "../../../node/adapters/level-store.ts";
import type { Change, Store } from "../../../node/ports.ts";
import { StoreError } from "../../../node/store-error.ts";
import { storeContract } from "../../contracts/store.contract.ts";
import { canMount, mountSmall } from "./small-mount.ts";

storeContract("level store", async () => {
  const directory = await mkdtemp(join(tmpdir(), "cdmesh-store-"));
  return {
    open: () => openLevelStore(join(directory, "store")),
    settle: (work) => work,
    end: () => rm(directory, { recursive: true }),
  };
});

const mib = 1024 * 1024;

test("a row that is not as it was written is said to be damaged, with what to do; the others are read", async () => {
  await inDirectory(async (directory) => {
    const store = await openLevelStore(directory);
    await store.write([put("one", 5_000), put("other", 5_000)], { durable: true });
    await store.close();
    await (await openLevelStore(directory)).close(); // From the log into a table.
    const table = (await readdir(directory)).find((name) => name.endsWith(".ldb"));
    assert.ok(table !== undefined);
    const bytes = await readFile(join(directory, table));
    bytes[2_000] = (bytes[2_000] ?? 0) ^ 1;
    await writeFile(join(directory, table), bytes);
    const damaged = await openLevelStore(directory);
    await assert.rejects(damaged.get(text("one")), (error) => {
      assert.ok(error instanceof StoreError);
      assert.equal(error.failure, "damaged");
      assert.match(error.message, /damaged .*move this directory away and start again/);
      return true;
    });
    assert.equal((await damaged.get(text("other")))?.length, 5_000);
    await damaged.close();
  });
});

test("a store that is open elsewhere is refused with an error that says so", async () => {
  await inDirectory(async (directory) => {
    const store = await openLevelStore(directory);
    await assert.rejects(openLevelStore(directory), (error) => {
      assert.ok(error instanceof StoreInUseError);
      assert.match(error.message, /in use by another process/);
      assert.equal(error.location, directory);
      return true;
    });
    await store.close();
    await (await openLevelStore(directory)).close();
  });
});

test("a place where no store can be is refused with the reason of the platform", async () => {
  await inDirectory(async (directory) => {
    await writeFile(join(directory, "file"), "");
    await assert.rejects(openLevelStore(join(directory, "file")), /cannot be opened: .*EEXIST/);
  });
});

// A disk that can be filled takes the right to mount one.
if (await canMount()) {
  test("S10: a store on a full disk is read, refuses writes as no-space, and goes on once there is room", async () => {
    await inDirectory(async (directory) => {
      const unmount = await mountSmall(directory, "size=48m");
      const ballast = join(directory, "somebody's file");
      try {
        const store = await openLevelStore(join(directory, "store"));
        await store.write([put("kept", 100)], { durable: true });
        await writeFile(ballast, new Uint8Array((await freeBytesOf(directory)) - 6 * mib));
        let written = 0;
        await assert.rejects(async () => {
          for (; written < 100; written += 1) await store.write([put(`large-${written}`, mib / 2)], { durable: true });
        }, isFull);
        assert.ok(written < 100);
        assert.equal((await store.get(text("kept")))?.length, 100, "reading goes on");
        await assert.rejects(store.write([put("small", 1), put("kept", 1)], { durable: true }), isFull);
        await rm(ballast);
        await untilWritten(store, put("small", 2));
        assert.equal(await store.get(text(`large-${written}`)), undefined, "what was called failed stays undone");
        assert.equal((await store.get(text("kept")))?.length, 100);
        await store.close();
        const again = await openLevelStore(join(directory, "store"));
        const names = (await again.range({ from: text("a"), to: text("z"), limit: 1_000 })).map(([key]) => key.length);
        assert.equal(names.length, written + 2, "and what was called written is there");
        await again.close();
      } finally {
        await unmount();
      }
    });
  });
}

test("S4: what a process was told is durable is there after it was killed", { timeout: 60_000 }, async () => {
  await inDirectory(async (directory) => {
    for (let life = 0; life < 3; life += 1) {
      const writer = spawn(process.execPath, ["--input-type=module-typescript", "-e", writerOf(directory, life)]);
      let acknowledged = 0;
      for await (const line of createInterface(writer.stdout)) {
        acknowledged = Number(line);
        if (acknowledged >= 40) break;
      }
      writer.kill("SIGKILL");
      await once(writer, "exit");
      const store = await openLevelStore(directory);
      const rows = await store.range({ from: Uint8Array.of(life), to: Uint8Array.of(life + 1), limit: 100_000 });
      await store.close();
      const numbers = new Set(rows.map(([key]) => (key[1] ?? 0) * 256 + (key[2] ?? 0)));
      assert.ok(acknowledged >= 40);
      for (let number = 1; number <= acknowledged; number += 1) assert.ok(numbers.has(number), `${number} is lost`);
    }
  });
});

/** A process that says the number of each row once it and those before it are durable. */
function writerOf(directory: string, life: number): string {
  return `
    import { openLevelStore } from ${JSON.stringify(new URL("../../../node/adapters/level-store.ts", import.meta.url))};
    const store = await openLevelStore(${JSON.stringify(directory)});
    for (let number = 1; ; number += 1) {
      const change = { kind: "put", key: Uint8Array.of(${life}, number >>> 8, number), value: new Uint8Array(50_000) };
      await store.write([change], { durable: number % 4 === 0 });
      if (number % 4 === 0) console.log(number);
    }`;
}

async function inDirectory(act: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "cdmesh-store-"));
  try {
    await act(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

function text(name: string): Uint8Array {
  return new TextEncoder().encode(name);
}

/** A value that does not become shorter by compression. */
function put(name: string, length: number): Change {
  return { kind: "put", key: text(name), value: randomBytes(length) };
}

function isFull(error: unknown): boolean {
  assert.ok(error instanceof StoreError, String(error));
  assert.equal(error.failure, "no-space", error.message);
  return true;
}

async function freeBytesOf(directory: string): Promise<number> {
  const { bsize, bavail } = await statfs(directory);
  return bsize * bavail;
}

/** The store tries from time to time whether it can go on. */
async function untilWritten(store: Store, change: Change): Promise<void> {
  for (;;) {
    try {
      return await store.write([change], { durable: true });
    } catch (error) {
      isFull(error);
    }
  }
}
