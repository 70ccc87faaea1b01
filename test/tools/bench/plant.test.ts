import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import {
  evenly,
  firstFile,
  Noise,
  ofAllSizes,
  oneFileOf,
  plantedBytes,
  surveyed,
  treeOf,
} from "../../../tools/bench/plant.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "bench-plant-"));
});

afterEach(() => rm(root, { recursive: true }));

test("what was planted is what stands there", async () => {
  const planted = await treeOf({ files: 12, filesPerDirectory: 4, size: evenly(10, 40) })(root, "seed");
  assert.deepEqual(new Map([...(await surveyed(root))].toSorted()), planted);
  assert.equal(firstFile(planted), "tree/00/0/file-0000");
});

test("a large file is planted whole", async () => {
  const bytes = 5 * 1024 * 1024 + 1;
  const planted = await oneFileOf(bytes)(root, "seed");
  assert.equal(plantedBytes(planted), bytes);
  assert.equal(plantedBytes(await surveyed(root)), bytes);
});

test("of all sizes means as many files in each octave", () => {
  const noise = new Noise("seed");
  const sizeOf = ofAllSizes(1024, 1024 ** 2);
  const sizes = Array.from({ length: 10_000 }, () => sizeOf(noise));
  assert.ok(Math.min(...sizes) >= 1024 && Math.max(...sizes) <= 1024 ** 2);
  for (let octave = 0; octave < 10; octave += 1) {
    const files = sizes.filter((size) => Math.floor(Math.log2(size)) === 10 + octave).length;
    assert.ok(files > 850 && files < 1150, `${files} of 10,000 in octave ${octave}`);
  }
});
