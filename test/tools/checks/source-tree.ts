/** Small source trees made for a check, to show that it bites. */

import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** @param files texts by their paths below the root of the tree */
export async function withSourceTree<T>(
  files: Readonly<Record<string, string>>,
  act: (root: string) => T | Promise<T>,
): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), "cdmesh-check-"));
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    return await act(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** @param check a program in tools/checks that takes the root of a tree */
export function runCheckOn(check: string, files: Readonly<Record<string, string>>): Promise<SpawnSyncReturns<string>> {
  return withSourceTree(files, (root) =>
    spawnSync(process.execPath, [resolve("tools/checks", check), root], { encoding: "utf8" }),
  );
}
