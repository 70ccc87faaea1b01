/**
 * Two copies of a folder compared: what differs between what stands here and what stands there.
 *
 * Copies are compared range by range in the order in which peers keep their paths; this is the
 * comparison within one range, once both sides are at hand.
 */

import type { LiveEntry } from "./entry.ts";
import type { EntryPath } from "./path.ts";

/** What stands at a path of a copy; without an entry when it cannot be read, or changed just now. */
export interface CopyItem {
  readonly path: EntryPath;
  readonly entry: LiveEntry | undefined;
}

/** How the other copy differs from this one at a path; the first of these that applies. */
export const copyDifferences = ["missing", "surplus", "unreadable", "kind", "content", "mode", "time"] as const;
export type CopyDifference = (typeof copyDifferences)[number];

export interface PathDifference {
  readonly path: EntryPath;
  readonly difference: CopyDifference;
}

/** @returns the paths at which `theirs` differs from `ours`, ours in their order and then what only they have */
export function compareCopies(ours: readonly CopyItem[], theirs: readonly CopyItem[]): readonly PathDifference[] {
  const rest = new Map(theirs.map((item) => [item.path, item]));
  const differences: PathDifference[] = [];
  for (const { path, entry } of ours) {
    const their = rest.get(path);
    rest.delete(path);
    const difference = their === undefined ? "missing" : differenceOf(entry, their.entry);
    if (difference !== undefined) differences.push({ path, difference });
  }
  for (const path of rest.keys()) differences.push({ path, difference: "surplus" });
  return differences;
}

function differenceOf(our: LiveEntry | undefined, their: LiveEntry | undefined): CopyDifference | undefined {
  if (our === undefined || their === undefined) return "unreadable";
  switch (our.kind) {
    case "file":
      if (their.kind !== "file") return "kind";
      if (our.root !== their.root || our.size !== their.size) return "content";
      if (our.mode !== their.mode) return "mode";
      return our.mtimeUs === their.mtimeUs ? undefined : "time";
    case "directory":
      if (their.kind !== "directory") return "kind";
      return our.mode === their.mode ? undefined : "mode";
    case "symlink":
      if (their.kind !== "symlink") return "kind";
      return our.target === their.target ? undefined : "content";
  }
}
