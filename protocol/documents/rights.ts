/**
 * Rights: whether a batch counts, as a function of signed documents and of nothing else.
 *
 * Not of the time, of the policy of the moment, or of the order of arrival: two honest peers with
 * the same documents decide alike, or they would differ for ever (FORMATS 1). So a missing right
 * only holds a batch back, for the document that grants it may be on its way; and refusing needs a
 * reason that no further document takes away: a cut, another site, a policy version in which nobody
 * holds the folder. Rights grow with each license and end at cuts (FORMATS 2). One reason can go: who
 * was cut off whole may be licensed again. What was refused until then is had by audits from those
 * who took it later, as all else that differs at equal contexts.
 */

import {
  type CollectionId,
  folderOfCollection,
  membersCollection,
  type PeerId,
  peerOfWriter,
  type SiteId,
  type WriterId,
} from "../ids.ts";
import type { Refusal } from "../refusal.ts";
import type { DocumentSet } from "./document-set.ts";
import type { InstallLicense } from "./license.ts";
import { folderOf, isHolder, isUnderstood } from "./policy.ts";
import { concerns } from "./revocations.ts";
import { placeOf } from "./roster.ts";
import { seatAboveLimit } from "./seats.ts";

/** What a signed batch header says of itself. */
export interface BatchFacts {
  readonly site: SiteId;
  readonly collection: CollectionId;
  readonly peer: PeerId;
  readonly writer: WriterId;
  /** Sequence of its first record. */
  readonly first: number;
  readonly count: number;
  readonly policyVersion: number;
}

export type BatchJudgement =
  | { readonly kind: "accept" }
  /** Not yet: `missing` says for people which document would decide it. */
  | { readonly kind: "hold"; readonly missing: string }
  | { readonly kind: "refuse"; readonly refusal: Refusal };

export function judgeBatch(facts: BatchFacts, documents: DocumentSet): BatchJudgement {
  const { site, collection, peer, writer } = facts;
  if (site !== documents.site) return refuse({ code: "site-foreign", site });
  if (peerOfWriter(writer) !== peer) return refuse({ code: "batch-malformed", why: "its writer is another peer's" });
  const lastValid = documents.revocations().lastValid(writer, collection);
  if (lastValid !== undefined && facts.first + facts.count - 1 > lastValid) {
    return refuse({ code: "writer-cut", writer, lastValid });
  }
  const folder = folderOfCollection(collection);
  const policy = documents.policyAt(facts.policyVersion);
  const held = folder === undefined || policy === undefined ? undefined : folderOf(policy, folder);
  if (folder !== undefined && policy !== undefined && isUnderstood(policy) && held === undefined) {
    return refuse({ code: "folder-not-held", peer, folder });
  }
  const licenses = grantingLicenses(facts, documents);
  if (licenses.length === 0) {
    // Cuts are complete: a writer that they do not name ends before it began, also one that comes after them.
    const isNamed = lastValid !== undefined;
    if (!isNamed && documents.revocations().isCutOff(peer)) return refuse({ code: "writer-cut", writer, lastValid: 0 });
    return hold(`a license that covers ${peer}`);
  }
  if (collection === membersCollection) return { kind: "accept" };
  // A kind of collection of a later version (FORMATS 10): it is for that version to say whose it is.
  if (folder === undefined) return hold(`a version of cdmesh that knows the collection ${collection}`);
  if (policy === undefined) return hold(`policy version ${facts.policyVersion}`);
  if (held === undefined) return hold(`a version of cdmesh that knows ${policy.critical.join(", ")}`);
  if (licenses.some((license) => license.roles.includes("watch") && isHolder(held, placeOf(license)))) {
    return { kind: "accept" };
  }
  return hold(`a license of ${peer} to watch where policy version ${facts.policyVersion} puts ${folder}`);
}

/**
 * The licenses that stand behind a batch. Superseded and expired ones do: time and renewal take
 * nothing back. A revoked one with cuts stands only behind the writers that they name, up to there.
 */
function grantingLicenses(facts: BatchFacts, documents: DocumentSet): readonly InstallLicense[] {
  const limits = documents.largestLimits();
  if (limits === undefined) return [];
  return documents
    .licensesOf(facts.peer)
    .map((license) => license.document)
    .filter((license) => {
      if (seatAboveLimit(license, limits) !== undefined) return false;
      const cuts = documents.revocations().revocationOf(license)?.cuts;
      return cuts === undefined || cuts.some((cut) => concerns(cut, facts.writer, facts.collection));
    });
}

function hold(missing: string): BatchJudgement {
  return { kind: "hold", missing };
}

function refuse(refusal: Refusal): BatchJudgement {
  return { kind: "refuse", refusal };
}
