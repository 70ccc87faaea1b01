/**
 * Content made from a seed: the same seed and shape give the same tree, so that all contenders of one
 * round carry the same bytes. The bytes do not compress, and no two files share any.
 */

import { createCipheriv, createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface TreeShape {
  readonly files: number;
  readonly filesPerDirectory: number;
  readonly bytesMin: number;
  readonly bytesMax: number;
}

/** What a planted tree holds: for each directory, by its path, the sizes of its files by name. */
export type Planted = ReadonlyMap<string, ReadonlyMap<string, number>>;

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

/** Plants a tree such as `tree/03/7/file-0042`, one file in eight executable. */
export async function plant(root: string, shape: TreeShape, seed: string): Promise<Planted> {
  const noise = new Noise(seed);
  const planted = new Map<string, Map<string, number>>();
  for (let at = 0; at < shape.files; at += 1) {
    const directory = directoryOf(Math.floor(at / shape.filesPerDirectory));
    const sizes = planted.get(directory) ?? new Map<string, number>();
    if (sizes.size === 0) await mkdir(join(root, directory), { recursive: true });
    planted.set(directory, sizes);
    const name = `file-${String(at % shape.filesPerDirectory).padStart(4, "0")}`;
    const content = noise.bytes(noise.integer(shape.bytesMin, shape.bytesMax));
    await writeFile(join(root, directory, name), content, { mode: at % 8 === 0 ? 0o755 : 0o644 });
    sizes.set(name, content.length);
  }
  return planted;
}

function directoryOf(at: number): string {
  return `${plantedTop}/${String(Math.floor(at / 10)).padStart(2, "0")}/${at % 10}`;
}
