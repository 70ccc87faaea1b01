/** All scenarios. Their seeds and baselines hang by the names: those never change. */

import {
  copiesDoNotBreed,
  copiesNamedByContent,
  equalRecords,
  equalTrees,
  idle,
  noForks,
  noInventedDelete,
  noResurrection,
  nothingForeign,
  nothingLost,
  oneCopyForEachLoser,
  silence,
  wholeFiles,
} from "../checkers/promises.ts";
import type { Checker } from "../checkers/checker.ts";
import type { Scenario } from "../scenario.ts";
import { type FaultKind, faultKinds } from "../world/faults.ts";
import { plainHabits, savingHabits, swappingHabits, twinHabits } from "./habits.ts";

const always: readonly Checker[] = [wholeFiles, nothingForeign, noForks];
/** Where somebody uses numbers twice: an older store, or a liar. */
const alwaysWithForks: readonly Checker[] = [wholeFiles, nothingForeign];
const eventually: readonly Checker[] = [
  idle,
  equalTrees,
  equalRecords,
  silence,
  nothingLost,
  noInventedDelete,
  noResurrection,
  copiesNamedByContent,
  copiesDoNotBreed,
];

/** A liar's copy may go on being mended when all that is honest is equal. */
const eventuallyBesideLiars: readonly Checker[] = eventually.filter((checker) => checker !== silence);

/** What an older disk brings back is found there, and nobody can tell it from what a user put there (FORMATS 22). */
const eventuallyWithOlderDisks = eventually.filter((checker) => checker !== noResurrection);

/**
 * What was written above a cut has no effect, what it had replaced comes back if somebody refused it, and the
 * contents of the rest are kept versions (P9): that nothing is lost is what can be asked.
 */
const eventuallyBelowCuts = eventually.filter((checker) => checker !== noResurrection && checker !== noInventedDelete);

/**
 * Who writes twice while his peer has the first in its hands sees what is about to go back, and one of his contents
 * is a kept version then, for there is one place: that nothing is lost is what can be asked.
 */
const eventuallyInTheHands = eventually.filter((checker) => checker !== noResurrection && checker !== noInventedDelete);

const here = { region: "eu", group: "web" };
const beside = { region: "eu", group: "media" };
const overseas = { region: "us", group: "web" };

const networkFaults: readonly FaultKind[] = [
  "cut",
  "one-way-cut",
  "isolation",
  "halves",
  "flapping-link",
  "half-open",
  "reset",
  "broken-streams",
  "lost-gossip",
  "doubled-gossip",
  "slow-lines",
  "far-lines",
  "dial-out-only",
];
const processFaults: readonly FaultKind[] = [
  "power-cut",
  "power-cut-at-call",
  "power-cut-in-recovery",
  "kill",
  "restart-storm",
  "stop",
  "stall",
];
const diskFaults: readonly FaultKind[] = [
  "disk-errors",
  "late-disk-errors",
  "few-descriptors",
  "read-only-disk",
  "store-errors",
  "slow-disk",
  "failed-flush",
];

const base = {
  mesh: { peers: [2, 4], places: [here, beside, overseas] },
  users: { ...plainHabits, before: { acts: 5, machines: "one" }, acts: 40, withinMs: 15_000, ambushes: 0 },
  faults: [],
  liars: 0,
  always,
  eventually,
  settleMs: 180_000,
} as const satisfies Omit<Scenario, "name" | "says">;

export const scenarios: readonly Scenario[] = [
  {
    ...base,
    name: "calm",
    says: "Users work at random on a few names of one folder, on some machines at once, and nothing fails.",
  },
  {
    ...base,
    name: "swaps",
    says: "Files, directories and symlinks take each other's names.",
    users: { ...base.users, ...swappingHabits },
  },
  {
    ...base,
    name: "twins",
    says: "Names that differ in case or in their Unicode form only, side by side.",
    users: { ...base.users, ...twinHabits },
  },
  {
    ...base,
    name: "ambushes",
    says: "Half of what users do comes right before a call of the peer on their machine, mostly on the very path.",
    users: { ...base.users, ambushes: 20 },
  },
  {
    ...base,
    name: "close ambushes",
    says: "Users act right before their peer takes or gives the very name, then once more, or the power goes there.",
    users: { ...base.users, ...savingHabits, acts: 60, ambushes: 40, areAmbushesClose: true },
    faults: ["power-cut-at-call", "kill", "full-disk"],
    eventually: eventuallyInTheHands,
  },
  {
    ...base,
    name: "filled",
    says: "The folder is filled on all machines before any peer is started, partly with other contents.",
    users: { ...base.users, before: { acts: 25, machines: "all" }, acts: 15 },
  },
  {
    ...base,
    name: "network",
    says: "Cables are pulled, one way or both, links flap and lose what they carry, and machines can only dial out.",
    faults: networkFaults,
  },
  {
    ...base,
    name: "crashes",
    says: "Machines lose power at any call, also while they recover, and processes are killed again and again.",
    users: { ...base.users, ambushes: 5 },
    faults: processFaults,
  },
  {
    ...base,
    name: "disk errors",
    says: "Calls of disk and store fail before or after their effect, flushes too, disks are slow or can only be read.",
    faults: diskFaults,
  },
  {
    ...base,
    name: "full disk",
    says: "Disks are full for a while.",
    faults: ["full-disk"],
  },
  {
    ...base,
    name: "unmounted roots",
    says: "A folder's root is empty or not there for a while, because nothing is mounted on it.",
    faults: ["unmounted-root", "kill"],
  },
  {
    ...base,
    name: "bit rot",
    says: "Disks lie when they are read.",
    faults: ["bit-rot"],
  },
  {
    ...base,
    name: "lossy watchers",
    says: "Watchers lose, double and delay what they tell, run out of watches, and die.",
    faults: ["lost-hints", "doubled-hints", "hint-overflow", "dead-watcher", "few-watches"],
    // What no hint told is found by the next full scan.
    settleMs: 15 * 60_000,
  },
  {
    ...base,
    name: "clocks",
    says: "Calendars are wrong, step, drift and freeze, and files have times of the future.",
    faults: ["clock-skew", "clock-step", "clock-drift", "clock-freeze", "file-times"],
  },
  {
    ...base,
    name: "set back",
    says: "Machines come back with an older disk, an older store, both, or no store at all.",
    faults: ["older-disk", "older-store", "older-machine", "lost-store"],
    // An older store has used its numbers before: that is found out and settled, and said.
    always: alwaysWithForks,
    eventually: eventuallyWithOlderDisks,
  },
  {
    ...base,
    name: "liar",
    says: "One peer with a valid license lies in all that it answers and says, and then stops.",
    liars: 1,
    always: alwaysWithForks,
    eventually: eventuallyBesideLiars,
  },
  {
    ...base,
    name: "liars and faults",
    says: "Two peers with valid licenses lie while cables are pulled and machines lose power.",
    liars: 2,
    faults: [...networkFaults, ...processFaults],
    always: alwaysWithForks,
    eventually: eventuallyBesideLiars,
  },
  {
    ...base,
    name: "revoked",
    says: "The license of one machine ends while its users work and cables are pulled, and a cut takes some of it back.",
    mesh: { ...base.mesh, peers: [3, 5] },
    faults: networkFaults,
    isOneRevoked: true,
    // As long as not all have heard of the cut, sums differ at equal contexts.
    always: alwaysWithForks,
    eventually: eventuallyBelowCuts,
  },
  {
    ...base,
    name: "everything",
    says: "All that can go wrong, in any combination.",
    users: { ...base.users, ...swappingHabits, ambushes: 5 },
    faults: faultKinds,
    always: alwaysWithForks,
    eventually: eventuallyWithOlderDisks,
    settleMs: 15 * 60_000,
  },
  {
    ...base,
    name: "eight peers",
    everySeeds: 5,
    says: "Eight peers in three places, with users on each and cables that are pulled.",
    mesh: { ...base.mesh, peers: [8, 8] },
    faults: networkFaults,
  },
  {
    ...base,
    name: "thirty peers",
    everySeeds: 15,
    says: "Thirty peers in three places, where a few users work.",
    mesh: { ...base.mesh, peers: [30, 30] },
    users: { ...base.users, acts: 12, withinMs: 6_000 },
  },
  {
    ...base,
    name: "one conflict",
    says: "As many peers as contents of one path, all written before any peer is started.",
    mesh: { ...base.mesh, peers: [2, 6] },
    users: {
      files: ["page.html"],
      directories: ["news"],
      weights: { write: 1 },
      before: { acts: 8, machines: "all" },
      acts: 0,
      withinMs: 2_000,
      ambushes: 0,
    },
    eventually: [...eventually, oneCopyForEachLoser],
  },
];

export function scenarioNamed(name: string): Scenario | undefined {
  return scenarios.find((scenario) => scenario.name === name);
}
