import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "../../../protocol/limits.ts";
import type { Context } from "../../../protocol/records/context.ts";
import { shortWriter } from "../../../protocol/records/stable.ts";
import { decodeAcknowledgement, encodeAcknowledgement } from "../../../protocol/wire/acknowledgement.ts";
import { AcknowledgementRecord } from "../../../protocol/wire/generated/acknowledgement.js";
import { writerNumber } from "../records/history.ts";

function contextOf(writers: number, sequence: number): Context {
  return new Map(Array.from({ length: writers }, (_, at) => [writerNumber(at), { sequence, frozenAt: undefined }]));
}

test("an acknowledgement comes back as it was said", () => {
  const context = new Map([...contextOf(3, 7), [writerNumber(9), { sequence: 0, frozenAt: 0 }]]);
  const expected = new Map([0, 1, 2].map((at) => [shortWriter(writerNumber(at)), 7] as const));
  const read = decodeAcknowledgement(encodeAcknowledgement(context));
  assert.deepEqual(read, new Map([...expected].toSorted()));
  assert.deepEqual(decodeAcknowledgement(new Uint8Array()), new Map());
});

test("P3: an acknowledgement of as many writers as there may be fits a record; more are left out", () => {
  const payload = encodeAcknowledgement(contextOf(limits.acknowledgedWritersMax + 10, 3));
  assert.ok(payload.length + 256 <= limits.recordBytesMax);
  assert.equal(decodeAcknowledgement(payload)?.size, limits.acknowledgedWritersMax);
});

test("a sequence that is too large for its place is said smaller, never larger", () => {
  const read = decodeAcknowledgement(encodeAcknowledgement(contextOf(1, Number.MAX_SAFE_INTEGER)));
  assert.deepEqual([...(read ?? new Map()).values()], [2 ** 48 - 1]);
});

test("P3: what is malformed, out of order or above its limit is nobody's acknowledgement", () => {
  const entry = Buffer.alloc(14, 1);
  const later = Buffer.alloc(14, 2);
  const encode = (...parts: readonly Uint8Array[]): Uint8Array =>
    AcknowledgementRecord.encode({ sequences: Buffer.concat(parts) });
  assert.equal(decodeAcknowledgement(encode(entry, later))?.size, 2);
  assert.equal(decodeAcknowledgement(encode(later, entry)), undefined);
  assert.equal(decodeAcknowledgement(encode(entry, entry)), undefined);
  assert.equal(decodeAcknowledgement(encode(entry.subarray(1))), undefined);
  assert.equal(decodeAcknowledgement(Uint8Array.of(255)), undefined);
  const many = Array.from({ length: limits.acknowledgedWritersMax + 1 }, (_, at) => {
    const each = Buffer.alloc(14);
    each.writeUInt32BE(at + 1);
    return each;
  });
  assert.equal(decodeAcknowledgement(encode(...many.slice(1)))?.size, limits.acknowledgedWritersMax);
  assert.equal(decodeAcknowledgement(encode(...many)), undefined);
});
