/** Real files for real peers: packages of this project's own node_modules, as they stand. */

import { cpSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const packagesDirectory = fileURLToPath(new URL("../../node_modules", import.meta.url));
/** One package is not to make up the tree alone. */
const fileBytesMax = 8 * 1024 * 1024;

export interface RealFiles {
  /** Names of packages, below node_modules. */
  readonly packages: readonly string[];
  readonly files: number;
  readonly bytes: number;
}

/** Packages that have about so many files together, the same ones each time. */
export function chooseRealFiles(filesMin: number): RealFiles {
  const packages: string[] = [];
  let [files, bytes] = [0, 0];
  for (const name of packageNames()) {
    if (files >= filesMin) break;
    const count = countFiles(join(packagesDirectory, name));
    if (count === undefined) continue;
    packages.push(name);
    files += count.files;
    bytes += count.bytes;
  }
  return { packages, files, bytes };
}

/** Copies them below a directory, times and modes as they are. */
export function copyRealFiles({ packages }: RealFiles, target: string): void {
  for (const name of packages) {
    mkdirSync(join(target, name, ".."), { recursive: true });
    cpSync(join(packagesDirectory, name), join(target, name), {
      recursive: true,
      preserveTimestamps: true,
      verbatimSymlinks: true,
    });
  }
}

function packageNames(): readonly string[] {
  return readdirSync(packagesDirectory)
    .filter((name) => !name.startsWith("."))
    .toSorted()
    .flatMap((name) =>
      name.startsWith("@")
        ? readdirSync(join(packagesDirectory, name))
            .toSorted()
            .map((inner) => join(name, inner))
        : [name],
    );
}

/** Undefined for a package with a file that is too large. */
function countFiles(directory: string): { files: number; bytes: number } | undefined {
  let [files, bytes] = [0, 0];
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const { size } = statSync(join(entry.parentPath, entry.name));
    if (size > fileBytesMax) return undefined;
    files += 1;
    bytes += size;
  }
  return { files, bytes };
}
