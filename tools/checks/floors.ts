/**
 * Dependency floors: versions below which a package has a known hole or loses data.
 *
 * `npm audit` may not answer everywhere, and says nothing of a frozen package that its successor
 * left behind. So package-lock.json is held against this list: every installed copy counts, also
 * the ones deep in the tree, by the name that the package gives itself.
 *
 * The lock file also has to be whole: npm leaves out the builds for other platforms when it cannot
 * get them, and then `npm ci` refuses the file everywhere.
 *
 *   floors.ts [LOCKFILE]   exit code 1 and one line for each fault
 */

import { readFileSync } from "node:fs";
import { z } from "zod";

interface Floor {
  readonly name: string;
  readonly version: string;
  readonly why: string;
}

const floors: readonly Floor[] = [
  { name: "@libp2p/gossipsub", version: "16.1.1", why: "CVE-2026-46679; malformed keys before 16.0.5" },
  { name: "@libp2p/crypto", version: "5.1.22", why: "CVE-2026-110789" },
  { name: "@libp2p/utils", version: "7.4.1", why: "older ones lose what a slow reader has not read, silently" },
];

const banned: ReadonlyMap<string, string> = new Map([
  ["@libp2p/floodsub", "it has no protection against floods"],
  ["@chainsafe/libp2p-gossipsub", "frozen for libp2p 2; the alias of @libp2p/gossipsub keeps its name"],
  ["@chainsafe/libp2p-noise", "frozen; the alias of @libp2p/noise keeps its name"],
]);

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      name: z.string().optional(),
      version: z.string().optional(),
      optionalDependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
});

/** @returns one line for each fault of the lock file */
export function findFloorFaults(lockText: string): readonly string[] {
  const { packages } = lockSchema.parse(JSON.parse(lockText));
  const installed = Object.entries(packages)
    .filter(([path]) => path.startsWith("node_modules/"))
    .map(([path, { name, version }]) => ({ path, name: name ?? nameOfPath(path), version: version ?? "0.0.0" }));
  const faults: string[] = [];
  for (const { path, name, version } of installed) {
    const ban = banned.get(name);
    if (ban !== undefined) faults.push(`${path}: ${name} ${version} may not be used: ${ban}`);
    const floor = floors.find((each) => each.name === name);
    if (floor !== undefined && isBelow(version, floor.version)) {
      faults.push(`${path}: ${name} ${version} is below ${floor.version}: ${floor.why}`);
    }
  }
  for (const { name } of floors) {
    if (!installed.some((each) => each.name === name)) faults.push(`${name} is not there: the list of floors is old`);
  }
  for (const [path, { optionalDependencies = {} }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const isLocked = Object.keys(packages).some((each) => each.endsWith(`node_modules/${name}`));
      if (!isLocked) faults.push(`${path}: ${name} ${version} is not locked: "npm ci" would refuse the file`);
    }
  }
  return faults;
}

function nameOfPath(path: string): string {
  return path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
}

/** A pre-release of the floor itself counts as below. */
function isBelow(version: string, floor: string): boolean {
  const [release = "", preRelease] = version.split("+", 1)[0]?.split("-", 2) ?? [];
  const parts = release.split(".").map(Number);
  for (const [at, least] of floor.split(".").map(Number).entries()) {
    const part = parts[at] ?? 0;
    if (part !== least) return !(part > least);
  }
  return preRelease !== undefined;
}

function main(lockFile: string): void {
  const faults = findFloorFaults(readFileSync(lockFile, "utf8"));
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
  else console.log(`${floors.length} floors hold, and the lock file is whole`);
}

if (import.meta.main) main(process.argv[2] ?? "package-lock.json");
