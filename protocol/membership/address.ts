/**
 * Where a peer can be reached: the multiaddrs that cdmesh speaks, and nothing else.
 *
 *   /ip4/192.0.2.7/tcp/4240    /ip6/2001:db8::7/tcp/4240    /dns/a.example/tcp/4240    (dns4, dns6)
 *
 * each with or without `/p2p/PEER` behind it. Addresses come from operators' files and from other
 * peers' records, and go to the dialer, so the check is strict: one spelling, no surprises.
 */

import { type Brand, type PeerId, parsePeerId } from "../ids.ts";
import { limits } from "../limits.ts";

/** A multiaddr as above, without /p2p. */
export type PeerAddress = Brand<string, "PeerAddress">;

export interface AddressedPeer {
  /** Undefined: whoever answers there. */
  readonly peer: PeerId | undefined;
  readonly address: PeerAddress;
}

/** What is wrong with an address, as half a sentence for an operator. */
export interface AddressProblem {
  readonly problem: string;
}

export function readAddress(text: string): AddressedPeer | AddressProblem {
  if (text.length > limits.addressBytesMax) {
    return { problem: `it is longer than ${limits.addressBytesMax} characters` };
  }
  const [before, kind, host, transport, port, ...rest] = text.split("/");
  if (before !== "" || kind === undefined || host === undefined || transport === undefined || port === undefined) {
    return { problem: "it is not of the form /ip4|ip6|dns|dns4|dns6/HOST/tcp/PORT, with or without /p2p/PEER" };
  }
  const problem = hostProblem(kind, host) ?? transportProblem(transport, port);
  if (problem !== undefined) return { problem };

  const address = `/${kind}/${host}/tcp/${port}` as PeerAddress;
  if (rest.length === 0) return { peer: undefined, address };
  const [suffix, name, ...more] = rest;
  if (suffix !== "p2p" || name === undefined || more.length > 0) {
    return { problem: "behind the port only /p2p/PEER may follow" };
  }
  const peer = parsePeerId(name);
  return peer === undefined ? { problem: `"${name}" is no peer id` } : { peer, address };
}

export function parsePeerAddress(text: string): PeerAddress | undefined {
  const read = readAddress(text);
  return "problem" in read || read.peer !== undefined ? undefined : read.address;
}

/** Addresses of this very machine come last: to all but its own neighbours they lead nowhere. */
export function bestAddressesFirst(addresses: Iterable<PeerAddress>): readonly PeerAddress[] {
  const sorted = [...new Set(addresses)].toSorted();
  return [...sorted.filter((address) => !isLoopback(address)), ...sorted.filter(isLoopback)];
}

function isLoopback(address: PeerAddress): boolean {
  return address.startsWith("/ip4/127.") || address.startsWith("/ip6/::1/");
}

function hostProblem(kind: string, host: string): string | undefined {
  switch (kind) {
    case "ip4":
      if (!isIpv4(host)) return `"${host}" is no IPv4 address`;
      return host === "0.0.0.0" ? "0.0.0.0 is where a peer listens, not where it can be reached" : undefined;
    case "ip6":
      if (!isIpv6(host)) return `"${host}" is no IPv6 address`;
      return /^[0:]+$/.test(host) ? ":: is where a peer listens, not where it can be reached" : undefined;
    case "dns":
    case "dns4":
    case "dns6":
      return isHostName(host) ? undefined : `"${host}" is no host name`;
    default:
      return `"${kind}" is none of ip4, ip6, dns, dns4, dns6`;
  }
}

function transportProblem(transport: string, port: string): string | undefined {
  if (transport !== "tcp") return `"${transport}" is not tcp`;
  return /^[1-9][0-9]{0,4}$/.test(port) && Number(port) <= 65_535 ? undefined : `"${port}" is no port`;
}

function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255);
}

/** RFC 4291 section 2.2: eight groups, one run of zeros may be `::`, the last two may be an IPv4 address. */
function isIpv6(text: string): boolean {
  const halves = text.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  let length = 0;
  for (const [at, group] of groups.entries()) {
    const isTail = at === groups.length - 1 && text.endsWith(group);
    if (isTail && isIpv4(group)) length += 2;
    else if (/^[0-9a-f]{1,4}$/i.test(group)) length += 1;
    else return false;
  }
  return halves.length === 2 ? length < 8 : length === 8;
}

function isHostName(text: string): boolean {
  if (text.length > 253) return false;
  return text.split(".").every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(label));
}
