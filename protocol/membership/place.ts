/** Where a peer stands, and how far apart two places are. */

export interface Place {
  /** A data centre or country. */
  readonly region: string;
  /** A rack or cluster in it. */
  readonly group: string;
  /** A machine in that. */
  readonly server: string;
}

/** How far apart two peers are, nearest first. */
export const linkClasses = ["same-group", "same-region", "international"] as const;
export type LinkClass = (typeof linkClasses)[number];

export function linkClassBetween(one: Place, other: Place): LinkClass {
  if (one.region !== other.region) return "international";
  return one.group === other.group ? "same-group" : "same-region";
}
