import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sign } from "../../../protocol/ed25519.ts";
import { toHex } from "../../../protocol/ids.ts";
import { limits } from "../../../protocol/limits.ts";
import { type Beacon, digestOfSummaries } from "../../../protocol/membership/beacon.ts";
import { sha256 } from "../../../protocol/sha256.ts";
import { decodeBeacon, isGenuine, keyOfBeacons, type SealedBeacon, sealBeacon } from "../../../protocol/wire/beacon.ts";
import {
  Beacon as BeaconMessage,
  SealedBeacon as SealedBeaconMessage,
} from "../../../protocol/wire/generated/beacon.js";
import { arbitraryBeacon, beaconOf, keyNumber, summaryOf } from "../membership/beacons.ts";

const key = keyNumber(1);
const progress = { state: "syncing", missingFiles: 7, missingBytes: 70_000, blockedFiles: 1, heldBack: 2 } as const;

/** By the key that the beacon itself names. */
function isSealedByItsPeer(sealed: SealedBeacon): boolean {
  const peerKey = keyOfBeacons(sealed.beacon.peer);
  return peerKey !== undefined && isGenuine(sealed, peerKey);
}

function decoded(bytes: Uint8Array): SealedBeacon {
  const sealed = decodeBeacon(bytes);
  if ("code" in sealed) assert.fail(JSON.stringify(sealed));
  return sealed;
}

test("property: a beacon that fits comes back as it was, and is genuine", () => {
  fc.assert(
    fc.property(arbitraryBeacon(key, 8), (beacon) => {
      const sealed = decoded(sealBeacon(beacon, key));
      // The clone has the prototypes that fast-check's objects lack.
      assert.deepEqual(sealed.beacon, structuredClone(beacon));
      assert.ok(isSealedByItsPeer(sealed));
    }),
    { numRuns: 50 },
  );
});

test("the format stands: the same beacon has the same bytes in every version", () => {
  const beacon = beaconOf(key, { collections: [summaryOf("folder/press", { progress }), summaryOf("members")] });
  const bytes = sealBeacon(beacon, key);
  assert.equal(bytes.length, 376);
  assert.equal(toHex(sha256(bytes)), "7ec15c9814657c5a4bef18ca558b162b9dcca5208ecea369f2d11670779b202c");
});

test("P1: property: with any byte flipped it is malformed, not genuine, or says the same", () => {
  const bytes = sealBeacon(beaconOf(key, { collections: [summaryOf("folder/press", { progress })] }), key);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const forged = Uint8Array.from(bytes);
      forged[at] = (forged[at] ?? 0) ^ flip;
      const sealed = decodeBeacon(forged);
      // Tags of the envelope have bits that the decoder does not look at; what was sealed is whole all the same.
      if ("code" in sealed || !isSealedByItsPeer(sealed)) return;
      assert.deepEqual(sealed.beacon, decoded(bytes).beacon, `byte ${at}`);
    }),
    { numRuns: 2_000 },
  );
});

test("P1: a beacon sealed by another key, or for another purpose, is not genuine", () => {
  const beacon = beaconOf(key);
  assert.ok(!isSealedByItsPeer(decoded(sealBeacon(beacon, keyNumber(2)))));
  const { body } = decoded(sealBeacon(beacon, key));
  const signature = new Uint8Array(sign(key, "cdmesh batch 1", body));
  assert.ok(!isSealedByItsPeer(decoded(SealedBeaconMessage.encode({ body: new Uint8Array(body), signature }))));
});

test("a peer with three folders takes less than 600 bytes", () => {
  const collections = ["folder/press", "folder/assets", "folder/www", "members"].map((name) =>
    summaryOf(name, { progress }),
  );
  const { length } = sealBeacon(beaconOf(key, { collections }), key);
  assert.ok(length < 600, `${length}`);
});

test("P3: property: with too many folders a part is named, the total is told, and each folder has its turn", () => {
  const many = fc.integer({ min: 60, max: 1_000 });
  fc.assert(
    fc.property(many, fc.nat(1_000), (folders, sequence) => {
      const collections = Array.from({ length: folders }, (_, at) =>
        summaryOf(`folder/${"long".repeat(at % 10)}${at}`, { progress }),
      );
      const beacon = beaconOf(key, { collections });
      const named = new Set<string>();
      let beacons = 0;
      for (; named.size < folders && beacons < folders; beacons += 1) {
        const bytes = sealBeacon({ ...beacon, sequence: sequence + beacons }, key);
        assert.ok(bytes.length <= limits.beaconBytesMax, `${bytes.length}`);
        const cut = decoded(bytes).beacon;
        assert.deepEqual(cut.total, { count: folders, digest: digestOfSummaries(collections) });
        for (const summary of cut.collections) named.add(summary.collection);
      }
      assert.equal(named.size, folders);
      // A page holds at least 15 of the longest summaries.
      assert.ok(beacons <= Math.ceil(folders / 15), `${beacons} beacons`);
    }),
    { numRuns: 10 },
  );
});

test("a load that no machine has is made sane before it is sent", () => {
  const load = {
    cpu: Number.NaN,
    memoryBytesFree: -1,
    memoryBytesTotal: Number.POSITIVE_INFINITY,
    processBytes: 1.6,
    eventLoopDelayMs: 2 ** 40,
  };
  assert.deepEqual(decoded(sealBeacon(beaconOf(key, { load }), key)).beacon.load, {
    cpu: 0,
    memoryBytesFree: 0,
    memoryBytesTotal: 0,
    processBytes: 2,
    eventLoopDelayMs: 0xffff_ffff,
  });
});

type Message = Partial<BeaconMessage>;
const broken: readonly (readonly [what: string, change: (message: BeaconMessage) => Message])[] = [
  ["a short key", () => ({ peer: new Uint8Array(31) })],
  ["a long site", () => ({ site: new Uint8Array(33) })],
  ["a short digest of documents", () => ({ documentsDigest: new Uint8Array(31) })],
  ["a total without digest", () => ({ totalCount: 9 })],
  ["a digest without total", () => ({ totalDigest: new Uint8Array(32) })],
  [
    "a collection with a bad name",
    (from) => ({ collections: from.collections.map((each) => ({ ...each, collection: "../x" })) }),
  ],
  ["a collection named twice", (from) => ({ collections: [...from.collections, ...from.collections] })],
  ["a short sum", (from) => ({ collections: from.collections.map((each) => ({ ...each, sum: new Uint8Array(1) })) })],
  [
    "too many collections",
    () => ({ collections: Array.from({ length: limits.beaconCollectionsMax + 1 }, () => emptySummary) }),
  ],
];
const emptySummary = {
  collection: "a",
  contextDigest: new Uint8Array(),
  count: 0,
  sum: new Uint8Array(),
  state: 0,
  missingFiles: 0,
  missingBytes: 0,
  blockedFiles: 0,
  heldBack: 0,
};

for (const [what, change] of broken) {
  test(`P3: ${what} is malformed`, () => {
    const { body } = decoded(sealBeacon(beaconOf(key, { collections: [summaryOf("folder/press")] }), key));
    const message = BeaconMessage.decode(body);
    const changed = BeaconMessage.encode({ ...message, ...change(message) });
    const sealed = decodeBeacon(SealedBeaconMessage.encode({ body: changed, signature: new Uint8Array(64) }));
    assert.equal("code" in sealed ? sealed.code : "decoded", "message-malformed");
  });
}

test("P3: a number above 2^53 is malformed", () => {
  const { body } = decoded(sealBeacon(beaconOf(key), key));
  // The last of two values of one field counts: field 3, the life, as a varint of 2^56.
  const life = [0x18, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01];
  const changed = Uint8Array.from([...body, ...life]);
  const sealed = decodeBeacon(SealedBeaconMessage.encode({ body: changed, signature: new Uint8Array(64) }));
  assert.equal("code" in sealed ? sealed.code : "decoded", "message-malformed");
});

test("P3: more bytes than a beacon may have are not looked at", () => {
  const sealed = decodeBeacon(new Uint8Array(limits.beaconBytesMax + 1));
  assert.deepEqual(sealed, { code: "message-malformed", what: "beacon", why: `${limits.beaconBytesMax + 1} bytes` });
});

test("P3: property: any bytes are a beacon or malformed, and nothing is thrown", () => {
  const bytes = sealBeacon(beaconOf(key, { collections: [summaryOf("folder/press")] }), key);
  const cut = fc.nat(bytes.length).map((length) => bytes.slice(0, length));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), cut), (given) => {
      const sealed = decodeBeacon(given);
      assert.ok("code" in sealed || sealed.beacon.peer.startsWith("12D3KooW"));
    }),
    { numRuns: 2_000 },
  );
});

test("a folder state of a later version shows no progress, and the rest is believed", () => {
  const { body } = decoded(sealBeacon(beaconOf(key, { collections: [summaryOf("folder/press", { progress })] }), key));
  const message = BeaconMessage.decode(body);
  const collections = message.collections.map((each) => ({ ...each, state: 9 }));
  const later = new Uint8Array(BeaconMessage.encode({ ...message, collections }));
  const beacon: Beacon = decoded(SealedBeaconMessage.encode({ body: later, signature: new Uint8Array(64) })).beacon;
  assert.deepEqual(beacon.collections, [summaryOf("folder/press")]);
});
