import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  type Fingerprint,
  addFingerprint,
  bucketDigits,
  bucketOf,
  changeFingerprint,
  childrenOf,
  descend,
  emptyFingerprint,
  fingerprintOf,
  isSameFingerprint,
  subtractFingerprint,
} from "../../../protocol/records/audit.ts";
import { fromHex, recordHashOf, toHex } from "../../../protocol/ids.ts";
import { sha256 } from "../../../protocol/sha256.ts";
import { versionOf, writerNumber } from "./history.ts";

const element = fc.uint8Array({ minLength: 32, maxLength: 32 });

test("property: sums are those of numbers modulo 2^256, whatever the order", () => {
  fc.assert(
    fc.property(fc.array(element), (elements) => {
      const { count, sum } = changeFingerprint(emptyFingerprint, elements, []);
      const expected = elements.reduce((total, each) => total + BigInt(`0x${toHex(each)}`), 0n) % 2n ** 256n;
      assert.equal(BigInt(`0x${toHex(sum)}`), expected);
      assert.equal(count, elements.length);
      const backwards = changeFingerprint(emptyFingerprint, elements.toReversed(), []);
      assert.ok(isSameFingerprint({ count, sum }, backwards));
    }),
  );
});

test("property: what comes and goes again leaves no trace", () => {
  fc.assert(
    fc.property(fc.array(element), fc.array(element), (stay, go) => {
      const before = changeFingerprint(emptyFingerprint, stay, []);
      const after = changeFingerprint(changeFingerprint(before, go, []), [], go.toReversed());
      assert.ok(isSameFingerprint(before, after));
    }),
  );
});

test("the sum of two sets is the sum of their sums", () => {
  const [one, two] = [new Uint8Array(32).fill(200), new Uint8Array(32).fill(100)];
  const parts = [one, two].map((each) => changeFingerprint(emptyFingerprint, [each], []));
  const [a = emptyFingerprint, b = emptyFingerprint] = parts;
  assert.ok(isSameFingerprint(addFingerprint(a, b), changeFingerprint(emptyFingerprint, [two, one], [])));
});

test("what is taken from a sum leaves the rest, to the last bit", () => {
  const [one, two] = [1, 2].map((byte) => {
    const bytes = new Uint8Array(32);
    bytes[0] = 255;
    bytes[31] = byte;
    return bytes;
  });
  assert.ok(one !== undefined && two !== undefined);
  const [first, both] = [[one], [one, two]].map((elements) => changeFingerprint(emptyFingerprint, elements, []));
  assert.ok(first !== undefined && both !== undefined);
  assert.deepEqual(subtractFingerprint(both, first), changeFingerprint(emptyFingerprint, [two], []));
  assert.ok(isSameFingerprint(subtractFingerprint(both, both), emptyFingerprint));
});

test("fingerprints are the same only with equal counts and equal sums", () => {
  const sum = new Uint8Array(32).fill(1);
  assert.ok(isSameFingerprint({ count: 1, sum }, { count: 1, sum: Uint8Array.from(sum) }));
  assert.ok(!isSameFingerprint({ count: 1, sum }, { count: 2, sum }));
  assert.ok(!isSameFingerprint({ count: 1, sum }, { count: 1, sum: new Uint8Array(32) }));
});

test("a subtree is compared whole when it is small on both sides, or has nothing below", () => {
  const sized = (count: number, mark: number): Fingerprint => ({ count, sum: new Uint8Array(32).fill(mark) });
  const step = (prefix: string, ours: number, theirs: number) =>
    descend([prefix], [sized(ours, 1)], [sized(theirs, 2)], 4, bucketDigits.few);
  const whole = { descend: [], compare: ["a"] };
  assert.deepEqual(step("a", 4, 4), whole);
  assert.deepEqual(step("a", 4, 5), { descend: ["a"], compare: [] });
  assert.deepEqual(step("a", 5, 4), { descend: ["a"], compare: [] });
  assert.deepEqual(step("ab", 500, 4), { descend: [], compare: ["ab"] });
  assert.deepEqual(descend(["a"], [sized(9, 1)], [sized(9, 1)], 4, 2), { descend: [], compare: [] });
});

test("a version counts by its dot and bytes, a tombstone not at all", () => {
  const version = versionOf(writerNumber(1), 1);
  const same = fingerprintOf(version);
  assert.deepEqual(fingerprintOf(versionOf(writerNumber(1), 1)), same);
  const others = [
    { ...version, dot: { writer: writerNumber(2), sequence: 1 } },
    { ...version, dot: { writer: writerNumber(1), sequence: 2 } },
    { ...version, hash: recordHashOf(new Uint8Array(32)) },
  ];
  for (const other of others) assert.notDeepEqual(fingerprintOf(other), same);
  assert.equal(fingerprintOf(versionOf(writerNumber(1), 1, { tombstone: true })), undefined);
});

test("the format of buckets and fingerprints stands", () => {
  assert.equal(bucketOf("press/front.html"), "3291");
  const version = { ...versionOf(writerNumber(1), 7), hash: recordHashOf(new Uint8Array(32).fill(3)) };
  const fingerprint = fingerprintOf(version);
  const bytes = `02${writerNumber(1)}0000000000000007${"03".repeat(32)}`;
  assert.deepEqual(fingerprint, sha256(fromHex(bytes)));
});

test("a descent finds just the buckets that differ", () => {
  const ours = new Map<string, Fingerprint>();
  const theirs = new Map<string, Fingerprint>();
  for (let index = 0; index < 2_000; index += 1) {
    const version = versionOf(writerNumber(1), index + 1, { key: `file ${index}` });
    const added = fingerprintOf(version);
    assert.ok(added !== undefined);
    const bucket = bucketOf(version.record.key);
    for (const sums of index % 500 === 0 ? [ours] : [ours, theirs]) {
      for (let length = 0; length <= bucketDigits.many; length += 1) {
        const prefix = bucket.slice(0, length);
        sums.set(prefix, changeFingerprint(sums.get(prefix) ?? emptyFingerprint, [added], []));
      }
    }
  }
  const found: string[] = [];
  let level: readonly string[] = [""];
  let asked = 0;
  while (level.length > 0) {
    const children = level.flatMap(childrenOf);
    asked += children.length;
    const sumsOf = (sums: ReadonlyMap<string, Fingerprint>): readonly Fingerprint[] =>
      children.map((prefix) => sums.get(prefix) ?? emptyFingerprint);
    const step = descend(children, sumsOf(ours), sumsOf(theirs), 4, bucketDigits.many);
    found.push(...step.compare);
    level = step.descend;
  }
  const wanted = [0, 500, 1_000, 1_500].map((index) => bucketOf(`file ${index}`));
  assert.equal(found.length, 4);
  for (const bucket of wanted) assert.ok(found.some((prefix) => bucket.startsWith(prefix)));
  assert.ok(asked <= 16 + 4 * 16 * 2);
  assert.deepEqual(childrenOf("a").slice(8, 11), ["a8", "a9", "aa"]);
});
