import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import test from "node:test";
import { openLevelStore, StoreInUseError } from "../../../node/adapters/level-store.ts";
import { storeContract } from "../../contracts/store.contract.ts";

storeContract("level store", async () => {
  const directory = await mkdtemp(join(tmpdir(), "cdmesh-store-"));
  return {
    open: () => openLevelStore(join(directory, "store")),
    settle: (work) => work,
    end: () => rm(directory, { recursive: true }),
  };
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
