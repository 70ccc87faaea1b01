/**
 * Content made from a seed: the same seed and shape give the same tree, so that all contenders of one
 * round carry the same bytes. The bytes do not compress, and no two files share any.
 */

import { createCipheriv, createHash } from "node:crypto";
import { mkdir, open, readdir, stat } from "node:fs/promises";
import { join, relative } from "node:path";

/** Makes below a root what a workload begins with; the same for the same seed. */
export type Planter = (root: string, seed: string) => Promise<Planted>;

/** What a planted tree holds: for each directory, by its path, the sizes of its files by name. */
export type Planted = ReadonlyMap<string, ReadonlyMap<string, number>>;

export interface TreeShape {
  readonly files: number;
  readonly filesPerDirectory: number;
  /** Of the next file. */
  readonly size: (noise: Noise) => number;
}

export function evenly(bytesMin: number, bytesMax: number): TreeShape["size"] {
  return (noise) => noise.integer(bytesMin, bytesMax);
}

/** As many between 1 and 2 KiB as between 512 KiB and 1 MiB: most files are small, most bytes are in large ones. */
export function ofAllSizes(bytesMin: number, bytesMax: number): TreeShape["size"] {
  return (noise) => Math.round(bytesMin * (bytesMax / bytesMin) ** (noise.integer(0, fractions) / fractions));
}

const fractions = 1_000_000;

/** An endless stream of bytes from a seed. */
export class Noise {
  readonly #cipher;

  constructor(seed: string) {
    const key = createHash("sha256").update(seed).digest();
    this.#cipher = createCipheriv("aes-128-ctr", key.subarray(0, 16), key.subarray(16));
  }

  bytes(length: number): Uint8Array {
    return this.#cipher.update(new Uint8Array(length));
  }

  /** Evenly spread in [min, max]. The ranges are tiny beside 2^32, so the remainder's bias is too. */
  integer(min: number, max: number): number {
    const word = this.bytes(4);
    return min + (new DataView(word.buffer, word.byteOffset).getUint32(0) % (max - min + 1));
  }
}

/** Below the root everything stands in one directory, so that one rename moves it all. */
export const plantedTop = "tree";

/** A tree such as `tree/03/7/file-0042`, one file in eight executable. */
export function treeOf(shape: TreeShape): Planter {
  return async (root, seed) => {
    const noise = new Noise(seed);
    const planted = new Map<string, Map<string, number>>();
    for (let at = 0; at < shape.files; at += 1) {
      const directory = directoryOf(Math.floor(at / shape.filesPerDirectory));
      const sizes = planted.get(directory) ?? new Map<string, number>();
      if (sizes.size === 0) await mkdir(join(root, directory), { recursive: true });
      planted.set(directory, sizes);
      const name = `file-${String(at % shape.filesPerDirectory).padStart(4, "0")}`;
      const size = shape.size(noise);
      await writeNoise(join(root, directory, name), noise, { size, mode: at % 8 === 0 ? 0o755 : 0o644 });
      sizes.set(name, size);
    }
    return planted;
  };
}

/** A tree that is one file of this size. */
export function oneFileOf(bytes: number): Planter {
  return treeOf({ files: 1, filesPerDirectory: 1, size: () => bytes });
}

/** What stands below a root that something else has filled. */
export async function surveyed(root: string): Promise<Planted> {
  const planted = new Map<string, Map<string, number>>();
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const directory = relative(root, entry.parentPath);
    const sizes = planted.get(directory) ?? new Map<string, number>();
    planted.set(directory, sizes.set(entry.name, (await stat(join(entry.parentPath, entry.name))).size));
  }
  return planted;
}

/** Where the first file stands. */
export function firstFile(planted: Planted): string {
  for (const [directory, sizes] of planted) for (const name of sizes.keys()) return `${directory}/${name}`;
  throw new Error("nothing was planted");
}

export function plantedBytes(planted: Planted): number {
  return [...planted.values()].flatMap((sizes) => [...sizes.values()]).reduce((sum, size) => sum + size, 0);
}

async function writeNoise(
  path: string,
  noise: Noise,
  { size, mode }: { readonly size: number; readonly mode: number },
) {
  const file = await open(path, "w", mode);
  try {
    for (let left = size; left > 0; left -= pieceBytes) await file.writeFile(noise.bytes(Math.min(left, pieceBytes)));
  } finally {
    await file.close();
  }
}

const pieceBytes = 1024 * 1024;

function directoryOf(at: number): string {
  return `${plantedTop}/${String(Math.floor(at / 10)).padStart(2, "0")}/${at % 10}`;
}
