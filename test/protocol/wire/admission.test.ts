import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { limits } from "../../../protocol/limits.ts";
import {
  decodeHelloAnswer,
  decodeRefused,
  encodeHelloAnswer,
  encodeRefused,
  type HelloAnswer,
  refusedOf,
} from "../../../protocol/wire/admission.ts";

const plainObject = { noNullPrototype: true };
const refused = fc.record(
  {
    code: fc.stringMatching(/^[a-z][a-z0-9-]{0,63}$/),
    detail: fc.string({ maxLength: 200, unit: "binary" }),
  },
  plainObject,
);
const answer: fc.Arbitrary<HelloAnswer> = fc.oneof(
  fc.record({ kind: fc.constant("hello"), hello: fc.uint8Array({ maxLength: 1_000 }) }, plainObject),
  fc.record({ kind: fc.constant("refused"), refused }, plainObject),
  fc.record({ kind: fc.constantFrom("welcome", "already-connected") }, plainObject),
);

test("property: what is said on a hello stream is understood", () => {
  fc.assert(fc.property(answer, (said) => assert.deepEqual(plain(decodeHelloAnswer(encodeHelloAnswer(said))), said)));
});

test("property: a refusal arrives as it was sent", () => {
  fc.assert(fc.property(refused, (sent) => assert.deepEqual({ ...decodeRefused(encodeRefused(sent)) }, sent)));
});

test("P3: property: no bytes make the decoders throw, and what they accept is within its limits", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      decodeHelloAnswer(bytes);
      const read = decodeRefused(bytes);
      assert.ok(read === undefined || /^[a-z][a-z0-9-]{0,63}$/.test(read.code));
    }),
  );
});

test("P3: what is above its limit is not understood", () => {
  const hello = (bytes: number): HelloAnswer => ({ kind: "hello", hello: new Uint8Array(bytes) });
  assert.notEqual(decodeHelloAnswer(encodeHelloAnswer(hello(limits.helloBytesMax))), undefined);
  assert.equal(decodeHelloAnswer(encodeHelloAnswer(hello(limits.helloBytesMax + 1))), undefined);
  assert.equal(
    decodeRefused(encodeRefused({ code: "x", detail: "x".repeat(limits.refusalDetailLengthMax + 1) })),
    undefined,
  );
  for (const code of ["", "UPPER", "two words", "\u001b[31m", "x".repeat(65)]) {
    assert.equal(decodeRefused(encodeRefused({ code, detail: "" })), undefined);
  }
});

test("an answer that says nothing is none", () => {
  assert.equal(decodeHelloAnswer(new Uint8Array()), undefined);
});

test("a refusal tells others its code and its facts, and is passed on as it came", () => {
  const told = refusedOf({ code: "license-expired", notAfter: "2026-01-01T00:00:00Z" });
  assert.equal(told.code, "license-expired");
  assert.match(told.detail, /2026-01-01T00:00:00Z/);
  assert.deepEqual(refusedOf(told), told);
  const long = refusedOf({ code: "document-malformed", what: "policy", why: "x".repeat(10_000) });
  assert.notEqual(decodeRefused(encodeRefused(long)), undefined);
});

/** Bytes as a plain Uint8Array, whatever buffer they are a view of. */
function plain(said: HelloAnswer | undefined): HelloAnswer | undefined {
  return said?.kind === "hello" ? { ...said, hello: Uint8Array.from(said.hello) } : said;
}
