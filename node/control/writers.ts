/**
 * Up to where each writer of a peer is known here, by collection: where a revocation may cut what
 * that peer wrote (FORMATS 2). It may be asked of one whose license is revoked already, by its name.
 */

import { parsePeerId, type PeerId } from "../../protocol/ids.ts";
import type { PeerStatus } from "../mesh/presence.ts";
import { RefusedError } from "../ports.ts";
import type { WriterStanding } from "../records/records.ts";

export interface WritersReport {
  readonly peer: PeerId;
  readonly writers: readonly WriterStanding[];
}

export interface WritersOptions {
  readonly members: () => readonly Pick<PeerStatus, "peer" | "region" | "group" | "server">[];
  readonly writersOf: (peer: PeerId) => readonly WriterStanding[];
}

export class Writers {
  readonly #options: WritersOptions;

  constructor(options: WritersOptions) {
    this.#options = options;
  }

  /**
   * @param name a peer id, a server, or "region/group/server"
   * @throws RefusedError when no member, or more than one, has that name
   */
  report(name: string): WritersReport {
    const peer = this.#peerNamed(name);
    return { peer, writers: this.#options.writersOf(peer) };
  }

  #peerNamed(name: string): PeerId {
    const members = this.#options.members();
    const named = members.filter(
      ({ region, group, server }) => server === name || `${region}/${group}/${server}` === name,
    );
    const [only, ...others] = named;
    if (others.length > 0) {
      const places = named.map(({ region, group, server }) => `${region}/${group}/${server}`).join(", ");
      throw new RefusedError({ code: "peer-unknown", detail: `${name} is the name of several: ${places}` });
    }
    const peer = only?.peer ?? parsePeerId(name);
    if (peer !== undefined) return peer;
    throw new RefusedError({
      code: "peer-unknown",
      detail: `nobody here is called ${name}; name a server or a peer id`,
    });
  }
}
