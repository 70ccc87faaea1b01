import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  folderCollection,
  membersCollection,
  parseFolderId,
  peerOfWriter,
  siteIdOfPublicKey,
  writerIdOf,
} from "../../../protocol/ids.ts";
import { limits } from "../../../protocol/limits.ts";
import {
  type BatchHead,
  type BatchHeader,
  batchEnds,
  headerProblem,
  isFork,
  lastBeforeFork,
  signHead,
  verifyHead,
  verifyRecords,
} from "../../../protocol/records/batch.ts";
import { coverRoot, hashLeaf, wholeCover } from "../../../protocol/records/merkle.ts";
import { importSigningKey, verify } from "../../../protocol/ed25519.ts";
import { writerNumber } from "./history.ts";

const press = parseFolderId("press");
assert.ok(press !== undefined);

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
  assert.equal(headerProblem({ ...header, first: 0 }), "first");
  assert.equal(headerProblem({ ...header, count: 0 }), "count");
  assert.equal(headerProblem({ ...header, first: Number.MAX_SAFE_INTEGER, count: 2 }), "last");
  assert.equal(headerProblem({ ...header, policyVersion: -1 }), "policyVersion");
  assert.equal(headerProblem({ ...header, sealedAtMs: -1 }), "sealedAt");
  assert.equal(headerProblem({ ...header, root: new Uint8Array(33) }), "root");
});

test("P1: a head counts under the key of its author alone, and to its last byte", () => {
  const [author, stranger] = [1, 2].map((byte) => importSigningKey(new Uint8Array(32).fill(byte)));
  assert.ok(author !== undefined && stranger !== undefined);
  const writer = writerIdOf(author.publicKey.bytes, new Uint8Array(8));
  const unsigned = headOf(1, 1, { writer });
  const head = { ...unsigned, signature: signHead(author, unsigned.bytes) };
  assert.equal(verifyHead(author.publicKey, head), undefined);
  const refusal = { code: "signature-invalid", signer: peerOfWriter(writer) };
  assert.deepEqual(verifyHead(stranger.publicKey, head), refusal);
  assert.deepEqual(
    verifyHead(author.publicKey, { ...head, bytes: Buffer.concat([head.bytes, Buffer.of(0)]) }),
    refusal,
  );
  assert.deepEqual(verifyHead(author.publicKey, { ...head, signature: signHead(stranger, head.bytes) }), refusal);
});

test("heads are signed under the domain of batches, and of nothing else", () => {
  const key = importSigningKey(new Uint8Array(32).fill(7));
  const signature = signHead(key, Buffer.from("a header"));
  assert.ok(verify(key.publicKey, "cdmesh batch 1", Buffer.from("a header"), signature));
  assert.ok(!verify(key.publicKey, "cdmesh beacon 1", Buffer.from("a header"), signature));
});

test("P1: records count only whole, in their order, and as many as the head says", () => {
  const records = [1, 2, 3].map((byte) => new Uint8Array(4).fill(byte));
  const leaves = records.map(hashLeaf);
  const root = coverRoot(wholeCover(3), leaves);
  assert.ok(root !== undefined);
  const part = { head: headOf(5, 3, { root }), cover: wholeCover(3), records };
  assert.equal(verifyRecords(part, leaves), undefined);
  const refusal = { code: "batch-root-mismatch", writer: part.head.header.writer, first: 5 };
  assert.deepEqual(verifyRecords(part, leaves.toReversed()), refusal);
  assert.deepEqual(verifyRecords(part, leaves.slice(1)), refusal);
  assert.deepEqual(verifyRecords({ ...part, head: headOf(5, 4, { root }) }, leaves), refusal);
});

test("S8: two different heads over one sequence number are a fork, and nothing else is", () => {
  const head = headOf(5, 4);
  assert.ok(!isFork({ one: head, other: headOf(5, 4) }));
  assert.ok(isFork({ one: head, other: headOf(5, 4, { sealedAtMs: 1 }) }));
  assert.ok(isFork({ one: head, other: headOf(8, 4) }));
  assert.ok(!isFork({ one: head, other: headOf(9, 4) }));
  assert.ok(!isFork({ one: head, other: headOf(1, 4) }));
  const others: readonly Partial<BatchHeader>[] = [
    { writer: writerNumber(2) },
    { site: siteIdOfPublicKey(new Uint8Array(32).fill(1)) },
    { collection: folderCollection(press) },
  ];
  for (const fields of others) assert.ok(!isFork({ one: head, other: headOf(5, 4, { sealedAtMs: 1, ...fields }) }));
  assert.ok(isFork({ one: headOf(8, 1), other: head }));
  assert.equal(lastBeforeFork({ one: head, other: headOf(8, 4) }), 7);
  assert.equal(lastBeforeFork({ one: head, other: headOf(1, 5) }), 4);
});

test("a batch is filled to the last byte, and a record above all limits still has one of its own", () => {
  const half = limits.batchBytesMax / 2;
  assert.deepEqual(batchEnds([half, half, 1]), [2, 3]);
  assert.deepEqual(batchEnds([limits.batchBytesMax + 1, 1]), [1, 2]);
  assert.deepEqual(batchEnds(Array.from({ length: limits.batchRecordsMax + 1 }, () => 1)), [
    limits.batchRecordsMax,
    limits.batchRecordsMax + 1,
  ]);
  assert.deepEqual(batchEnds([]), []);
});
