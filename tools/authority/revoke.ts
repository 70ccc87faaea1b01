/** Revoking a seat: its licenses end, and its writers where the cuts say. */

import { instantOfMs } from "../../protocol/documents/instant.ts";
import { type Cut, type Revocation, type Revocations, revocationsType } from "../../protocol/documents/revocations.ts";
import { signDocument } from "../../protocol/documents/verified.ts";
import { parseCollectionId, parseWriterId, peerOfWriter } from "../../protocol/ids.ts";
import type { Obstacle } from "./obstacle.ts";
import type { SiteDirectory } from "./site-directory.ts";

export interface Revoked {
  readonly entry: Revocation;
  readonly version: number;
  /** All revocations of the site so far, for every peer. */
  readonly envelope: Uint8Array;
}

/** @throws SiteDirectoryError */
export async function revoke(
  site: SiteDirectory,
  wish: { readonly seat: number; readonly cuts: readonly Cut[] | undefined },
  nowMs: number,
): Promise<Revoked | Obstacle> {
  const { seat, cuts } = wish;
  const { documents } = site;
  const former = documents.newestRevocations()?.document;
  // Also of a seat that is revoked already: its cuts may come later.
  const license = documents.newestOf(seat)?.document;
  if (license === undefined) {
    const seats = site.licensesInForce().map(({ document }) => document.seat);
    const remedy = seats.length === 0 ? "admit a peer first" : `seats in force are ${seats.join(", ")}`;
    return { problem: `nobody ever had seat ${seat}`, remedy };
  }
  const stranger = cuts?.find(({ writer }) => peerOfWriter(writer) !== license.peer);
  if (stranger !== undefined) {
    const problem = `the writer ${stranger.writer} is none of ${license.peer}, who has seat ${seat}`;
    return { problem, remedy: `take the writers from a running peer: cdmesh writers --peer ${license.peer}` };
  }
  const { peer, serial } = license;
  const before = former?.revoked.find((entry) => entry.seat === seat && entry.peer === peer);
  const all = cuts === undefined ? before?.cuts : tightest([...(before?.cuts ?? []), ...cuts]);
  const entry = { seat, peer, serial, ...(all && { cuts: all }) };
  const list: Revocations = {
    site: documents.site,
    version: (former?.version ?? 0) + 1,
    issuedAt: instantOfMs(nowMs),
    revoked: [...(former?.revoked ?? []).filter((other) => other !== before), entry],
  };
  const issued = await site.issue(signDocument(revocationsType, list, [site.authorityKey]));
  return { entry, version: issued.version, envelope: issued.envelope };
}

/** "WRITER=LAST" or "WRITER/COLLECTION=LAST", such as "3f...01/folder/press=120". */
export function parseCut(text: string): Cut | undefined {
  const [, writerText = "", collectionText, last] = /^([0-9a-f]{80})(?:\/([^=]+))?=(\d{1,16})$/.exec(text) ?? [];
  const writer = parseWriterId(writerText);
  const lastValid = Number(last);
  if (writer === undefined || !Number.isSafeInteger(lastValid)) return undefined;
  if (collectionText === undefined) return { writer, lastValid };
  const collection = parseCollectionId(collectionText);
  return collection && { writer, collection, lastValid };
}

/** One cut for each writer and collection: what was cut once is never given back. */
function tightest(cuts: readonly Cut[]): Cut[] {
  const byPlace = Map.groupBy(cuts, (cut) => `${cut.writer}/${cut.collection ?? ""}`);
  return [...byPlace.values()].map((same) =>
    same.reduce((tighter, cut) => (cut.lastValid < tighter.lastValid ? cut : tighter)),
  );
}
