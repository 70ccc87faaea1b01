/**
 * The mesh along which gossip goes in a simulated world: of its connections each peer has some in it.
 *
 * As in gossipsub a link is in it for both of its ends or for neither: a peer that nobody happened to
 * choose would hear of nothing. Who is asked for a link agrees, unless it has enough.
 */

import type { PeerId } from "../../protocol/ids.ts";
import type { Chance } from "./chance.ts";

/** gossipsub's degree: up to so many links a peer asks for, and it agrees to twice as many. */
const linksWanted = 6;
export const meshPeersMax = 12;

export class GossipMesh {
  readonly #links = new Map<PeerId, Set<PeerId>>();

  /** Peers to which one passes gossip on. */
  of(peer: PeerId): ReadonlySet<PeerId> {
    return this.#linksOf(peer);
  }

  /** One of them has no connection any more. */
  unlink(one: PeerId, other: PeerId): void {
    this.#linksOf(one).delete(other);
    this.#linksOf(other).delete(one);
  }

  /** Asked for again and again, as by gossipsub's heartbeat: the other end may have let go of a link. */
  mend(peer: PeerId, connected: readonly PeerId[], chance: Chance): void {
    const links = this.#linksOf(peer);
    if (links.size >= linksWanted) return;
    const open = connected.filter((other) => !links.has(other) && this.#linksOf(other).size < meshPeersMax);
    while (links.size < linksWanted && open.length > 0) {
      const [other] = open.splice(chance.integer(open.length), 1);
      if (other !== undefined) this.#link(peer, other);
    }
  }

  #link(one: PeerId, other: PeerId): void {
    this.#linksOf(one).add(other);
    this.#linksOf(other).add(one);
  }

  #linksOf(peer: PeerId): Set<PeerId> {
    const links = this.#links.get(peer) ?? new Set();
    this.#links.set(peer, links);
    return links;
  }
}
