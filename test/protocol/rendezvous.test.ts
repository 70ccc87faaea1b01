import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { rendezvousOrder } from "../../protocol/rendezvous.ts";

const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { maxLength: 12 });
const order = (key: string, candidates: readonly string[]) => rendezvousOrder(key, candidates, (name) => name);

test("property: the order is one of all candidates and the same however they were listed", () => {
  fc.assert(
    fc.property(fc.string(), names, fc.infiniteStream(fc.nat()), (key, candidates, lots) => {
      const ordered = order(key, candidates);
      const lotOf = new Map(candidates.map((name) => [name, lots.next().value ?? 0]));
      const shuffled = candidates.toSorted((one, other) => (lotOf.get(one) ?? 0) - (lotOf.get(other) ?? 0));
      assert.deepEqual(order(key, shuffled), ordered);
      assert.deepEqual(ordered.toSorted(), candidates.toSorted());
    }),
  );
});

test("property: when one candidate goes, the others keep their order", () => {
  fc.assert(
    fc.property(fc.string(), names, fc.nat(), (key, candidates, at) => {
      const gone = candidates[at % Math.max(1, candidates.length)];
      const rest = candidates.filter((name) => name !== gone);
      assert.deepEqual(
        order(key, rest),
        order(key, candidates).filter((name) => name !== gone),
      );
    }),
  );
});

test("keys spread evenly over candidates that differ in one character", () => {
  const candidates = Array.from({ length: 10 }, (_, at) => `12D3KooWsame${at}`);
  const firsts = new Map<string, number>();
  const keys = 10_000;
  for (let key = 0; key < keys; key += 1) {
    const [first] = order(`file-${key}`, candidates);
    assert.ok(first !== undefined);
    firsts.set(first, (firsts.get(first) ?? 0) + 1);
  }
  // 1,000 each is expected with a standard deviation of 30.
  for (const candidate of candidates) {
    const share = firsts.get(candidate) ?? 0;
    assert.ok(share > 850 && share < 1150, `${candidate} is first for ${share} of ${keys} keys`);
  }
});

test("a key and a name do not run into each other", () => {
  const wins = (key: string, one: string, other: string) => order(key, [one, other])[0] === one;
  const outcomes = Array.from({ length: 64 }, (_, at) => {
    const key = `k${at}`;
    return wins(`${key}a`, "bc", "x") === wins(`${key}ab`, "c", "x");
  });
  assert.ok(outcomes.includes(false), "(ka, bc) always weighs what (kab, c) does");
});
