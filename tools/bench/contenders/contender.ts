/**
 * What the bench asks of a program that it compares. A contender only says how the program is set up
 * and started; whether content has arrived, and whether it is right, the bench judges by itself and
 * for all in the same way.
 */

import type { Ends } from "../ends.ts";
import type { Processes } from "../processes.ts";

export interface Contender {
  readonly name: string;
  /** Names at the top of a folder that are the program's own and no content. */
  readonly ownNames: readonly string[];
  /** The version that is installed, in a few words; undefined where there is none. */
  installed(): Promise<string | undefined>;
  /** Sets the program up at every end, once for each run: keys, licenses, configurations. */
  prepare(ends: Ends, processes: Processes): Promise<Program>;
}

export interface Program {
  /**
   * Starts the program at every end, also again after all were stopped. Resolves once every end runs,
   * is connected as far as the program keeps connections, and knows that it has nothing to do.
   */
  start(): Promise<void>;
  /**
   * Called when new content stands in the source: asks the program to look now, where it can be
   * asked; a program that watches and cannot be asked is left to itself. Resolves when the program
   * has taken the request, or, where it works only on request, when it is done.
   */
  transfer(): Promise<void>;
}
