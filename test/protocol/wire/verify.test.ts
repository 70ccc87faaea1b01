import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { CopyItem } from "../../../protocol/folder/copy.ts";
import { parseFolderId } from "../../../protocol/ids.ts";
import { limits } from "../../../protocol/limits.ts";
import {
  decodeCopyState,
  decodeRangeDigest,
  decodeRangeItems,
  decodeVerifyRequest,
  digestOfRange,
  encodeCopyState,
  encodeRangeDigest,
  encodeRangeItems,
  encodeVerifyRequest,
  type VerifyRequest,
} from "../../../protocol/wire/verify.ts";
import {
  RangeItems as RangeItemsMessage,
  VerifyRequest as VerifyRequestMessage,
} from "../../../protocol/wire/generated/verify.js";
import { arbitraryItems, entryFile, itemAt } from "../folder/copies.ts";
import { digestOf } from "../membership/beacons.ts";

const folder = parseFolderId("press") ?? assert.fail();
const path = fc.constantFrom("a", "c/é").map((text) => itemAt(text, undefined).path);
const openPath = fc.option(path, { nil: undefined });

test("property: requests come back as they were", () => {
  const ranged = fc.tuple(fc.constantFrom("digest" as const, "items" as const), openPath, openPath, fc.boolean());
  fc.assert(
    fc.property(ranged, ([ask, after, to, deep]) => {
      const request: VerifyRequest = { ask, folder, range: { after, to }, deep };
      assert.deepEqual(decodeVerifyRequest(encodeVerifyRequest(request)), request);
    }),
  );
  assert.deepEqual(decodeVerifyRequest(encodeVerifyRequest({ ask: "state", folder })), { ask: "state", folder });
});

test("property: items come back as they were, and their digest with them", () => {
  fc.assert(
    fc.property(arbitraryItems, openPath, (items, readTo) => {
      const decoded = decodeRangeItems(encodeRangeItems({ items, readTo }));
      assert.deepEqual(decoded, { items, readTo });
      const digest = digestOfRange({ items, readTo });
      assert.deepEqual(decodeRangeDigest(encodeRangeDigest(digest)), digest);
      assert.equal(digest.isWhole, readTo === undefined);
    }),
  );
});

test("property: two lists of items have one digest exactly if they are equal", () => {
  const digest = (items: readonly CopyItem[]) => digestOfRange({ items, readTo: undefined }).digest;
  const text = (items: readonly CopyItem[]) => JSON.stringify(items);
  fc.assert(
    fc.property(arbitraryItems, arbitraryItems, (one, other) => {
      assert.equal(digest(one) === digest(other), text(one) === text(other));
    }),
    { numRuns: 1_000 },
  );
});

test("a name does not run into the entry behind it", () => {
  const [one, other] = [itemAt("a", entryFile("x")), itemAt("b", entryFile("x"))];
  const digests = [[one, other], [other, one], [one], [other], []].map(
    (items) => digestOfRange({ items, readTo: undefined }).digest,
  );
  assert.equal(new Set(digests).size, digests.length);
});

test("the state of a copy comes back as it was", () => {
  for (const state of ["scanning", "syncing", "idle"] as const) {
    const copy = {
      contextDigest: digestOf("context"),
      count: 5,
      sum: digestOf("sum"),
      state,
      missingFiles: 1,
      blockedFiles: 2,
      heldBack: 3,
    };
    assert.deepEqual(decodeCopyState(encodeCopyState(copy)), copy);
  }
});

test("P3, P6: what has no valid folder, question or path is malformed", () => {
  const good = { folder: "press", ask: 2, after: "a", to: "b", deep: false };
  assert.ok(decodeVerifyRequest(VerifyRequestMessage.encode(good)) !== undefined);
  for (const bad of [
    { folder: "../x" },
    { ask: 0 },
    { ask: 4 },
    { after: "../a" },
    { to: "/b" },
    { to: ".cdmesh/x" },
  ]) {
    assert.equal(decodeVerifyRequest(VerifyRequestMessage.encode({ ...good, ...bad })), undefined, JSON.stringify(bad));
  }
  const long = VerifyRequestMessage.encode({ ...good, after: "a".repeat(3 * limits.pathBytesMax) });
  assert.equal(decodeVerifyRequest(long), undefined);
});

test("P3: an answer with too many items, a deleted entry or a bad path is malformed", () => {
  const [item] = RangeItemsMessage.decode(
    encodeRangeItems({ items: [itemAt("a", entryFile("x"))], readTo: undefined }),
  ).items;
  assert.ok(item !== undefined);
  const decode = (items: (typeof item)[], readTo = "") => decodeRangeItems(RangeItemsMessage.encode({ items, readTo }));
  assert.ok(decode([item]) !== undefined);
  assert.equal(decode(Array.from({ length: limits.verifyItemsMax + 1 }, () => item)), undefined);
  assert.equal(decode([{ ...item, path: "a/../b" }]), undefined);
  assert.equal(decode([item], "/"), undefined);
  // kind 0 with some field set, so that the entry is not empty
  assert.equal(decode([{ ...item, entry: Uint8Array.of(0x10, 0x01) }]), undefined);
});

test("an entry of a later kind is one that cannot be read", () => {
  const items = [{ path: "a", entry: Uint8Array.of(0x08, 0x63) }];
  assert.deepEqual(decodeRangeItems(RangeItemsMessage.encode({ items, readTo: "" }))?.items, [itemAt("a", undefined)]);
});

test("P3: property: any bytes are an answer or malformed, and nothing is thrown", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      for (const decode of [decodeVerifyRequest, decodeCopyState, decodeRangeDigest, decodeRangeItems]) decode(bytes);
    }),
    { numRuns: 2_000 },
  );
});
