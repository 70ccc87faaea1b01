/**
 * Sync: for each folder of this peer a puller and its kept versions, and one server for all that peers ask of them.
 */

import type { Erasure } from "../../protocol/documents/erasure.ts";
import type { KeptVersions, LinkRule } from "../../protocol/documents/policy.ts";
import type { Verified } from "../../protocol/documents/verified.ts";
import { folderCollection, type FolderId, type PeerId } from "../../protocol/ids.ts";
import type { Refusal } from "../../protocol/refusal.ts";
import type { Folder } from "../folder/folder.ts";
import type { Ports } from "../ports.ts";
import type { Switchboard } from "../switchboard.ts";
import { contentProtocol } from "./fetcher.ts";
import { Puller } from "./puller.ts";
import { ContentServer } from "./server.ts";
import { StagingRoom } from "./staging-room.ts";
import { FolderVersions } from "./versions/folder-versions.ts";

export interface SyncOptions {
  readonly ports: Ports;
  readonly switchboard: Switchboard;
  readonly folders: ReadonlyMap<FolderId, Folder>;
  /** Whether the policy gives a folder to a peer. */
  readonly holds: (peer: PeerId, folder: FolderId) => boolean;
  /** The order in which to ask peers for an item (protocol/routing/nearest.ts). */
  readonly nearest: (item: string, peers: readonly PeerId[]) => readonly PeerId[];
  /** What the policy in force says of the link to a peer. */
  readonly linkTo: (peer: PeerId) => LinkRule;
  /** What the policy in force keeps of what is replaced or deleted. */
  readonly retention: (folder: FolderId) => KeptVersions;
  /** What an administrator erased, if an envelope says so. */
  readonly erasure: (envelope: Uint8Array) => Verified<Erasure> | Refusal;
}

export class Sync {
  readonly pullers: ReadonlyMap<FolderId, Puller>;
  readonly kept: ReadonlyMap<FolderId, FolderVersions>;
  readonly server: ContentServer;

  constructor({ ports, switchboard, folders, holds, nearest, linkTo, retention, erasure }: SyncOptions) {
    const sources = (folder: FolderId, item: string): readonly PeerId[] =>
      nearest(
        item,
        ports.network.connected().filter((peer) => holds(peer, folder)),
      );
    const rooms = new Map<bigint, StagingRoom>();
    const shelves = [...folders.values()].map((folder) => {
      const kept = new FolderVersions({ folder, ports, retention: () => retention(folder.id), judge: erasure });
      const room = rooms.get(folder.marker.device) ?? new StagingRoom(folder.tree);
      rooms.set(folder.marker.device, room);
      return { folder, kept, puller: new Puller({ folder, ports, sources, linkTo, kept, room }) };
    });
    this.pullers = new Map(shelves.map(({ folder, puller }) => [folder.id, puller]));
    this.kept = new Map(shelves.map(({ folder, kept }) => [folder.id, kept]));
    const { compute, store } = ports;
    this.server = new ContentServer({ folder: (id) => folders.get(id), holds, linkTo, compute, store });
    switchboard.serve(contentProtocol, (peer, body) => this.server.answer(peer, body));
    switchboard.onEvent((event) => {
      if (event.kind === "up") this.wake();
    });
  }

  /** Settles what a crash cut short, as far as disks and store let it. */
  async recover(): Promise<void> {
    for (const puller of this.pullers.values()) await puller.recover();
  }

  /** @param onRecovered called for each folder once it may be scanned */
  start(onRecovered: (folder: FolderId) => void): void {
    for (const [folder, puller] of this.pullers) puller.start(() => onRecovered(folder));
    for (const kept of this.kept.values()) kept.start();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.pullers.values(), ...this.kept.values()].map((part) => part.stop()));
  }

  /** A peer came, or somebody has more than before. */
  wake(): void {
    for (const puller of this.pullers.values()) puller.wake();
  }

  /** The same, for what a peer said of one collection. */
  wakeFor(collection: string): void {
    for (const [folder, puller] of this.pullers) if (folderCollection(folder) === collection) puller.wake();
  }
}
