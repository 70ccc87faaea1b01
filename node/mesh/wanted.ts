/**
 * Whom this peer wants a connection to, and where to dial them: the seeds, always, and the members
 * that are its neighbours, as far as their addresses are known. The network dials for ever, so
 * nobody is left out for being dead.
 */

import type { PeerId } from "../../protocol/ids.ts";
import type { AddressedPeer, PeerAddress } from "../../protocol/membership/address.ts";
import { type Neighbour, pickNeighbours } from "../../protocol/membership/neighbours.ts";
import type { WantedPeer } from "../ports.ts";

export interface WantedFacts {
  readonly self: PeerId;
  readonly members: readonly Neighbour[];
  readonly addresses: (peer: PeerId) => readonly PeerAddress[];
  readonly seeds: readonly AddressedPeer[];
}

/** Seeds first, each peer once. A peer's own word on its addresses comes before the seed list's. */
export function wantedPeers({ self, members, addresses, seeds }: WantedFacts): readonly WantedPeer[] {
  const own = members.find((member) => member.peer === self);
  // Without a license of its own a peer has no place, and no neighbours to pick.
  const neighbours = own === undefined ? new Set<PeerId>() : pickNeighbours(own, members);

  const unnamed: WantedPeer[] = [];
  const named = new Map<PeerId, Set<string>>();
  for (const { peer, address } of seeds) {
    if (peer === undefined) unnamed.push({ peer, addresses: [address] });
    else if (peer !== self) named.set(peer, (named.get(peer) ?? new Set(addresses(peer))).add(address));
  }
  for (const peer of neighbours) {
    const known = addresses(peer);
    if (known.length > 0 && !named.has(peer)) named.set(peer, new Set(known));
  }
  return [...unnamed, ...[...named].map(([peer, each]) => ({ peer, addresses: [...each] }))];
}
