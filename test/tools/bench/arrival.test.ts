import assert from "node:assert/strict";
import { chmod, mkdtemp, rename, rm, truncate, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { type Patience, untilAppears, untilFactsHold, untilWhole } from "../../../tools/bench/arrival.ts";
import { treeFacts } from "../../../tools/bench/compare.ts";
import { evenly, firstFile, Noise, type Planted, treeOf } from "../../../tools/bench/plant.ts";

const plant = treeOf({ files: 6, filesPerDirectory: 3, size: evenly(10, 40) });

let root: string;
let planted: Planted;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "bench-arrival-"));
  planted = await plant(root, "seed");
});

afterEach(() => rm(root, { recursive: true }));

function patience(limitMs: number): Patience {
  return { deadlineMs: performance.now() + limitMs, signal: new AbortController().signal };
}

test("a planted tree is whole", async () => {
  await untilWhole(root, planted, patience(20));
});

test("a tree that lacks a file, or the end of one, is not whole", async () => {
  await truncate(join(root, "tree/00/1/file-0002"), 9);
  await assert.rejects(untilWhole(root, planted, patience(20)), /1 of 2 directories were full, not tree\/00\/1/);
  await unlink(join(root, "tree/00/0/file-0001"));
  await assert.rejects(untilWhole(root, planted, patience(20)), /0 of 2 directories were full, not tree\/00\/0/);
});

test("waiting ends at once when the run is given up", async () => {
  const signal = AbortSignal.abort(new Error("given up"));
  await unlink(join(root, "tree/00/0/file-0001"));
  await assert.rejects(untilWhole(root, planted, { ...patience(60_000), signal }), { name: "AbortError" });
});

test("a file appears only when its size and every byte of its pieces are right", async () => {
  const content = new Noise("seed").bytes(4096);
  const path = "tree/00/0/new";
  const file = join(root, path);
  const pieces = [
    { at: 0, bytes: content.subarray(0, 100) },
    { at: 4000, bytes: content.subarray(4000) },
  ];
  const appears = () => untilAppears(root, { path, size: content.length, pieces }, patience(20));
  await assert.rejects(appears(), /still not/);
  await writeFile(file, content.with(7, (content[7] ?? 0) ^ 1));
  await assert.rejects(appears(), /still not/);
  await writeFile(file, content.with(4095, (content[4095] ?? 0) ^ 1));
  await assert.rejects(appears(), /still not/);
  await writeFile(file, content.subarray(0, 4095));
  await assert.rejects(appears(), /still not/);
  await writeFile(file, content);
  await appears();
});

test("what comes while somebody waits is seen", async () => {
  const [path, size] = ["tree/00/0/new", 10];
  const appears = untilAppears(root, { path, size, pieces: [] }, patience(10_000));
  await writeFile(join(root, "aside"), new Uint8Array(size));
  await rename(join(root, "aside"), join(root, path));
  await appears;
});

test("a renamed file appears when its old name is gone", async () => {
  const path = firstFile(planted);
  await writeFile(join(root, "other"), "ten bytes.");
  const appears = () => untilAppears(root, { path: "other", size: 10, pieces: [], gone: path }, patience(20));
  await assert.rejects(appears(), /still not/);
  await unlink(join(root, path));
  await appears();
});

test("facts hold when content, permissions and absence are as they say", async () => {
  const path = firstFile(planted);
  const facts = new Map<string, string | undefined>(await treeFacts(root));
  await untilFactsHold(root, facts, patience(20));
  facts.set("gone/with its directory", undefined);
  await untilFactsHold(root, facts, patience(20));
  await chmod(join(root, path), 0o600);
  await assert.rejects(untilFactsHold(root, facts, patience(20)), /still not/);
  facts.set(path, undefined);
  await assert.rejects(untilFactsHold(root, facts, patience(20)), /still not/);
});
