/**
 * Whom a peer stays connected to.
 *
 * Up to a hundred members everybody is connected to everybody. Above, a peer keeps its own group
 * close, the gateways of each group link the groups of a region, those of each region link the
 * regions, and everybody adds a few members picked by hash, which hold the mesh together when
 * gateways die. A connection stands as soon as one of its two ends wants it.
 *
 * Every peer computes the same gateways from the same members, so nothing has to be agreed.
 */

import type { PeerId } from "../ids.ts";
import { limits } from "../limits.ts";
import { rendezvousOrder } from "../rendezvous.ts";
import type { Place } from "./place.ts";

export interface Neighbour {
  readonly peer: PeerId;
  readonly place: Place;
}

/** @returns the wanted ones of `members`, without the peer itself */
export function pickNeighbours(self: Neighbour, members: readonly Neighbour[]): ReadonlySet<PeerId> {
  const others = members.filter((member) => member.peer !== self.peer);
  if (others.length < limits.fullMeshPeersMax) return new Set(others.map((member) => member.peer));

  const everyone = [...others, self];
  const own = others.filter((member) => groupOf(member) === groupOf(self));
  const wanted = new Set(firstPeers(self.peer, own, limits.groupNeighboursMax));
  for (const gateways of [
    gatewaysByPlace(
      everyone.filter((member) => member.place.region === self.place.region),
      groupOf,
    ),
    gatewaysByPlace(everyone, (member) => member.place.region),
  ]) {
    if (![...gateways.values()].some((peers) => peers.includes(self.peer))) continue;
    for (const peer of linksOfGateway(self.peer, gateways)) wanted.add(peer);
  }
  const rest = others.filter((member) => !wanted.has(member.peer));
  for (const peer of firstPeers(self.peer, rest, limits.randomNeighbours)) wanted.add(peer);
  wanted.delete(self.peer);
  return wanted;
}

function groupOf(member: Neighbour): string {
  return JSON.stringify([member.place.region, member.place.group]);
}

function gatewaysByPlace(
  members: readonly Neighbour[],
  placeOf: (member: Neighbour) => string,
): ReadonlyMap<string, readonly PeerId[]> {
  const byPlace = Map.groupBy(members, placeOf);
  return new Map([...byPlace].map(([place, peers]) => [place, firstPeers(place, peers, limits.gatewaysPerPlace)]));
}

/**
 * The other gateways, those of each place in turn, so that a bound on their number leaves no
 * place out before the others have more than one link to it.
 */
function linksOfGateway(self: PeerId, gateways: ReadonlyMap<string, readonly PeerId[]>): readonly PeerId[] {
  const places = rendezvousOrder(self, [...gateways], ([place]) => place);
  const rounds = Array.from({ length: limits.gatewaysPerPlace }, (_, round) =>
    places.flatMap(([, peers]) => peers.slice(round, round + 1)),
  );
  return rounds.flat().slice(0, limits.gatewayLinksMax);
}

function firstPeers(key: string, members: readonly Neighbour[], count: number): readonly PeerId[] {
  return rendezvousOrder(key, members, (member) => member.peer)
    .slice(0, count)
    .map((member) => member.peer);
}
