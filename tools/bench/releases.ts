/**
 * Releases of an npm package, for workloads that need a real tree. They are fetched once by npm, which
 * checks their hashes, and kept in the user's cache.
 */

import { mkdir } from "node:fs/promises";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { ask } from "./processes.ts";

export interface Release {
  readonly package: string;
  readonly version: string;
}

/** Into a directory that this makes. The files get the time of now, as they do when somebody installs a release. */
export async function unpackRelease(release: Release, directory: string): Promise<void> {
  const archive = await fetched(release);
  await mkdir(directory, { recursive: true });
  const options = ["--touch", "--no-same-owner", "--strip-components=1"];
  await ask("tar", ["--extract", "--gzip", "--file", archive, "--directory", directory, ...options]);
}

async function fetched({ package: name, version }: Release): Promise<string> {
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "cdmesh-bench");
  const archive = join(cache, `${name}-${version}.tgz`);
  if (existsSync(archive)) return archive;
  await mkdir(cache, { recursive: true });
  await ask("npm", ["pack", `${name}@${version}`, "--silent", "--pack-destination", cache]);
  return archive;
}
