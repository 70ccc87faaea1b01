import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { limits } from "../../../protocol/limits.ts";
import {
  type Context,
  type Known,
  contextBytes,
  contextDigest,
  contextOfBytes,
  freeze,
  isSettled,
  knownOf,
  showsFork,
  writersAhead,
} from "../../../protocol/records/context.ts";
import { writerNumber } from "./history.ts";

const [one, two] = [writerNumber(1), writerNumber(2)];

const known: fc.Arbitrary<Known> = fc
  .record({ sequence: fc.maxSafeNat(), frozen: fc.option(fc.nat({ max: 1_000 }), { nil: undefined }) })
  .map(({ sequence, frozen }) =>
    frozen === undefined ? { sequence, frozenAt: undefined } : freeze({ sequence, frozenAt: undefined }, frozen),
  );
const context: fc.Arbitrary<Context> = fc
  .dictionary(fc.nat({ max: 8 }).map(String), known)
  .map((entries) => new Map(Object.entries(entries).map(([number, each]) => [writerNumber(Number(number)), each])));

function sequencesOf(...entries: readonly (readonly [typeof one, number])[]): Context {
  return new Map(entries.map(([writer, sequence]) => [writer, { sequence, frozenAt: undefined }]));
}

test("property: a context comes back from its bytes, without the writers of which nothing is known", () => {
  fc.assert(
    fc.property(context, (given) => {
      const read = contextOfBytes(contextBytes(given));
      assert.ok(read !== undefined);
      assert.equal(contextDigest(read), contextDigest(given));
      assert.deepEqual(writersAhead(read, given), []);
      assert.deepEqual(writersAhead(given, read), []);
    }),
  );
});

test("P3: property: any bytes are a context in its one form, or malformed", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const read = contextOfBytes(bytes);
      if (read !== undefined) assert.deepEqual(Buffer.from(contextBytes(read)), Buffer.from(bytes));
    }),
  );
});

test("P3: unsorted, doubled, empty and far too large entries are malformed", () => {
  const bytes = contextBytes(sequencesOf([one, 1], [two, 2]));
  const [first, second] = [bytes.subarray(0, 56), bytes.subarray(56)];
  assert.ok(contextOfBytes(bytes) !== undefined);
  assert.equal(contextOfBytes(Buffer.concat([second, first])), undefined);
  assert.equal(contextOfBytes(Buffer.concat([first, first])), undefined);
  assert.equal(contextOfBytes(Buffer.concat([first.subarray(0, 40), new Uint8Array(16)])), undefined);
  assert.equal(contextOfBytes(bytes.subarray(1)), undefined);
  assert.equal(contextOfBytes(new Uint8Array(56 * (limits.contextWritersMax + 1))), undefined);
});

test("P3: numbers up to the largest exact one are read, larger ones and known dots behind a fork are malformed", () => {
  const bytesOf = (sequence: bigint, frozen: bigint): Uint8Array => {
    const bytes = Buffer.from(contextBytes(sequencesOf([one, 1])));
    bytes.writeBigUInt64BE(sequence, 40);
    bytes.writeBigUInt64BE(frozen, 48);
    return bytes;
  };
  const most = BigInt(limits.integerMax);
  assert.equal(contextOfBytes(bytesOf(most, 0n))?.get(one)?.sequence, limits.integerMax);
  assert.equal(contextOfBytes(bytesOf(most + 1n, 0n)), undefined);
  assert.deepEqual(contextOfBytes(bytesOf(1n, most))?.get(one), { sequence: 1, frozenAt: limits.integerMax - 1 });
  assert.equal(contextOfBytes(bytesOf(1n, most + 1n)), undefined);
  // Frozen before 5: four dots may be known, the fifth not.
  assert.deepEqual(contextOfBytes(bytesOf(4n, 5n))?.get(one), { sequence: 4, frozenAt: 4 });
  assert.equal(contextOfBytes(bytesOf(5n, 5n)), undefined);
});

test("P3: as many writers as the limit are read, and not one more", () => {
  const many = Array.from({ length: limits.contextWritersMax + 1 }, (_, at) => [writerNumber(at), 1] as const);
  assert.equal(contextOfBytes(contextBytes(sequencesOf(...many.slice(1))))?.size, limits.contextWritersMax);
  assert.equal(contextOfBytes(contextBytes(sequencesOf(...many))), undefined);
});

test("a writer of which nothing is known leaves no bytes", () => {
  const nothing: Known = { sequence: 0, frozenAt: undefined };
  assert.equal(contextBytes(new Map([[one, nothing]])).length, 0);
  assert.deepEqual(knownOf(new Map(), one), nothing);
});

test("a fork is shown only by who knows one, and an earlier one than ours", () => {
  const [unaware, at4, at9] = [undefined, 4, 9].map((frozenAt) => ({ sequence: 2, frozenAt }));
  assert.ok(unaware !== undefined && at4 !== undefined && at9 !== undefined);
  assert.deepEqual(
    [unaware, at4, at9].map((our) => [unaware, at4, at9].map((their) => showsFork(our, their))),
    [
      [false, true, true],
      [false, false, false],
      [false, true, false],
    ],
  );
});

test("who knows more dots of a writer is ahead", () => {
  const ours = sequencesOf([one, 3], [two, 1]);
  const theirs = sequencesOf([one, 2], [two, 5]);
  assert.deepEqual(writersAhead(ours, theirs), [two]);
  assert.deepEqual(writersAhead(theirs, ours), [one]);
  assert.deepEqual(writersAhead(ours, ours), []);
});

test("of a frozen writer nothing behind the fork is news, and an earlier fork is", () => {
  const frozen: Context = new Map([[one, freeze({ sequence: 9, frozenAt: undefined }, 4)]]);
  const unaware = sequencesOf([one, 9]);
  assert.deepEqual(writersAhead(frozen, unaware), []);
  assert.deepEqual(writersAhead(unaware, frozen), [one]);
  const earlier: Context = new Map([[one, { sequence: 2, frozenAt: 2 }]]);
  assert.deepEqual(writersAhead(frozen, earlier), [one]);
  assert.deepEqual(writersAhead(earlier, frozen), []);
  assert.notEqual(contextDigest(frozen), contextDigest(sequencesOf([one, 4])));
});

test("a writer is settled once it is known up to where it froze", () => {
  assert.ok(isSettled(freeze({ sequence: 9, frozenAt: undefined }, 4)));
  assert.ok(!isSettled({ sequence: 2, frozenAt: 4 }));
  assert.ok(!isSettled({ sequence: 4, frozenAt: undefined }));
});
