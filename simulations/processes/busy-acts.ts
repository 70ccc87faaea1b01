/**
 * What busy users do, drawn from a seed: five acts a second over a dozen names, some of which are
 * twins by case or by Unicode form.
 *
 * An act is drawn whole, whatever stands on disk by then, so that a seed gives the same acts again;
 * what comes of it (a rename of what is not there, say) is the user's to see.
 */

import type { Chance } from "../world/chance.ts";

const actKinds = [
  "overwrite",
  "save-by-rename",
  "append",
  "append-same-time",
  "rename",
  "delete",
  "rename-directory",
  "delete-directory",
  "swap-kind",
] as const;
type ActKind = (typeof actKinds)[number];

export interface Act {
  /** Since the start of the run. */
  readonly atMs: number;
  readonly kind: ActKind;
  readonly name: string;
  /** Where a rename goes. */
  readonly other: string;
  readonly directory: string;
  readonly otherDirectory: string;
  /** A name that is a file or a directory in turn. */
  readonly swapped: string;
  /** What a write is filled up with. */
  readonly fillBytes: number;
}

const names: readonly string[] = [
  "alpha.txt",
  "beta.md",
  "gamma",
  "Readme",
  "README",
  "caf\u00e9.txt",
  "cafe\u0301.txt",
  "notes/one.txt",
  "notes/two.txt",
  "docs/guide.txt",
  "docs/deep/three.txt",
  "swap",
];
const directories: readonly string[] = ["notes", "docs", "archive", "docs/deep"];
const swappedNames: readonly string[] = ["swap", "swap", "gamma", "docs"];

const weights: Readonly<Record<ActKind, number>> = {
  overwrite: 26,
  "save-by-rename": 20,
  append: 14,
  "append-same-time": 10,
  rename: 10,
  delete: 8,
  "rename-directory": 4,
  "delete-directory": 3,
  "swap-kind": 5,
};
const kindsByWeight = actKinds.flatMap((kind) => Array.from({ length: weights[kind] }, () => kind));

const gapMs = 200;
const [smallBytesMax, largeBytesMax] = [2_000, 300_000];

/** @param chance a stream of the user's own */
export function drawActs(chance: Chance, forMs: number): readonly Act[] {
  const acts: Act[] = [];
  for (let slot = 0; slot < forMs / gapMs; slot += 1) {
    acts.push({
      atMs: (slot + chance.unit()) * gapMs,
      kind: chance.pick(kindsByWeight),
      name: chance.pick(names),
      other: chance.pick(names),
      directory: chance.pick(directories),
      otherDirectory: chance.pick(directories),
      swapped: chance.pick(swappedNames),
      fillBytes: chance.integer(chance.happens(0.05) ? largeBytesMax : smallBytesMax),
    });
  }
  return acts;
}
