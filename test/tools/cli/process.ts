/** The command line as people use it: a real process for each call. */

import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { TestContext } from "node:test";

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const main = resolve(import.meta.dirname, "../../../tools/cli/main.ts");

/** The same program starts again and again: compiling it once saves half of the time. */
const compileCache = join(tmpdir(), "cdmesh-test-compile-cache");

/** Runs `cdmesh` with these words. @param variables of the environment, beside those that every process needs */
export function cdmesh(words: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<Finished> {
  const { PATH, HOME } = process.env;
  const environment = { PATH, HOME, NODE_COMPILE_CACHE: compileCache, ...variables };
  return new Promise((done) => {
    const child = execFile(process.execPath, [main, ...words], { env: environment }, (_error, stdout, stderr) => {
      done({ exitCode: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

/** A directory that goes with the test. */
export async function temporaryDirectory(context: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "cdmesh-test-"));
  context.after(() => rm(path, { recursive: true, force: true }));
  return path;
}
