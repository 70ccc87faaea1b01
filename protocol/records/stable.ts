/**
 * What everybody has: the least that the members who share a collection have acknowledged.
 *
 * A member that was not heard of for `tombstoneDays` is not waited for (FORMATS 9); when it returns
 * it finds itself below the floor. One that is licensed and never spoke holds everything up for as
 * long from the day of its license. Time comes from what others signed as much as from the own
 * clock: a calendar that leaps ahead must not make this peer believe that all others are gone.
 */

import { type PeerId, type WriterId, fromHex, toHex } from "../ids.ts";
import { limits } from "../limits.ts";
import { sha256 } from "../sha256.ts";
import type { Context } from "./context.ts";
import type { Vector } from "./version.ts";

/** What a member said that it has of a collection. */
export interface Acknowledgement {
  /** Calendar of its author when it was sealed, ms since 1970. */
  readonly sealedAtMs: number;
  /** By `shortWriter`: all dots up to here. Writers that are not named: none. */
  readonly sequences: ReadonlyMap<string, number>;
}

/** Another member that shares a collection. */
export interface Sharer {
  readonly peer: PeerId;
  /** ms since 1970. */
  readonly licensedAtMs: number;
  readonly acknowledged: Acknowledgement | undefined;
}

/** A writer in an acknowledgement, 16 hex digits: nobody can make two writers with one such name. */
export function shortWriter(writer: WriterId): string {
  return toHex(sha256(fromHex(writer)).subarray(0, 8));
}

/**
 * The time by which members are taken for gone: not much later than the latest that another member
 * signed. A peer that is alone for long takes nobody for gone.
 */
export function soberNowMs(wallMs: number, sharers: readonly Sharer[]): number {
  const signed = sharers.map(({ acknowledged }) => acknowledged?.sealedAtMs ?? -Infinity);
  return sharers.length === 0 ? wallMs : Math.min(wallMs, Math.max(...signed) + limits.tombstoneAgeMsMin);
}

/** Whether a member was heard of lately enough to be waited for. */
export function isRetained({ acknowledged, licensedAtMs }: Sharer, nowMs: number, tombstoneMs: number): boolean {
  return (acknowledged?.sealedAtMs ?? licensedAtMs) + tombstoneMs >= nowMs;
}

/** Of each writer, what this peer and all these members have. */
export function stableOf(context: Context, retained: readonly Sharer[]): Vector {
  const stable = new Map<WriterId, number>();
  for (const [writer, { sequence }] of context) {
    const name = shortWriter(writer);
    const theirs = retained.map(({ acknowledged }) => acknowledged?.sequences.get(name) ?? 0);
    const least = Math.min(sequence, ...theirs);
    if (least > 0) stable.set(writer, least);
  }
  return stable;
}

/** Who has not acknowledged for longest: the one that tombstones wait for, if they wait. */
export function furthestBehind(retained: readonly Sharer[]): Sharer | undefined {
  const saidAt = ({ acknowledged }: Sharer): number => acknowledged?.sealedAtMs ?? 0;
  return retained.reduce<Sharer | undefined>(
    (last, sharer) => (last === undefined || saidAt(sharer) < saidAt(last) ? sharer : last),
    undefined,
  );
}
