/**
 * Reads pieces of held files, if nobody touched the files since they were proven.
 *
 * Each file is opened once, and pieces that lie one behind the other are read in one go.
 */

import type { EntryPath } from "../../protocol/folder/path.ts";
import type { Folder } from "../folder/folder.ts";
import { type Held, sameStat } from "../folder/held.ts";
import { allOf } from "../all-of.ts";
import { DiskError, type OpenFile } from "../ports.ts";

/** A range of a held file. */
export interface HeldPlace {
  readonly path: EntryPath;
  readonly offset: number;
  readonly length: number;
}

interface Wanted extends HeldPlace {
  /** Its place in the list that was asked for. */
  readonly at: number;
}

/** @returns bytes for each place; undefined where the file is not as it is held, which is then looked at */
export async function readHeld(
  folder: Folder,
  places: readonly (HeldPlace | undefined)[],
): Promise<readonly (Uint8Array | undefined)[]> {
  const byPath = new Map<EntryPath, Wanted[]>();
  for (const [at, place] of places.entries()) {
    if (place === undefined) continue;
    const inFile = byPath.get(place.path);
    if (inFile === undefined) byPath.set(place.path, [{ ...place, at }]);
    else inFile.push({ ...place, at });
  }
  const paths = [...byPath.keys()];
  const held = await folder.index.heldMany(paths);
  const read: (Uint8Array | undefined)[] = places.map(() => undefined);
  await Promise.all(
    paths.map(async (path, number) => {
      const pieces = await readFile(folder, path, held[number], byPath.get(path) ?? []);
      for (const [at, bytes] of pieces) read[at] = bytes;
    }),
  );
  return read;
}

async function readFile(
  folder: Folder,
  path: EntryPath,
  held: Held | undefined,
  wanted: readonly Wanted[],
): Promise<readonly (readonly [number, Uint8Array])[]> {
  try {
    const file = await folder.tree.open(path);
    try {
      if (held !== undefined && sameStat(held.stat, await file.stat())) {
        return (await allOf(runsOf(wanted).map((run) => readRun(file, run)))).flat();
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
  }
  folder.lookAt(path);
  return [];
}

async function readRun(file: OpenFile, run: readonly Wanted[]): Promise<readonly (readonly [number, Uint8Array])[]> {
  const start = run[0]?.offset ?? 0;
  const bytes = new Uint8Array(run.reduce((sum, { length }) => sum + length, 0));
  const length = await file.read(bytes, start);
  if (length < bytes.length) return [];
  return run.map((one) => [one.at, bytes.subarray(one.offset - start, one.offset - start + one.length)] as const);
}

/** Places in order, split where one does not begin at the end of the one before. */
function runsOf(wanted: readonly Wanted[]): readonly (readonly Wanted[])[] {
  const runs: Wanted[][] = [];
  let end: number | undefined;
  for (const one of wanted.toSorted((a, b) => a.offset - b.offset)) {
    const run = runs.at(-1);
    if (run === undefined || one.offset !== end) runs.push([one]);
    else run.push(one);
    end = one.offset + one.length;
  }
  return runs;
}
