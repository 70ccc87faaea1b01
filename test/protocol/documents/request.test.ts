import assert from "node:assert/strict";
import { test } from "node:test";
import { instantOfMs } from "../../../protocol/documents/instant.ts";
import { requestType, verifyRequest } from "../../../protocol/documents/request.ts";
import { isRefusal, signDocument } from "../../../protocol/documents/verified.ts";
import { assertRefused, keyOf, peerOf } from "./documents.ts";

const request = { peer: peerOf("a"), requestedAt: instantOfMs(0) };

test("a request proves that who asks holds the key of the name that it asks for", () => {
  const result = verifyRequest(signDocument(requestType, request, [keyOf("a")]));
  assert.ok(!isRefusal(result));
  assert.equal(result.document.peer, peerOf("a"));
});

test("P1: a request in another peer's name is refused, also when that peer's signature is claimed", () => {
  assertRefused(verifyRequest(signDocument(requestType, request, [keyOf("b")])), "license-of-another-peer");
  assertRefused(verifyRequest(signDocument(requestType, request, [keyOf("a"), keyOf("b")])), "license-of-another-peer");
  const text = Buffer.from(signDocument(requestType, request, [keyOf("b")])).toString();
  const keyid = Buffer.from(keyOf("a").publicKey.bytes).toString("hex");
  const claimed = Buffer.from(text.replace(/"keyid":"[0-9a-f]+"/, `"keyid":"${keyid}"`));
  assertRefused(verifyRequest(claimed), "signature-invalid");
});

test("P1: every flipped byte of a request is refused", () => {
  const bytes = signDocument(requestType, request, [keyOf("a")]);
  for (let at = 0; at < bytes.length; at += 1) {
    const flipped = Uint8Array.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    assert.ok(isRefusal(verifyRequest(flipped)), `byte ${at}`);
  }
});
