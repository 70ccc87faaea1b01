/**
 * Whole files that are there after a crash as they were written, or not at all: written under
 * another name, flushed, given their name in one step, and the directory flushed.
 */

import { randomUUID } from "node:crypto";
import { link, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

export interface DurableFileOptions {
  readonly mode: number;
  /** What becomes of a file that has the name already. Kept: the call fails with EEXIST. */
  readonly existing: "kept" | "replaced";
}

export async function writeDurableFile(path: string, bytes: Uint8Array, options: DurableFileOptions): Promise<void> {
  const directory = dirname(path);
  const temporary = join(directory, `.${basename(path)}.${randomUUID()}`);
  try {
    const file = await open(temporary, "wx", options.mode);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    if (options.existing === "replaced") await rename(temporary, path);
    else await link(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  await flushDirectory(directory);
}

/** Names in the directory are durable once this resolves. */
export async function flushDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
