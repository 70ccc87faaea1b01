/** A new site: its keys, its first administrator and its license. */

import { instantOfMs } from "../../protocol/documents/instant.ts";
import { type SiteLimits, siteLicenseType } from "../../protocol/documents/license.ts";
import { signDocument } from "../../protocol/documents/verified.ts";
import { toHex } from "../../protocol/ids.ts";
import { SiteDirectory } from "./site-directory.ts";

export interface SiteWish {
  readonly path: string;
  readonly company: string;
  readonly name: string;
  readonly days: number;
  readonly limits: SiteLimits;
}

export const dayMs = 86_400_000;

/** @throws SiteDirectoryError */
export function createSite(wish: SiteWish, nowMs: number): Promise<SiteDirectory> {
  const { path, company, name, days, limits } = wish;
  return SiteDirectory.create(path, (site) => {
    const administrator = { name: "administrator", publicKey: toHex(site.administratorKey.publicKey.bytes) };
    const license = {
      site: site.documents.site,
      company,
      name,
      administrators: [administrator],
      limits,
      serial: site.nextSerial(),
      issuedAt: instantOfMs(nowMs),
      notBefore: instantOfMs(nowMs),
      notAfter: instantOfMs(nowMs + days * dayMs),
    };
    return signDocument(siteLicenseType, license, [site.authorityKey]);
  });
}
