import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { membersCollection, siteIdOfPublicKey } from "../../../protocol/ids.ts";
import { limits } from "../../../protocol/limits.ts";
import {
  type BatchHead,
  type BatchHeader,
  batchEnds,
  headerProblem,
  isFork,
  lastBeforeFork,
} from "../../../protocol/records/batch.ts";
import { writerNumber } from "./history.ts";

function headOf(first: number, count: number, fields: Partial<BatchHeader> = {}): BatchHead {
  const header: BatchHeader = {
    site: siteIdOfPublicKey(new Uint8Array(32)),
    collection: membersCollection,
    writer: writerNumber(1),
    first,
    count,
    policyVersion: 0,
    sealedAtMs: 0,
    root: new Uint8Array(32),
    ...fields,
  };
  const bytes = Buffer.from(`${header.writer} ${first} ${count} ${header.sealedAtMs}`);
  return { header, bytes, signature: new Uint8Array(64) };
}

test("property: batches are as large as their limits allow and never larger", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: limits.recordBytesMax }), { maxLength: 600 });
  fc.assert(
    fc.property(fc.oneof(sizes, fc.array(fc.constant(100), { maxLength: 600 })), (bytes) => {
      const ends = batchEnds(bytes);
      assert.equal(ends.at(-1) ?? 0, bytes.length);
      ends.forEach((end, index) => {
        const batch = bytes.slice(ends[index - 1] ?? 0, end);
        const sum = batch.reduce((total, size) => total + size, 0);
        assert.ok(batch.length >= 1 && batch.length <= limits.batchRecordsMax && sum <= limits.batchBytesMax);
        const next = bytes[end];
        if (next === undefined) return;
        assert.ok(batch.length === limits.batchRecordsMax || sum + next > limits.batchBytesMax);
      });
    }),
  );
});

test("P1: a header with a field out of its bounds has a problem", () => {
  const { header } = headOf(1, 1);
  assert.equal(headerProblem(header), undefined);
  assert.equal(headerProblem({ ...header, count: limits.batchRecordsMax }), undefined);
  const broken: readonly Partial<BatchHeader>[] = [
    { first: 0 },
    { first: -1 },
    { first: Number.MAX_SAFE_INTEGER, count: 2 },
    { count: 0 },
    { count: limits.batchRecordsMax + 1 },
    { policyVersion: -1 },
    { sealedAtMs: 2 ** 60 },
    { root: new Uint8Array(31) },
  ];
  for (const fields of broken) assert.notEqual(headerProblem({ ...header, ...fields }), undefined);
});

test("S8: two different heads over one sequence number are a fork, and nothing else is", () => {
  const head = headOf(5, 4);
  assert.ok(!isFork({ one: head, other: headOf(5, 4) }));
  assert.ok(isFork({ one: head, other: headOf(5, 4, { sealedAtMs: 1 }) }));
  assert.ok(isFork({ one: head, other: headOf(8, 4) }));
  assert.ok(!isFork({ one: head, other: headOf(9, 4) }));
  assert.ok(!isFork({ one: head, other: headOf(1, 4) }));
  assert.ok(!isFork({ one: head, other: headOf(5, 4, { writer: writerNumber(2) }) }));
  assert.equal(lastBeforeFork({ one: head, other: headOf(8, 4) }), 7);
  assert.equal(lastBeforeFork({ one: head, other: headOf(1, 5) }), 4);
});
