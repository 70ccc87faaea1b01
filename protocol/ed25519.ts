/**
 * Ed25519 signatures over domain-tagged bytes.
 *
 * Every signature names what it is for, so that a signed batch head can never pass for a beacon.
 * Keys are raw 32 bytes outside this file. The platform's verifier accepts public keys of small
 * order, under which anybody can sign anything; they and all non-canonical encodings are refused
 * when a key is imported [Chalkias, Garillot, Nikolaenko: Taming the many EdDSAs, 2020].
 */

import {
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
} from "node:crypto";
import { fromHex, toHex } from "./ids.ts";

/** A public key that passed the checks of `importPublicKey`. */
export interface PublicKey {
  /** 32 bytes. */
  readonly bytes: Uint8Array;
  readonly key: KeyObject;
}

export interface SigningKey {
  readonly publicKey: PublicKey;
  readonly key: KeyObject;
}

/** The y coordinates, without sign bit, of the eight points of small order. */
const smallOrder: ReadonlySet<string> = new Set([
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
]);
const spkiPrefix = fromHex("302a300506032b6570032100");
const pkcs8Prefix = fromHex("302e020100300506032b657004220420");
const fieldPrime = 2n ** 255n - 19n;

/** @returns undefined for what is not a canonical Ed25519 public key of large order */
export function importPublicKey(bytes: Uint8Array): PublicKey | undefined {
  if (bytes.length !== 32) return undefined;
  const y = Uint8Array.from(bytes);
  y[31] = (y[31] ?? 0) & 0x7f;
  if (smallOrder.has(toHex(y))) return undefined;
  if (BigInt(`0x${toHex(y.toReversed())}`) >= fieldPrime) return undefined;
  try {
    const der = Buffer.concat([spkiPrefix, bytes]);
    return { bytes: Uint8Array.from(bytes), key: createPublicKey({ key: der, format: "der", type: "spki" }) };
  } catch {
    return undefined;
  }
}

/** @param seed 32 secret bytes */
export function importSigningKey(seed: Uint8Array): SigningKey {
  if (seed.length !== 32) throw new Error(`an Ed25519 seed has 32 bytes, not ${seed.length}`);
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: "der", type: "pkcs8" });
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  const publicKey = importPublicKey(new Uint8Array(spki.subarray(spkiPrefix.length)));
  if (publicKey === undefined) throw new Error("the seed makes a public key of small order");
  return { publicKey, key };
}

/** @returns 64 bytes over `domain`, a zero byte and the message */
export function sign(key: SigningKey, domain: string, message: Uint8Array): Uint8Array {
  return new Uint8Array(signBytes(null, tagged(domain, message), key.key));
}

export function verify(key: PublicKey, domain: string, message: Uint8Array, signature: Uint8Array): boolean {
  return signature.length === 64 && verifyBytes(null, tagged(domain, message), key.key, signature);
}

/** For formats that carry a domain of their own in the message, such as DSSE. */
export function signExact(key: SigningKey, message: Uint8Array): Uint8Array {
  return new Uint8Array(signBytes(null, message, key.key));
}

/** For formats that carry a domain of their own in the message, such as DSSE. */
export function verifyExact(key: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  return signature.length === 64 && verifyBytes(null, message, key.key, signature);
}

function tagged(domain: string, message: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${domain}\0`), message]);
}
