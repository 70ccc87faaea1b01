/** Small file systems that a test can fill. They take the right to mount one. */

import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { promisify } from "node:util";

const run = promisify(execFile);

/** @returns what takes it away again */
export async function mountSmall(directory: string, options: string): Promise<() => Promise<void>> {
  await run("mount", ["-t", "tmpfs", "-o", options, "cdmesh-test", directory]);
  return async () => {
    await run("umount", [directory]);
  };
}

export async function canMount(): Promise<boolean> {
  const directory = await fs.mkdtemp(`${tmpdir()}/cdmesh-mount-`);
  try {
    await (await mountSmall(directory, "size=1m"))();
    return true;
  } catch {
    return false;
  } finally {
    await fs.rm(directory, { recursive: true });
  }
}
