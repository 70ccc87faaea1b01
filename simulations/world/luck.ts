/**
 * Luck at a power cut: what of the un-flushed reached the disk all the same.
 *
 * Nothing, all, what came before some moment, each thing by itself, or contents in part: real disks
 * do all of these, and code that is right under one can be wrong under another.
 */

import type { Chance } from "./chance.ts";
import type { Survival, Unflushed } from "./durability.ts";

export interface PowerCutLuck {
  readonly disk: (unflushed: Unflushed) => Survival;
  readonly store: () => boolean;
}

export const noLuck: PowerCutLuck = { disk: () => false, store: () => false };

export const luckKinds = ["none", "all", "each", "names only", "contents only", "torn"] as const;
export type LuckKind = (typeof luckKinds)[number];

export function luckOf(kind: LuckKind, chance: Chance): PowerCutLuck {
  const each = (): boolean => chance.happens(0.5);
  switch (kind) {
    case "none":
      return noLuck;
    case "all":
      return { disk: () => true, store: () => true };
    case "each":
      return { disk: each, store: each };
    case "names only":
      // A rename reached the disk ahead of the data of what it renamed.
      return { disk: ({ kind: what }) => what === "names", store: each };
    case "contents only":
      return { disk: ({ kind: what }) => what === "content", store: each };
    case "torn":
      return { disk: ({ kind: what }) => (what === "names" ? each() : each() && each), store: each };
  }
}
