/**
 * What this peer says of its folders: to its operator in full, to the mesh in beacons.
 *
 * `idle` is a promise (FORMATS 30): the disk was scanned, everything that connected holders know
 * was exchanged, and nothing is missing. What is blocked or held back stands beside it: neither
 * moves by waiting.
 */

import {
  type CollectionId,
  type FolderId,
  folderCollection,
  folderOfCollection,
  type PeerId,
} from "../../protocol/ids.ts";
import { type Instant, instantOfMs } from "../../protocol/documents/instant.ts";
import type { CollectionSummary, FolderProgress, FolderState } from "../../protocol/membership/beacon.ts";
import type { RetentionReport } from "../records/retention.ts";
import { type Reason, reasonsOfProgress } from "./reasons.ts";

/** What of a folder and its puller is told. */
export interface ReportedFolder {
  readonly folder: {
    readonly id: FolderId;
    readonly root: string;
    readonly isScanned: boolean;
    readonly trouble: string | undefined;
    readonly index: { counts(): Counts };
    readonly waiting: { count(side: "here" | "asked"): number };
    readonly problems: { readonly count: number; list(): readonly ItemReport<"problem">[] };
  };
  readonly puller: {
    readonly trouble: string | undefined;
    readonly moving: readonly MovingReport[];
    readonly unfound: readonly UnfoundReport[];
    readonly blocked: readonly BlockedReport[];
    /** How many of these lack nothing else. */
    readonly blockedAlone: number;
    readonly heldBack: number;
    readonly bytesFetched: number;
  };
}

interface Counts {
  readonly files: number;
  readonly bytes: number;
  /** Wanted and not held, whatever the reason. */
  readonly missingFiles: number;
  readonly missingBytes: number;
}

type ItemReport<Fact extends string> = { readonly path: string } & { readonly [fact in Fact]: string };

/** What cannot be made here as things are. */
export type BlockedReport = ItemReport<"why"> & {
  /** What did not fit, and beside how much. */
  readonly neededBytes?: number;
  readonly freeBytes?: number;
  /** What has its place, by a name that this file system does not tell apart. */
  readonly twin?: string;
};

/** A file that is missing here, whose content no connected peer had when it was asked for last. */
export interface UnfoundReport {
  readonly path: string;
  /** The root of the content (FORMATS 12): which version it is. */
  readonly content: string;
}

export interface MovingReport {
  readonly path: string;
  readonly bytes: number;
  readonly bytesDone: number;
}

/** A folder as `status` shows it. */
export interface FolderReport extends FolderProgress {
  readonly id: FolderId;
  readonly root: string;
  readonly files: number;
  readonly bytes: number;
  /** Other peers to which the policy gives the folder, and those of them with an open connection. */
  readonly holders: number;
  readonly connectedHolders: number;
  /** Content that came over the network since the start. */
  readonly bytesFetched: number;
  /** What is on its way now, and the first ones of what nobody has and of what cannot be. */
  readonly moving: readonly MovingReport[];
  readonly unfound: readonly UnfoundReport[];
  readonly blocked: readonly BlockedReport[];
  /** What stands on this disk and cannot be an entry. */
  readonly problems: number;
  readonly problemItems: readonly ItemReport<"problem">[];
  /** Deletes that are remembered, until every member that is waited for has acknowledged them. */
  readonly tombstones: TombstonesReport;
  readonly reasons: readonly Reason[];
}

export interface TombstonesReport {
  readonly held: number;
  /** Who has not acknowledged for longest, as of the last look; and when it did last, if ever. */
  readonly behind?: PeerId;
  readonly behindSince?: Instant;
  /** This peer was away for longer than deletes are remembered: it compares all that it has with the others. */
  readonly catchingUp: boolean;
}

export interface FolderReportsOptions {
  readonly self: PeerId;
  readonly folders: () => readonly ReportedFolder[];
  readonly trust: { holders(folder: FolderId): readonly { readonly peer: PeerId }[] };
  readonly network: { connected(): readonly PeerId[] };
  readonly records: {
    digests(): readonly Omit<CollectionSummary, "progress">[];
    exchangedSinceUp(peer: PeerId, collection: CollectionId): boolean;
    retention(collection: CollectionId): RetentionReport | undefined;
  };
}

/** Items listed in a report; their number is told in full. */
const itemsShown = 20;

export class FolderReports {
  readonly #options: FolderReportsOptions;
  /** Folders that were exchanged with some other holder in this life of the process. */
  readonly #exchanged = new Set<FolderId>();

  constructor(options: FolderReportsOptions) {
    this.#options = options;
  }

  reports(): readonly FolderReport[] {
    return this.#options.folders().map((reported) => this.#reportOf(reported));
  }

  report(folder: FolderId): FolderReport | undefined {
    const reported = this.#options.folders().find((each) => each.folder.id === folder);
    return reported === undefined ? undefined : this.#reportOf(reported);
  }

  /** For the beacon: all collections, with progress where they are folders that are held. */
  summaries(): readonly CollectionSummary[] {
    return this.#options.records.digests().map((digest): CollectionSummary => {
      const folder = folderOfCollection(digest.collection);
      const report = folder === undefined ? undefined : this.report(folder);
      return { ...digest, progress: report === undefined ? undefined : progressOf(report) };
    });
  }

  #reportOf(reported: ReportedFolder): FolderReport {
    const { folder, puller } = reported;
    const others = this.#options.trust.holders(folder.id).filter(({ peer }) => peer !== this.#options.self);
    const open = new Set(this.#options.network.connected());
    const connected = others.filter(({ peer }) => open.has(peer));
    const isExchanged = this.#isExchanged(folder.id, others.length, connected);
    const counts = folder.index.counts();
    const missingFiles = Math.max(0, counts.missingFiles - puller.blockedAlone - puller.heldBack);
    const missingBytes = missingFiles === 0 ? 0 : counts.missingBytes;
    const state = stateOf(reported, isExchanged, missingFiles);
    // What a user deleted here is not missing here, and not told to others: it is held back all the same.
    const heldBack = puller.heldBack + folder.waiting.count("here");
    const progress = {
      state,
      missingFiles,
      missingBytes,
      blockedFiles: puller.blocked.length,
      heldBack,
    };
    return {
      id: folder.id,
      root: folder.root,
      files: counts.files,
      bytes: counts.bytes,
      ...progress,
      holders: others.length,
      connectedHolders: connected.length,
      bytesFetched: puller.bytesFetched,
      moving: puller.moving.slice(0, itemsShown),
      unfound: puller.unfound.slice(0, itemsShown),
      blocked: puller.blocked.slice(0, itemsShown),
      problems: folder.problems.count,
      problemItems: folder.problems.list().slice(0, itemsShown),
      tombstones: tombstonesOf(this.#options.records.retention(folderCollection(folder.id))),
      reasons: reasonsHere(reported, progress, { holders: others.length, connected: connected.length, isExchanged }),
    };
  }

  /** With each holder that is connected since its connection came up, and with one at all if there are others. */
  #isExchanged(folder: FolderId, others: number, connected: readonly { readonly peer: PeerId }[]): boolean {
    const collection = folderCollection(folder);
    const done = connected.filter(({ peer }) => this.#options.records.exchangedSinceUp(peer, collection));
    if (done.length > 0) this.#exchanged.add(folder);
    return done.length === connected.length && (others === 0 || this.#exchanged.has(folder));
  }
}

function stateOf(reported: ReportedFolder, isExchanged: boolean, missingFiles: number): FolderState {
  if (!reported.folder.isScanned) return "scanning";
  return isExchanged && missingFiles === 0 && troublesOf(reported).length === 0 ? "idle" : "syncing";
}

function progressOf({ state, missingFiles, missingBytes, blockedFiles, heldBack }: FolderReport): FolderProgress {
  return { state, missingFiles, missingBytes, blockedFiles, heldBack };
}

function tombstonesOf(retention: RetentionReport | undefined): TombstonesReport {
  const {
    tombstones: held,
    behind,
    isCatchingUp,
  } = retention ?? { tombstones: 0, behind: undefined, isCatchingUp: false };
  const atMs = behind?.acknowledgedAtMs ?? 0;
  return {
    held,
    ...(behind !== undefined && { behind: behind.peer }),
    ...(atMs > 0 && { behindSince: instantOfMs(atMs) }),
    catchingUp: isCatchingUp,
  };
}

interface Company {
  readonly holders: number;
  readonly connected: number;
  readonly isExchanged: boolean;
}

/** What keeps the whole folder from being announced, or from being brought in step. */
function troublesOf({ folder, puller }: ReportedFolder): readonly string[] {
  return [...new Set([folder.trouble, puller.trouble])].filter((trouble) => trouble !== undefined);
}

function reasonsHere(reported: ReportedFolder, progress: FolderProgress, company: Company): readonly Reason[] {
  const { holders, connected, isExchanged } = company;
  const { folder } = reported;
  const { id } = folder;
  const reasons: Reason[] = troublesOf(reported).map((why) => ({ code: "troubled", folder: id, why }));
  reasons.push(...reasonsOfProgress(id, progress));
  const [here, asked] = [folder.waiting.count("here"), folder.waiting.count("asked")];
  if (here + asked > 0) reasons.push({ code: "deletes-wait", folder: id, here, asked });
  if (holders > 0 && connected === 0) reasons.push({ code: "no-holder-connected", folder: id, holders });
  else if (!isExchanged) reasons.push({ code: "not-exchanged", folder: id });
  return reasons;
}
