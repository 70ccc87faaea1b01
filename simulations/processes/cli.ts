/** Runs the CLI of this checkout as a program of its own. */

import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The CLI's main file, run from source. */
export const cliPath = fileURLToPath(new URL("../../tools/cli/main.ts", import.meta.url));

/** The same program starts again and again: compiling it once saves half of the time. */
export const cliEnvironment: NodeJS.ProcessEnv = {
  NODE_COMPILE_CACHE: join(tmpdir(), "cdmesh-compile-cache"),
  ...process.env,
};

/** How the project's own script starts it: a small young generation keeps a peer's memory down. */
export const nodeFlags: readonly string[] = ["--max-semi-space-size=8"];

/** @returns what it printed. @throws with its error output when it fails */
export async function cdmesh(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [cliPath, ...args], { env: cliEnvironment });
  return stdout;
}
