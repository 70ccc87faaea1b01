/**
 * The hash tree over a batch's records, and what remains of it as records die.
 *
 * Leaves and nodes are hashed as in RFC 6962: a zero byte before a record, a one byte before two
 * children, and a tree of n leaves splits at the largest power of two below n. A peer that no
 * longer has the superseded records of a batch keeps the hashes of the largest subtrees in which
 * nothing lives (the cover). With the live records they give the signed root, so survivors prove
 * themselves for ever and a batch never costs more than it holds.
 *
 * The shape of a cover follows from the live positions alone: the dead subtrees stand in order
 * from left to right, as bare hashes.
 */

import { sha256 } from "../sha256.ts";

export interface Cover {
  /** Leaves of the whole tree. */
  readonly count: number;
  /** Positions of the live leaves, rising. */
  readonly live: readonly number[];
  /** Hashes of the largest subtrees without a live leaf, from left to right. */
  readonly dead: readonly Uint8Array[];
}

export function hashLeaf(record: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(record.length + 1);
  bytes[0] = 0;
  bytes.set(record, 1);
  return sha256(bytes);
}

function hashNode(left: Uint8Array, right: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(65);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 33);
  return sha256(bytes);
}

/** A batch of which everything lives. */
export function wholeCover(count: number): Cover {
  return { count, live: Array.from({ length: count }, (_, position) => position), dead: [] };
}

/**
 * The root that the live leaves and the cover give; undefined if the cover does not have the one
 * shape that its live positions ask for.
 *
 * @param leaves hashes of the live leaves, in the order of their positions
 */
export function coverRoot(cover: Cover, leaves: readonly Uint8Array[]): Uint8Array | undefined {
  if (leaves.length !== cover.live.length || !isRising(cover.live, cover.count)) return undefined;
  const livesBefore = countLives(cover);
  let nextDead = 0;
  const fold = (start: number, end: number): Uint8Array | undefined => {
    const before = livesBefore[start] ?? 0;
    if (before === livesBefore[end]) {
      nextDead += 1;
      return cover.dead[nextDead - 1];
    }
    if (end - start === 1) return leaves[before];
    const middle = start + splitOf(end - start);
    const left = fold(start, middle);
    const right = fold(middle, end);
    return left === undefined || right === undefined ? undefined : hashNode(left, right);
  };
  const root = fold(0, cover.count);
  return nextDead === cover.dead.length ? root : undefined;
}

/**
 * The cover after some live leaves died; the same one if none did.
 *
 * @param deaths position of each dead leaf and its hash; positions that do not live are passed over
 */
export function buryLeaves(cover: Cover, deaths: ReadonlyMap<number, Uint8Array>): Cover {
  const live = cover.live.filter((position) => !deaths.has(position));
  if (live.length === cover.live.length) return cover;
  const livesBefore = countLives(cover);
  const dead: Uint8Array[] = [];
  let nextDead = 0;
  // Answers the hash of a subtree in which nothing lives any more, and leaves it to the caller.
  const fold = (start: number, end: number): Uint8Array | undefined => {
    const before = livesBefore[start] ?? 0;
    if (before === livesBefore[end]) {
      nextDead += 1;
      return cover.dead[nextDead - 1];
    }
    if (end - start === 1) return deaths.get(start);
    const middle = start + splitOf(end - start);
    const left = fold(start, middle);
    const leftEnd = dead.length;
    const right = fold(middle, end);
    if (left !== undefined && right !== undefined) return hashNode(left, right);
    if (left !== undefined) dead.splice(leftEnd, 0, left);
    if (right !== undefined) dead.push(right);
    return undefined;
  };
  const root = fold(0, cover.count);
  if (root !== undefined) dead.push(root);
  return { count: cover.count, live, dead };
}

/**
 * What two peers know of one batch, put together: a leaf lives if it lives in either. Both must
 * have been checked against the same root.
 */
export function uniteCovers(one: Cover, other: Cover): Cover {
  const live = [...new Set([...one.live, ...other.live])].toSorted((left, right) => left - right);
  const sources = [one, other].map((cover) => ({ cover, livesBefore: countLives(cover), nextDead: 0 }));
  const dead: Uint8Array[] = [];
  // `inside` says of each source whether a subtree above is dead there: below it knows no hashes.
  const walk = (start: number, end: number, inside: readonly boolean[]): void => {
    let known: Uint8Array | undefined;
    const within = sources.map((source, index) => {
      if (inside[index] === true) return true;
      if (source.livesBefore[start] !== source.livesBefore[end]) return false;
      known ??= source.cover.dead[source.nextDead];
      source.nextDead += 1;
      return true;
    });
    if (within.every((isDead) => isDead)) {
      // Both dead, and no subtree above was: at least one of them has the hash of just this one.
      if (known !== undefined) dead.push(known);
      return;
    }
    if (end - start === 1) return;
    const middle = start + splitOf(end - start);
    walk(start, middle, within);
    walk(middle, end, within);
  };
  walk(0, one.count, [false, false]);
  return { count: one.count, live, dead };
}

/** How many leaves live before each position; one more entry than leaves. */
function countLives(cover: Cover): Uint16Array {
  const before = new Uint16Array(cover.count + 1);
  for (const position of cover.live) before[position + 1] = 1;
  for (let position = 1; position <= cover.count; position += 1) {
    before[position] = (before[position] ?? 0) + (before[position - 1] ?? 0);
  }
  return before;
}

/** The leaves in the left subtree: the largest power of two below `count`. */
function splitOf(count: number): number {
  return 2 ** (31 - Math.clz32(count - 1));
}

function isRising(positions: readonly number[], count: number): boolean {
  let previous = -1;
  for (const position of positions) {
    if (!(position > previous) || position >= count) return false;
    previous = position;
  }
  return true;
}
