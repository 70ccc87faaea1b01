/**
 * The floor: what every retained member has acknowledged, so that nobody who was there can still
 * bring anything from below it.
 *
 * Whoever is above its floor may forget tombstones and causes that lie below (`tombstone.ts`,
 * `prune.ts`). A peer whose context does not reach another's floor was away for longer than
 * tombstones live: the delta that it would get leaves out deletes that it needs. It has to catch
 * up: until it holds what the others hold, each of its old versions is in doubt.
 */

import type { PeerId, WriterId } from "../ids.ts";
import { type Context, contextBytes, contextOfBytes, knownOf } from "./context.ts";
import { type Vector, covers, emptyVector, joinVectors } from "./version.ts";
import type { Version } from "./record.ts";

/** Where a peer stands in one collection. */
export interface FloorStanding {
  /** Below it this peer may have forgotten tombstones and causes. */
  readonly floor: Vector;
  /** The floor of others that it was below, while it is catching up; undefined when it is not. */
  readonly goal: Vector | undefined;
  /** Whose floor that is. */
  readonly claimants: readonly PeerId[];
}

export const noFloor: FloorStanding = { floor: emptyVector, goal: undefined, claimants: [] };

/** All below which versions are in doubt. */
export function doubtedBelow({ floor, goal }: FloorStanding): Vector {
  return goal === undefined ? floor : joinVectors(floor, goal);
}

/** What of a floor lies above a context. Empty: the context reaches it. */
export function above(floor: Vector, context: Context): Vector {
  const lacking = [...floor].filter(([writer, sequence]) => {
    const known = knownOf(context, writer);
    // Behind a fork no context ever reaches.
    return Math.min(sequence, known.frozenAt ?? Infinity) > known.sequence;
  });
  return new Map(lacking);
}

/** Whether the first vector covers all that the second one covers. */
export function coversAll(vector: Vector, other: Vector): boolean {
  return [...other].every(([writer, sequence]) => covers(vector, { writer, sequence }));
}

/** What at least so many of these claims cover: one liar alone lifts nothing where two are asked for. */
export function confirmedFloor(claims: readonly Vector[], quorum: number): Vector {
  const confirmed = new Map<WriterId, number>();
  const all = joinVectors(...claims);
  for (const writer of all.keys()) {
    const falling = claims.map((claim) => claim.get(writer) ?? 0).toSorted((one, other) => other - one);
    const sequence = falling[quorum - 1] ?? 0;
    if (sequence > 0) confirmed.set(writer, sequence);
  }
  return confirmed;
}

/** How many have to say so before a peer believes it of what is below a floor: two, where there are two. */
export function quorumOf(others: number): number {
  return Math.max(1, Math.min(2, others));
}

/** A vector in the one form that contexts have. */
export function vectorBytes(vector: Vector): Uint8Array {
  return contextBytes(new Map([...vector].map(([writer, sequence]) => [writer, { sequence, frozenAt: undefined }])));
}

/** @returns undefined for bytes that `vectorBytes` would not make, or beyond the limits */
export function vectorOfBytes(bytes: Uint8Array): Vector | undefined {
  const context = contextOfBytes(bytes);
  if (context === undefined || [...context.values()].some(({ frozenAt }) => frozenAt !== undefined)) return undefined;
  return new Map([...context].map(([writer, { sequence }]) => [writer, sequence]));
}

/** Whether a version may be one that was superseded by what is forgotten by now. */
export function isBelow(floor: Vector, { dot }: Pick<Version, "dot">): boolean {
  return covers(floor, dot);
}
