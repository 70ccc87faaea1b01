import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { folderCollection, fromHex, parseFolderId, parseSiteId, toHex } from "../../../protocol/ids.ts";
import { limits } from "../../../protocol/limits.ts";
import type { BatchHeader, BatchPart } from "../../../protocol/records/batch.ts";
import { coverRoot, wholeCover } from "../../../protocol/records/merkle.ts";
import type { RecordBody } from "../../../protocol/records/record.ts";
import {
  decodeHeader,
  decodePart,
  decodeRecord,
  encodeHeader,
  encodePart,
  encodeRecord,
} from "../../../protocol/wire/records.ts";
import { writerNumber } from "../records/history.ts";

const [one, two, three] = [writerNumber(1), writerNumber(2), writerNumber(3)];
const site = parseSiteId("5".repeat(64));
const folder = parseFolderId("press");
assert.ok(site !== undefined && folder !== undefined);

const header: BatchHeader = {
  site,
  collection: folderCollection(folder),
  writer: one,
  first: 300,
  count: 3,
  policyVersion: 7,
  sealedAtMs: 1_800_000_000_000,
  root: new Uint8Array(32).fill(9),
};

const sequence = fc.integer({ min: 1, max: limits.integerMax });
const body: fc.Arbitrary<RecordBody> = fc.record(
  {
    kind: fc.integer({ min: 0, max: 0xffffffff }),
    key: fc.string({ unit: "grapheme" }).filter((key) => key.isWellFormed()),
    causes: fc
      .uniqueArray(fc.tuple(fc.constantFrom(one, two, three), sequence), { selector: ([writer]) => writer })
      .map((entries) => new Map(entries)),
    tombstone: fc.boolean(),
    payload: fc.uint8Array({ maxLength: 200 }),
  },
  { noNullPrototype: true },
);

function partOf(count: number): BatchPart {
  const cover = wholeCover(count);
  const records = cover.live.map((position) => Buffer.from(`record ${position}`));
  const given = { ...header, count };
  return { head: { header: given, bytes: encodeHeader(given), signature: new Uint8Array(64).fill(1) }, cover, records };
}

test("property: records come back as they were", () => {
  fc.assert(
    fc.property(body, (record) => {
      const decoded = decodeRecord(encodeRecord(record, one), one);
      assert.ok(decoded !== undefined);
      assert.deepEqual({ ...decoded, payload: Uint8Array.from(decoded.payload) }, record);
    }),
  );
});

test("a cause on the batch's own writer costs no name", () => {
  const record = { kind: 1, key: "a", tombstone: false, payload: new Uint8Array() };
  const own = encodeRecord({ ...record, causes: new Map([[one, 5]]) }, one);
  const other = encodeRecord({ ...record, causes: new Map([[two, 5]]) }, one);
  assert.equal(own.length, 7);
  assert.equal(other.length, 55);
});

test("the format of records stands", () => {
  const causes = new Map([
    [two, 258],
    [one, 300],
  ]);
  const record = { kind: 1, key: "ä/b", causes, tombstone: true, payload: Uint8Array.of(1, 2) };
  const expected = `0801 1204 c3a42f62 1801 2202 0102 28ac02 3230 ${two} 0000000000000102`;
  assert.equal(toHex(encodeRecord(record, one)), expected.replaceAll(" ", ""));
});

test("the format of batch headers stands", () => {
  const expected = [
    `0a20 ${header.site}`,
    `120c ${Buffer.from("folder/press").toString("hex")}`,
    `1a28 ${one}`,
    "20ac02 2803 3007",
    "3880a0f1c2b134",
    `4220 ${"09".repeat(32)}`,
  ];
  assert.equal(toHex(encodeHeader(header)), expected.join("").replaceAll(" ", ""));
  const decoded = decodeHeader(encodeHeader(header));
  assert.ok(decoded !== undefined);
  assert.deepEqual({ ...decoded, root: Uint8Array.from(decoded.root) }, header);
});

test("fields of later versions behind the known ones are read past, in records and headers", () => {
  const later = Buffer.from("980601a20603616263", "hex"); // Field 99 a number, field 100 bytes.
  const record = { kind: 77, key: "a", causes: new Map(), tombstone: false, payload: Uint8Array.of(5) };
  const decoded = decodeRecord(Buffer.concat([encodeRecord(record, one), later]), one);
  assert.equal(decoded?.kind, 77);
  assert.equal(decodeHeader(Buffer.concat([encodeHeader(header), later]))?.first, 300);
});

test("P1: bytes that readers could understand differently are malformed", () => {
  const record = { kind: 1, key: "a", causes: new Map(), tombstone: true, payload: new Uint8Array() };
  const bytes = Buffer.from(encodeRecord(record, one));
  assert.equal(bytes.toString("hex"), "0801120161" + "1801");
  const twisted = [
    "120161" + "0801" + "1801", // Out of order.
    "088100" + "120161" + "1801", // A number longer than it need be.
    "0801" + "120161" + "1802", // True, but not as it is written.
    "0801" + "120161" + "1801" + "1800", // Said twice.
    "0801" + "120161" + "1801" + "1a0100", // A known field of another type.
    "0801" + "120161" + "1801" + "9806", // A field of a later version cut short.
    "0801" + "120161" + "1801" + "9b06" + "9c06", // And one of a type that nobody uses any more.
    "0801" + "1202c328" + "1801", // A key that is not UTF-8.
    "1801", // The key left out is empty, which `recordProblem` refuses; this still reads.
  ];
  const read = twisted.map((hex) => decodeRecord(Buffer.from(hex, "hex"), one));
  assert.deepEqual(
    read.map((each) => each !== undefined),
    [false, false, false, false, false, false, false, false, true],
  );
});

test("P1: causes out of order, twice, at zero or on the batch's own writer are malformed", () => {
  const record = { kind: 1, key: "a", causes: new Map(), tombstone: false, payload: new Uint8Array() };
  const plain = encodeRecord(record, one);
  const [low, high] = two < three ? [two, three] : [three, two];
  const cause = (writer: string, number: number): Buffer =>
    Buffer.concat([fromHex(writer), Buffer.from(number.toString(16).padStart(16, "0"), "hex")]);
  const withCauses = (...entries: readonly Buffer[]): Buffer => {
    const column = Buffer.concat(entries);
    return Buffer.concat([plain, Buffer.of(0x32, column.length), column]);
  };
  assert.ok(decodeRecord(withCauses(cause(low, 1), cause(high, 1)), one) !== undefined);
  const broken = [
    [cause(high, 1), cause(low, 1)],
    [cause(low, 1), cause(low, 2)],
    [cause(low, 0)],
    [cause(one, 1)],
    [cause(low, 2 ** 53)],
    [cause(low, 1).subarray(1)],
  ];
  for (const entries of broken) assert.equal(decodeRecord(withCauses(...entries), one), undefined);
});

test("property: parts of batches come back as they were", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 256 }), (count) => {
      const part = partOf(count);
      const decoded = decodePart(encodePart(part));
      assert.ok(decoded !== undefined);
      assert.deepEqual(decoded.cover, part.cover);
      assert.deepEqual(decoded.records.map(toHex), part.records.map(toHex));
      assert.equal(toHex(decoded.head.bytes), toHex(part.head.bytes));
    }),
  );
});

test("P3: property: a part with any bytes changed is a part or malformed, and nothing is thrown", () => {
  const bytes = encodePart(partOf(20));
  const changes = fc.array(fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 })), { maxLength: 4 });
  fc.assert(
    fc.property(changes, fc.nat({ max: bytes.length }), (edits, end) => {
      const changed = Uint8Array.from(bytes);
      for (const [at, value] of edits) changed[at] = value;
      for (const each of [changed, changed.subarray(0, end)]) {
        const part = decodePart(each);
        if (part === undefined) continue;
        assert.ok(part.records.length === part.cover.live.length && part.records.length <= limits.batchRecordsMax);
        coverRoot(
          part.cover,
          part.records.map(() => new Uint8Array(32)),
        );
      }
    }),
    { numRuns: 500 },
  );
});

test("P3: property: any bytes are a record, a header, or malformed, and nothing is thrown", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      decodePart(bytes);
      decodeHeader(bytes);
      const record = decodeRecord(bytes, one);
      if (record !== undefined) assert.deepEqual(decodeRecord(encodeRecord(record, one), one), record);
    }),
    { numRuns: 500 },
  );
});

test("P3: what is above its limit is malformed", () => {
  const record = { kind: 1, key: "a", causes: new Map(), tombstone: false, payload: new Uint8Array() };
  const long = encodeRecord({ ...record, payload: new Uint8Array(limits.recordBytesMax) }, one);
  assert.equal(decodeRecord(long, one), undefined);
  const later = Buffer.concat([Buffer.from("a206ff07", "hex"), new Uint8Array(1023)]);
  assert.equal(decodeHeader(Buffer.concat([encodeHeader(header), later])), undefined);
  assert.equal(decodeHeader(encodeHeader({ ...header, count: 257 })), undefined);
});
