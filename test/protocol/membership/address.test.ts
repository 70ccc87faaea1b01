import assert from "node:assert/strict";
import { isIP } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { bestAddressesFirst, parsePeerAddress, readAddress } from "../../../protocol/membership/address.ts";
import { peerNumber } from "./peers.ts";

const peer = peerNumber(1);

const valid = [
  "/ip4/192.0.2.7/tcp/4240",
  "/ip4/127.0.0.1/tcp/1",
  "/ip6/::1/tcp/4240",
  "/ip6/2001:db8::7/tcp/65535",
  "/ip6/::ffff:192.0.2.7/tcp/4240",
  "/dns/a.example/tcp/4240",
  "/dns4/localhost/tcp/4240",
  "/dns6/xn--bcher-kva.example/tcp/4240",
];

test("addresses of every kind are read, with and without a peer", () => {
  for (const address of valid) {
    assert.deepEqual(readAddress(address), { peer: undefined, address });
    assert.deepEqual(readAddress(`${address}/p2p/${peer}`), { peer, address });
  }
});

const broken: readonly (readonly [text: string, problem: string])[] = [
  ["", "form"],
  ["192.0.2.7:4240", "form"],
  ["ip4/192.0.2.7/tcp/4240", "form"],
  ["/ip4/192.0.2.7/tcp", "form"],
  ["/ip4/192.0.2.256/tcp/4240", "no IPv4"],
  ["/ip4/192.0.2/tcp/4240", "no IPv4"],
  ["/ip4/192.0.2.07/tcp/4240", "no IPv4"],
  ["/ip4/0.0.0.0/tcp/4240", "listens"],
  ["/ip6/::/tcp/4240", "listens"],
  ["/ip6/0:0:0:0:0:0:0:0/tcp/4240", "listens"],
  ["/ip6/1::2::3/tcp/4240", "no IPv6"],
  ["/ip6/192.0.2.7::192.0.2.7/tcp/4240", "no IPv6"],
  ["/ip6/192.0.2.7::/tcp/4240", "no IPv6"],
  ["/ip6/fe80::1%eth0/tcp/4240", "no IPv6"],
  ["/dns/-a.example/tcp/4240", "no host"],
  ["/dns/a..example/tcp/4240", "no host"],
  ["/dns/a_b.example/tcp/4240", "no host"],
  [`/dns/${"a".repeat(64)}.example/tcp/4240`, "no host"],
  ["/unix/tmp/tcp/4240", "none of"],
  ["/ip4/192.0.2.7/udp/4240", "not tcp"],
  ["/ip4/192.0.2.7/tcp/0", "no port"],
  ["/ip4/192.0.2.7/tcp/65536", "no port"],
  ["/ip4/192.0.2.7/tcp/042", "no port"],
  ["/ip4/192.0.2.7/tcp/4240/", "only /p2p"],
  ["/ip4/192.0.2.7/tcp/4240/ws", "only /p2p"],
  [`/ip4/192.0.2.7/tcp/4240/p2p/${peer}/p2p/${peer}`, "only /p2p"],
  ["/ip4/192.0.2.7/tcp/4240/p2p/QmNotOurs", "no peer id"],
  [`/ip4/192.0.2.7/tcp/4240${" ".repeat(300)}`, "longer"],
];

for (const [text, words] of broken) {
  test(`"${text.slice(0, 60)}" is refused: ${words}`, () => {
    const read = readAddress(text);
    assert.ok("problem" in read && read.problem.includes(words), JSON.stringify(read));
    assert.equal(parsePeerAddress(text), undefined);
  });
}

test("property: an IP address is read exactly if the platform takes it for one, but for zones and any-addresses", () => {
  const hexGroup = fc.stringMatching(/^[0-9a-fA-F]{0,5}$/);
  const looksLike6 = fc.array(fc.oneof(hexGroup, fc.ipV4()), { maxLength: 9 }).map((groups) => groups.join(":"));
  const looksLike4 = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 3, maxLength: 5 }).map((p) => p.join("."));
  fc.assert(
    fc.property(fc.oneof(fc.ipV6(), fc.ipV4(), looksLike6, looksLike4), (host) => {
      for (const version of [4, 6]) {
        const read = readAddress(`/ip${version}/${host}/tcp/1`);
        if ("problem" in read && read.problem.includes("listens")) assert.match(host, /^[0:.]+$/);
        else assert.equal(!("problem" in read), isIP(host) === version, host);
      }
    }),
    { numRuns: 2_000 },
  );
});

test("property: whatever is read is written the same way again", () => {
  const piece = fc.oneof(fc.constantFrom("", "ip4", "dns", "tcp", "p2p", "192.0.2.7", "4240", peer), fc.string());
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
      const text = pieces.join("/");
      const read = readAddress(text);
      if ("problem" in read) return;
      assert.equal(read.peer === undefined ? read.address : `${read.address}/p2p/${read.peer}`, text);
    }),
  );
});

test("addresses of the machine itself come last, each once", () => {
  const addresses = ["/ip4/127.0.0.1/tcp/1", "/ip6/::1/tcp/1", "/ip4/192.0.2.7/tcp/1", "/ip4/192.0.2.7/tcp/1"].flatMap(
    (text) => parsePeerAddress(text) ?? [],
  );
  assert.deepEqual(bestAddressesFirst(addresses), ["/ip4/192.0.2.7/tcp/1", "/ip4/127.0.0.1/tcp/1", "/ip6/::1/tcp/1"]);
});
