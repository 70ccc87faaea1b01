/**
 * Why a peer, or a folder here, is behind: the first thing that an operator asks.
 *
 * Each reason is a code with its facts, so that programs can tell them apart, and has a sentence
 * for people. Codes are append-only, like everything that scripts may depend on.
 */

import type { Instant } from "../../protocol/documents/instant.ts";
import { type FolderId, folderOfCollection } from "../../protocol/ids.ts";
import type { Beacon, CollectionSummary, FolderProgress } from "../../protocol/membership/beacon.ts";
import type { PeerState } from "../../protocol/membership/member.ts";

export type Reason =
  /** Nothing newer is known of it than `seenAt`. */
  | { readonly code: "silent"; readonly state: PeerState; readonly seenAt?: Instant }
  | { readonly code: "policy-older"; readonly version: number; readonly newest: number }
  | { readonly code: "policy-newer"; readonly version: number; readonly ours: number }
  /** It knows other licenses or revocations than this peer. */
  | { readonly code: "documents-differ" }
  | { readonly code: "scanning"; readonly folder: FolderId }
  /** It knows other changes than this peer; they are exchanged within seconds. */
  | { readonly code: "records-differ"; readonly folder: FolderId }
  /** It knows the same changes and holds other records: repaired by the audit, and worth an alarm. */
  | { readonly code: "records-diverged"; readonly folder: FolderId }
  | { readonly code: "missing"; readonly folder: FolderId; readonly files: number; readonly bytes: number }
  | { readonly code: "blocked"; readonly folder: FolderId; readonly files: number }
  | { readonly code: "held-back"; readonly folder: FolderId; readonly files: number }
  /** Nobody who could send what is missing is connected. */
  | { readonly code: "no-holder-connected"; readonly folder: FolderId; readonly holders: number }
  /** Connected, but the first exchange of records has not finished. */
  | { readonly code: "not-exchanged"; readonly folder: FolderId }
  | { readonly code: "troubled"; readonly folder: FolderId; readonly why: string }
  /** So many deletes that an operator is asked first: found here and not told, or asked for and not carried out. */
  | { readonly code: "deletes-wait"; readonly folder: FolderId; readonly here: number; readonly asked: number };

/** What this peer knows, to measure others against. */
export interface OwnKnowledge {
  readonly documentsDigest: string;
  readonly policyVersion: number;
  readonly summaries: readonly CollectionSummary[];
}

/** Of a member's records of one collection against ours. */
export type RecordsStanding = "equal" | "different" | "diverged";

/** @returns undefined when this peer has nothing to compare with */
export function standingOfRecords(
  theirs: CollectionSummary,
  ours: readonly CollectionSummary[],
): RecordsStanding | undefined {
  const own = ours.find(({ collection }) => collection === theirs.collection);
  if (own === undefined) return undefined;
  if (own.contextDigest !== theirs.contextDigest) return "different";
  return own.count === theirs.count && own.sum === theirs.sum ? "equal" : "diverged";
}

/** Why another member is behind, or seems so from here; nothing when it is not. */
export function whyBehind(
  status: { readonly state: PeerState; readonly seenAt?: Instant },
  beacon: Beacon | undefined,
  own: OwnKnowledge,
): readonly Reason[] {
  const { state, seenAt } = status;
  const reasons: Reason[] = [];
  if (state !== "connected" && state !== "alive") {
    reasons.push({ code: "silent", state, ...(seenAt !== undefined && { seenAt }) });
  }
  if (beacon === undefined) return reasons;
  const { policyVersion: version, documentsDigest, collections } = beacon;
  if (version < own.policyVersion) reasons.push({ code: "policy-older", version, newest: own.policyVersion });
  else if (version > own.policyVersion) reasons.push({ code: "policy-newer", version, ours: own.policyVersion });
  else if (documentsDigest !== own.documentsDigest) reasons.push({ code: "documents-differ" });
  for (const summary of collections) {
    const folder = folderOfCollection(summary.collection);
    if (folder === undefined) continue;
    const standing = standingOfRecords(summary, own.summaries);
    if (standing === "different") reasons.push({ code: "records-differ", folder });
    if (standing === "diverged") reasons.push({ code: "records-diverged", folder });
    if (summary.progress !== undefined) reasons.push(...reasonsOfProgress(folder, summary.progress));
  }
  return reasons;
}

/** What of a holder's own progress keeps a folder from being whole. */
export function reasonsOfProgress(folder: FolderId, progress: FolderProgress): readonly Reason[] {
  const { state, missingFiles, missingBytes, blockedFiles, heldBack } = progress;
  const reasons: Reason[] = [];
  if (state === "scanning") reasons.push({ code: "scanning", folder });
  if (missingFiles > 0) reasons.push({ code: "missing", folder, files: missingFiles, bytes: missingBytes });
  if (blockedFiles > 0) reasons.push({ code: "blocked", folder, files: blockedFiles });
  if (heldBack > 0) reasons.push({ code: "held-back", folder, files: heldBack });
  return reasons;
}

export function describeReason(reason: Reason): string {
  switch (reason.code) {
    case "silent":
      return reason.seenAt === undefined ? "not heard of yet" : `${reason.state}, last heard of at ${reason.seenAt}`;
    case "policy-older":
      return `has policy ${reason.version}, not ${reason.newest}`;
    case "policy-newer":
      return `has policy ${reason.version}, this peer has ${reason.ours}`;
    case "documents-differ":
      return "knows other licenses or revocations than this peer";
    case "scanning":
      return `${reason.folder}: first scan under way`;
    case "records-differ":
      return `${reason.folder}: changes not exchanged yet`;
    case "records-diverged":
      return `${reason.folder}: DIVERGED, same changes but other records`;
    case "missing":
      return `${reason.folder}: ${reason.files} files missing, ${reason.bytes} bytes`;
    case "blocked":
      return `${reason.folder}: ${reason.files} files cannot stand there`;
    case "held-back":
      return `${reason.folder}: ${reason.files} files held back`;
    case "no-holder-connected":
      return `${reason.folder}: none of ${reason.holders} other holders is connected`;
    case "not-exchanged":
      return `${reason.folder}: first exchange with a connected holder under way`;
    case "troubled":
      return `${reason.folder}: ${reason.why}`;
    case "deletes-wait":
      return `${reason.folder}: deletes wait for an operator (cdmesh deletes list), ${sidesOf(reason)}`;
  }
}

function sidesOf({ here, asked }: Extract<Reason, { code: "deletes-wait" }>): string {
  const sides = [...(here > 0 ? [`${here} found here`] : []), ...(asked > 0 ? [`${asked} asked for by others`] : [])];
  return sides.join(" and ");
}
