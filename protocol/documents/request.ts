/**
 * A peer's request for a license: its name, and the proof that it holds the key of that name.
 *
 * It is signed by the key that it asks for, so nobody can have a license made out to a key which
 * its owner never offered.
 */

import * as z from "zod";
import { type PeerId, peerIdOfPublicKey } from "../ids.ts";
import { limits } from "../limits.ts";
import type { Refusal } from "../refusal.ts";
import { claimedKeys, decodeEnvelope } from "./envelope.ts";
import { instant, peerId, readWith } from "./schema.ts";
import { type DocumentType, type Signed, verifyDecoded } from "./verified.ts";

const requestSchema = z.strictObject({ peer: peerId, requestedAt: instant });

export type PeerRequest = z.output<typeof requestSchema>;

export const requestType: DocumentType<"request", PeerRequest> = {
  kind: "request",
  payloadType: "application/vnd.cdmesh.request.v1+json",
  bytesMax: limits.licenseBytesMax,
  read: (json) => readWith(requestSchema, json, "request"),
  identify: (request) => ({ name: request.peer, version: 1 }),
};

export function verifyRequest(bytes: Uint8Array): Signed<"request", PeerRequest> | Refusal {
  const envelope = decodeEnvelope(bytes, requestType.bytesMax);
  if ("code" in envelope) return envelope;
  const keys = claimedKeys(envelope);
  const signed = verifyDecoded(requestType, bytes, envelope, keys);
  if ("code" in signed) return signed;
  const asked: PeerId = signed.document.peer;
  if (keys.length === 1 && keys.every((key) => peerIdOfPublicKey(key.bytes) === asked)) return signed;
  return { code: "license-of-another-peer", peer: asked };
}
