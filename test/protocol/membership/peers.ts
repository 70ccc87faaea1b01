/** Peers, places and whole sites for tests of membership and routing. */

import { type PeerId, peerIdOfPublicKey } from "../../../protocol/ids.ts";
import type { Neighbour } from "../../../protocol/membership/neighbours.ts";
import { sha256 } from "../../../protocol/sha256.ts";

/** The same number gives the same peer. Nobody has its key. */
export function peerNumber(number: number): PeerId {
  return peerIdOfPublicKey(sha256(new TextEncoder().encode(`peer ${number}`)));
}

export interface SiteShape {
  readonly regions: number;
  readonly groupsPerRegion: number;
  readonly peersPerGroup: number;
}

export function sitePeers(shape: SiteShape): readonly Neighbour[] {
  const peers: Neighbour[] = [];
  for (let region = 0; region < shape.regions; region += 1) {
    for (let group = 0; group < shape.groupsPerRegion; group += 1) {
      for (let server = 0; server < shape.peersPerGroup; server += 1) {
        const place = { region: `r${region}`, group: `g${group}`, server: `s${server}` };
        peers.push({ peer: peerNumber(peers.length), place });
      }
    }
  }
  return peers;
}
