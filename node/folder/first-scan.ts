/**
 * When a folder may be scanned for the first time (FORMATS 22).
 *
 * Servers are often filled before the mesh comes. A peer that knows nothing of the folder yet
 * first hears what the mesh has, so that equal files are recognised and different ones become
 * conflicts in which the mesh's version leads. It does not wait for ever: the others may be gone.
 */

import type { Clock } from "../ports.ts";

export interface FirstScan {
  readonly clock: Clock;
  /** The index says what stood there: a restart, not a first start. */
  readonly isKnown: boolean;
  /** The operator says that this copy leads. */
  readonly isFirst: boolean;
  /** Whether the policy gives the folder to anybody else; asked again, for the policy may come late. */
  readonly hasOtherHolders: () => boolean;
  readonly isExchanged: () => boolean;
}

const waitMs = 30_000;
const pollMs = 20;
/** A peer that was just admitted may not know the other members for a moment. */
const documentsMs = 2_000;

export async function untilFirstScan(scan: FirstScan, signal: AbortSignal): Promise<void> {
  if (scan.isKnown || scan.isFirst) return;
  const startedMs = scan.clock.monotonicMs();
  while (!signal.aborted && !scan.isExchanged()) {
    const waitedMs = scan.clock.monotonicMs() - startedMs;
    if (waitedMs >= (scan.hasOtherHolders() ? waitMs : documentsMs)) return;
    await scan.clock.sleep(pollMs, signal);
  }
}
