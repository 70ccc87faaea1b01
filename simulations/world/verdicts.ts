/**
 * Remembers what signatures are worth, for all peers of the process.
 *
 * Whether a signature is right is a function of key, message and signature, and in a mesh of one
 * process everybody asks the same: of each license and beacon as often as there are peers. While
 * this stands, the platform is asked once, and once for each key. Answers are the same, so traces are.
 */

import platform, { type JsonWebKeyInput, type KeyObject, type PublicKeyInput } from "node:crypto";
import { syncBuiltinESMExports } from "node:module";

interface Verdict {
  readonly key: KeyObject;
  readonly message: Uint8Array;
  readonly isRight: boolean;
}

/** Older ones are forgotten: everybody asks at about the same time. */
const rememberedMax = 8_192;

/** @returns forgets it all */
export function rememberVerdicts(): () => void {
  const { verify, createPublicKey } = platform;
  const verdicts = new Map<string, Verdict>();
  const keys = new Map<string, KeyObject>();
  Object.assign(platform, {
    verify: (algorithm: null, message: Uint8Array, key: KeyObject, signature: Uint8Array): boolean => {
      const name = textOf(signature);
      const known = verdicts.get(name);
      if (known !== undefined && known.key === key && Buffer.compare(known.message, message) === 0) {
        return known.isRight;
      }
      const isRight = verify(algorithm, message, key, signature);
      remember(verdicts, name, { key, message: Uint8Array.from(message), isRight });
      return isRight;
    },
    createPublicKey: (given: KeyObject | PublicKeyInput | JsonWebKeyInput): KeyObject => {
      if (!("key" in given) || !Buffer.isBuffer(given.key)) return createPublicKey(given);
      const name = textOf(given.key);
      const known = keys.get(name);
      if (known !== undefined) return known;
      const key = createPublicKey(given);
      remember(keys, name, key);
      return key;
    },
  });
  syncBuiltinESMExports();
  return () => {
    Object.assign(platform, { verify, createPublicKey });
    syncBuiltinESMExports();
  };
}

function remember<Value>(known: Map<string, Value>, name: string, value: Value): void {
  const [oldest] = known.keys();
  if (known.size >= rememberedMax && oldest !== undefined) known.delete(oldest);
  known.set(name, value);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
