/**
 * Shorter causes: what a new version need not name, because everybody has seen it superseded.
 *
 * Only what lies below the floor may go, never what is merely old or much: Syncthing pruned by size,
 * and 8,571 deletions came back as conflicts (#10590). Where all siblings of a key lie below the
 * floor, every retained member has them or something newer, and with them has removed whatever they
 * superseded. What the new version itself supersedes, or stands beside, is among the siblings and
 * stays named. Vectors are short by themselves; this is for keys that very many writers share.
 */

import { limits } from "../limits.ts";
import { isBelow } from "./floor.ts";
import type { RecordBody, Version } from "./record.ts";
import { type Vector, covers } from "./version.ts";

/** @param siblings of the key, as they are held now */
export function pruned(draft: RecordBody, siblings: readonly Version[], floor: Vector): RecordBody {
  const { causes } = draft;
  if (causes.size <= limits.vectorEntriesKept || !siblings.every((sibling) => isBelow(floor, sibling))) return draft;
  const named = new Set(siblings.map(({ dot }) => dot.writer));
  const kept = new Map(
    [...causes].filter(([writer, sequence]) => named.has(writer) || !covers(floor, { writer, sequence })),
  );
  const { spared, ...body } = draft;
  const beside = spared?.filter((dot) => covers(kept, dot)) ?? [];
  return { ...body, causes: kept, ...(beside.length > 0 && { spared: beside }) };
}
