/** The record of a peer's addresses as bytes: the payload of kind 2 in the collection "members". */

import { limits } from "../limits.ts";
import { type PeerAddress, parsePeerAddress } from "../membership/address.ts";
import { AddressRecord } from "./generated/address.js";

/** @param addresses best first; those above `limits.addressesPerPeerMax` are left out */
export function encodeAddresses(addresses: readonly PeerAddress[]): Uint8Array {
  return AddressRecord.encode({ multiaddrs: addresses.slice(0, limits.addressesPerPeerMax) });
}

/**
 * Addresses of kinds that this version does not speak are left out: their peer may be newer.
 * @returns undefined for what is malformed or above its limits
 */
export function decodeAddresses(payload: Uint8Array): readonly PeerAddress[] | undefined {
  if (payload.length > limits.addressRecordBytesMax) return undefined;
  try {
    const { multiaddrs } = AddressRecord.decode(payload, { limits: { multiaddrs: limits.addressesPerPeerMax } });
    return multiaddrs.map(parsePeerAddress).filter((address) => address !== undefined);
  } catch {
    return undefined;
  }
}
