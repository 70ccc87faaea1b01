/**
 * Erasure: an administrator's word that everything of a path up to here goes for good, kept
 * versions included (FORMATS 24).
 *
 * It travels inside the record of a delete, and inside whatever is written over that, so that also
 * a peer which was away learns of it. What it covers is signed with it: repeated in another record
 * it erases nothing more, and what was written concurrently or later is not covered. So its effect
 * is a function of signed bytes alone.
 */

import * as z from "zod";
import { parseEntryPath } from "../folder/path.ts";
import { limits } from "../limits.ts";
import { covers, type Vector } from "../records/version.ts";
import { folderId, instant, ordinal, readWith, siteId, writerId } from "./schema.ts";
import type { DocumentType } from "./verified.ts";

const erasureSchema = z.strictObject({
  site: siteId,
  folder: folderId,
  path: z.string().transform((text, context) => {
    const path = parseEntryPath(text);
    if (path !== undefined) return path;
    context.issues.push({ code: "custom", message: "must be a path in a folder", input: text });
    return z.NEVER;
  }),
  /** All versions that go: of each writer those up to a sequence number. */
  covers: z
    .array(z.strictObject({ writer: writerId, sequence: ordinal }))
    .min(1)
    .max(limits.vectorEntriesMax),
  issuedAt: instant,
});

export type Erasure = z.output<typeof erasureSchema>;

export const erasureType: DocumentType<"erasure", Erasure> = {
  kind: "erasure",
  payloadType: "application/vnd.cdmesh.erasure.v1+json",
  bytesMax: limits.erasureBytesMax,
  read: (json) => readWith(erasureSchema, json, "erasure"),
  identify: (erasure) => ({ name: `${erasure.folder}/${erasure.path}`, version: 1 }),
};

/** Whether all that the vector names is erased. A vector that names nothing is nobody's version. */
export function erases(erasure: Erasure, basis: Vector): boolean {
  const covered = new Map(erasure.covers.map(({ writer, sequence }) => [writer, sequence]));
  return basis.size > 0 && [...basis].every(([writer, sequence]) => covers(covered, { writer, sequence }));
}
