/** Between whom content travels: one source and its targets. */

import type { Place } from "./wire/wire.ts";

/** One end of a run. */
export interface End {
  readonly place: Place;
  /** The folder to keep identical: there, and empty at the start. */
  readonly folder: string;
  /** For keys, configuration, databases and logs; on the same file system as the folder. */
  readonly state: string;
}

export interface Ends {
  readonly source: End;
  readonly targets: readonly End[];
}

/** Everything that takes part, the source first. */
export function allEnds({ source, targets }: Ends): readonly End[] {
  return [source, ...targets];
}
