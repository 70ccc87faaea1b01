/**
 * Taking in what an audit brought: records that the context already claims. It moves nothing.
 *
 * Above the floor they are merged as if they had just arrived: somebody withheld them. Below it
 * nobody can tell a live version that was withheld from a dead one whose tombstone is forgotten by
 * now, so there a peer's bare word is not enough (P7, C4). A version that is missing here comes back
 * when enough peers hold it. While this peer catches up, the others know better: what a settled one
 * holds is taken, and what enough of them do not hold, although they know of it, is dead.
 */

import { above, doubtedBelow, isBelow, vectorOfBytes } from "../../protocol/records/floor.ts";
import { merge } from "../../protocol/records/merge.ts";
import type { HeldVersion, Version } from "../../protocol/records/record.ts";
import { covers } from "../../protocol/records/version.ts";
import { fromHex } from "../../protocol/ids.ts";
import type { ProvenPart } from "./acceptance.ts";
import { keysBelow } from "./buckets.ts";
import type { Changeset } from "./changeset.ts";
import type { Holdings } from "./holdings.ts";
import { type Intake, type IntakeParts, addBeside, isClaimed, keysOf, mayTake, newIntake } from "./intake.ts";

/** What was asked and who answered. */
export interface Testimony {
  readonly prefixes: readonly string[];
  /** All that the peer holds behind this key in these buckets, */
  readonly after: string | undefined;
  /** up to this one; undefined: to the end. */
  readonly upTo: string | undefined;
  /** The peer is catching up itself. */
  readonly isUnsure: boolean;
  /** The peer holds it. @returns whether enough do by now */
  readonly speakFor: (version: Version) => boolean;
  /** The peer knows of it and does not hold it. @returns whether enough say so by now */
  readonly speakAgainst: (version: Version) => boolean;
}

/** Merges proven parts that an audit brought. Called under the replica's lock. */
export async function takeRepair(
  parts: IntakeParts,
  proven: readonly ProvenPart[],
  changeset: Changeset,
  testimony: Testimony,
): Promise<Intake> {
  const intake = newIntake();
  await changeset.loadKeys(proven.flatMap(keysOf));
  for (const part of proven) {
    const { writer } = part.head.header;
    if (!isClaimed(part.head, changeset.known(writer)) || !mayTake(parts, part.head, intake)) continue;
    const believed = await believe(parts.holdings, part, changeset, testimony);
    const what = believed.versions.length === 0 && part.versions.length > 0 ? "forks" : "all";
    await addBeside(parts.holdings, believed, changeset, intake, what);
  }
  await dropAbsent(parts.holdings, proven, changeset, testimony);
  return intake;
}

/** The part with only those versions that may be believed; of the others it stays known that they were there. */
async function believe(
  holdings: Holdings,
  part: ProvenPart,
  changeset: Changeset,
  testimony: Testimony,
): Promise<ProvenPart> {
  const doubted = doubtedBelow(holdings.standing);
  const versions: HeldVersion[] = [];
  const ineffective = new Map(part.ineffective);
  for (const version of part.versions) {
    const isSure = !isBelow(doubted, version) || (await isBelievable(holdings, version, changeset, testimony));
    if (isSure) versions.push(version);
    else ineffective.set(version.dot.sequence - version.first, fromHex(version.hash));
  }
  return { ...part, versions, ineffective };
}

async function isBelievable(
  holdings: Holdings,
  version: HeldVersion,
  changeset: Changeset,
  { isUnsure, speakFor }: Testimony,
): Promise<boolean> {
  const { added, removed } = merge(changeset.siblings(version.record.key), version);
  if (added.length === 0) return true;
  // A tombstone that has nothing to end here did its work before it was forgotten.
  if (version.record.tombstone) return removed.length > 0;
  if (holdings.standing.goal !== undefined) return !isUnsure;
  return (await isReopened(holdings, version)) || speakFor(version);
}

/** Whether what superseded the version here was taken back by a cut. */
async function isReopened({ store, keys }: Holdings, { record, dot }: HeldVersion): Promise<boolean> {
  const row = await store.get(keys.reopened(record.key));
  const causes = row && vectorOfBytes(row);
  return causes !== undefined && covers(causes, dot);
}

/** While this peer catches up: what the other knows of and does not hold is superseded there. */
async function dropAbsent(
  holdings: Holdings,
  proven: readonly ProvenPart[],
  changeset: Changeset,
  { prefixes, after, upTo, speakAgainst }: Testimony,
): Promise<void> {
  const { standing, writers } = holdings;
  // The two know the same by now; so once we reach the goal, the other does too.
  if (standing.goal === undefined || above(standing.goal, writers.context).size > 0) return;
  const doubted = doubtedBelow(standing);
  const told = new Set(proven.flatMap((part) => part.versions.map(nameOf)));
  const { keys } = await keysBelow(holdings, prefixes, after, Infinity, upTo);
  await changeset.loadKeys(keys);
  for (const key of keys) {
    const dead = changeset
      .siblings(key)
      .filter((version) => !version.record.tombstone && isBelow(doubted, version) && !told.has(nameOf(version)))
      .filter((version) => speakAgainst(version));
    if (dead.length > 0) changeset.remove(key, dead);
  }
}

export function nameOf({ dot, hash }: Version): string {
  return `${dot.writer} ${dot.sequence} ${hash}`;
}
