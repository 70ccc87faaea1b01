/**
 * Whether two trees are identical, by reading every byte of both outside the programs under test:
 * names, types, permissions, link targets, sizes and SHA-256. Times are left out, since not all
 * contenders carry those of directories.
 */

import { createHash } from "node:crypto";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";

/** One line for each path below a root, such as `file 644 4096 9f86d0...`. */
export type TreeFacts = ReadonlyMap<string, string>;

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
  const digest = createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
  return `file ${permissions} ${found.size} ${digest}`;
}

/** One line for each path that differs, in order of their paths; none when the trees are identical. */
export function differences(expected: TreeFacts, found: TreeFacts): readonly string[] {
  const paths = [...new Set([...expected.keys(), ...found.keys()])].toSorted();
  return paths
    .filter((path) => expected.get(path) !== found.get(path))
    .map((path) => `${path}: expected ${expected.get(path) ?? "nothing"}, found ${found.get(path) ?? "nothing"}`);
}
