import assert from "node:assert/strict";
import { test } from "node:test";
import { importPublicKey, importSigningKey, sign, verify } from "../../../protocol/ed25519.ts";
import { sha256 } from "../../../protocol/sha256.ts";
import { rememberVerdicts } from "../../../simulations/world/verdicts.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const keyOf = (text: string) => importSigningKey(sha256(bytesOf(text)));

test("P1: a remembered verdict holds for its very key, message and signature only", () => {
  const judge = (): readonly boolean[] => {
    const [one, other] = [keyOf("one"), keyOf("other")];
    const signature = sign(one, "test", bytesOf("said"));
    const oneAgain = importPublicKey(one.publicKey.bytes);
    assert.ok(oneAgain);
    return [
      verify(one.publicKey, "test", bytesOf("said"), signature),
      verify(oneAgain, "test", bytesOf("said"), signature),
      verify(one.publicKey, "test", bytesOf("not said"), signature),
      verify(other.publicKey, "test", bytesOf("said"), signature),
      verify(one.publicKey, "test", bytesOf("said"), signature),
    ];
  };
  const forget = rememberVerdicts();
  try {
    assert.deepEqual([judge(), judge()], [expected, expected]);
  } finally {
    forget();
  }
  assert.deepEqual(judge(), expected);
});

const expected: readonly boolean[] = [true, true, false, false, true];
