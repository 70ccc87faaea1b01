/** What records ask of the site's signed documents. `Trust` answers it; tests answer it with less. */

import type { BatchFacts, BatchJudgement } from "../../protocol/documents/rights.ts";
import { type CollectionId, type FolderId, folderOfCollection, type PeerId, type SiteId } from "../../protocol/ids.ts";
import type { Place } from "../../protocol/membership/place.ts";
import type { Cancel } from "../ports.ts";

export interface RecordsTrust {
  readonly site: SiteId;
  readonly self: PeerId;
  member(peer: PeerId): { readonly place: Place } | undefined;
  members(): readonly { readonly peer: PeerId }[];
  holds(peer: PeerId, folder: FolderId): boolean;
  /** When a peer got its newest license, ms since 1970; 0 for one without. */
  licensedAtMs(peer: PeerId): number;
  policyVersion(): number;
  /** A member that was not heard of for so long is not waited for (FORMATS 9). */
  tombstoneDays(): number;
  judgeBatch(facts: BatchFacts): BatchJudgement;
  onChange(listener: () => void): Cancel;
}

/** Whether a peer may have the records of a collection: of a folder its holders, of all else the members. */
export function mayHave(trust: RecordsTrust, peer: PeerId, collection: CollectionId): boolean {
  if (trust.member(peer) === undefined) return false;
  const folder = folderOfCollection(collection);
  return folder === undefined || trust.holds(peer, folder);
}

/** The other members that may have the records of a collection. */
export function sharers(trust: RecordsTrust, collection: CollectionId): readonly PeerId[] {
  const others = trust.members().filter(({ peer }) => peer !== trust.self && mayHave(trust, peer, collection));
  return others.map(({ peer }) => peer);
}
