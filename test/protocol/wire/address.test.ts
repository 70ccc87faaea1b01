import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { limits } from "../../../protocol/limits.ts";
import { parsePeerAddress } from "../../../protocol/membership/address.ts";
import { decodeAddresses, encodeAddresses } from "../../../protocol/wire/address.ts";
import { AddressRecord } from "../../../protocol/wire/generated/address.js";

const address = fc
  .record({ host: fc.ipV4(), port: fc.integer({ min: 1, max: 65_535 }) })
  .map(({ host, port }) => parsePeerAddress(`/ip4/${host}/tcp/${port}`))
  .filter((parsed) => parsed !== undefined);

test("property: addresses come back as they were", () => {
  fc.assert(
    fc.property(fc.array(address, { maxLength: limits.addressesPerPeerMax }), (addresses) => {
      assert.deepEqual(decodeAddresses(encodeAddresses(addresses)), addresses);
    }),
  );
});

test("the format stands", () => {
  const one = parsePeerAddress("/ip4/192.0.2.7/tcp/4240");
  assert.ok(one !== undefined);
  assert.equal(Buffer.from(encodeAddresses([one])).toString("latin1"), "\n\x17/ip4/192.0.2.7/tcp/4240");
});

test("addresses that this version does not speak are left out, the others stay", () => {
  const payload = AddressRecord.encode({
    multiaddrs: ["/ip4/192.0.2.7/udp/4240/quic-v1", "/ip4/192.0.2.7/tcp/4240", "", "/ip4/0.0.0.0/tcp/1"],
  });
  assert.deepEqual(decodeAddresses(payload), ["/ip4/192.0.2.7/tcp/4240"]);
});

test("P3: too many addresses or bytes are malformed, and more are never encoded", () => {
  const many = Array.from({ length: limits.addressesPerPeerMax + 1 }, (_, at) => `/ip4/10.0.0.${at}/tcp/1`);
  assert.equal(decodeAddresses(AddressRecord.encode({ multiaddrs: many })), undefined);
  assert.equal(decodeAddresses(new Uint8Array(limits.addressRecordBytesMax + 1)), undefined);
  const addresses = many.flatMap((text) => parsePeerAddress(text) ?? []);
  assert.equal(decodeAddresses(encodeAddresses(addresses))?.length, limits.addressesPerPeerMax);
});

test("P3: property: any bytes are addresses or malformed, and nothing is thrown", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const addresses = decodeAddresses(bytes);
      assert.ok(addresses === undefined || addresses.every((each) => parsePeerAddress(each) === each));
    }),
  );
});
