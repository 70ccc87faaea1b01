/**
 * Folding: which names a file system takes for one although they are written differently (C5).
 *
 * Each part of a path is folded by itself: to NFC where normalization is folded, and to upper and
 * then to lower case where case is, by the Unicode tables of the platform that runs this. Upper
 * case comes first, so that the two small sigmas, or the long s and s, are one.
 *
 * File systems have older tables, and rules of their own: Turkish i, `ß` beside `ss`, HFS+ without
 * some marks. So the fold ranks names and finds the other spelling of one. Whether two names are
 * one on a disk is for that disk to say.
 */

import { type EntryPath, parentOf } from "./path.ts";

/** What a file system does not tell apart. */
export interface NameFolding {
  readonly case: boolean;
  readonly normalization: boolean;
}

/** Equal for names that are one there. */
export function foldName(name: string, folding: NameFolding): string {
  const composed = composedName(name, folding);
  if (!folding.case) return composed;
  // Changes of case may take a name out of its form.
  return composedName(composed.toUpperCase().toLowerCase(), folding);
}

/**
 * The spelling that counts: two names that differ in nothing else are the same name. Some file
 * systems list a name in another Unicode form than it was given to them; none changes its case.
 */
export function composedName(name: string, folding: NameFolding): string {
  return folding.normalization ? name.normalize("NFC") : name;
}

/**
 * Of paths that cannot all stand, those that have to give way, each with what stands in its place:
 * of two spellings of a file or directory the first by its UTF-8 bytes stands.
 */
export function twinsAmong(paths: readonly EntryPath[], folding: NameFolding): ReadonlyMap<EntryPath, EntryPath> {
  const spellings = new Map<string, EntryPath>();
  const twins = new Map<EntryPath, EntryPath>();
  for (const path of paths.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))) {
    const steps = stepsTo(path).map((step) => [step, foldPath(step, folding)] as const);
    const taken = steps.find(([step, folded]) => (spellings.get(folded) ?? step) !== step);
    const twin = taken && spellings.get(taken[1]);
    // What gives way takes no place from others.
    if (twin === undefined) for (const [step, folded] of steps) spellings.set(folded, step);
    else twins.set(path, twin);
  }
  return twins;
}

/** The directories that a path stands in, the outermost first, and the path itself. */
export function stepsTo(path: EntryPath): readonly EntryPath[] {
  const steps: EntryPath[] = [];
  for (let step: EntryPath | "" = path; step !== ""; step = parentOf(step)) steps.unshift(step);
  return steps;
}

function foldPath(path: EntryPath, folding: NameFolding): string {
  const parts = path.split("/");
  return parts.map((part) => foldName(part, folding)).join("/");
}
