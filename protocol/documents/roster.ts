/**
 * The roster: who is a member of the site at one moment, and where each stands. A function of the
 * documents and the time alone.
 */

import type { PeerId } from "../ids.ts";
import type { Place } from "../membership/place.ts";
import type { Refusal } from "../refusal.ts";
import type { DocumentSet } from "./document-set.ts";
import { msOfInstant } from "./instant.ts";
import type { SignedSiteLicense } from "./kinds.ts";
import { type InstallLicense, type Role, rolesOf } from "./license.ts";
import { endMsOf, judgeLicense } from "./seats.ts";

export interface Member {
  readonly peer: PeerId;
  readonly place: Place;
  readonly roles: ReadonlySet<Role>;
  readonly seat: number;
  readonly serial: number;
}

export interface Roster {
  readonly members: ReadonlyMap<PeerId, Member>;
  /** The roster holds from here to the millisecond before `untilMs`, while no document changes. */
  readonly fromMs: number;
  readonly untilMs: number;
}

export function rosterAt(documents: DocumentSet, nowMs: number): Roster {
  const siteLicense = documents.siteLicense();
  const members = new Map<PeerId, Member>();
  const turns: number[] = siteLicense === undefined ? [] : turnsOf(siteLicense.document);
  for (const peer of documents.peers()) {
    const licenses = documents.licensesOf(peer).map((license) => license.document);
    const license = licenses.find((candidate) => judgeKnown(candidate, documents, siteLicense, nowMs) === undefined);
    if (license !== undefined) members.set(peer, memberOf(license));
    turns.push(...licenses.flatMap(turnsOf));
  }
  return {
    members,
    fromMs: Math.max(-Infinity, ...turns.filter((turn) => turn <= nowMs)),
    untilMs: Math.min(Infinity, ...turns.filter((turn) => turn > nowMs)),
  };
}

/**
 * Judges a license among the documents that are known.
 * @param siteLicense the newest one, which may be newer than those known
 */
export function judgeKnown(
  license: InstallLicense,
  documents: DocumentSet,
  siteLicense: SignedSiteLicense | undefined,
  nowMs: number,
): Refusal | undefined {
  if (siteLicense === undefined) return { code: "license-missing" };
  return judgeLicense(license, {
    siteLicense: siteLicense.document,
    revocations: documents.revocations(),
    newestSerial: Math.max(license.serial, documents.newestOf(license.seat)?.version ?? 0),
    nowMs,
  });
}

export function memberOf(license: InstallLicense): Member {
  return {
    peer: license.peer,
    place: placeOf(license),
    roles: rolesOf(license),
    seat: license.seat,
    serial: license.serial,
  };
}

export function placeOf(license: InstallLicense): Place {
  return { region: license.region, group: license.group, server: license.server };
}

/** The milliseconds at which dates begin or end. */
function turnsOf(dates: Pick<InstallLicense, "notBefore" | "notAfter">): number[] {
  return [msOfInstant(dates.notBefore), endMsOf(dates.notAfter)];
}
