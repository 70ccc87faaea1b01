/**
 * Changes of one file at the source, and what they cost until every target has them. A change is made
 * the way most programs make it: what keeps its place is written in place, a new length in the middle
 * means a new file that is renamed over the old one.
 */

import { createReadStream } from "node:fs";
import { chmod, open, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Appearance, type Piece, untilAppears } from "./arrival.ts";
import type { Program } from "./contenders/contender.ts";
import type { Stage } from "./stage.ts";
import { sentBytes } from "./wire/traffic.ts";
import type { Figure, Measured } from "./workloads/workload.ts";

export interface FileChange {
  readonly appearance: Appearance;
  /** What the clock measures begins with this. */
  apply(): Promise<void>;
}

export const changeFigures: readonly Figure[] = [
  { name: "kB", better: "lower" },
  { name: "s", better: "lower" },
];

/** From the change until it is whole at every target; the bytes until a second later. */
export async function measureChange(stage: Stage, program: Program, change: FileChange): Promise<Measured> {
  const { appearance } = change;
  const cost = await stage.measure(async () => {
    await change.apply();
    const arrived = stage.atTargets((folder, patience) => untilAppears(folder, appearance, patience));
    await Promise.all([arrived, program.transfer()]);
  });
  await stage.expect(appearance.path, ...(appearance.gone === undefined ? [] : [appearance.gone]));
  await stage.quiet();
  return { figures: { kB: sentBytes(cost.traffic) / 1e3, s: cost.wallSeconds }, cost };
}

/** Writes the pieces in place; one that reaches beyond the end makes the file longer. */
export async function overwriting(root: string, path: string, pieces: readonly Piece[]): Promise<FileChange> {
  const before = await stat(join(root, path));
  const size = Math.max(before.size, ...pieces.map(({ at, bytes }) => at + bytes.length));
  return {
    appearance: { path, size, pieces },
    async apply() {
      const file = await open(join(root, path), "r+");
      try {
        for (const { at, bytes } of pieces) await file.write(bytes, 0, bytes.length, at);
      } finally {
        await file.close();
      }
    },
  };
}

/** Puts each piece in before the byte that stands at its place now. The new file is made aside, before the clock starts. */
export async function inserting(
  root: string,
  path: string,
  { aside, pieces }: { readonly aside: string; readonly pieces: readonly Piece[] },
): Promise<FileChange> {
  const before = await stat(join(root, path));
  const inserted: Piece[] = [];
  const file = await open(aside, "w");
  try {
    let from = 0;
    let size = 0;
    for (const { at, bytes } of [...pieces, { at: before.size, bytes: new Uint8Array() }]) {
      if (at > from) await file.writeFile(createReadStream(join(root, path), { start: from, end: at - 1 }));
      size += at - from;
      inserted.push({ at: size, bytes });
      await file.writeFile(bytes);
      size += bytes.length;
      from = at;
    }
    await chmod(aside, before.mode);
    return { appearance: { path, size, pieces: inserted }, apply: () => rename(aside, join(root, path)) };
  } finally {
    await file.close();
  }
}

export async function renaming(root: string, path: string, to: string): Promise<FileChange> {
  const { size } = await stat(join(root, path));
  return {
    appearance: { path: to, size, pieces: [], gone: path },
    apply: () => rename(join(root, path), join(root, to)),
  };
}
