/**
 * Who said what of versions below the floor. One peer's word is not enough there: it could lie about
 * what it holds, and bring back what is dead or end what lives. Kept in memory: after a restart
 * audits bring the same words again.
 */

import type { PeerId } from "../../protocol/ids.ts";
import { limits } from "../../protocol/limits.ts";

export class Doubts {
  readonly #said = new Map<string, Set<PeerId>>();

  /** @returns whether so many different peers have said this */
  say(what: string, peer: PeerId, quorum: number): boolean {
    const peers = this.#said.get(what) ?? new Set();
    peers.add(peer);
    if (peers.size >= quorum) {
      this.#said.delete(what);
      return true;
    }
    if (this.#said.size < limits.doubtsMax) this.#said.set(what, peers);
    return false;
  }
}
