import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { membersCollection, parseSiteId, toHex } from "../../../protocol/ids.ts";
import { limits } from "../../../protocol/limits.ts";
import type { BatchHeader } from "../../../protocol/records/batch.ts";
import { wholeCover } from "../../../protocol/records/merkle.ts";
import { encodeHeader } from "../../../protocol/wire/records.ts";
import {
  type BucketsAnswer,
  type CollectionDigest,
  type DeltaAnswer,
  type DigestsAnswer,
  type RecordsRequest,
  type SiblingsAnswer,
  decodeBucketsAnswer,
  decodeDeltaAnswer,
  decodeDigestsAnswer,
  decodeRecordsRequest,
  decodeSiblingsAnswer,
  decodeWriterAnswer,
  encodeBucketsAnswer,
  encodeDeltaAnswer,
  encodeDigestsAnswer,
  encodeRecordsRequest,
  encodeSiblingsAnswer,
  encodeWriterAnswer,
} from "../../../protocol/wire/records-exchange.ts";
import { writerNumber } from "../records/history.ts";

const [one, two] = [writerNumber(1), writerNumber(2)];
const site = parseSiteId("5".repeat(64));
assert.ok(site !== undefined);
const collection = membersCollection;

const digest: CollectionDigest = {
  collection,
  contextDigest: "ab".repeat(32),
  fingerprint: { count: 12, sum: new Uint8Array(32).fill(7) },
};
const requests: readonly RecordsRequest[] = [
  { kind: "digests", collections: [digest, { ...digest, fingerprint: { count: 0, sum: new Uint8Array(32) } }] },
  { kind: "digests", collections: [] },
  {
    kind: "delta",
    collection,
    context: new Map([[one, { sequence: 5, frozenAt: 9 }]]),
    skip: [two, one],
  },
  { kind: "writer", writer: two },
  { kind: "buckets", collection, prefixes: ["", "a", "abc"] },
  { kind: "siblings", collection, prefixes: ["a", "abcd"], after: "some/ä" },
];

const header: BatchHeader = {
  site,
  collection,
  writer: one,
  first: 1,
  count: 2,
  policyVersion: 1,
  sealedAtMs: 2,
  root: new Uint8Array(32),
};
const head = { header, bytes: encodeHeader(header), signature: new Uint8Array(64) };
const part = { head, cover: wholeCover(2), records: [Uint8Array.of(1), Uint8Array.of(2, 3)] };
const delta: DeltaAnswer = {
  writers: [
    { batches: [part, part], tail: head },
    { batches: [], tail: head },
    { batches: [part], tail: undefined },
  ],
  forks: [{ one: head, other: head }],
  more: true,
  floor: new Map([[one, 5]]),
  goal: new Map([[two, 6]]),
};
const siblings: SiblingsAnswer = { batches: [part], next: "key" };
const buckets: BucketsAnswer = {
  contextDigest: "cd".repeat(32),
  fingerprints: Array.from({ length: 16 }, (_, count) => ({ count, sum: new Uint8Array(32).fill(count) })),
  unsure: true,
};
const digests: DigestsAnswer = { standings: ["equal", "not-shared", "differs", "unsure"], differing: [digest] };

/** The same values, whatever kind of byte array they stand in. */
function bare(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, each: unknown) => {
      if (each instanceof Uint8Array) return toHex(each);
      if (each instanceof Map) return [...each];
      // `Buffer` turns itself into an object before it comes here.
      if (typeof each === "object" && each !== null && "data" in each && Array.isArray(each.data)) {
        return Buffer.from(each.data).toString("hex");
      }
      return each;
    }),
  );
}

test("requests come back as they were", () => {
  for (const request of requests) {
    assert.deepEqual(bare(decodeRecordsRequest(encodeRecordsRequest(request))), bare(request));
  }
});

test("answers come back as they were", () => {
  assert.deepEqual(bare(decodeDeltaAnswer(encodeDeltaAnswer(delta))), bare(delta));
  assert.deepEqual(bare(decodeSiblingsAnswer(encodeSiblingsAnswer(siblings))), bare(siblings));
  assert.deepEqual(bare(decodeBucketsAnswer(encodeBucketsAnswer(buckets))), bare(buckets));
  assert.deepEqual(bare(decodeDigestsAnswer(encodeDigestsAnswer(digests))), bare(digests));
  const sequences = new Map([[collection, 17]]);
  assert.deepEqual(decodeWriterAnswer(encodeWriterAnswer(sequences)), sequences);
});

test("a request that asks nothing or two things at once is malformed", () => {
  assert.equal(decodeRecordsRequest(new Uint8Array()), undefined);
  const both = requests.filter(({ kind }) => kind !== "digests").map(encodeRecordsRequest);
  assert.equal(decodeRecordsRequest(Buffer.concat(both.slice(0, 2))), undefined);
});

test("P3: prefixes that are no hex digits or too long are malformed", () => {
  for (const prefix of ["abcde", "A", "x", "../"]) {
    for (const kind of ["buckets", "siblings"] as const) {
      const request = { kind, collection, prefixes: [prefix], after: "" };
      assert.equal(decodeRecordsRequest(encodeRecordsRequest(request)), undefined);
    }
  }
  const tooDeep = encodeRecordsRequest({ kind: "buckets", collection, prefixes: ["abcd"] });
  assert.equal(decodeRecordsRequest(tooDeep), undefined);
});

test("P3: answers above their size are malformed before they are read", () => {
  assert.equal(decodeDeltaAnswer(new Uint8Array(limits.deltaAnswerBytesMax + 1)), undefined);
  assert.equal(decodeSiblingsAnswer(new Uint8Array(limits.deltaAnswerBytesMax + 1)), undefined);
});

test("P3: a message of nothing but empty parts is malformed, not a heap of objects", () => {
  const emptyBatches = Buffer.alloc(8_194, Buffer.of(0x0a, 0x00));
  const emptyDelta = Buffer.concat([Buffer.of(0x0a, 0x82, 0x40), emptyBatches]);
  assert.equal(decodeDeltaAnswer(emptyDelta), undefined);
  assert.equal(decodeSiblingsAnswer(emptyBatches), undefined);
});

test("P3: property: messages with any bytes changed are messages or malformed, and nothing is thrown", () => {
  const messages = [
    ...requests.map(encodeRecordsRequest),
    encodeDeltaAnswer(delta),
    encodeSiblingsAnswer(siblings),
    encodeBucketsAnswer(buckets),
    encodeDigestsAnswer(digests),
    encodeWriterAnswer(new Map([[collection, 17]])),
  ];
  const decoders = [
    decodeRecordsRequest,
    decodeDeltaAnswer,
    decodeSiblingsAnswer,
    decodeBucketsAnswer,
    decodeDigestsAnswer,
    decodeWriterAnswer,
  ];
  const edits = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 6 });
  fc.assert(
    fc.property(fc.constantFrom(...messages), edits, fc.nat(), (message, changes, end) => {
      const changed = Uint8Array.from(message);
      for (const [at, value] of changes) changed[at % changed.length] = value;
      for (const decode of decoders) {
        decode(changed);
        decode(changed.subarray(0, end % (changed.length + 1)));
      }
    }),
    { numRuns: 1_000 },
  );
});
