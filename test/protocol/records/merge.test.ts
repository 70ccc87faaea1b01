import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { recordHashOf } from "../../../protocol/ids.ts";
import { dominates, merge, orderSiblings } from "../../../protocol/records/merge.ts";
import type { Version } from "../../../protocol/records/record.ts";
import { acts, mergeAll, versionOf, versionsOf, writerNumber } from "./history.ts";

const [one, two, three] = [writerNumber(1), writerNumber(2), writerNumber(3)];

test("C2: property: any order, with duplicates, of the same versions gives the same siblings", () => {
  const shuffled = acts.chain((script) => {
    const versions = versionsOf(script);
    const twice = [...versions, ...versions];
    return fc.record({
      versions: fc.constant(versions),
      order: fc.shuffledSubarray(twice, { minLength: twice.length, maxLength: twice.length }),
    });
  });
  fc.assert(
    fc.property(shuffled, ({ versions, order }) => {
      assert.deepEqual(orderSiblings(mergeAll(order)), orderSiblings(mergeAll(versions)));
    }),
  );
});

test("C2: property: states that were merged apart and then together are the state of all", () => {
  fc.assert(
    fc.property(acts, fc.infiniteStream(fc.nat({ max: 2 })), (script, lots) => {
      const versions = versionsOf(script);
      const parts: Version[][] = [[], [], []];
      for (const version of versions) parts[lots.next().value ?? 0]?.push(version);
      const [a, b, c] = parts.map(mergeAll);
      assert.ok(a !== undefined && b !== undefined && c !== undefined);
      const whole = orderSiblings(mergeAll(versions));
      assert.deepEqual(orderSiblings(mergeAll([...mergeAll([...a, ...b]), ...c])), whole);
      assert.deepEqual(orderSiblings(mergeAll([...a, ...mergeAll([...b, ...c])])), whole);
      assert.deepEqual(orderSiblings(mergeAll([...c, ...b, ...a])), whole);
    }),
  );
});

test("S1: property: a version leaves the siblings only for one whose author had seen it", () => {
  fc.assert(
    fc.property(acts, (script) => {
      const versions = versionsOf(script);
      const siblings = mergeAll(versions);
      for (const version of versions) {
        if (siblings.includes(version)) continue;
        assert.ok(siblings.some((sibling) => dominates(sibling, version)));
      }
    }),
  );
});

test("merging what is known already gives the same set back", () => {
  const old = versionOf(one, 1);
  const { siblings } = merge([old], versionOf(two, 1, { causes: new Map([[one, 1]]) }));
  assert.equal(merge(siblings, old).siblings, siblings);
  assert.equal(siblings.length, 1);
});

test("equal contents of two writers stay two siblings", () => {
  assert.equal(mergeAll([versionOf(one, 1), versionOf(two, 1)]).length, 2);
});

test("X2: an edit ranks over a concurrent delete, however much later that was sealed", () => {
  const edit = { ...versionOf(one, 1), sealedAtMs: 1 };
  const deletion = { ...versionOf(two, 1, { tombstone: true }), sealedAtMs: 2 };
  assert.deepEqual(orderSiblings([deletion, edit]), [edit, deletion]);
});

test("the primary is the latest sealed, then of the greatest writer, then of the greatest sequence number", () => {
  const early = { ...versionOf(three, 9), sealedAtMs: 1 };
  const [low, high] = one < two ? [one, two] : [two, one];
  const lower = versionOf(low, 5);
  const first = versionOf(high, 3);
  const second = versionOf(high, 4);
  assert.deepEqual(orderSiblings([early, lower, first, second]), [second, first, lower, early]);
});

test("a dot that was used twice leaves two siblings in a fixed order", () => {
  const other = { ...versionOf(one, 1), hash: recordHashOf(new Uint8Array(32)) };
  const siblings = mergeAll([versionOf(one, 1), other]);
  assert.equal(siblings.length, 2);
  assert.deepEqual(orderSiblings(siblings), orderSiblings(siblings.toReversed()));
});

test("S1: two versions that each claim to have seen the other are both kept", () => {
  const liar = versionOf(one, 1, { causes: new Map([[two, 1_000_000]]) });
  const honest = versionOf(two, 5, { causes: new Map([[one, 1]]) });
  assert.equal(mergeAll([liar, honest]).length, 2);
  assert.equal(mergeAll([honest, liar]).length, 2);
});

test("what a merge did is told: what came, what went, and nothing when it changed nothing", () => {
  const old = versionOf(one, 1);
  const beside = versionOf(three, 1);
  const newer = versionOf(two, 1, { causes: new Map([[one, 1]]) });
  const merged = merge([old, beside], newer);
  assert.deepEqual(merged, { siblings: [beside, newer], added: [newer], removed: [old] });
  for (const known of [old, newer]) {
    assert.deepEqual(merge(merged.siblings, known), { siblings: merged.siblings, added: [], removed: [] });
  }
});

test("each rank of the primary decides by itself, whichever way the others point", () => {
  const [low, high] = one < two ? [one, two] : [two, one];
  const sealed = (writer: typeof one, sequence: number, sealedAtMs: number): Version => ({
    ...versionOf(writer, sequence),
    sealedAtMs,
  });
  const later = sealed(low, 1, 5);
  const earlier = sealed(high, 9, 4);
  assert.deepEqual(orderSiblings([earlier, later]), [later, earlier]);
  assert.deepEqual(orderSiblings([later, earlier]), [later, earlier]);
  const [fifth, tenth] = [sealed(one, 5, 1), sealed(one, 10, 1)];
  assert.deepEqual(orderSiblings([fifth, tenth]), [tenth, fifth]);
  assert.deepEqual(orderSiblings([tenth, fifth]), [tenth, fifth]);
  const [small, great] = [3, 9].map((byte) => ({ ...fifth, hash: recordHashOf(new Uint8Array(32).fill(byte)) }));
  assert.ok(small !== undefined && great !== undefined);
  assert.deepEqual(orderSiblings([small, great]), [great, small]);
  assert.deepEqual(orderSiblings([great, small]), [great, small]);
});
