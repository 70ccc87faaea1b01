/**
 * Admission: whether a peer may connect, from the hello that it shows and the documents known here.
 *
 * Both sides judge alike, for both look at signed documents only. Where one side knows more, its
 * documents count: a newer license of the seat, a revocation, a newer site license.
 */

import type { DocumentSet } from "../../protocol/documents/document-set.ts";
import { msOfInstant } from "../../protocol/documents/instant.ts";
import type { SignedDocument, SignedInstallLicense, SignedSiteLicense } from "../../protocol/documents/kinds.ts";
import { judgeKnown } from "../../protocol/documents/roster.ts";
import { authorityTimeMs } from "../../protocol/documents/seats.ts";
import { isRefusal } from "../../protocol/documents/verified.ts";
import type { PeerId } from "../../protocol/ids.ts";
import type { Refusal } from "../../protocol/refusal.ts";
import { decodeHello, type Hello } from "../../protocol/wire/hello.ts";

/** Protocol versions that this program speaks. */
export const protocolVersions = { min: 1, max: 1 } as const;

export interface Admitted {
  /** What the peer may connect by: its newest license that lets it in. */
  readonly license: SignedInstallLicense;
  readonly hello: Hello;
  /** What the hello showed that is not known here yet. */
  readonly news: readonly SignedDocument[];
}

export function judgeHello(peer: PeerId, bytes: Uint8Array, known: DocumentSet, nowMs: number): Admitted | Refusal {
  const hello = decodeHello(bytes);
  if (isRefusal(hello)) return hello;
  if (hello.versionMin > protocolVersions.max || hello.versionMax < protocolVersions.min) {
    return { code: "version-unsupported", min: protocolVersions.min, max: protocolVersions.max };
  }
  if (hello.site !== known.site) return { code: "site-foreign", site: hello.site };
  const siteLicense = shownSiteLicense(hello, known);
  if (isRefusal(siteLicense)) return siteLicense;
  const shown = shownInstallLicense(peer, hello, known);
  if (isRefusal(shown)) return shown;
  // The peer may not know its newest license yet: a renewal is on its way to it.
  const licenses = [...known.licensesOf(peer), shown].toSorted((one, other) => other.version - one.version);
  const newest = newer(siteLicense, known.siteLicense());
  // What the authority just issued is valid here too when this machine's clock is behind.
  const issuedAtMs = Math.max(msOfInstant(siteLicense.document.issuedAt), msOfInstant(shown.document.issuedAt));
  const timeMs = authorityTimeMs(nowMs, issuedAtMs);
  const judged = licenses.map((license) => ({
    license,
    refusal: judgeKnown(license.document, known, newest, timeMs),
  }));
  const entitling = judged.find(({ refusal }) => refusal === undefined);
  if (entitling === undefined) return judged[0]?.refusal ?? { code: "license-missing" };
  const news = [siteLicense, shown].filter((document) => known.decide(document).kind === "keep");
  return { license: entitling.license, hello, news };
}

/** What a hello shows, unjudged. */
export function envelopesInHello(bytes: Uint8Array): readonly Uint8Array[] {
  const hello = decodeHello(bytes);
  if (isRefusal(hello)) return [];
  return [hello.siteLicense, hello.installLicense].filter((envelope) => envelope !== undefined);
}

function shownSiteLicense(hello: Hello, known: DocumentSet): SignedSiteLicense | Refusal {
  const current = known.siteLicense();
  if (current !== undefined && Buffer.compare(current.envelope, hello.siteLicense) === 0) return current;
  const shown = sound(hello.siteLicense, known);
  if (isRefusal(shown)) return shown;
  return shown.kind === "site-license" ? shown : wrongKind("siteLicense", shown);
}

function shownInstallLicense(peer: PeerId, hello: Hello, known: DocumentSet): SignedInstallLicense | Refusal {
  const { installLicense } = hello;
  if (installLicense === undefined) return { code: "license-missing" };
  const held = known.licensesOf(peer).find(({ envelope }) => Buffer.compare(envelope, installLicense) === 0);
  if (held !== undefined) return held;
  const shown = sound(installLicense, known);
  if (isRefusal(shown)) return shown;
  if (shown.kind !== "install-license") return wrongKind("installLicense", shown);
  const owner = shown.document.peer;
  return owner === peer ? shown : { code: "license-of-another-peer", peer: owner };
}

/** Verified, of this site, and no second version of a document that is known. */
function sound(envelope: Uint8Array, known: DocumentSet): SignedDocument | Refusal {
  const document = known.verify(envelope);
  if (isRefusal(document)) return document;
  const decision = known.decide(document);
  if (decision.kind === "equivocation") return decision.refusal;
  // An older one than those known is no fault of the peer; what is known counts.
  if (decision.kind === "refuse" && decision.refusal.code !== "document-older") return decision.refusal;
  return document;
}

function wrongKind(field: string, document: SignedDocument): Refusal {
  return { code: "document-malformed", what: field, why: `holds a ${document.kind}` };
}

function newer(one: SignedSiteLicense, other: SignedSiteLicense | undefined): SignedSiteLicense {
  return other !== undefined && other.version > one.version ? other : one;
}
