/**
 * Why a peer says no. Codes travel on the wire and into logs: append only, never rename, never
 * reuse. A refusal is a value with exactly the facts that an operator needs; bugs throw.
 */

import type { CollectionId, PeerId, SiteId, WriterId } from "./ids.ts";

export type Refusal =
  // Admission and documents.
  | { readonly code: "version-unsupported"; readonly min: number; readonly max: number }
  | { readonly code: "site-foreign"; readonly site: SiteId }
  | { readonly code: "license-missing" }
  | { readonly code: "license-not-yet-valid"; readonly notBefore: string }
  | { readonly code: "license-expired"; readonly notAfter: string }
  | { readonly code: "license-of-another-peer"; readonly peer: PeerId }
  | { readonly code: "license-superseded"; readonly seat: number; readonly serial: number; readonly newest: number }
  | { readonly code: "seat-revoked"; readonly seat: number; readonly serial: number }
  | {
      readonly code: "seat-above-limit";
      readonly what: "region" | "group" | "seat" | "watcher";
      readonly index: number;
      readonly limit: number;
    }
  | { readonly code: "signature-invalid"; readonly signer: string }
  | { readonly code: "document-malformed"; readonly what: string; readonly why: string }
  | { readonly code: "document-too-large"; readonly bytes: number; readonly bytesMax: number }
  | { readonly code: "document-older"; readonly what: string; readonly version: number; readonly current: number }
  | {
      readonly code: "document-version-jump";
      readonly what: string;
      readonly version: number;
      readonly current: number;
    }
  | { readonly code: "document-equivocation"; readonly what: string; readonly version: number }
  | { readonly code: "documents-full"; readonly documents: number; readonly bytes: number }
  /** Nothing is wrong with the other side: whoever says this has no valid license itself, and `why`. */
  | { readonly code: "self-unlicensed"; readonly why: string }
  // Records.
  | { readonly code: "message-malformed"; readonly what: string; readonly why: string }
  | { readonly code: "batch-malformed"; readonly why: string }
  | { readonly code: "batch-root-mismatch"; readonly writer: WriterId; readonly first: number }
  | {
      readonly code: "batch-out-of-order";
      readonly writer: WriterId;
      readonly first: number;
      readonly expected: number;
    }
  | { readonly code: "collection-unknown"; readonly collection: CollectionId }
  | { readonly code: "role-missing"; readonly peer: PeerId; readonly role: string }
  | { readonly code: "folder-not-held"; readonly peer: PeerId; readonly folder: string }
  | { readonly code: "writer-cut"; readonly writer: WriterId; readonly lastValid: number }
  // Content.
  /** The bytes are not those that were asked for: another peer may have them. */
  | { readonly code: "page-hash-mismatch"; readonly page: string }
  /** The bytes are those that the content's author named, and no manifest: no peer has better ones. */
  | { readonly code: "page-malformed"; readonly page: string; readonly why: string }
  // Traffic.
  | { readonly code: "hello-timeout"; readonly waitedMs: number }
  | { readonly code: "request-too-large"; readonly bytes: number; readonly bytesMax: number }
  | { readonly code: "request-limit"; readonly outstandingMax: number }
  | { readonly code: "protocol-unknown"; readonly protocol: string }
  | { readonly code: "not-admitted"; readonly peer: PeerId };

export type RefusalCode = Refusal["code"];

/** A sentence for logs and terminals: what was refused and what it was measured against. */
export function describeRefusal(refusal: Refusal): string {
  const facts = Object.entries(refusal)
    .filter(([name]) => name !== "code")
    .map(([name, value]) => `${name} ${String(value)}`);
  return facts.length === 0 ? refusal.code : `${refusal.code} (${facts.join(", ")})`;
}
