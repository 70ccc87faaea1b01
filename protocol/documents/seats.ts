/**
 * Seats: whether a license lets its peer in, decided from signed documents and one time alone, so
 * that everybody decides alike without asking anybody (FORMATS 25).
 *
 * The newest license of a seat, by the authority's serial, is the one that counts: a renewed
 * license replaces its elder, and a seat that moved to another machine leaves the old one outside.
 */

import type { Refusal } from "../refusal.ts";
import { type Instant, msOfInstant } from "./instant.ts";
import type { InstallLicense, SiteLicense, SiteLimits } from "./license.ts";
import type { RevocationIndex } from "./revocations.ts";

export interface SeatFacts {
  /** The newest one known. */
  readonly siteLicense: SiteLicense;
  readonly revocations: RevocationIndex;
  /** The greatest serial known of the license's seat. */
  readonly newestSerial: number;
  /** From `authorityTimeMs`. */
  readonly nowMs: number;
}

/** @returns why the license lets nobody in now, or undefined when it does */
export function judgeLicense(license: InstallLicense, facts: SeatFacts): Refusal | undefined {
  const { siteLicense, revocations, newestSerial, nowMs } = facts;
  const { seat, serial } = license;
  if (license.site !== siteLicense.site) return { code: "site-foreign", site: license.site };
  if (revocations.revocationOf(license) !== undefined) return { code: "seat-revoked", seat, serial };
  if (serial < newestSerial) return { code: "license-superseded", seat, serial, newest: newestSerial };
  return (
    seatAboveLimit(license, siteLicense.limits) ?? outsideDates(siteLicense, nowMs) ?? outsideDates(license, nowMs)
  );
}

/** Each number of a license is refused above its own limit. */
export function seatAboveLimit(license: InstallLicense, limits: SiteLimits): Refusal | undefined {
  const numbers = [
    { what: "region", index: license.regionIndex, limit: limits.regions },
    { what: "group", index: license.groupIndex, limit: limits.groups },
    { what: "seat", index: license.seat, limit: limits.servers },
    { what: "watcher", index: license.watcherIndex ?? 0, limit: limits.watchers },
  ] as const;
  const above = numbers.find(({ index, limit }) => index > limit);
  return above === undefined ? undefined : { code: "seat-above-limit", ...above };
}

/** Both ends are included. */
function outsideDates(
  dates: { readonly notBefore: Instant; readonly notAfter: Instant },
  nowMs: number,
): Refusal | undefined {
  const { notBefore, notAfter } = dates;
  if (nowMs < msOfInstant(notBefore)) return { code: "license-not-yet-valid", notBefore };
  if (nowMs >= endMsOf(notAfter)) return { code: "license-expired", notAfter };
  return undefined;
}

/** The first millisecond behind a last valid second. */
export function endMsOf(notAfter: Instant): number {
  return msOfInstant(notAfter) + 1_000;
}

/**
 * The time that dates are judged against. A clock set back behind the newest authority document
 * revives nothing (P5). Only the authority's documents count as having seen a time: otherwise one
 * wrong clock could shut a whole site out (FORMATS 25).
 *
 * @param newestIssuedAtMs of the authority's documents that are known
 */
export function authorityTimeMs(clockMs: number, newestIssuedAtMs: number): number {
  return Math.max(clockMs, newestIssuedAtMs);
}
