/** Admitting a peer: from its request to the license file that it starts with. */

import { encodeLicenseFile, envelopesInFile } from "../../protocol/documents/file.ts";
import { instantOfMs, msOfInstant } from "../../protocol/documents/instant.ts";
import { type InstallLicense, installLicenseType, type Role } from "../../protocol/documents/license.ts";
import { verifyRequest } from "../../protocol/documents/request.ts";
import { isRefusal, signDocument } from "../../protocol/documents/verified.ts";
import type { PeerId } from "../../protocol/ids.ts";
import type { Place } from "../../protocol/membership/place.ts";
import { describeRefusal } from "../../protocol/refusal.ts";
import { dayMs } from "./create.ts";
import type { Obstacle } from "./obstacle.ts";
import { seatFor } from "./seating.ts";
import type { SiteDirectory } from "./site-directory.ts";

export interface AdmissionWish {
  /** Content of the peer's request file. */
  readonly request: Uint8Array;
  readonly place: Place;
  readonly roles: readonly Role[];
  readonly seat: number | undefined;
  /** How long the license lasts; as long as the site license when undefined. */
  readonly days: number | undefined;
}

export interface Admitted {
  readonly license: InstallLicense;
  /** What the peer starts with: the site license, its own license, the revocations so far. */
  readonly file: Uint8Array;
}

/** @throws SiteDirectoryError */
export async function admit(site: SiteDirectory, wish: AdmissionWish, nowMs: number): Promise<Admitted | Obstacle> {
  const { documents } = site;
  const siteLicense = documents.siteLicense();
  if (siteLicense === undefined) throw new Error("a site's directory without a site license was opened");
  const { limits, notAfter } = siteLicense.document;
  const endMs = Math.min(msOfInstant(notAfter), nowMs + (wish.days ?? Infinity) * dayMs);
  if (endMs <= nowMs) {
    return { problem: `the site license ended at ${notAfter}`, remedy: "have a new site license issued" };
  }
  const peer = requester(wish.request);
  if (typeof peer !== "string") return peer;
  const inForce = site.licensesInForce().map((license) => license.document);
  const { place, roles } = wish;
  const seating = seatFor({ peer, place, roles, seat: wish.seat }, inForce, limits);
  if ("problem" in seating) return seating;
  const fields = {
    site: documents.site,
    peer,
    ...seating,
    ...place,
    roles,
    serial: site.nextSerial(),
    issuedAt: instantOfMs(nowMs),
    notBefore: instantOfMs(nowMs),
    notAfter: instantOfMs(endMs),
  };
  const issued = await site.issue(signDocument(installLicenseType, fields, [site.authorityKey]));
  if (issued.kind !== "install-license") throw new Error(`a license was signed and a ${issued.kind} came back`);
  const file = encodeLicenseFile({
    siteLicense: siteLicense.envelope,
    installLicense: issued.envelope,
    revocations: documents.newestRevocations()?.envelope,
  });
  return { license: issued.document, file };
}

function requester(file: Uint8Array): PeerId | Obstacle {
  const remedy = "make it anew on that machine with cdmesh peer init, and copy it whole";
  const envelopes = envelopesInFile(file);
  if (isRefusal(envelopes)) return { problem: `the request cannot be read: ${describeRefusal(envelopes)}`, remedy };
  const [envelope] = envelopes;
  const request = envelope === undefined ? undefined : verifyRequest(envelope);
  if (request === undefined || isRefusal(request)) {
    const why = request === undefined ? "it is empty" : describeRefusal(request);
    return { problem: `the request is not proven by the key that it asks for: ${why}`, remedy };
  }
  return request.document.peer;
}
