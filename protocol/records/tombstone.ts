/**
 * When a tombstone has done its work.
 *
 * It keeps away what it superseded. Once each retained member has acknowledged both it and all its
 * causes, none of that can come by a delta any more, and a peer that was away has to catch up
 * before anything of it is believed. Siblings that live beside it do not need it: they were written
 * beside the delete, not under it. The age gives audits time to find a peer that was never told.
 */

import { limits } from "../limits.ts";
import { coversAll, isBelow } from "./floor.ts";
import type { Version } from "./record.ts";
import type { Vector } from "./version.ts";

/** @param nowMs the calendar, as `soberNowMs` has it */
export function isCollectable(version: Version, floor: Vector, nowMs: number): boolean {
  const { record, sealedAtMs } = version;
  return record.tombstone && isSettled(version, floor) && sealedAtMs + limits.tombstoneAgeMsMin <= nowMs;
}

/** Whether all that a version could still supersede lies below a floor, with itself. */
function isSettled(version: Version, floor: Vector): boolean {
  return isBelow(floor, version) && coversAll(floor, version.record.causes);
}
