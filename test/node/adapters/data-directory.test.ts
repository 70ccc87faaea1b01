import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import {
  claimDataDirectory,
  DataDirectoryError,
  machineFingerprint,
  prepareDataDirectory,
} from "../../../node/adapters/data-directory.ts";
import { rowKey } from "../../../node/keys.ts";

const machine = "a".repeat(64);

async function scratch(context: TestContext): Promise<string> {
  const base = await mkdtemp(join(tmpdir(), "cdmesh-data-"));
  context.after(() => rm(base, { recursive: true, force: true }));
  return join(base, "data");
}

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

/** What a claim fails with. */
async function failureOf(path: string): Promise<DataDirectoryError> {
  try {
    await claimDataDirectory(path, machine);
  } catch (error) {
    if (error instanceof DataDirectoryError) return error;
    throw error;
  }
  return assert.fail("the directory was claimed");
}

test("a prepared directory is for its owner alone, also one that was open before", async (context) => {
  const path = await scratch(context);
  await prepareDataDirectory(path);
  assert.equal(await modeOf(path), 0o700);
  await chmod(path, 0o755);
  await prepareDataDirectory(path);
  assert.equal(await modeOf(path), 0o700);
  await chmod(path, 0o777);
  await (await claimDataDirectory(path, machine)).close();
  assert.equal(await modeOf(path), 0o700);
});

test("the store of a claimed directory keeps what it is given", async (context) => {
  const path = await scratch(context);
  await prepareDataDirectory(path);
  const key = Uint8Array.of(1);
  const first = await claimDataDirectory(path, machine);
  await first.store.write([{ kind: "put", key, value: Uint8Array.of(2) }], { durable: true });
  await first.close();
  const second = await claimDataDirectory(path, machine);
  assert.deepEqual(Uint8Array.from((await second.store.get(key)) ?? []), Uint8Array.of(2));
  await second.close();
});

test("FORMATS 10: a store of a newer version is refused, and stays as it is", async (context) => {
  const path = await scratch(context);
  await prepareDataDirectory(path);
  const key = rowKey("p", "schema");
  const data = await claimDataDirectory(path, machine);
  await data.store.write([{ kind: "put", key, value: new TextEncoder().encode("99") }], { durable: true });
  await data.close();
  for (let twice = 0; twice < 2; twice += 1) {
    const failure = await failureOf(path);
    assert.equal(failure.problem, "store-unusable");
    assert.match(failure.message, /schema 99.*written by a newer version/);
  }
});

test("a directory that is claimed is refused to the second, who is told whose it is", async (context) => {
  const path = await scratch(context);
  await prepareDataDirectory(path);
  const first = await claimDataDirectory(path, machine);
  const { problem, message } = await failureOf(path);
  assert.deepEqual([problem, message], ["in-use", `${path} is in use by process ${process.pid}; a peer runs once`]);
  await first.close();
  await (await claimDataDirectory(path, machine)).close();
});

test("a process that was killed leaves the directory to the next, and a living one does not", async (context) => {
  const path = await scratch(context);
  await prepareDataDirectory(path);
  const script = `
    import { claimDataDirectory } from ${JSON.stringify(join(import.meta.dirname, "../../../node/adapters/data-directory.ts"))};
    await claimDataDirectory(${JSON.stringify(path)}, ${JSON.stringify(machine)});
    process.stdout.write("claimed");
    setInterval(() => {}, 1_000);
  `;
  const holder = spawn(process.execPath, ["--input-type=module-typescript", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  context.after(() => holder.kill("SIGKILL"));
  await once(holder.stdout, "data");
  const { problem, message } = await failureOf(path);
  assert.equal(problem, "in-use");
  assert.ok(message.includes(`process ${holder.pid}`), message);
  holder.kill("SIGKILL");
  await once(holder, "exit");
  await (await claimDataDirectory(path, machine)).close();
});

test("what is not there, no directory, or somebody else's is told as that", async (context) => {
  const path = await scratch(context);
  assert.equal((await failureOf(path)).problem, "missing");
  await writeFile(path, "");
  assert.equal((await failureOf(path)).problem, "not-a-directory");
  await assert.rejects(prepareDataDirectory(path), { name: "DataDirectoryError", problem: "not-a-directory" });
  await assert.rejects(prepareDataDirectory(join(path, "below")), { problem: "not-a-directory" });
});

test("S8: a copy on another machine refuses to start and says how to go on; without a machine id nothing is checked", async (context) => {
  const path = await scratch(context);
  await prepareDataDirectory(path);
  await (await claimDataDirectory(path, machine)).close();
  const elsewhere = claimDataDirectory(path, "b".repeat(64));
  await assert.rejects(elsewhere, (error) => {
    assert.ok(error instanceof DataDirectoryError && error.problem === "of-another-machine");
    return error.message.includes(join(path, "machine")) && error.message.includes("cdmesh peer init");
  });
  await (await claimDataDirectory(path, undefined)).close();
  await rm(join(path, "machine"));
  await (await claimDataDirectory(path, "b".repeat(64))).close();
});

test("a machine is named by its id, and the name does not tell the id", async (context) => {
  const path = await scratch(context);
  await prepareDataDirectory(path);
  const [absent, empty, good] = ["absent", "empty", "good"].map((name) => join(path, name));
  assert.ok(absent !== undefined && empty !== undefined && good !== undefined);
  const id = "0123456789abcdef0123456789abcdef";
  await writeFile(empty, "uninitialized\n");
  await writeFile(good, `${id}\n`);
  assert.equal(await machineFingerprint([absent, empty]), undefined);
  const fingerprint = await machineFingerprint([absent, empty, good]);
  assert.match(fingerprint ?? "", /^[0-9a-f]{64}$/);
  assert.ok(!fingerprint?.includes(id));
});

test("the note of who holds the directory is gone after a clean end", async (context) => {
  const path = await scratch(context);
  await prepareDataDirectory(path);
  const data = await claimDataDirectory(path, machine);
  assert.equal(await readFile(join(path, "process"), "utf8"), `${process.pid}\n`);
  await data.close();
  await assert.rejects(readFile(join(path, "process")), { code: "ENOENT" });
});
