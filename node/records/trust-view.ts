/** What records ask of the site's signed documents. `Trust` answers it; tests answer it with less. */

import type { CollectionId, FolderId, PeerId, SiteId, WriterId } from "../../protocol/ids.ts";
import { folderOfCollection } from "../../protocol/ids.ts";
import type { Place } from "../../protocol/membership/place.ts";
import type { Refusal } from "../../protocol/refusal.ts";
import type { Cancel } from "../ports.ts";

/** What of a batch decides whether its author was allowed to write it (FORMATS 1, 2). */
export interface BatchFacts {
  readonly site: SiteId;
  readonly collection: CollectionId;
  readonly peer: PeerId;
  readonly writer: WriterId;
  readonly first: number;
  readonly count: number;
  readonly policyVersion: number;
}

export type BatchJudgement =
  | { readonly kind: "accept" }
  /** A document is missing: the writer waits until it is here. */
  | { readonly kind: "hold"; readonly missing: string }
  /** No honest peer will ever accept it: it counts as seen, without effect. */
  | { readonly kind: "refuse"; readonly refusal: Refusal };

export interface RecordsTrust {
  readonly site: SiteId;
  readonly self: PeerId;
  member(peer: PeerId): { readonly place: Place } | undefined;
  members(): readonly { readonly peer: PeerId }[];
  holds(peer: PeerId, folder: FolderId): boolean;
  policyVersion(): number;
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
