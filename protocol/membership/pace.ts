/**
 * How often peers speak, and how long their silence is taken for nothing.
 *
 * Beacons go to everybody, so in a large mesh each peer speaks less often, and its silence means
 * less.
 */

import { limits } from "../limits.ts";

export interface Pace {
  /** Between two beacons of a peer. */
  readonly beaconMs: number;
  /** Silence after which a peer is suspect, and dead. */
  readonly suspectAfterMs: number;
  readonly deadAfterMs: number;
}

/** @param members licensed peers of the site */
export function paceOf(members: number): Pace {
  const beaconMs = Math.max(limits.beaconMs, members * limits.beaconMsPerMember);
  return {
    beaconMs,
    suspectAfterMs: beaconMs * limits.suspectAfterBeacons,
    deadAfterMs: beaconMs * limits.deadAfterBeacons,
  };
}
