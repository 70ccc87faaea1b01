import assert from "node:assert/strict";
import { test } from "node:test";
import { type WantedFacts, wantedPeers } from "../../../node/mesh/wanted.ts";
import type { PeerId } from "../../../protocol/ids.ts";
import { type PeerAddress, parsePeerAddress } from "../../../protocol/membership/address.ts";
import { peerNumber, sitePeers } from "../../protocol/membership/peers.ts";

const members = sitePeers({ regions: 1, groupsPerRegion: 1, peersPerGroup: 4 });
const self = peerNumber(0);
const [a, b] = [addressNumber(1), addressNumber(2)];

function addressNumber(number: number): PeerAddress {
  const address = parsePeerAddress(`/ip4/192.0.2.${number}/tcp/4240`);
  assert.ok(address !== undefined);
  return address;
}

function factsWith(known: ReadonlyMap<PeerId, readonly PeerAddress[]>, facts: Partial<WantedFacts> = {}): WantedFacts {
  return { self, members, addresses: (peer) => known.get(peer) ?? [], seeds: [], ...facts };
}

test("seeds are wanted always, named or not, before anything is known of members", () => {
  const seeds = [
    { peer: undefined, address: a },
    { peer: peerNumber(1), address: b },
    { peer: peerNumber(9), address: b },
  ];
  assert.deepEqual(wantedPeers(factsWith(new Map(), { seeds, members: [] })), [
    { peer: undefined, addresses: [a] },
    { peer: peerNumber(1), addresses: [b] },
    { peer: peerNumber(9), addresses: [b] },
  ]);
});

test("with every seed gone the members are wanted from what they announced", () => {
  const known = new Map([
    [peerNumber(1), [a, b]],
    [peerNumber(3), [b]],
  ]);
  assert.deepEqual(wantedPeers(factsWith(known)), [
    { peer: peerNumber(1), addresses: [a, b] },
    { peer: peerNumber(3), addresses: [b] },
  ]);
});

test("a seed that is a member is wanted once, its own word before the list's", () => {
  const known = new Map([[peerNumber(1), [b]]]);
  const seeds = [
    { peer: peerNumber(1), address: a },
    { peer: peerNumber(1), address: b },
  ];
  assert.deepEqual(wantedPeers(factsWith(known, { seeds })), [{ peer: peerNumber(1), addresses: [b, a] }]);
});

test("neither this peer itself nor who is no member is wanted, whatever they announced", () => {
  const known = new Map([
    [self, [a]],
    [peerNumber(77), [b]],
  ]);
  assert.deepEqual(wantedPeers(factsWith(known, { seeds: [{ peer: self, address: a }] })), []);
});

test("without an own license only seeds are wanted", () => {
  const known = new Map([[peerNumber(1), [a]]]);
  const seeds = [{ peer: undefined, address: b }];
  assert.deepEqual(wantedPeers(factsWith(known, { members: members.slice(1), seeds })), [
    { peer: undefined, addresses: [b] },
  ]);
});
