import assert from "node:assert/strict";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { changedFacts, differences, treeFacts } from "../../../tools/bench/compare.ts";
import { evenly, treeOf } from "../../../tools/bench/plant.ts";

const files = 12;
const plant = treeOf({ files, filesPerDirectory: 4, size: evenly(10, 40) });
const planted = "tree/00/1/file-0002";

let root: string;
let source: string;
let target: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "bench-compare-"));
  source = join(root, "source");
  target = join(root, "target");
  await plant(source, "one seed");
  await symlink("file-0000", join(source, "tree/00/0/link"));
  await cp(source, target, { recursive: true, verbatimSymlinks: true });
});

afterEach(() => rm(root, { recursive: true }));

async function found(): Promise<readonly string[]> {
  return differences(await treeFacts(source), await treeFacts(target));
}

test("a copy is identical, and so is what one seed plants twice", async () => {
  assert.deepEqual(await found(), []);
  await rm(target, { recursive: true });
  await plant(target, "one seed");
  await symlink("file-0000", join(target, "tree/00/0/link"));
  assert.deepEqual(await found(), []);
});

test("another seed plants other content", async () => {
  await rm(target, { recursive: true });
  await plant(target, "another seed");
  assert.equal((await found()).length, files + 1);
});

test("one flipped bit of content is found", async () => {
  const content = await readFile(join(target, planted));
  content[5] = (content[5] ?? 0) ^ 1;
  await writeFile(join(target, planted), content);
  const [line, ...more] = await found();
  assert.match(
    line ?? "",
    new RegExp(`^${planted}: expected file 644 (\\d+) [0-9a-f]{64}, found file 644 \\1 [0-9a-f]{64}$`),
  );
  assert.deepEqual(more, []);
});

test("a missing file, a stray file and a stray empty directory are found", async () => {
  await rm(join(target, planted));
  await writeFile(join(target, "tree/stray"), "");
  await mkdir(join(target, "empty"));
  const lines = await found();
  assert.deepEqual(
    lines.map((line) =>
      line.replace(/expected file .*, /, "expected a file, ").replace(/found file .*/, "found a file"),
    ),
    [
      "empty: expected nothing, found directory 755",
      `${planted}: expected a file, found nothing`,
      "tree/stray: expected nothing, found a file",
    ],
  );
});

test("other permissions, another link target and a changed type are found", async () => {
  await chmod(join(target, planted), 0o600);
  await rm(join(target, "tree/00/0/link"));
  await symlink("file-0001", join(target, "tree/00/0/link"));
  await rm(join(target, "tree/00/2/file-0000"));
  await mkdir(join(target, "tree/00/2/file-0000"));
  const lines = await found();
  assert.equal(lines.length, 3);
  assert.equal(lines[0], "tree/00/0/link: expected link to file-0000, found link to file-0001");
  assert.match(lines[1] ?? "", /file-0002: expected file 644 .*, found file 600 /);
  assert.match(lines[2] ?? "", /file-0000: expected file 755 .*, found directory 755$/);
});

test("a program's own names are left out at the top and nowhere else", async () => {
  await mkdir(join(target, ".own"));
  await writeFile(join(target, ".own/state"), "");
  await writeFile(join(target, "tree/.own"), "");
  const lines = differences(await treeFacts(source, [".own"]), await treeFacts(target, [".own"]));
  assert.deepEqual(
    lines.map((line) => line.split(":")[0]),
    ["tree/.own"],
  );
});

test("what changes between two trees is what came, went and became another", () => {
  const before = new Map(Object.entries({ stays: "file 1", goes: "file 2", becomes: "file 3" }));
  const after = new Map(Object.entries({ stays: "file 1", becomes: "file 4", comes: "file 5" }));
  const changed = changedFacts(before, after);
  assert.deepEqual(Object.fromEntries(changed), { goes: undefined, becomes: "file 4", comes: "file 5" });
});
