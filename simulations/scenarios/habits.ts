/** What users of scenarios know and do: few names and many acts, so that nearly every seed has conflicts. */

import type { Habits } from "../acts.ts";

/** Files stay files and directories stay directories. */
export const plainHabits: Habits = {
  files: ["a", "b", "c.txt", "d/x", "d/y", "e/x", "e/f/z", "e/f/y"],
  directories: ["d", "e", "e/f"],
  weights: {
    write: 3,
    "write large": 1,
    "edit the middle": 0.5,
    append: 1,
    "append with the old time": 0.5,
    save: 1,
    remove: 1,
    rename: 1,
    "rename directory": 0.5,
    "remove directory": 0.3,
    "make directory": 0.3,
    "set mode": 1,
  },
};

/** Files, directories and symlinks take each other's names (FORMATS 23). */
export const swappingHabits: Habits = {
  files: ["a", "b", "d", "d/x", "d/y", "e", "e/x", "e/f", "e/f/z"],
  directories: ["a", "d", "e", "e/f", "b"],
  weights: {
    write: 3,
    save: 0.5,
    "write large": 0.3,
    append: 0.5,
    remove: 1,
    rename: 1,
    "rename directory": 1,
    "remove directory": 0.5,
    "make directory": 0.7,
    "swap kind": 1.5,
    "make symlink": 0.7,
    "make fifo": 0.2,
    "set mode": 0.5,
  },
};

/** Much is saved anew, renamed and removed: names go and come at every moment. */
export const savingHabits: Habits = {
  ...plainHabits,
  weights: { write: 3, append: 1.5, save: 2.5, remove: 1.5, rename: 2, "rename directory": 0.5, "swap kind": 0.5 },
};

/** Names that differ in case or in their Unicode form only (C5). */
export const twinHabits: Habits = {
  files: ["page", "Page", "PAGE", "caf\u00e9", "cafe\u0301", "Dir/x", "dir/x", "dir/X"],
  directories: ["dir", "Dir", "DIR", "caf\u00e9"],
  weights: plainHabits.weights,
};
