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
  assert.equal(contextOfBytes(Buffer.concat([first.subarray(0, 40), new Uint8Array(8).fill(255)])), undefined);
  assert.equal(contextOfBytes(bytes.subarray(1)), undefined);
  assert.equal(contextOfBytes(new Uint8Array(56 * (limits.contextWritersMax + 1))), undefined);
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
