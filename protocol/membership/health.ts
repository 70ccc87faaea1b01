/** How fit a peer is to be asked, as others see it, and how it says that it is doing. */

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
