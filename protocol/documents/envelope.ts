/**
 * The envelope of every signed document: DSSE 1.0.2, Ed25519 only.
 *
 * A signature covers the payload's type and its exact bytes, so nothing is ever encoded again and
 * nothing algorithm-like is read from a document. The envelope itself has one spelling: bytes that
 * say the same in another way are refused. So no relay can make a second version of a document,
 * and every flipped byte is a broken envelope.
 *
 * `keyid` is the signer's public key in hex. It is a hint where to look: the keys that count are
 * the caller's.
 */

import * as z from "zod";
import { importPublicKey, type PublicKey, type SigningKey, signExact, verifyExact } from "../ed25519.ts";
import { fromHex, toHex } from "../ids.ts";
import { limits } from "../limits.ts";
import type { Refusal } from "../refusal.ts";

export interface Envelope {
  readonly payloadType: string;
  /** The document's exact bytes. Not to be parsed before a signature over them was verified. */
  readonly payload: Uint8Array;
  readonly signatures: readonly EnvelopeSignature[];
}

export interface EnvelopeSignature {
  /** The signer's public key, 64 hex digits. */
  readonly keyid: string;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

/** DSSE's pre-authentication encoding: what is signed. */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return new Uint8Array(Buffer.concat([Buffer.from(head), payload]));
}

/** Signs and wraps a payload. */
export function sealEnvelope(payloadType: string, payload: Uint8Array, keys: readonly SigningKey[]): Uint8Array {
  const message = preAuthenticationEncoding(payloadType, payload);
  const signatures = keys.map((key) => ({ keyid: toHex(key.publicKey.bytes), signature: signExact(key, message) }));
  return encodeEnvelope({ payloadType, payload, signatures });
}

/** The one spelling of an envelope. */
export function encodeEnvelope(envelope: Envelope): Uint8Array {
  const { payloadType, payload, signatures } = envelope;
  const json = {
    payloadType,
    payload: base64(payload),
    signatures: signatures.map(({ keyid, signature }) => ({ keyid, sig: base64(signature) })),
  };
  return new Uint8Array(Buffer.from(JSON.stringify(json)));
}

/** @param bytesMax looked at before anything is read */
export function decodeEnvelope(bytes: Uint8Array, bytesMax: number): Envelope | Refusal {
  if (bytes.length > bytesMax) return { code: "document-too-large", bytes: bytes.length, bytesMax };
  const envelope = envelopeOfJson(parseJson(bytes));
  if (envelope === undefined) return malformed("no DSSE envelope: {payloadType, payload, signatures: [{keyid, sig}]}");
  if (Buffer.compare(encodeEnvelope(envelope), bytes) !== 0) return malformed("not in the one spelling of an envelope");
  return envelope;
}

/** An envelope that stands as an object in a larger JSON file, whatever its spelling. */
export function envelopeOfJson(json: unknown): Envelope | undefined {
  const { data } = envelopeSchema.safeParse(json);
  if (data === undefined) return undefined;
  const signatures = data.signatures.map(({ keyid, sig }) => ({ keyid, signature: unbase64(sig) }));
  return { payloadType: data.payloadType, payload: unbase64(data.payload), signatures };
}

/** @returns undefined for what is not JSON in UTF-8 */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/**
 * Every signature must be by one of `keys` and right; a stranger's is no ornament but a doubt.
 * @returns the keys that signed, each once, or why not
 */
export function verifyEnvelope(envelope: Envelope, keys: readonly PublicKey[]): readonly PublicKey[] | Refusal {
  const message = preAuthenticationEncoding(envelope.payloadType, envelope.payload);
  const signers = new Map<string, PublicKey>();
  for (const { keyid, signature } of envelope.signatures) {
    const key = keys.find((candidate) => toHex(candidate.bytes) === keyid);
    // One key that signs twice is one signer.
    if (key === undefined || signers.has(keyid) || !verifyExact(key, message, signature)) {
      return { code: "signature-invalid", signer: keyid };
    }
    signers.set(keyid, key);
  }
  return [...signers.values()];
}

/** The keys that an envelope says it is signed by, unproven: for documents that are trusted by other means first. */
export function claimedKeys(envelope: Envelope): readonly PublicKey[] {
  return envelope.signatures
    .map(({ keyid }) => importPublicKey(fromHex(keyid)))
    .filter((key): key is PublicKey => key !== undefined);
}

const envelopeSchema = z.strictObject({
  payloadType: z.string().regex(/^[\x21-\x7e]{1,128}$/),
  payload: z.string(),
  signatures: z
    .array(z.strictObject({ keyid: z.string().regex(/^[0-9a-f]{64}$/), sig: z.string().length(88) }))
    .min(1)
    .max(limits.signaturesPerEnvelopeMax),
});

function malformed(why: string): Refusal {
  return { code: "document-malformed", what: "envelope", why };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

function unbase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64"));
}
