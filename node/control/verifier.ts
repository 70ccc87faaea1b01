/**
 * Verify: are all copies of this peer's folders identical, and if not, what differs where?
 *
 * This peer walks its own copy in ranges and asks every other holder for a digest of the same
 * range; only where digests differ are the items themselves sent and compared. Both sides look at
 * a bounded part at a time, so a folder of any size costs bounded memory and no long pauses.
 *
 * A mesh is seldom still. A difference counts as one only between copies that know the same
 * changes and miss nothing; otherwise the copy is behind. Whoever cannot be asked is listed.
 */

import { type CopyDifference, type CopyItem, compareCopies, type PathDifference } from "../../protocol/folder/copy.ts";
import type { EntryPath } from "../../protocol/folder/path.ts";
import type { FolderId, PeerId } from "../../protocol/ids.ts";
import type { Place } from "../../protocol/membership/place.ts";
import { type CopyState, digestOfRange, type PathRange, type RangeDigest } from "../../protocol/wire/verify.ts";
import type { Network } from "../ports.ts";
import type { OwnCopy } from "./copy-server.ts";
import { CopyUnreachable, RemoteCopy } from "./remote-copy.ts";

/**
 * identical: the same changes known, the same items held. behind: still on its way, or held up.
 * different: the same changes known, nothing missing, and yet not the same: worth an alarm.
 */
export type CopyOutcome = "identical" | "behind" | "different" | "unreachable";

export interface CopyVerification {
  readonly peer: PeerId;
  readonly region: string;
  readonly group: string;
  readonly server: string;
  readonly outcome: CopyOutcome;
  /** Why it is behind or cannot be asked, in a few words; empty when it is neither. */
  readonly why: string;
  /** How its items differ from this peer's: the first ones, and how many there are. */
  readonly differences: readonly PathDifference[];
  readonly differenceCount: number;
}

export interface FolderVerification {
  readonly id: FolderId;
  /** Items that this peer compared. */
  readonly items: number;
  /** Deep only: where this peer's own disk differs from what it holds by its index. */
  readonly ownDifferences: readonly PathDifference[];
  readonly ownDifferenceCount: number;
  /** Every other holder. */
  readonly copies: readonly CopyVerification[];
}

export interface Verification {
  /** The worst of all copies, "unreachable" only when there is nothing worse. */
  readonly outcome: CopyOutcome;
  readonly deep: boolean;
  readonly folders: readonly FolderVerification[];
}

export interface VerifierOptions {
  readonly self: PeerId;
  readonly network: Pick<Network, "request">;
  readonly folders: () => readonly FolderId[];
  readonly copyOf: (folder: FolderId) => OwnCopy | undefined;
  readonly holders: (folder: FolderId) => readonly { readonly peer: PeerId; readonly place: Place }[];
}

/** Differences named for each copy; their number is told in full. */
const differencesShown = 1_000;
/** Answers for one range: another copy may have far more there, but not without end. */
const pagesPerRangeMax = 1_000;

export class Verifier {
  readonly #options: VerifierOptions;

  constructor(options: VerifierOptions) {
    this.#options = options;
  }

  async verify(options: { readonly deep: boolean; readonly signal: AbortSignal }): Promise<Verification> {
    const folders: FolderVerification[] = [];
    for (const id of this.#options.folders()) {
      const own = this.#options.copyOf(id);
      if (own !== undefined) folders.push(await this.#verifyFolder(id, own, options));
    }
    const outcomes = new Set(folders.flatMap(outcomesOf));
    const worst = (["different", "behind", "unreachable"] as const).find((outcome) => outcomes.has(outcome));
    return { outcome: worst ?? "identical", deep: options.deep, folders };
  }

  async #verifyFolder(
    id: FolderId,
    own: OwnCopy,
    { deep, signal }: { readonly deep: boolean; readonly signal: AbortSignal },
  ): Promise<FolderVerification> {
    const { self, network, holders } = this.#options;
    const others = holders(id).filter(({ peer }) => peer !== self);
    const subjects = others.map(
      ({ peer, place }) => new Subject(peer, place, new RemoteCopy({ network, peer, folder: id, deep, signal })),
    );
    const onDisk = new DifferenceList();
    let items = 0;

    const before = own.state();
    await Promise.all(subjects.map((subject) => subject.look()));
    for (let after: EntryPath | undefined; ; ) {
      signal.throwIfAborted();
      const read = await own.copy.read({ after, to: undefined }, deep);
      const range: PathRange = { after, to: read.readTo };
      // Others are measured by what this peer holds by its index, so that a fault of its own disk blames nobody else.
      const held = deep ? (await own.copy.read(range, false)).items : read.items;
      if (deep) onDisk.add(compareCopies(held, read.items));
      const digest = digestOfRange({ items: held, readTo: undefined });
      await Promise.all(subjects.map((subject) => subject.compare(range, held, digest)));
      items += held.length;
      after = read.readTo;
      if (after === undefined) break;
    }
    await Promise.all(subjects.map((subject) => subject.look()));
    const still = sameKnowledge(before, own.state()) ? before : undefined;
    return {
      id,
      items,
      ownDifferences: onDisk.first,
      ownDifferenceCount: onDisk.count,
      copies: subjects.map((subject) => subject.conclude(still)),
    };
  }
}

function outcomesOf({ copies, ownDifferenceCount }: FolderVerification): readonly CopyOutcome[] {
  const outcomes = copies.map((copy) => copy.outcome);
  return ownDifferenceCount > 0 ? [...outcomes, "different"] : outcomes;
}

/** One other holder while it is compared. Once it could not be asked, it is not asked again. */
class Subject {
  readonly #peer: PeerId;
  readonly #place: Place;
  readonly #remote: RemoteCopy;
  readonly #differences = new DifferenceList();
  readonly #states: CopyState[] = [];
  #failure: string | undefined;

  constructor(peer: PeerId, place: Place, remote: RemoteCopy) {
    this.#peer = peer;
    this.#place = place;
    this.#remote = remote;
  }

  /** How it stands, at the beginning and at the end. */
  look(): Promise<void> {
    return this.#guard(async () => {
      this.#states.push(await this.#remote.state());
    });
  }

  compare(range: PathRange, ours: readonly CopyItem[], digest: RangeDigest): Promise<void> {
    return this.#guard(async () => {
      const theirs = await this.#remote.digest(range);
      if (theirs.isWhole && theirs.items === digest.items && theirs.digest === digest.digest) return;
      this.#differences.add(compareCopies(ours, await this.#itemsOf(range)));
    });
  }

  /** @param still how this peer stood all the while, undefined when that changed */
  conclude(still: CopyState | undefined): CopyVerification {
    const { region, group, server } = this.#place;
    const [outcome, why] = this.#judge(still);
    const { first: differences, count: differenceCount } = this.#differences;
    return { peer: this.#peer, region, group, server, outcome, why, differences, differenceCount };
  }

  #judge(still: CopyState | undefined): readonly [CopyOutcome, string] {
    const [before, after] = this.#states;
    if (this.#failure !== undefined || before === undefined || after === undefined) {
      return ["unreachable", this.#failure ?? "it was not asked"];
    }
    const isEqual = this.#differences.count === 0;
    if (still === undefined || !sameKnowledge(before, after)) return ["behind", "changes came in meanwhile"];
    if (still.contextDigest !== after.contextDigest) return ["behind", "it knows other changes"];
    if (still.count !== after.count || still.sum !== after.sum) return ["different", "its records diverged"];
    if (isEqual) return ["identical", ""];
    const obstacle = obstacleOf("this peer", still) ?? obstacleOf("it", after);
    return obstacle === undefined ? ["different", ""] : ["behind", obstacle];
  }

  async #itemsOf(range: PathRange): Promise<readonly CopyItem[]> {
    const items: CopyItem[] = [];
    let after = range.after;
    for (let page = 0; page < pagesPerRangeMax; page += 1) {
      const answer = await this.#remote.items({ after, to: range.to });
      items.push(...answer.items);
      if (answer.readTo === undefined) return items;
      after = answer.readTo;
    }
    throw new CopyUnreachable("its answers do not end");
  }

  async #guard(ask: () => Promise<void>): Promise<void> {
    if (this.#failure !== undefined) return;
    try {
      await ask();
    } catch (error) {
      if (!(error instanceof CopyUnreachable)) throw error;
      this.#failure = error.message;
    }
  }
}

class DifferenceList {
  readonly first: PathDifference[] = [];
  count = 0;

  add(differences: readonly PathDifference[]): void {
    this.count += differences.length;
    this.first.push(...differences.slice(0, differencesShown - this.first.length));
  }
}

function sameKnowledge(one: CopyState, other: CopyState): boolean {
  return one.contextDigest === other.contextDigest && one.count === other.count && one.sum === other.sum;
}

/** What keeps a copy from being whole, though it knows all changes. */
function obstacleOf(who: string, copy: CopyState): string | undefined {
  if (copy.state === "scanning") return `${who} is still scanning`;
  if (copy.missingFiles > 0) return `${who} misses ${copy.missingFiles} files`;
  if (copy.blockedFiles > 0) return `${who} cannot hold ${copy.blockedFiles} files`;
  if (copy.heldBack > 0) return `${who} holds back ${copy.heldBack} files`;
  return copy.state === "idle" ? undefined : `${who} is still syncing`;
}

/** The difference in words, as seen from this peer. */
export function describeDifference(difference: CopyDifference): string {
  switch (difference) {
    case "missing":
      return "is missing there";
    case "surplus":
      return "is there and not here";
    case "unreadable":
      return "cannot be read";
    case "kind":
      return "is of another kind";
    case "content":
      return "has other content";
    case "mode":
      return "has another mode";
    case "time":
      return "has another time";
  }
}
