/**
 * Where members can be reached: their own signed records in the collection "members".
 *
 * Each peer writes one record, under `address/PEER`, whenever its addresses change; the ordinary
 * way of records carries it to everybody, also through peers that never met its author. So a peer
 * that restarts finds the mesh from its own store when every seed is gone, and no second list of
 * known peers is kept.
 */

import { type PeerId, parsePeerId, peerOfWriter } from "../../protocol/ids.ts";
import { limits } from "../../protocol/limits.ts";
import { bestAddressesFirst, type PeerAddress, parsePeerAddress } from "../../protocol/membership/address.ts";
import { causesOf, recordKinds, type RecordBody, type Version } from "../../protocol/records/record.ts";
import { decodeAddresses, encodeAddresses } from "../../protocol/wire/address.ts";
import type { Cancel, Ports } from "../ports.ts";
import type { KeyState } from "../records/replica.ts";

/** What of the collection's replica is needed here. */
export interface AddressRecords {
  state(key: string): Promise<readonly Version[]>;
  page(after: string | undefined, limit: number): Promise<readonly KeyState[]>;
  issue(drafts: readonly RecordBody[]): Promise<readonly Version[]>;
  onChange(listener: (changed: readonly KeyState[]) => void): Cancel;
}

export interface AddressBookOptions {
  readonly ports: Pick<Ports, "log">;
  readonly self: PeerId;
  readonly records: AddressRecords;
}

const keyPrefix = "address/";
const pageLength = 256;

export function addressKey(peer: PeerId): string {
  return `${keyPrefix}${peer}`;
}

export class AddressBook {
  readonly #options: AddressBookOptions;
  readonly #addresses = new Map<PeerId, readonly PeerAddress[]>();
  readonly #listeners = new Set<() => void>();
  /** What the own record is known to say; undefined until that was looked up after its last change. */
  #standing: readonly PeerAddress[] | undefined;
  #isIssuing = false;

  private constructor(options: AddressBookOptions) {
    this.#options = options;
  }

  /** Reads what the store has and follows what comes. */
  static async open(options: AddressBookOptions): Promise<AddressBook> {
    const book = new AddressBook(options);
    // Follow before reading, so that nothing falls between.
    options.records.onChange((changed) => book.#take(changed));
    let after: string | undefined;
    for (;;) {
      const page = await options.records.page(after, pageLength);
      book.#take(page);
      after = page.at(-1)?.key;
      if (after === undefined || page.length < pageLength) return book;
    }
  }

  /** Best first; empty for a peer that announced none. */
  addresses(peer: PeerId): readonly PeerAddress[] {
    return this.#addresses.get(peer) ?? [];
  }

  /** Some member's addresses changed. */
  onChange(listener: () => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Makes the own record say where this peer can be reached, if it does not already.
   * @param addresses as the network has them, or as the operator announced them
   */
  async announce(addresses: readonly string[]): Promise<void> {
    const wanted = bestAddressesFirst(addresses.map(parsePeerAddress).filter((address) => address !== undefined)).slice(
      0,
      limits.addressesPerPeerMax,
    );
    if (this.#isIssuing || (this.#standing !== undefined && isSame(this.#standing, wanted))) return;
    this.#isIssuing = true;
    try {
      await this.#makeStand(wanted);
    } catch (error) {
      // Tried again at the next look.
      this.#options.ports.log.write("warn", "addresses-unannounced", { why: String(error) });
    } finally {
      this.#isIssuing = false;
    }
  }

  async #makeStand(wanted: readonly PeerAddress[]): Promise<void> {
    const { records, self, ports } = this.#options;
    const key = addressKey(self);
    const versions = await records.state(key);
    const said = versions.map(addressesOf);
    const stands = versions.length === 0 ? wanted.length === 0 : said.every((each) => isSame(each ?? [], wanted));
    if (stands) {
      this.#standing = wanted;
      return;
    }
    const payload = encodeAddresses(wanted);
    await records.issue([{ kind: recordKinds.address, key, causes: causesOf(versions), tombstone: false, payload }]);
    ports.log.write("info", "addresses-announced", { addresses: wanted });
  }

  #take(states: readonly KeyState[]): void {
    let isChanged = false;
    for (const { key, versions } of states) {
      const peer = key.startsWith(keyPrefix) ? parsePeerId(key.slice(keyPrefix.length)) : undefined;
      if (peer === undefined) continue;
      if (peer === this.#options.self) this.#standing = undefined;
      // Two versions stand beside each other when a peer lost its store: both may still be right.
      const own = versions.filter((version) => peerOfWriter(version.dot.writer) === peer);
      const all = new Set(own.flatMap((version) => addressesOf(version) ?? []));
      const addresses = [...all].slice(0, limits.addressesPerPeerMax);
      if (isSame(addresses, this.addresses(peer))) continue;
      this.#addresses.set(peer, addresses);
      isChanged = true;
    }
    if (isChanged) for (const listener of this.#listeners) listener();
  }
}

function addressesOf({ record }: Version): readonly PeerAddress[] | undefined {
  return record.kind !== recordKinds.address || record.tombstone ? undefined : decodeAddresses(record.payload);
}

function isSame(one: readonly PeerAddress[], other: readonly PeerAddress[]): boolean {
  return one.length === other.length && one.every((address, at) => address === other[at]);
}
