/**
 * Files in which documents are carried by hand: `{siteLicense, installLicense, revocations?}` as
 * the authority hands them to a peer, or a single envelope such as a policy.
 *
 * People open such files, so they may be laid out in any way; the envelopes inside get back their
 * one spelling here.
 */

import { limits } from "../limits.ts";
import type { Refusal } from "../refusal.ts";
import { encodeEnvelope, envelopeOfJson, parseJson } from "./envelope.ts";

export interface LicenseFile {
  readonly siteLicense: Uint8Array;
  readonly installLicense: Uint8Array;
  readonly revocations: Uint8Array | undefined;
}

export function encodeLicenseFile(file: LicenseFile): Uint8Array {
  const { siteLicense, installLicense, revocations } = file;
  return encodeFile({
    siteLicense: parseJson(siteLicense),
    installLicense: parseJson(installLicense),
    // Left out when there are none: undefined is no JSON.
    revocations: revocations && parseJson(revocations),
  });
}

/** A file of one document. */
export function encodeEnvelopeFile(envelope: Uint8Array): Uint8Array {
  return encodeFile(parseJson(envelope));
}

/** @returns the envelopes of a file, in the order in which they can be judged */
export function envelopesInFile(bytes: Uint8Array): readonly Uint8Array[] | Refusal {
  const bytesMax = 2 * limits.policyBytesMax;
  if (bytes.length > bytesMax) return { code: "document-too-large", bytes: bytes.length, bytesMax };
  const json = parseJson(bytes);
  const single = envelopeOfJson(json);
  if (single !== undefined) return [encodeEnvelope(single)];
  if (typeof json !== "object" || json === null) return malformed("is no JSON object");
  const envelopes: Uint8Array[] = [];
  const parts = new Map<string, unknown>(Object.entries(json));
  for (const name of licenseFileParts) {
    const part = parts.get(name);
    if (part === undefined) continue;
    const envelope = envelopeOfJson(part);
    if (envelope === undefined) return malformed(`${name} is no DSSE envelope`);
    envelopes.push(encodeEnvelope(envelope));
  }
  return envelopes.length > 0 ? envelopes : malformed("holds neither a document nor siteLicense and installLicense");
}

const licenseFileParts = ["siteLicense", "revocations", "installLicense"] as const;

function encodeFile(json: unknown): Uint8Array {
  return new Uint8Array(Buffer.from(`${JSON.stringify(json, undefined, 2)}\n`));
}

function malformed(why: string): Refusal {
  return { code: "document-malformed", what: "file of documents", why };
}
