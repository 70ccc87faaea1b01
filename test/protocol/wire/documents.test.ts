import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isRefusal } from "../../../protocol/documents/verified.ts";
import { limits } from "../../../protocol/limits.ts";
import {
  decodeAnnouncement,
  decodeDocumentsAnswer,
  decodeDocumentsRequest,
  encodeAnnouncement,
  encodeDocumentsAnswer,
  encodeDocumentsRequest,
  type ListedDocument,
} from "../../../protocol/wire/documents.ts";
import { assertRefused, peerOf } from "../documents/documents.ts";

const listed: ListedDocument = { kind: "policy", name: "site", version: 3, hash: "ab".repeat(32) };

function many(count: number): readonly ListedDocument[] {
  return Array.from({ length: count }, (_, at) => ({ ...listed, version: at + 1 }));
}

test("announcements, requests and answers come back as they were said", () => {
  assert.deepEqual(decodeAnnouncement(encodeAnnouncement(peerOf("a"), many(3))), many(3));
  assert.deepEqual(decodeDocumentsRequest(encodeDocumentsRequest([])), []);
  assert.deepEqual(decodeDocumentsRequest(encodeDocumentsRequest(many(2))), many(2));
  const answer = { documents: many(2), envelopes: [Uint8Array.of(1), new Uint8Array()] };
  assert.deepEqual(decodeDocumentsAnswer(encodeDocumentsAnswer(answer)), answer);
});

test("announcements of the same document by two peers are two messages", () => {
  assert.notDeepEqual(encodeAnnouncement(peerOf("a"), [listed]), encodeAnnouncement(peerOf("b"), [listed]));
});

test("kinds of a later version are read, to be left alone", () => {
  const later = [{ ...listed, kind: "accounts" }];
  assert.deepEqual(decodeAnnouncement(encodeAnnouncement(peerOf("a"), later)), later);
});

test("P3: each list is taken up to its limit and refused above", () => {
  const cases = [
    [limits.documentsAnnouncedMax, (count: number) => decodeAnnouncement(encodeAnnouncement(peerOf("a"), many(count)))],
    [limits.documentsPerRequestMax, (count: number) => decodeDocumentsRequest(encodeDocumentsRequest(many(count)))],
    [limits.documentsMax, (count: number) => decodeDocumentsAnswer(encodeDocumentsAnswer({ documents: many(count) }))],
    [
      limits.documentsPerRequestMax,
      (count: number) =>
        decodeDocumentsAnswer(encodeDocumentsAnswer({ envelopes: Array(count).fill(Uint8Array.of(1)) })),
    ],
  ] as const;
  for (const [most, roundTrip] of cases) {
    assert.ok(!isRefusal(roundTrip(most)));
    assertRefused(roundTrip(most + 1), "message-malformed");
  }
});

test("P3: the list of as many documents as a site may have fits one answer", () => {
  const longest = {
    kind: "install-license",
    name: "seat-9007199254740991",
    version: limits.integerMax,
    hash: "ab".repeat(32),
  };
  const bytes = encodeDocumentsAnswer({ documents: Array(limits.documentsMax).fill(longest) });
  assert.ok(bytes.length <= limits.messageBytesMax, String(bytes.length));
});

test("P3: entries that name no document are refused", () => {
  const faults = [
    { kind: "" },
    { kind: "a/b" },
    { name: "x".repeat(65) },
    { name: "a\0b" },
    { version: 0 },
    { hash: "ab" },
  ];
  for (const fault of faults) {
    assertRefused(decodeAnnouncement(encodeAnnouncement(peerOf("a"), [{ ...listed, ...fault }])), "message-malformed");
  }
});

test("P3: property: no bytes make a decoder throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      for (const decode of [decodeAnnouncement, decodeDocumentsRequest, decodeDocumentsAnswer]) {
        const result = decode(bytes);
        if (isRefusal(result)) assert.equal(result.code, "message-malformed");
      }
    }),
  );
});
