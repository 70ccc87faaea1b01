/**
 * Revocations: where rights end. One document for the whole site, signed by the authority.
 *
 * Rights end at a place in what a writer signed, never at a time, so that peers which hear of it
 * in different orders still refuse the same records (FORMATS 2, P9). Each version repeats all
 * earlier entries: who has the newest one has them all.
 */

import * as z from "zod";
import { type CollectionId, type PeerId, peerOfWriter, type WriterId } from "../ids.ts";
import { limits } from "../limits.ts";
import type { Refusal } from "../refusal.ts";
import { collectionId, instant, ordinal, peerId, readWith, siteId, writerId } from "./schema.ts";
import type { DocumentType } from "./verified.ts";

const lastValid = z
  .int("must be the sequence of the last valid record, 0 for none")
  .min(0, "must be the sequence of the last valid record, 0 for none")
  .max(limits.integerMax);

const revocationsSchema = z.strictObject({
  site: siteId,
  version: ordinal,
  issuedAt: instant,
  /** One entry for each seat and peer: it ends that peer's licenses of the seat up to and with a serial. */
  revoked: z
    .array(
      z.strictObject({
        seat: ordinal,
        peer: peerId,
        serial: ordinal,
        /**
         * What stays valid of what those licenses granted: complete, so a writer that is not named keeps
         * nothing by them. Absent: where its writers end is not said yet, and only connections end.
         */
        cuts: z
          .array(
            z.strictObject({
              writer: writerId,
              /** Absent: every collection. */
              collection: collectionId.optional(),
              lastValid,
            }),
          )
          .optional(),
      }),
    )
    .superRefine((revoked, context) => {
      const seen = new Set<string>();
      for (const [at, entry] of revoked.entries()) {
        const holder = holderText(entry);
        if (seen.has(holder)) {
          context.addIssue({ code: "custom", path: [at], message: "names a seat and peer that stand here already" });
        }
        seen.add(holder);
        if (entry.cuts?.some(({ writer }) => peerOfWriter(writer) !== entry.peer)) {
          context.addIssue({
            code: "custom",
            path: [at, "cuts"],
            message: "must name writers of the entry's peer only",
          });
        }
      }
    }),
});

export type Revocations = z.output<typeof revocationsSchema>;
export type Revocation = Revocations["revoked"][number];
export type Cut = NonNullable<Revocation["cuts"]>[number];

export const revocationsType: DocumentType<"revocations", Revocations> = {
  kind: "revocations",
  payloadType: "application/vnd.cdmesh.revocations.v1+json",
  bytesMax: limits.revocationsBytesMax,
  read: (json) => readWith(revocationsSchema, json, "revocations"),
  identify: (revocations) => ({ name: "site", version: revocations.version }),
};

/** The newest revocations, laid out for the questions that every batch asks. */
export class RevocationIndex {
  readonly #byHolder: ReadonlyMap<string, Revocation>;
  readonly #cutsOf: ReadonlyMap<WriterId, readonly Cut[]>;
  readonly #cutOff: ReadonlySet<PeerId>;

  constructor(revocations: Revocations | undefined) {
    const revoked = revocations?.revoked ?? [];
    this.#byHolder = new Map(revoked.map((entry) => [holderText(entry), entry]));
    this.#cutsOf = Map.groupBy(
      revoked.flatMap((entry) => entry.cuts ?? []),
      (cut) => cut.writer,
    );
    this.#cutOff = new Set(revoked.flatMap((entry) => (entry.cuts === undefined ? [] : [entry.peer])));
  }

  /** Whether cuts say what stays valid of this peer's writers: nothing does that they do not name, unless a license grants it. */
  isCutOff(peer: PeerId): boolean {
    return this.#cutOff.has(peer);
  }

  /** The entry that ended this license, if one did. */
  revocationOf(license: Pick<Revocation, "seat" | "peer" | "serial">): Revocation | undefined {
    const entry = this.#byHolder.get(holderText(license));
    return entry !== undefined && license.serial <= entry.serial ? entry : undefined;
  }

  /** The last sequence of a writer that counts in a collection; undefined while nothing cut it. */
  lastValid(writer: WriterId, collection: CollectionId): number | undefined {
    const cuts = this.#cutsOf.get(writer)?.filter((cut) => concerns(cut, writer, collection)) ?? [];
    return cuts.length === 0 ? undefined : Math.min(...cuts.map((cut) => cut.lastValid));
  }
}

/** Whether a cut speaks of this writer in this collection. */
export function concerns(cut: Cut, writer: WriterId, collection: CollectionId): boolean {
  return cut.writer === writer && (cut.collection === undefined || cut.collection === collection);
}

/**
 * A later version may add and tighten. One that took back a cut would leave its peers divided:
 * what some have refused for good, others would accept.
 */
export function takesBack(earlier: Revocations, later: Revocations): Refusal | undefined {
  const lost = earlier.revoked.find((entry) => !later.revoked.some((candidate) => upholds(candidate, entry)));
  if (lost === undefined) return undefined;
  const why = `takes back what version ${earlier.version} says of seat ${lost.seat}, serial ${lost.serial}`;
  return { code: "document-malformed", what: "revocations", why };
}

function holderText(holder: { readonly seat: number; readonly peer: PeerId }): string {
  return `${holder.seat}/${holder.peer}`;
}

function upholds(later: Revocation, earlier: Revocation): boolean {
  if (later.seat !== earlier.seat || later.peer !== earlier.peer || later.serial < earlier.serial) return false;
  if (earlier.cuts === undefined) return true;
  const { cuts } = later;
  if (cuts === undefined) return false;
  return earlier.cuts.every((cut) =>
    cuts.some(
      (candidate) =>
        candidate.writer === cut.writer &&
        candidate.collection === cut.collection &&
        candidate.lastValid <= cut.lastValid,
    ),
  );
}
