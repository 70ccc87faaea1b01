import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  claimedKeys,
  decodeEnvelope,
  encodeEnvelope,
  preAuthenticationEncoding,
  sealEnvelope,
  verifyEnvelope,
} from "../../../protocol/documents/envelope.ts";
import { importPublicKey, type PublicKey } from "../../../protocol/ed25519.ts";
import { fromHex } from "../../../protocol/ids.ts";
import { limits } from "../../../protocol/limits.ts";
import { assertRefused, keyOf } from "./documents.ts";

const type = "application/vnd.example.v1+json";
const payload = new Uint8Array(Buffer.from('{"hello":"world"}'));
const alice = keyOf("alice");
const bob = keyOf("bob");
const bytesMax = limits.policyBytesMax;

/** Decodes and verifies, as every reader does. */
function opened(bytes: Uint8Array, keys: readonly PublicKey[]): unknown {
  const envelope = decodeEnvelope(bytes, bytesMax);
  return "code" in envelope ? envelope : verifyEnvelope(envelope, keys);
}

function signersOf(bytes: Uint8Array, keys: readonly PublicKey[]): number {
  const signers = opened(bytes, keys);
  return Array.isArray(signers) ? signers.length : 0;
}

test("what is signed is DSSE's own test vector", () => {
  const text = Buffer.from(preAuthenticationEncoding("http://example.com/HelloWorld", Buffer.from("hello world")));
  assert.equal(text.toString(), "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
});

test("an envelope comes back with its type, its exact bytes and its signers", () => {
  const bytes = sealEnvelope(type, payload, [alice, bob]);
  const envelope = decodeEnvelope(bytes, bytesMax);
  assert.ok(!("code" in envelope));
  assert.equal(envelope.payloadType, type);
  assert.deepEqual(envelope.payload, payload);
  assert.deepEqual(verifyEnvelope(envelope, [bob.publicKey, alice.publicKey]), [alice.publicKey, bob.publicKey]);
});

test("P1: every flip of any bit of an envelope is refused", () => {
  const bytes = sealEnvelope(type, payload, [alice, bob]);
  const keys = [alice.publicKey, bob.publicKey];
  assert.equal(signersOf(bytes, keys), 2);
  for (let at = 0; at < bytes.length; at += 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      const flipped = Uint8Array.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
      assert.equal(signersOf(flipped, keys), 0, `byte ${at}, bit ${bit}`);
    }
  }
});

test("P1: property: bytes put in, taken out or replaced anywhere are refused", () => {
  const bytes = sealEnvelope(type, payload, [alice]);
  fc.assert(
    fc.property(fc.nat(bytes.length), fc.nat(3), fc.uint8Array({ maxLength: 3 }), (at, removed, inserted) => {
      const changed = Buffer.concat([bytes.slice(0, at), inserted, bytes.slice(at + removed)]);
      fc.pre(!changed.equals(bytes));
      assert.equal(signersOf(changed, [alice.publicKey]), 0);
    }),
  );
});

test("P3: property: no bytes make the reader throw", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        assertRefused(opened(bytes, [alice.publicKey]), "document-malformed");
      },
    ),
  );
});

test("P3: a nest of a million brackets is refused like any other text that is no envelope", () => {
  assertRefused(decodeEnvelope(Buffer.from("[".repeat(1_000_000)), bytesMax), "document-malformed");
  assertRefused(
    decodeEnvelope(Buffer.from(`${"[".repeat(9_999)}${"]".repeat(9_999)}`), bytesMax),
    "document-malformed",
  );
});

test("P3: an envelope above its size is refused unread, one of exactly its size is read", () => {
  const bytes = sealEnvelope(type, payload, [alice]);
  assertRefused(decodeEnvelope(bytes, bytes.length - 1), "document-too-large");
  assert.ok(!("code" in decodeEnvelope(bytes, bytes.length)));
});

test("other spellings of the same envelope are refused, so that nobody makes a second one", () => {
  const text = Buffer.from(sealEnvelope(type, payload, [alice])).toString();
  const [head, rest] = text.split(',"payload":');
  const others = [
    JSON.stringify(JSON.parse(text), undefined, 1),
    `{"payload":${rest?.replace(',"signatures"', `,${head?.slice(1)},"signatures"`)}`,
    text.replace(/}$/, ',"note":1}'),
    text.replace(/=+",/, '",'),
    `${text}\n`,
    text.replace("example", "ex\\u0061mple"),
  ];
  for (const other of others) {
    assert.notEqual(other, text);
    assert.ok(JSON.parse(other) !== undefined);
    assertRefused(decodeEnvelope(Buffer.from(other), bytesMax), "document-malformed");
  }
});

test("P1: a signature over the same bytes under another type, or by a stranger, is refused", () => {
  const bytes = sealEnvelope(type, payload, [alice]);
  const envelope = decodeEnvelope(bytes, bytesMax);
  assert.ok(!("code" in envelope));
  assertRefused(verifyEnvelope({ ...envelope, payloadType: `${type}2` }, [alice.publicKey]), "signature-invalid");
  assertRefused(verifyEnvelope(envelope, [bob.publicKey]), "signature-invalid");
  assertRefused(verifyEnvelope(envelope, []), "signature-invalid");
});

test("P1: one bad signature spoils an envelope that has a good one", () => {
  assertRefused(opened(sealEnvelope(type, payload, [alice, bob]), [alice.publicKey]), "signature-invalid");
});

test("one key that signs twice is refused, for it would count as two", () => {
  assertRefused(opened(sealEnvelope(type, payload, [alice, alice]), [alice.publicKey]), "signature-invalid");
});

test("P3: an envelope without signatures, or with more than the limit, is refused", () => {
  const { signaturesPerEnvelopeMax } = limits;
  const keys = Array.from({ length: signaturesPerEnvelopeMax + 1 }, (_, at) => keyOf(`key ${at}`));
  const publicKeys = keys.map((key) => key.publicKey);
  assertRefused(opened(sealEnvelope(type, payload, []), publicKeys), "document-malformed");
  assertRefused(opened(sealEnvelope(type, payload, keys), publicKeys), "document-malformed");
  assert.equal(signersOf(sealEnvelope(type, payload, keys.slice(1)), publicKeys), signaturesPerEnvelopeMax);
});

/** The eight points of small order [Chalkias, Garillot, Nikolaenko 2020] and encodings above the field's prime. */
const unsoundKeys = [
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "0000000000000000000000000000000000000000000000000000000000000080",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "0100000000000000000000000000000000000000000000000000000000000080",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

test("P1: keys of small order and non-canonical keys are no keys, nor can an envelope claim them", () => {
  for (const hex of unsoundKeys) {
    assert.equal(importPublicKey(fromHex(hex)), undefined, hex);
    const claimed = encodeEnvelope({
      payloadType: type,
      payload,
      signatures: [{ keyid: hex, signature: new Uint8Array(64) }],
    });
    const envelope = decodeEnvelope(claimed, bytesMax);
    assert.ok(!("code" in envelope));
    assert.deepEqual(claimedKeys(envelope), []);
  }
});
