/**
 * What an operator may ask of a running peer: one object behind the command line, and later the
 * console. It is composed of what the parts tell of themselves and decides nothing.
 */

import { type Instant, instantOfMs } from "../../protocol/documents/instant.ts";
import { type FolderId, folderOfCollection, type PeerId, type SiteId } from "../../protocol/ids.ts";
import type { Beacon, CollectionSummary, FolderProgress } from "../../protocol/membership/beacon.ts";
import type { PeerLoad } from "../../protocol/membership/health.ts";
import type { PeerStatus } from "../mesh/presence.ts";
import type { Clock } from "../ports.ts";
import type { Deletes } from "./deletes.ts";
import type { Erasing } from "./erasing.ts";
import type { FolderReport, FolderReports } from "./folder-reports.ts";
import { type Reason, type RecordsStanding, standingOfRecords, whyBehind } from "./reasons.ts";
import type { Verification, Verifier } from "./verifier.ts";
import type { VersionDesk } from "./versions.ts";
import type { Writers } from "./writers.ts";

/** The answer to `status`. Fields are added, never taken away or given another meaning. */
export interface Status {
  readonly version: 1;
  readonly peer: PeerId;
  readonly site: SiteId;
  readonly at: Instant;
  readonly startedAt: Instant;
  /** Why this peer as a whole takes no part, such as a missing license; undefined when it does. */
  readonly hindrance?: string;
  /** 0 for none. */
  readonly policyVersion: number;
  readonly peers: readonly PeerReport[];
  readonly folders: readonly FolderReport[];
}

/** A licensed member, and what it last said of itself. */
export interface PeerReport extends PeerStatus {
  readonly self: boolean;
  readonly policyVersion?: number;
  readonly load?: PeerLoad;
  /** As of its last beacon. */
  readonly folders: readonly PeerFolderReport[];
  readonly reasons: readonly Reason[];
}

export interface PeerFolderReport extends FolderProgress {
  readonly id: FolderId;
  /** Left out where this peer has no records of the folder to compare with. */
  readonly records?: RecordsStanding;
}

export interface ControlOptions {
  readonly clock: Pick<Clock, "wallMs">;
  readonly self: PeerId;
  readonly trust: { readonly site: SiteId; documentsDigest(): string; policyVersion(): number };
  readonly mesh: { peers(): readonly PeerStatus[]; lastBeacon(peer: PeerId): Beacon | undefined };
  readonly folders: Pick<FolderReports, "reports" | "summaries">;
  readonly verifier: Pick<Verifier, "verify">;
  readonly versions: Pick<VersionDesk, "list" | "restore">;
  readonly erasing: Pick<Erasing, "look" | "erase">;
  readonly deletes: Pick<Deletes, "report" | "decide">;
  readonly writers: Pick<Writers, "report">;
  readonly hindrance: () => string | undefined;
}

export class Control {
  readonly #options: ControlOptions;
  readonly #startedAt: Instant;

  constructor(options: ControlOptions) {
    this.#options = options;
    this.#startedAt = instantOfMs(options.clock.wallMs());
  }

  status(): Status {
    const { clock, self, trust, mesh, folders } = this.#options;
    const hindrance = this.#options.hindrance();
    const summaries = folders.summaries();
    return {
      version: 1,
      peer: self,
      site: trust.site,
      at: instantOfMs(clock.wallMs()),
      startedAt: this.#startedAt,
      ...(hindrance !== undefined && { hindrance }),
      policyVersion: trust.policyVersion(),
      peers: mesh.peers().map((status) => this.#peerReport(status, summaries)),
      folders: this.folders(),
    };
  }

  /** The part of `status` that does not grow with the number of peers. */
  folders(): readonly FolderReport[] {
    return this.#options.folders.reports();
  }

  /** Asks every other holder of this peer's folders; ends early when the signal aborts. */
  verify(options: { readonly deep: boolean; readonly signal: AbortSignal }): Promise<Verification> {
    return this.#options.verifier.verify(options);
  }

  /** What administrators erase for good. */
  get erasing(): ControlOptions["erasing"] {
    return this.#options.erasing;
  }

  /** What is kept of what changes replaced or deleted. */
  get versions(): ControlOptions["versions"] {
    return this.#options.versions;
  }

  /** Deletes that wait for an operator. */
  get deletes(): ControlOptions["deletes"] {
    return this.#options.deletes;
  }

  /** How far what a peer wrote is known. */
  get writers(): ControlOptions["writers"] {
    return this.#options.writers;
  }

  #peerReport(status: PeerStatus, summaries: readonly CollectionSummary[]): PeerReport {
    const { self, trust, mesh } = this.#options;
    if (status.peer === self) {
      const folders = peerFolders(summaries, []);
      return { ...status, self: true, policyVersion: trust.policyVersion(), folders, reasons: [] };
    }
    const beacon = mesh.lastBeacon(status.peer);
    const own = { documentsDigest: trust.documentsDigest(), policyVersion: trust.policyVersion(), summaries };
    return {
      ...status,
      self: false,
      ...(beacon !== undefined && { policyVersion: beacon.policyVersion, load: beacon.load }),
      folders: peerFolders(beacon?.collections ?? [], summaries),
      reasons: whyBehind(status, beacon, own),
    };
  }
}

function peerFolders(
  theirs: readonly CollectionSummary[],
  ours: readonly CollectionSummary[],
): readonly PeerFolderReport[] {
  return theirs.flatMap((summary): readonly PeerFolderReport[] => {
    const id = folderOfCollection(summary.collection);
    if (id === undefined || summary.progress === undefined) return [];
    const records = standingOfRecords(summary, ours);
    return [{ id, ...summary.progress, ...(records !== undefined && { records }) }];
  });
}
