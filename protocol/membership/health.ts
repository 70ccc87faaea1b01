/**
 * How fit a peer is to be asked, and how long its silence is taken for nothing.
 *
 * The pace follows the size of the mesh: beacons go to everybody, so in a large mesh each peer
 * speaks less often, and its silence means less.
 */

import { limits } from "../limits.ts";
import type { PeerState } from "./member.ts";

/** Best first. `gone` peers are asked only when nobody else is left. */
export const healths = ["healthy", "doubtful", "gone"] as const;
export type Health = (typeof healths)[number];

const healthOfState: Readonly<Record<PeerState, Health>> = {
  connected: "healthy",
  alive: "healthy",
  suspect: "doubtful",
  unknown: "doubtful",
  dead: "gone",
  left: "gone",
};

export function healthOf(state: PeerState): Health {
  return healthOfState[state];
}

/** How a machine and its peer process are doing, as the beacon carries it. */
export interface PeerLoad {
  /** 0 to 1 over all cores. */
  readonly cpu: number;
  readonly memoryBytesFree: number;
  readonly memoryBytesTotal: number;
  readonly processBytes: number;
  readonly eventLoopDelayMs: number;
}

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
