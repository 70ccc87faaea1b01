/**
 * Whom to ask first: the order of sources for a pull, from what one peer sees by itself.
 *
 * Near before far, since the far link is what costs; fit before doubtful among those equally
 * near; and then a spread of its own for each asker and item, so that a new file is not pulled
 * from one and the same holder by everybody at once. Peers that are gone come last of all: they
 * may have come back a moment ago. This is the order that holds when no routing table does (E6).
 */

import type { PeerId } from "../ids.ts";
import { healthOf, healths } from "../membership/health.ts";
import type { PeerState } from "../membership/member.ts";
import { linkClassBetween, linkClasses, type Place } from "../membership/place.ts";
import { rendezvousOrder } from "../rendezvous.ts";

export interface Standing {
  readonly peer: PeerId;
  readonly place: Place;
}

export interface Source extends Standing {
  readonly state: PeerState;
}

/**
 * @param item what is pulled: a content root, a path; any text that differs between pulls
 * @returns all candidates but the asker itself, nearest first
 */
export function nearestFirst<Candidate extends Source>(
  asker: Standing,
  item: string,
  candidates: readonly Candidate[],
): readonly Candidate[] {
  const others = candidates.filter((candidate) => candidate.peer !== asker.peer);
  // Sorting is stable, so within one rank the spread's order stays.
  return rendezvousOrder(`${asker.peer} ${item}`, others, (candidate) => candidate.peer)
    .map((candidate) => ({ candidate, rank: rankOf(asker.place, candidate) }))
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ candidate }) => candidate);
}

/** Gone or not, then the link class, then health, as one number; small is first. */
function rankOf(from: Place, source: Source): number {
  const health = healthOf(source.state);
  const distance = linkClasses.indexOf(linkClassBetween(from, source.place));
  const gone = health === "gone" ? 1 : 0;
  return (gone * linkClasses.length + distance) * healths.length + healths.indexOf(health);
}
