import assert from "node:assert/strict";
import { mkdtemp, rm, truncate, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { untilHolds, untilWhole } from "../../../tools/bench/arrival.ts";
import { Noise, type Planted, plant } from "../../../tools/bench/plant.ts";

const impatient = { limitMs: 20, signal: new AbortController().signal };

let root: string;
let planted: Planted;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "bench-arrival-"));
  planted = await plant(root, { files: 6, filesPerDirectory: 3, bytesMin: 10, bytesMax: 40 }, "seed");
});

afterEach(() => rm(root, { recursive: true }));

test("a planted tree is whole", async () => {
  await untilWhole(root, planted, impatient);
});

test("a tree that lacks a file, or the end of one, is not whole", async () => {
  await truncate(join(root, "tree/00/1/file-0002"), 9);
  await assert.rejects(untilWhole(root, planted, impatient), /1 of 2 directories were full, not tree\/00\/1/);
  await unlink(join(root, "tree/00/0/file-0001"));
  await assert.rejects(untilWhole(root, planted, impatient), /0 of 2 directories were full, not tree\/00\/0/);
});

test("waiting ends at once when the run is given up", async () => {
  const signal = AbortSignal.abort(new Error("given up"));
  await unlink(join(root, "tree/00/0/file-0001"));
  await assert.rejects(untilWhole(root, planted, { limitMs: 60_000, signal }), { name: "AbortError" });
});

test("a file holds its content only when every byte is right", async () => {
  const [directory = ""] = planted.keys();
  const content = new Noise("seed").bytes(4096);
  const path = join(root, directory, "new");
  await assert.rejects(untilHolds(path, content, impatient), /still not whole/);
  await writeFile(path, content.with(7, (content[7] ?? 0) ^ 1));
  await assert.rejects(untilHolds(path, content, impatient), /still not whole/);
  await writeFile(path, content);
  await untilHolds(path, content, impatient);
});
