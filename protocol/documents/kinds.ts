/** The kinds of documents that a site's peers pass on, and who may sign which. */

import type { PublicKey } from "../ed25519.ts";
import { limits } from "../limits.ts";
import type { Refusal } from "../refusal.ts";
import { decodeEnvelope } from "./envelope.ts";
import { type InstallLicense, installLicenseType, type SiteLicense, siteLicenseType } from "./license.ts";
import { type Policy, policyType } from "./policy.ts";
import { type Revocations, revocationsType } from "./revocations.ts";
import { type DocumentHash, type DocumentId, type Signed, verifyDecoded } from "./verified.ts";

export type SignedSiteLicense = Signed<"site-license", SiteLicense>;
export type SignedInstallLicense = Signed<"install-license", InstallLicense>;
export type SignedRevocations = Signed<"revocations", Revocations>;
export type SignedPolicy = Signed<"policy", Policy>;
export type SignedDocument = SignedSiteLicense | SignedInstallLicense | SignedRevocations | SignedPolicy;
export type DocumentKind = SignedDocument["kind"];

/** In the order in which they can be judged: administrators before their policies, cuts before who is cut. */
export const documentKinds = [
  "site-license",
  "revocations",
  "install-license",
  "policy",
] as const satisfies readonly DocumentKind[];

/** A document as lists and announcements name it. */
export interface DocumentEntry extends DocumentId<DocumentKind> {
  readonly hash: DocumentHash;
}

/** Verifies an envelope by the rules of its kind. */
export function verifyDocument(
  bytes: Uint8Array,
  keys: { readonly authority: readonly PublicKey[]; readonly policy: readonly PublicKey[] },
): SignedDocument | Refusal {
  // The largest kind's limit first; `verifyDecoded` holds the kind to its own.
  const envelope = decodeEnvelope(bytes, Math.max(limits.policyBytesMax, limits.revocationsBytesMax));
  if ("code" in envelope) return envelope;
  switch (envelope.payloadType) {
    case siteLicenseType.payloadType:
      return verifyDecoded(siteLicenseType, bytes, envelope, keys.authority);
    case installLicenseType.payloadType:
      return verifyDecoded(installLicenseType, bytes, envelope, keys.authority);
    case revocationsType.payloadType:
      return verifyDecoded(revocationsType, bytes, envelope, keys.authority);
    case policyType.payloadType:
      return verifyDecoded(policyType, bytes, envelope, keys.policy);
    default:
      return { code: "document-malformed", what: "envelope", why: `of the unknown type ${envelope.payloadType}` };
  }
}
