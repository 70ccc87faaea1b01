import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { writeDurableFile } from "../../../node/adapters/durable-file.ts";

async function directory(context: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "cdmesh-file-"));
  context.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

const bytes = (text: string): Uint8Array => Buffer.from(text);

test("a file has its content and mode, and nothing else is left beside it", async (context) => {
  const path = await directory(context);
  const file = join(path, "a");
  await writeDurableFile(file, bytes("one"), { mode: 0o600, existing: "kept" });
  assert.equal(await readFile(file, "utf8"), "one");
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.deepEqual(await readdir(path), ["a"]);
});

test("an existing file is kept or replaced, as it was asked for", async (context) => {
  const path = await directory(context);
  const file = join(path, "a");
  await writeDurableFile(file, bytes("one"), { mode: 0o600, existing: "kept" });
  await assert.rejects(writeDurableFile(file, bytes("two"), { mode: 0o600, existing: "kept" }), { code: "EEXIST" });
  assert.equal(await readFile(file, "utf8"), "one");
  await writeDurableFile(file, bytes("two"), { mode: 0o600, existing: "replaced" });
  assert.equal(await readFile(file, "utf8"), "two");
  assert.deepEqual(await readdir(path), ["a"]);
});

test("of many that take one name at the same time exactly one gets it", async (context) => {
  const path = await directory(context);
  const file = join(path, "a");
  const writes = Array.from({ length: 20 }, (_, at) =>
    writeDurableFile(file, bytes(String(at)), { mode: 0o600, existing: "kept" }),
  );
  const outcomes = await Promise.allSettled(writes);
  const winners = outcomes.flatMap(({ status }, at) => (status === "fulfilled" ? [String(at)] : []));
  assert.deepEqual(winners, [await readFile(file, "utf8")]);
  assert.deepEqual(await readdir(path), ["a"]);
});

test("where nothing can be written nothing is left behind", async (context) => {
  const path = await directory(context);
  await assert.rejects(writeDurableFile(join(path, "no", "a"), bytes("x"), { mode: 0o600, existing: "kept" }), {
    code: "ENOENT",
  });
  await assert.rejects(writeDurableFile(path, bytes("x"), { mode: 0o600, existing: "replaced" }));
  assert.deepEqual(await readdir(path), []);
});
