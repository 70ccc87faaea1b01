/**
 * A peer: all parts wired to each other, on whatever ports it is given.
 *
 * The parts do not know each other more than they must; who hears of whom is said here and nowhere
 * else. A beacon that shows other documents, records or content than ours wakes the part that
 * fetches them.
 */

import {
  type DeleteBrake,
  defaultDeleteBrake,
  defaultKeptVersions,
  folderOf,
  type PolicyFolder,
} from "../protocol/documents/policy.ts";
import { folderCollection, type FolderId, membersCollection, type PeerId } from "../protocol/ids.ts";
import type { AddressedPeer, PeerAddress } from "../protocol/membership/address.ts";
import type { Beacon } from "../protocol/membership/beacon.ts";
import { describeRefusal } from "../protocol/refusal.ts";
import type { CopyState } from "../protocol/wire/verify.ts";
import { Control } from "./control/control.ts";
import { CopyServer, type OwnCopy, verifyProtocol } from "./control/copy-server.ts";
import { Deletes } from "./control/deletes.ts";
import { Erasing } from "./control/erasing.ts";
import { FolderReports } from "./control/folder-reports.ts";
import { LocalCopy } from "./control/local-copy.ts";
import { Verifier } from "./control/verifier.ts";
import { VersionDesk } from "./control/versions.ts";
import { Writers } from "./control/writers.ts";
import { untilFirstScan } from "./folder/first-scan.ts";
import { Folder } from "./folder/folder.ts";
import type { Identity } from "./identity.ts";
import { Mesh } from "./mesh/mesh.ts";
import type { Ports } from "./ports.ts";
import { Records } from "./records/records.ts";
import { Switchboard } from "./switchboard.ts";
import { Sync } from "./sync/sync.ts";
import { DocumentSync } from "./trust/document-sync.ts";
import { Trust } from "./trust/trust.ts";

export interface PeerOptions {
  readonly ports: Ports;
  readonly identity: Identity;
  /** Contents of the files of documents given at the start: the license first, then a policy. */
  readonly documents: readonly Uint8Array[];
  /** Where each folder's root is on this machine: absolute paths of directories that exist. */
  readonly folders: ReadonlyMap<FolderId, string>;
  readonly seeds: readonly AddressedPeer[];
  /** Where the operator says that this peer can be reached; when empty, where it listens. */
  readonly announce: readonly PeerAddress[];
  /** This peer's copies lead: it does not wait for others before it scans (FORMATS 22). */
  readonly isFirst: boolean;
  /** Folders whose disk is a new one, to be filled by others. */
  readonly refill?: ReadonlySet<FolderId>;
}

interface Parts {
  readonly switchboard: Switchboard;
  readonly trust: Trust;
  readonly documents: DocumentSync;
  readonly records: Records;
  readonly mesh: Mesh;
  readonly folders: ReadonlyMap<FolderId, Folder>;
  readonly sync: Sync;
  readonly reports: FolderReports;
}

export class Peer {
  readonly control: Control;
  readonly #options: PeerOptions;
  readonly #parts: Parts;
  /** What each member said last, by collection. */
  readonly #said = new Map<PeerId, ReadonlyMap<string, string>>();

  private constructor(options: PeerOptions, parts: Parts) {
    this.#options = options;
    this.#parts = parts;
    this.control = controlOf(options, parts);
    parts.mesh.onBeacon((peer, beacon) => this.#heed(peer, beacon));
  }

  /** @throws TrustError, FolderError: in words for the operator */
  static async open(options: PeerOptions): Promise<Peer> {
    const { ports, identity } = options;
    const switchboard = new Switchboard(ports.network);
    const trust = await Trust.open({ ports, identity, documents: options.documents });
    const documents = new DocumentSync({ ports, switchboard, trust });
    const records = await Records.open({ ports, identity, switchboard, trust });
    const folders = await openFolders(options, trust, records);
    const reports: FolderReports = new FolderReports({
      self: identity.peer,
      trust,
      records,
      network: ports.network,
      folders: () =>
        [...folders.values()].flatMap((folder) => {
          const puller = sync.pullers.get(folder.id);
          return puller === undefined ? [] : [{ folder, puller }];
        }),
    });
    const mesh = await Mesh.open({
      ports,
      identity,
      switchboard,
      trust,
      records: await records.openReplica(membersCollection),
      seeds: options.seeds,
      announce: options.announce,
      summaries: () => reports.summaries(),
    });
    const sync: Sync = new Sync({
      ports,
      switchboard,
      folders,
      holds: (peer, folder) => trust.holds(peer, folder),
      nearest: (item, peers) => mesh.nearest(item, peers),
      linkTo: (peer) => trust.linkTo(peer),
      erasure: (envelope) => trust.erasure(envelope),
      retention: (folder) => folderRules(trust, folder)?.versions ?? defaultKeptVersions,
    });
    return new Peer(options, { switchboard, trust, documents, records, mesh, folders, sync, reports });
  }

  /** For those who check a peer from outside. */
  get folders(): ReadonlyMap<FolderId, Folder> {
    return this.#parts.folders;
  }

  async start(): Promise<void> {
    const { switchboard, trust, documents, records, mesh, folders, sync } = this.#parts;
    await sync.recover();
    await switchboard.start(trust);
    await records.start();
    documents.start();
    mesh.start();
    sync.start((folder) => folders.get(folder)?.start());
  }

  /** Finishes or abandons what is under way, and says goodbye. */
  async stop(): Promise<void> {
    const { trust, documents, records, mesh, folders, sync } = this.#parts;
    // First of all, or a folder that waits to be told that it may write would hold the stop up.
    records.interrupt();
    await mesh.stop();
    await Promise.all([sync.stop(), ...[...folders.values()].map((folder) => folder.stop())]);
    documents.stop();
    await records.stop();
    await this.#options.ports.network.stop();
    trust.stop();
  }

  /** What a beacon shows that differs from ours is fetched from whoever showed it. */
  #heed(peer: PeerId, beacon: Beacon): void {
    const { documents, records, sync } = this.#parts;
    documents.hint(peer, beacon.documentsDigest);
    records.noteDigests(peer, beacon.collections);
    // Who says the same as before has nothing that it had not then.
    const before = this.#said.get(peer);
    const said = new Map(beacon.collections.map((summary) => [summary.collection, JSON.stringify(summary)]));
    this.#said.set(peer, said);
    for (const [collection, text] of said) if (before?.get(collection) !== text) sync.wakeFor(collection);
  }
}

async function openFolders(
  options: PeerOptions,
  trust: Trust,
  records: Records,
): Promise<ReadonlyMap<FolderId, Folder>> {
  const { ports, identity } = options;
  const folders = new Map<FolderId, Folder>();
  for (const [id, root] of options.folders) {
    const others = (): readonly PeerId[] =>
      trust.holders(id).flatMap(({ peer }) => (peer === identity.peer ? [] : [peer]));
    const mayScan = (signal: AbortSignal, isKnown: boolean): Promise<void> =>
      untilFirstScan(
        {
          clock: ports.clock,
          isKnown,
          isFirst: options.isFirst,
          hasOtherHolders: () => others().length > 0,
          isExchanged: () => others().some((peer) => records.exchangedSinceUp(peer, folderCollection(id))),
        },
        signal,
      );
    const deleteMarks = (): DeleteBrake => folderRules(trust, id)?.deleteBrake ?? defaultDeleteBrake;
    const isRefill = options.refill?.has(id) === true;
    const standing = { ports, peer: identity.peer, folder: id, root, records };
    folders.set(id, await Folder.open({ ...standing, mayScan, deleteMarks, isRefill }));
  }
  return folders;
}

function controlOf({ ports, identity }: PeerOptions, parts: Parts): Control {
  const { switchboard, trust, records, mesh, folders, sync, reports } = parts;
  const copies = new Map(
    [...folders].map(([id, folder]): [FolderId, OwnCopy] => {
      const copy = new LocalCopy({ folder: id, store: ports.store, tree: folder.tree, compute: ports.compute });
      return [id, { copy, state: () => copyStateOf(folder, reports) }];
    }),
  );
  const copyOf = (id: FolderId): OwnCopy | undefined => copies.get(id);
  const holds = (peer: PeerId, id: FolderId): boolean => trust.holds(peer, id);
  const server = new CopyServer({ self: identity.peer, copyOf, holds });
  switchboard.serve(verifyProtocol, (peer, body) => server.answer(peer, body));
  const verifier = new Verifier({
    self: identity.peer,
    network: ports.network,
    folders: () => [...folders.keys()],
    copyOf,
    holders: (id) => trust.holders(id),
  });
  const deletes = new Deletes({
    self: identity.peer,
    folder: (id) => [...folders.values()].find((folder) => folder.id === id),
    serverOf: (peer) => trust.member(peer)?.place.server,
  });
  return new Control({
    clock: ports.clock,
    self: identity.peer,
    trust,
    mesh,
    folders: reports,
    verifier,
    erasing: new Erasing({
      site: trust.site,
      folder: (id) => [...folders.values()].find((folder) => folder.id === id),
      judge: (envelope) => trust.erasure(envelope),
    }),
    versions: new VersionDesk((id) => [...sync.kept.values()].find((kept) => kept.id === id)),
    deletes,
    writers: new Writers({ members: () => mesh.peers(), writersOf: (peer) => records.writersOf(peer) }),
    hindrance: () => {
      const problem = trust.ownProblem();
      return problem && describeRefusal(problem);
    },
  });
}

/** What the policy in force says of a folder. */
function folderRules(trust: Trust, folder: FolderId): PolicyFolder | undefined {
  const policy = trust.policy();
  return policy && folderOf(policy, folder);
}

function copyStateOf(folder: Folder, reports: FolderReports): CopyState {
  const report = reports.report(folder.id);
  return {
    contextDigest: folder.replica.digest(),
    ...folder.replica.fingerprint(),
    state: report?.state ?? "scanning",
    missingFiles: report?.missingFiles ?? 0,
    blockedFiles: report?.blockedFiles ?? 0,
    heldBack: report?.heldBack ?? 0,
  };
}
