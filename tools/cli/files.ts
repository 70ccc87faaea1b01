/** Files that commands read and write, with errors in words. */

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { writeDurableFile } from "../../node/adapters/durable-file.ts";
import { CommandError, exitCodes } from "./output.ts";

/** @param what the file is, for the error: "the request" */
export async function readInput(path: string, what: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new CommandError(exitCodes.config, `${what} cannot be read: ${reasonOf(error)}`, { where: resolve(path) });
  }
}

/** Whole or not at all; an older file of that name is replaced. */
export async function writeResult(path: string, bytes: Uint8Array, mode = 0o644): Promise<void> {
  try {
    await writeDurableFile(path, bytes, { mode, existing: "replaced" });
  } catch (error) {
    const what = `the result cannot be written: ${reasonOf(error)}`;
    throw new CommandError(exitCodes.failed, what, { where: resolve(path), remedy: "choose another --out" });
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
      return "it is not there";
    case "EISDIR":
      return "it is a directory";
    case "EACCES":
    case "EPERM":
      return "that is not permitted";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
