/**
 * Whether two trees are identical, by reading every byte of both outside the programs under test:
 * names, types, permissions, link targets, sizes and SHA-256. Times are left out, since not all
 * contenders carry those of directories.
 */

import { createHash } from "node:crypto";
import { lstat, open, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";

/** One line for each path below a root, such as `file 644 4096 9f86d0...`. */
export type TreeFacts = ReadonlyMap<string, string>;
/** The same for some paths, with nothing where nothing shall stand. */
export type ExpectedFacts = ReadonlyMap<string, string | undefined>;

const pieceBytes = 256 * 1024;

/** Leaves out `ownNames` at the top: what a program keeps there for itself. */
export async function treeFacts(root: string, ownNames: readonly string[] = []): Promise<TreeFacts> {
  const facts = new Map<string, string>();
  const pending = (await readdir(root)).filter((name) => !ownNames.includes(name));
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const fact = await factOf(join(root, path));
    facts.set(path, fact);
    if (fact.startsWith("directory"))
      pending.push(...(await readdir(join(root, path))).map((name) => `${path}/${name}`));
  }
  return facts;
}

export async function factOf(path: string): Promise<string> {
  const found = await lstat(path);
  const permissions = (found.mode & 0o7777).toString(8);
  if (found.isDirectory()) return `directory ${permissions}`;
  if (found.isSymbolicLink()) return `link to ${await readlink(path)}`;
  if (!found.isFile()) return "neither file, directory nor link";
  return `file ${permissions} ${found.size} ${await digestOf(path, found.size)}`;
}

/** In pieces, for files that memory would not hold; no stream, for there are thousands of small ones. */
async function digestOf(path: string, size: number): Promise<string> {
  const hash = createHash("sha256");
  const file = await open(path);
  try {
    const piece = Buffer.allocUnsafe(Math.max(1, Math.min(size, pieceBytes)));
    for (;;) {
      const { bytesRead } = await file.read(piece);
      if (bytesRead === 0) return hash.digest("hex");
      hash.update(piece.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

/** What of one tree has to change so that it becomes another. */
export function changedFacts(before: TreeFacts, after: TreeFacts): ExpectedFacts {
  const paths = [...new Set([...before.keys(), ...after.keys()])];
  return new Map(paths.filter((path) => before.get(path) !== after.get(path)).map((path) => [path, after.get(path)]));
}

/** One line for each path that differs, in order of their paths; none when the trees are identical. */
export function differences(expected: TreeFacts, found: TreeFacts): readonly string[] {
  return [...changedFacts(found, expected)]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([path, wanted]) => `${path}: expected ${wanted ?? "nothing"}, found ${found.get(path) ?? "nothing"}`);
}
