/** Sites, peers and documents that the tests of documents share. */

import assert from "node:assert/strict";
import { DocumentSet } from "../../../protocol/documents/document-set.ts";
import { decodeEnvelope, type Envelope, parseJson } from "../../../protocol/documents/envelope.ts";
import type { SignedDocument } from "../../../protocol/documents/kinds.ts";
import { isRefusal } from "../../../protocol/documents/verified.ts";
import { importSigningKey, type SigningKey } from "../../../protocol/ed25519.ts";
import { type PeerId, peerIdOfPublicKey, type WriterId, writerIdOf } from "../../../protocol/ids.ts";
import { describeRefusal, type Refusal } from "../../../protocol/refusal.ts";
import { sha256 } from "../../../protocol/sha256.ts";
import { FakeAuthority } from "../../../simulations/world/authority.ts";

export const authority = new FakeAuthority("one");
export const otherAuthority = new FakeAuthority("other");

export const web1 = { region: "seoul", group: "web", server: "web-1" };
export const web2 = { region: "seoul", group: "web", server: "web-2" };
export const far = { region: "busan", group: "web", server: "web-9" };

export function keyOf(label: string): SigningKey {
  return importSigningKey(sha256(Buffer.from(label)));
}

export function peerOf(label: string): PeerId {
  return peerIdOfPublicKey(keyOf(label).publicKey.bytes);
}

/** A writer of that peer; another life, another writer. */
export function writerOf(label: string, life = 1): WriterId {
  return writerIdOf(keyOf(label).publicKey.bytes, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, life));
}

/** An envelope that is known to be sound. */
export function opened(bytes: Uint8Array): Envelope {
  const envelope = decodeEnvelope(bytes, bytes.length);
  if ("code" in envelope) assert.fail(describeRefusal(envelope));
  return envelope;
}

/** The fields of the document in an envelope. */
export function fieldsOf(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const json = parseJson(opened(bytes).payload);
  assert.ok(typeof json === "object" && json !== null);
  return { ...json };
}

export function verified(set: DocumentSet, envelope: Uint8Array): SignedDocument {
  const document = set.verify(envelope);
  if (isRefusal(document)) assert.fail(JSON.stringify(document));
  return document;
}

/** Verifies, decides and adds. */
export function offer(set: DocumentSet, envelope: Uint8Array): "new" | "known" | Refusal {
  const document = set.verify(envelope);
  if (isRefusal(document)) return document;
  const decision = set.decide(document);
  if (decision.kind === "known") return "known";
  if (decision.kind !== "keep") return decision.refusal;
  set.add(document, decision.replaced);
  return "new";
}

/** A set that took all of these. */
export function setOf(site: Pick<FakeAuthority, "site">, ...envelopes: readonly Uint8Array[]): DocumentSet {
  const set = new DocumentSet(site.site);
  for (const envelope of envelopes) assert.equal(offer(set, envelope), "new");
  return set;
}

export function assertRefused(result: unknown, code: Refusal["code"], why?: RegExp): void {
  if (!isRefusal(result)) assert.fail(`expected the refusal ${code}, got ${JSON.stringify(result).slice(0, 500)}`);
  assert.equal(result.code, code, describeRefusal(result));
  if (why !== undefined) assert.match(describeRefusal(result), why);
}
