/** Where each end of a run lives, and the wire between them (laid by laying.ts). */

import type { Position } from "../layout.ts";
import type { Traffic } from "./traffic.ts";

export interface Place extends Position {
  readonly address: string;
  /** The command line that runs this command here, in the same process. */
  command(program: string, words: readonly string[]): readonly [program: string, words: readonly string[]];
}

/** Whoever lays a wire closes it. */
export interface Wire {
  /** In the order of the layout. */
  readonly places: readonly Place[];
  /** So far; undefined where the places share the wire with others. */
  traffic(): Promise<Traffic | undefined>;
  /** Rejects when the wire broke by itself; never resolves. */
  readonly broken: Promise<never>;
  close(): Promise<void>;
}
