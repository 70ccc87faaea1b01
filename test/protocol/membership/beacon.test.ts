import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { digestOfSummaries, isNewer } from "../../../protocol/membership/beacon.ts";
import { arbitrarySummaries, digestOf, summaryOf } from "./beacons.ts";

const stamp = fc.record({ life: fc.nat(3), sequence: fc.nat(3) });

test("P7: property: the beacons of a peer have one order, and none is newer than itself", () => {
  fc.assert(
    fc.property(stamp, stamp, stamp, (one, other, third) => {
      const equal = one.life === other.life && one.sequence === other.sequence;
      assert.equal(Number(isNewer(one, other)) + Number(isNewer(other, one)), equal ? 0 : 1);
      if (isNewer(one, other) && isNewer(other, third)) assert.ok(isNewer(one, third));
    }),
  );
});

test("P7: the last beacon of a life is older than the first of the next", () => {
  assert.ok(isNewer({ life: 2, sequence: 1 }, { life: 1, sequence: 9_999 }));
});

test("the total digest changes with every fact about records, and not with progress", () => {
  const base = [summaryOf("folder/a"), summaryOf("folder/b")];
  const [a, b] = base;
  assert.ok(a !== undefined && b !== undefined);
  const progress = { state: "idle", missingFiles: 1, missingBytes: 2, blockedFiles: 3, heldBack: 4 } as const;
  assert.equal(digestOfSummaries([{ ...a, progress }, b]), digestOfSummaries(base));
  const others = [
    [a],
    [b, a],
    [a, { ...b, count: 4 }],
    [a, { ...b, sum: digestOf("other") }],
    [a, { ...b, contextDigest: digestOf("other") }],
    [a, summaryOf("folder/c", { contextDigest: b.contextDigest, sum: b.sum })],
  ];
  const digests = new Set([base, ...others].map(digestOfSummaries));
  assert.equal(digests.size, others.length + 1);
});

test("property: equal summaries have equal digests", () => {
  fc.assert(
    fc.property(arbitrarySummaries(5), (summaries) => {
      assert.equal(digestOfSummaries(summaries), digestOfSummaries(structuredClone(summaries)));
    }),
  );
});
