/**
 * A scenario: what a simulated site is like, what happens to it, and what has to hold, as data.
 *
 * From one seed it becomes one run (`run.ts`): how many peers there are, what each user does and
 * when, and which of the faults are there at all, are drawn (harness rule d).
 */

import type { Habits } from "./acts.ts";
import type { Checker } from "./checkers/checker.ts";
import type { Place } from "../protocol/membership/place.ts";
import type { FaultKind } from "./world/faults.ts";

export interface Scenario {
  readonly name: string;
  /** In one sentence: what this world is like, and why it is worth a visit. */
  readonly says: string;
  readonly mesh: {
    /** Both ends included; drawn from the seed. */
    readonly peers: readonly [least: number, most: number];
    /** Where they stand, in turn. */
    readonly places: readonly Partial<Place>[];
  };
  readonly users: Habits & {
    /** Acts before any peer is started: on how many of the machines the folder is filled already. */
    readonly before: { readonly acts: number; readonly machines: "one" | "all" };
    readonly acts: number;
    readonly withinMs: number;
    /** Of the acts, how many wait for a call of the machine's own peer and come right before it. */
    readonly ambushes: number;
    /** They come right before calls that are about users' own names; then the user acts again, or the power goes. */
    readonly areAmbushesClose?: boolean;
  };
  /** Each seed draws a subset of them. */
  readonly faults: readonly FaultKind[];
  /** The license of one machine ends while users act, with cuts. */
  readonly isOneRevoked?: boolean;
  /** Peers with a valid license that lie as long as there are faults. */
  readonly liars: number;
  /** Safety: looked at on the way, and again in the end. */
  readonly always: readonly Checker[];
  /** Liveness: looked at once faults have stopped and the copies had their time. */
  readonly eventually: readonly Checker[];
  /** A costly world is run with each so-many-th seed only; with all when it is asked for by name. */
  readonly everySeeds?: number;
  /** How long the healed mesh may take to become equal and idle. */
  readonly settleMs: number;
}
