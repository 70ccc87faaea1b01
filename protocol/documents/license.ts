/**
 * Licenses: who may take part in a site, and as what. Signed by the site's authority alone.
 *
 * The site license names the deployment, its administrators and its size. An install license puts
 * one peer on one seat. Limits need no server to be counted: every license carries its own number
 * in each, and everybody refuses a number above the limit (FORMATS 25).
 */

import * as z from "zod";
import { limits } from "../limits.ts";
import { instant, ordinal, peerId, placeName, publicKey, readWith, siteId, title } from "./schema.ts";
import type { DocumentType } from "./verified.ts";

/** What a peer may do. Names of later roles are read and left alone. */
export const roles = ["watch", "serve", "backup", "console", "master"] as const;
export type Role = (typeof roles)[number];

const siteLicenseSchema = z.strictObject({
  /** The authority's public key, which signed this and everything else of the site. */
  site: siteId,
  company: title,
  name: title,
  /** Whose policies count. An administrator who leaves stays listed, with the last version that counts. */
  administrators: z
    .array(z.strictObject({ name: title, publicKey, lastPolicyVersion: ordinal.optional() }))
    .max(limits.administratorsMax),
  limits: z.strictObject({
    regions: ordinal,
    groups: ordinal,
    servers: ordinal,
    /** Servers whose users may write. */
    watchers: ordinal,
  }),
  /** The authority's counter over all licenses: the newest has the greatest. */
  serial: ordinal,
  issuedAt: instant,
  notBefore: instant,
  notAfter: instant,
});

const installLicenseSchema = z
  .strictObject({
    site: siteId,
    peer: peerId,
    /** From 1, at most the site's `servers`. */
    seat: ordinal,
    regionIndex: ordinal,
    groupIndex: ordinal,
    watcherIndex: ordinal.optional(),
    region: placeName,
    group: placeName,
    server: placeName,
    roles: z
      .array(z.string("must be a role's name").regex(/^[a-z][a-z-]{0,31}$/, "must be a role's name such as watch"))
      .max(limits.rolesPerLicenseMax),
    serial: ordinal,
    issuedAt: instant,
    notBefore: instant,
    notAfter: instant,
  })
  .refine((license) => license.roles.includes("watch") === (license.watcherIndex !== undefined), {
    path: ["watcherIndex"],
    error: "must be there exactly when the role watch is",
  });

export type SiteLicense = z.output<typeof siteLicenseSchema>;
export type InstallLicense = z.output<typeof installLicenseSchema>;
export type SiteLimits = SiteLicense["limits"];

export const siteLicenseType: DocumentType<"site-license", SiteLicense> = {
  kind: "site-license",
  payloadType: "application/vnd.cdmesh.site-license.v1+json",
  bytesMax: limits.licenseBytesMax,
  read: (json) => readWith(siteLicenseSchema, json, "site license"),
  identify: (license) => ({ name: "site", version: license.serial }),
};

export const installLicenseType: DocumentType<"install-license", InstallLicense> = {
  kind: "install-license",
  payloadType: "application/vnd.cdmesh.install-license.v1+json",
  bytesMax: limits.licenseBytesMax,
  read: (json) => readWith(installLicenseSchema, json, "install license"),
  identify: (license) => ({ name: `seat-${license.seat}`, version: license.serial }),
};

/** The roles of a license that this version knows. */
export function rolesOf(license: InstallLicense): ReadonlySet<Role> {
  return new Set(roles.filter((role) => license.roles.includes(role)));
}
