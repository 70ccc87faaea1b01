/**
 * Dots and vectors: the clock of the mesh, which counts writes and never looks at a wall.
 *
 * A dot names one write: the writer and its sequence number. A vector names many: of each writer
 * all dots up to a number. A record carries as its causes the vector of what its author had seen
 * of the same key; whatever that covers, it supersedes. Only writers tick: relaying, verifying and
 * serving change no vector, so vectors stay at one to three entries even with 500 peers.
 */

import type { WriterId } from "../ids.ts";

export interface Dot {
  readonly writer: WriterId;
  /** From 1, without gaps for each writer and collection. */
  readonly sequence: number;
}

/** Of each writer named, all dots up to and including the number. */
export type Vector = ReadonlyMap<WriterId, number>;

export const emptyVector: Vector = new Map();

export function covers(vector: Vector, dot: Dot): boolean {
  return (vector.get(dot.writer) ?? 0) >= dot.sequence;
}

export function isSameDot(one: Dot, other: Dot): boolean {
  return one.sequence === other.sequence && one.writer === other.writer;
}

/** The smallest vector that covers all that these cover. */
export function joinVectors(...vectors: readonly Vector[]): Vector {
  const joined = new Map<WriterId, number>();
  for (const vector of vectors) {
    for (const [writer, sequence] of vector) {
      if (sequence > (joined.get(writer) ?? 0)) joined.set(writer, sequence);
    }
  }
  return joined;
}

/** The vector that covers what both of these cover. */
export function meetVectors(one: Vector, other: Vector): Vector {
  const met = new Map<WriterId, number>();
  for (const [writer, sequence] of one) {
    const least = Math.min(sequence, other.get(writer) ?? 0);
    if (least > 0) met.set(writer, least);
  }
  return met;
}

/** The vector that covers the dot as well; the same one if it did already. */
export function withDot(vector: Vector, dot: Dot): Vector {
  return covers(vector, dot) ? vector : new Map(vector).set(dot.writer, dot.sequence);
}
