import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { untilAppears } from "../../../tools/bench/arrival.ts";
import { type FileChange, inserting, overwriting, renaming } from "../../../tools/bench/changes.ts";

let root: string;
let file: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "bench-changes-"));
  file = join(root, "file");
  await writeFile(file, "0123456789", { mode: 0o700 });
});

afterEach(() => rm(root, { recursive: true }));

function bytes(text: string): Uint8Array {
  return Buffer.from(text);
}

/** Nothing is to be seen of it before it is applied, and all of it afterwards. */
async function applied(change: FileChange): Promise<void> {
  const appears = () =>
    untilAppears(root, change.appearance, {
      deadlineMs: performance.now() + 20,
      signal: new AbortController().signal,
    });
  await assert.rejects(appears());
  await change.apply();
  await appears();
}

test("pieces are written in place", async () => {
  const { ino } = await stat(file);
  await applied(
    await overwriting(
      root,
      "file",
      [1, 7].map((at) => ({ at, bytes: bytes("ab") })),
    ),
  );
  assert.equal(await readFile(file, "utf8"), "0ab3456ab9");
  assert.equal((await stat(file)).ino, ino);
});

test("a piece at the end makes the file longer", async () => {
  await applied(await overwriting(root, "file", [{ at: 10, bytes: bytes("ab") }]));
  assert.equal(await readFile(file, "utf8"), "0123456789ab");
});

test("pieces are put in between, in a new file of the same permissions", async () => {
  const pieces = [0, 3, 3, 10].map((at) => ({ at, bytes: bytes("ab") }));
  await applied(await inserting(root, "file", { aside: join(root, "aside"), pieces }));
  assert.equal(await readFile(file, "utf8"), "ab012abab3456789ab");
  assert.equal((await stat(file)).mode & 0o777, 0o700);
});

test("a file gets another name", async () => {
  await applied(await renaming(root, "file", "other"));
  assert.deepEqual(await readdir(root), ["other"]);
});
