/** Runs the CLI of this checkout as a program of its own. */

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The CLI's main file, run from source. */
export const cliPath = fileURLToPath(new URL("../../tools/cli/main.ts", import.meta.url));

/** @returns what it printed. @throws with its error output when it fails */
export async function cdmesh(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [cliPath, ...args]);
  return stdout;
}
