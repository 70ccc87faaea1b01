/** What a checker is: a promise, looked at in a running world. */

import type { SimulatedMachine } from "../world/machine.ts";
import type { ContentNames } from "./contents.ts";
import type { WriteLedger } from "./ledger.ts";

/** What checkers may look at. */
export interface Scene {
  /** Honest machines of members, running or not. */
  readonly machines: readonly SimulatedMachine[];
  /** Whose license was revoked: nobody waits for them, and what they have is theirs. */
  readonly formerMembers: readonly SimulatedMachine[];
  readonly running: readonly SimulatedMachine[];
  readonly ledger: WriteLedger;
  readonly names: ContentNames;
  /** Messages that carried records or content since the mesh was equal and idle. */
  readonly chatter: ReadonlyMap<string, number>;
}

export interface Checker {
  /** The promise, by its number, and what is looked at. */
  readonly promise: string;
  /** @returns what is wrong, in lines; nothing when the promise holds */
  readonly check: (scene: Scene) => readonly string[];
}
