/**
 * The beacon: what a peer says of itself every few seconds, to everybody, under its signature.
 *
 * It is a hint and a sign of life, never a command. That it is fresh is decided by (life,
 * sequence) alone: a peer's lives rise from start to start and its sequence within one, so a
 * replay of any older beacon is known without trusting a clock (P7). What differs in it from what
 * the receiver holds tells it whom to ask for records or documents, and nothing is lost when
 * beacons are.
 */

import { type CollectionId, fromHex, type PeerId, type SiteId, toHex } from "../ids.ts";
import { sha256 } from "../sha256.ts";
import type { PeerLoad } from "./health.ts";

/** `idle` as FORMATS 30 defines it. The order is that of the numbers on the wire. */
export const folderStates = ["scanning", "syncing", "idle"] as const;
export type FolderState = (typeof folderStates)[number];

/** How far a holder of a folder has come: a watermark for operators (FORMATS 31). */
export interface FolderProgress {
  readonly state: FolderState;
  /** Wanted and not yet held. */
  readonly missingFiles: number;
  readonly missingBytes: number;
  /** Files that cannot stand on that peer, such as names its platform has not. */
  readonly blockedFiles: number;
  /** Entries that a mode or brake keeps back. */
  readonly heldBack: number;
}

export interface CollectionSummary {
  readonly collection: CollectionId;
  /** Over writers and sequences: equal digests mean that equal records are known. 64 hex digits. */
  readonly contextDigest: string;
  /** Live records and their fingerprint: unequal at equal contexts means divergence. 64 hex digits. */
  readonly count: number;
  readonly sum: string;
  /** Undefined for what is no folder, or is not held there. */
  readonly progress: FolderProgress | undefined;
}

/** All collections of a peer, when the beacon has room for some of them only. */
export interface CollectionTotal {
  readonly count: number;
  /** Of `digestOfSummaries` over all. */
  readonly digest: string;
}

/** What orders the beacons of one peer. */
export interface BeaconStamp {
  /** Rises with each start of the peer. */
  readonly life: number;
  /** Rises with each beacon of that life. */
  readonly sequence: number;
}

export interface Beacon extends BeaconStamp {
  readonly site: SiteId;
  readonly peer: PeerId;
  /** Wall clock of the sender. Shows clocks that are off; orders nothing. */
  readonly sealedAtMs: number;
  /** Over all signed documents that the sender knows. 64 hex digits. */
  readonly documentsDigest: string;
  /** 0 for none. */
  readonly policyVersion: number;
  readonly collections: readonly CollectionSummary[];
  /** Set when `collections` is a part; each part has its turn. */
  readonly total: CollectionTotal | undefined;
  readonly load: PeerLoad;
  /** A clean stop: nothing comes behind it in this life. */
  readonly leaving: boolean;
}

export function isNewer(one: BeaconStamp, other: BeaconStamp): boolean {
  return one.life === other.life ? one.sequence > other.sequence : one.life > other.life;
}

/** Changes when any collection's records do, whatever their progress. 64 hex digits. */
export function digestOfSummaries(summaries: readonly CollectionSummary[]): string {
  const encoder = new TextEncoder();
  return toHex(
    sha256(
      ...summaries.flatMap(({ collection, contextDigest, count, sum }) => [
        encoder.encode(`${collection} ${count}\n`),
        fromHex(contextDigest),
        fromHex(sum),
      ]),
    ),
  );
}
