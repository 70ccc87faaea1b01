/**
 * The mesh as one peer lives in it: it speaks and hears beacons, keeps the table of who is there,
 * announces where it can be reached, and tells the network whom to stay connected to.
 *
 * Other parts learn from it whom to ask and when: `onBeacon` hands on what members say of their
 * documents and collections, `nearest` orders the sources of a pull.
 */

import type { PeerId, SiteId } from "../../protocol/ids.ts";
import { limits } from "../../protocol/limits.ts";
import type { AddressedPeer, PeerAddress } from "../../protocol/membership/address.ts";
import type { Beacon, CollectionSummary } from "../../protocol/membership/beacon.ts";
import type { PeerState } from "../../protocol/membership/member.ts";
import { type Pace, paceOf } from "../../protocol/membership/pace.ts";
import type { Place } from "../../protocol/membership/place.ts";
import { nearestFirst, type Source } from "../../protocol/routing/nearest.ts";
import type { Identity } from "../identity.ts";
import { rowKey } from "../keys.ts";
import type { Cancel, Ports, Store } from "../ports.ts";
import { StoreError } from "../store-error.ts";
import type { Switchboard } from "../switchboard.ts";
import { AddressBook, type AddressRecords } from "./addresses.ts";
import { type BeaconContribution, type BeaconListener, Beacons } from "./beacons.ts";
import { type PeerStatus, type PresenceListener, PresenceTable } from "./presence.ts";
import { wantedPeers } from "./wanted.ts";

/** What of `Trust` the mesh needs. */
export interface MeshTrust {
  readonly site: SiteId;
  members(): readonly MeshMember[];
  member(peer: PeerId): MeshMember | undefined;
  documentsDigest(): string;
  policyVersion(): number;
  onChange(listener: () => void): Cancel;
}

export interface MeshMember {
  readonly peer: PeerId;
  readonly place: Place;
}

type MeshPorts = Pick<Ports, "clock" | "random" | "log" | "probe"> & { readonly store: Pick<Store, "get" | "write"> };

export interface MeshOptions {
  readonly ports: MeshPorts;
  readonly identity: Identity;
  readonly switchboard: Switchboard;
  readonly trust: MeshTrust;
  /** The replica of the collection "members". */
  readonly records: AddressRecords;
  readonly seeds: readonly AddressedPeer[];
  /** Where the operator says that this peer can be reached; when empty, where it listens. */
  readonly announce: readonly PeerAddress[];
  /** What the beacon shall say of this peer's collections. */
  readonly summaries: () => readonly CollectionSummary[];
}

export class Mesh {
  readonly #options: MeshOptions;
  readonly #addressBook: AddressBook;
  readonly #presence: PresenceTable;
  readonly #beacons: Beacons;
  readonly #cancels: Cancel[] = [];
  #isRunning = false;
  #cancelCheck: Cancel | undefined;
  /** What the network was told last, to tell it changes only. */
  #wanted = "";

  private constructor(options: MeshOptions, addressBook: AddressBook, life: number) {
    const { ports, identity, switchboard, trust } = options;
    const pace = (): Pace => paceOf(trust.members().length);
    this.#options = options;
    this.#addressBook = addressBook;
    this.#presence = new PresenceTable({ ports, self: identity.peer, members: () => trust.members(), pace });
    this.#beacons = new Beacons({
      ports,
      identity,
      switchboard,
      site: trust.site,
      life,
      pace,
      isMember: (peer) => trust.member(peer) !== undefined,
      contribute: () => this.#contribute(),
    });
    this.#connect();
  }

  /** Plugs into the switchboard, which is to be started afterwards. */
  static async open(options: MeshOptions): Promise<Mesh> {
    const { ports, identity, records } = options;
    const addressBook = await AddressBook.open({ ports, self: identity.peer, records });
    return new Mesh(options, addressBook, await nextLife(ports));
  }

  /** Once the network listens. */
  start(): void {
    this.#isRunning = true;
    this.#presence.start();
    this.#beacons.start();
    this.#updateWanted();
    this.#keepAnnounced();
  }

  /** Says goodbye, so that nobody has to find out. The network stops after this. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    for (const cancel of this.#cancels) cancel();
    this.#cancelCheck?.();
    this.#presence.stop();
    await this.#beacons.stop();
  }

  /** All licensed members, this peer among them. */
  peers(): readonly PeerStatus[] {
    return this.#presence.peers();
  }

  state(peer: PeerId): PeerState {
    return this.#presence.state(peer);
  }

  /** What a member said last in this life of the process. */
  lastBeacon(peer: PeerId): Beacon | undefined {
    return this.#beacons.last(peer);
  }

  /** Called for each fresh beacon of another member, after `state` took it in. */
  onBeacon(listener: BeaconListener): Cancel {
    return this.#beacons.onBeacon(listener);
  }

  /** Called when a peer's state has changed. */
  onPresence(listener: PresenceListener): Cancel {
    return this.#presence.onChange(listener);
  }

  /**
   * The licensed ones of these peers in the order in which to ask them; none before this peer has a license.
   * @param item what is wanted, such as a content root: each has a spread of its own
   */
  nearest(item: string, peers: readonly PeerId[]): readonly PeerId[] {
    const { trust, identity } = this.#options;
    const own = trust.member(identity.peer);
    if (own === undefined) return [];
    const sources: Source[] = [];
    for (const peer of peers) {
      const member = trust.member(peer);
      if (member !== undefined) sources.push({ peer, place: member.place, state: this.state(peer) });
    }
    return nearestFirst(own, item, sources).map((source) => source.peer);
  }

  #connect(): void {
    const { switchboard, trust } = this.#options;
    this.#cancels.push(
      switchboard.onEvent((event) => {
        if (event.kind === "up") this.#presence.opened(event.peer);
        if (event.kind === "down") this.#presence.closed(event.peer);
      }),
      this.#beacons.onBeacon((peer, beacon, atMs) => {
        if (beacon.leaving) this.#presence.saidGoodbye(peer, atMs);
        else this.#presence.heard(peer, atMs);
      }),
      this.#addressBook.onChange(() => this.#updateWanted()),
      trust.onChange(() => {
        this.#beacons.forgetStrangers();
        this.#presence.forgetStrangers();
        this.#updateWanted();
      }),
    );
  }

  #contribute(): BeaconContribution {
    const { trust, ports, summaries } = this.#options;
    return {
      documentsDigest: trust.documentsDigest(),
      policyVersion: trust.policyVersion(),
      collections: summaries(),
      load: ports.probe.sample(),
    };
  }

  /** Looks again and again, since the network tells nobody when its addresses change. */
  #keepAnnounced(): void {
    const { ports, trust, identity, announce, switchboard } = this.#options;
    this.#cancelCheck = ports.clock.after(limits.addressCheckMs, () => this.#keepAnnounced());
    // A record of a peer without a license would be refused by everybody.
    if (trust.member(identity.peer) === undefined) return;
    void this.#addressBook.announce(announce.length > 0 ? announce : switchboard.network.addresses());
  }

  #updateWanted(): void {
    if (!this.#isRunning) return;
    const { identity, trust, seeds, switchboard } = this.#options;
    const addresses = (peer: PeerId): readonly PeerAddress[] => this.#addressBook.addresses(peer);
    const wanted = wantedPeers({ self: identity.peer, members: trust.members(), addresses, seeds });
    const told = JSON.stringify(wanted);
    if (told === this.#wanted) return;
    this.#wanted = told;
    switchboard.network.want(wanted);
  }
}

/** A number above that of every earlier start: the wall clock's, unless that was set back. */
async function nextLife({ clock, store, log }: Pick<MeshPorts, "clock" | "store" | "log">): Promise<number> {
  const key = rowKey("p", "life");
  const stored = await store.get(key);
  const before = stored === undefined ? 0 : Number(Buffer.from(stored).toString());
  const life = Math.max(before + 1, Math.floor(clock.wallMs()));
  try {
    // Durable before any beacon carries it.
    await store.write([{ kind: "put", key, value: new Uint8Array(Buffer.from(String(life))) }], { durable: true });
  } catch (error) {
    // A peer whose disk is full runs all the same; should its clock be set back by then, its next beacons count as old.
    if (!(error instanceof StoreError)) throw error;
    log.write("error", "life-unstored", { why: error.message });
  }
  return life;
}
