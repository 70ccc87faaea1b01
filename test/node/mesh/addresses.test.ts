import assert from "node:assert/strict";
import { test } from "node:test";
import { AddressBook, addressKey } from "../../../node/mesh/addresses.ts";
import type { PeerId } from "../../../protocol/ids.ts";
import { limits } from "../../../protocol/limits.ts";
import { type PeerAddress, parsePeerAddress } from "../../../protocol/membership/address.ts";
import { recordKinds, type RecordBody } from "../../../protocol/records/record.ts";
import { decodeAddresses, encodeAddresses } from "../../../protocol/wire/address.ts";
import { FakeLog } from "../../../simulations/world/log.ts";
import { World } from "../../../simulations/world/world.ts";
import { peerNumber } from "../../protocol/membership/peers.ts";
import { StubRecords, versionOf, writerOf } from "./stub-records.ts";

const self = peerNumber(0);
const other = peerNumber(1);
const [lan, wan, loopback] = ["/ip4/10.0.0.1/tcp/4240", "/dns/a.example/tcp/4240", "/ip4/127.0.0.1/tcp/4240"];

function recordOf(peer: PeerId, addresses: readonly string[], fields: Partial<RecordBody> = {}): RecordBody {
  const parsed = addresses.map(parsePeerAddress).filter((address): address is PeerAddress => address !== undefined);
  const payload = encodeAddresses(parsed);
  return { kind: recordKinds.address, key: addressKey(peer), causes: new Map(), tombstone: false, payload, ...fields };
}

async function setUp(prepare: (records: StubRecords) => void = () => {}) {
  const records = new StubRecords(self);
  prepare(records);
  const log = new FakeLog(new World(1));
  const book = await AddressBook.open({ ports: { log }, self, records });
  let changes = 0;
  book.onChange(() => {
    changes += 1;
  });
  const said = () => records.issued.map(({ payload }) => decodeAddresses(payload));
  return { records, book, log, said, changes: () => changes };
}

test("a peer announces itself once, in a fixed order, and again only when its addresses change", async () => {
  const { book, said } = await setUp();
  for (const each of [
    [loopback, lan],
    [lan, loopback],
    [lan, loopback],
  ])
    await book.announce(each);
  assert.deepEqual(said(), [[lan, loopback]]);
  await book.announce([wan, lan, loopback]);
  assert.deepEqual(said(), [
    [lan, loopback],
    [wan, lan, loopback],
  ]);
});

test("after a restart nothing is issued when the record that stands says it already", async () => {
  const { book, said } = await setUp((records) => {
    records.take(versionOf(writerOf(self, 1), 1, recordOf(self, [lan])));
  });
  await book.announce([lan]);
  await book.announce([lan]);
  assert.deepEqual(said(), []);
});

test("a peer that listens nowhere says nothing, unless it has said something else before", async () => {
  const { book, said } = await setUp();
  await book.announce([]);
  assert.deepEqual(said(), []);
  await book.announce([lan]);
  await book.announce([]);
  assert.deepEqual(said(), [[lan], []]);
});

test("S8: what an earlier life of the store said is superseded, also when it comes back late", async () => {
  const { records, book } = await setUp();
  await book.announce([lan]);
  records.take(versionOf(writerOf(self, 9), 4, recordOf(self, [wan])));
  assert.deepEqual(book.addresses(self), [wan, lan]);
  await book.announce([lan]);
  const versions = await records.state(addressKey(self));
  assert.deepEqual(
    versions.map((version) => decodeAddresses(version.record.payload)),
    [[lan]],
  );
  assert.deepEqual(book.addresses(self), [lan]);
});

test("a failed write is tried again at the next look", async () => {
  const { records, book, said, log } = await setUp();
  records.issueError = new Error("disk full");
  await book.announce([lan]);
  assert.deepEqual(
    log.lines.map((line) => line.event),
    ["addresses-unannounced"],
  );
  records.issueError = undefined;
  await book.announce([lan]);
  assert.deepEqual(said(), [[lan]]);
});

test("what others announced is known from the store at the start, however many there are", async () => {
  const count = 600;
  const { book } = await setUp((records) => {
    for (let at = 1; at <= count; at += 1) {
      const peer = peerNumber(at);
      records.take(versionOf(writerOf(peer, 1), 1, recordOf(peer, [lan])));
    }
  });
  for (let at = 1; at <= count; at += 1) assert.deepEqual(book.addresses(peerNumber(at)), [lan]);
});

test("a change of another's addresses is told, an unchanged record is not", async () => {
  const { records, book, changes } = await setUp();
  records.take(versionOf(writerOf(other, 1), 1, recordOf(other, [lan])));
  assert.deepEqual([book.addresses(other), changes()], [[lan], 1]);
  records.take(
    versionOf(writerOf(other, 1), 2, recordOf(other, [lan], { causes: new Map([[writerOf(other, 1), 1]]) })),
  );
  assert.equal(changes(), 1);
  const causes = new Map([[writerOf(other, 1), 2]]);
  records.take(versionOf(writerOf(other, 1), 3, recordOf(other, [wan], { causes })));
  assert.deepEqual([book.addresses(other), changes()], [[wan], 2]);
  const tombstone = { causes: new Map([[writerOf(other, 1), 3]]), tombstone: true };
  records.take(versionOf(writerOf(other, 1), 4, recordOf(other, [], tombstone)));
  assert.deepEqual([book.addresses(other), changes()], [[], 3]);
});

test("P1: nobody speaks for another peer, and what is no address record is left alone", async () => {
  const { records, book, changes } = await setUp();
  records.take(versionOf(writerOf(self, 1), 1, recordOf(other, [lan])));
  records.take(versionOf(writerOf(other, 1), 1, { ...recordOf(other, [lan]), key: "address/nobody" }));
  records.take(versionOf(writerOf(other, 1), 2, { ...recordOf(other, [lan]), key: "something/else" }));
  records.take(versionOf(writerOf(other, 1), 3, recordOf(other, [lan], { kind: 99 })));
  records.take(versionOf(writerOf(other, 1), 4, recordOf(other, [], { payload: Uint8Array.of(0xff) })));
  assert.deepEqual([book.addresses(other), changes()], [[], 0]);
});

test("P3: two versions beside each other count together, up to the limit of addresses", async () => {
  const { records, book, changes } = await setUp();
  const many = (from: number) => Array.from({ length: 12 }, (_, at) => `/ip4/10.0.${from}.${at}/tcp/1`);
  records.take(versionOf(writerOf(other, 1), 1, recordOf(other, many(1))));
  records.take(versionOf(writerOf(other, 2), 1, recordOf(other, many(2))));
  const addresses = book.addresses(other);
  assert.equal(addresses.length, limits.addressesPerPeerMax);
  assert.deepEqual(addresses.slice(0, 12), many(2));
  assert.equal(changes(), 2);
  records.take(
    versionOf(writerOf(other, 2), 2, recordOf(other, many(2), { causes: new Map([[writerOf(other, 2), 1]]) })),
  );
  assert.equal(changes(), 2);
});
