/**
 * Proof in the type: a `Verified<SiteLicense>` was signed by a key that counts, and only `verify`
 * makes one. Whoever acts on a document takes the verified type, so acting on unchecked bytes does
 * not compile.
 */

import type { PublicKey, SigningKey } from "../ed25519.ts";
import { type Brand, toHex } from "../ids.ts";
import type { Refusal } from "../refusal.ts";
import { sha256 } from "../sha256.ts";
import {
  decodeEnvelope,
  type Envelope,
  parseJson,
  preAuthenticationEncoding,
  sealEnvelope,
  verifyEnvelope,
} from "./envelope.ts";

export type Verified<Document> = Brand<Document, "Verified">;

/** SHA-256 of what was signed, 64 hex digits. Equal for equal content, whoever signed it. */
export type DocumentHash = Brand<string, "DocumentHash">;

/** What is fixed for each kind of document and major version. */
export interface DocumentType<Kind extends string, Document> {
  readonly kind: Kind;
  readonly payloadType: string;
  /** Of the whole envelope, looked at before anything is read. */
  readonly bytesMax: number;
  /** Judges the parsed payload, as lenient as a peer is. */
  read(json: unknown): Document | Refusal;
  /** Which document it is: `name` tells documents of a kind apart, `version` those of a name. */
  identify(document: Document): { readonly name: string; readonly version: number };
}

/** Names one document among all of a site. */
export interface DocumentId<Kind extends string = string> {
  readonly kind: Kind;
  readonly name: string;
  readonly version: number;
}

/** A verified document with the bytes that prove it. */
export interface Signed<Kind extends string, Document> extends DocumentId<Kind> {
  readonly document: Verified<Document>;
  readonly hash: DocumentHash;
  /** Public keys in hex: all of them signed, each once. */
  readonly signers: readonly string[];
  readonly envelope: Uint8Array;
}

/** @param keys whose signatures count; every signature of the envelope must be by one of them */
export function verify<Kind extends string, Document>(
  type: DocumentType<Kind, Document>,
  bytes: Uint8Array,
  keys: readonly PublicKey[],
): Signed<Kind, Document> | Refusal {
  const envelope = decodeEnvelope(bytes, type.bytesMax);
  return "code" in envelope ? envelope : verifyDecoded(type, bytes, envelope, keys);
}

/** For who had to look at the envelope first, to know which type and keys to ask for. */
export function verifyDecoded<Kind extends string, Document>(
  type: DocumentType<Kind, Document>,
  bytes: Uint8Array,
  envelope: Envelope,
  keys: readonly PublicKey[],
): Signed<Kind, Document> | Refusal {
  if (bytes.length > type.bytesMax) {
    return { code: "document-too-large", bytes: bytes.length, bytesMax: type.bytesMax };
  }
  if (envelope.payloadType !== type.payloadType) {
    return { code: "document-malformed", what: type.kind, why: `is of type ${envelope.payloadType}` };
  }
  const signers = verifyEnvelope(envelope, keys);
  if ("code" in signers) return signers;
  const document = type.read(parseJson(envelope.payload));
  if (isRefusal(document)) return document;
  return {
    kind: type.kind,
    ...type.identify(document),
    document: document as Verified<Document>,
    hash: documentHashOf(envelope),
    signers: signers.map((key) => toHex(key.bytes)),
    envelope: bytes,
  };
}

/**
 * Makes a document: for the authority and administrators.
 * @throws when a peer would not read what is to be signed; callers judge it before
 */
export function signDocument<Kind extends string, Document>(
  type: DocumentType<Kind, Document>,
  json: unknown,
  keys: readonly SigningKey[],
): Uint8Array {
  const payload = new Uint8Array(Buffer.from(JSON.stringify(json)));
  const document = type.read(parseJson(payload));
  if (isRefusal(document)) throw new Error(`a ${type.kind} that no peer would read: ${JSON.stringify(document)}`);
  return sealEnvelope(type.payloadType, payload, keys);
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === "object" && value !== null && "code" in value && typeof value.code === "string";
}

/** What an envelope would be known by, were it sound; undefined for what is no envelope. */
export function hashOfEnvelope(bytes: Uint8Array): DocumentHash | undefined {
  const envelope = decodeEnvelope(bytes, bytes.length);
  return "code" in envelope ? undefined : documentHashOf(envelope);
}

function documentHashOf(envelope: Envelope): DocumentHash {
  return toHex(sha256(preAuthenticationEncoding(envelope.payloadType, envelope.payload))) as DocumentHash;
}
