/**
 * Opening a folder: its root proves itself, what the store says of another disk or time is
 * forgotten, and the parts are put together.
 */

import type { DeleteBrake as DeleteMarks } from "../../protocol/documents/policy.ts";
import { folderCollection, type FolderId, type PeerId } from "../../protocol/ids.ts";
import { Mutex } from "../mutex.ts";
import { DiskError, type Ports, type Tree } from "../ports.ts";
import type { Records } from "../records/records.ts";
import type { Replica } from "../records/replica.ts";
import { Announcer } from "./announcer.ts";
import { DeleteBrake } from "./delete-brake.ts";
import { forgetDisk, wantEverything } from "./forgetting.ts";
import { HalfDone } from "./half-done.ts";
import { FolderIndex } from "./index.ts";
import { RootMarker } from "./marker.ts";
import { Spelling } from "./spelling.ts";
import { WaitingDeletes } from "./waiting-deletes.ts";

export interface FolderOptions {
  readonly ports: Ports;
  readonly peer: PeerId;
  readonly folder: FolderId;
  /** An absolute path of a directory that exists. */
  readonly root: string;
  readonly records: Records;
  /** Resolves when the first scan may begin; `isKnown`: the folder was scanned in an earlier life. */
  readonly mayScan: (signal: AbortSignal, isKnown: boolean) => Promise<void>;
  /** Where the policy puts the brake on deletes at the moment (S5). */
  readonly deleteMarks: () => DeleteMarks;
  /** The operator says that the disk is a new one, to be filled by others. */
  readonly isRefill: boolean;
}

export interface FolderParts {
  readonly tree: Tree;
  readonly index: FolderIndex;
  readonly marker: RootMarker;
  readonly replica: Replica;
  readonly waiting: WaitingDeletes;
  readonly lock: Mutex;
  readonly halfDone: HalfDone;
  readonly announcer: Announcer;
  /** Undefined where the file system tells all names apart. */
  readonly spelling: Spelling | undefined;
}

/** @throws FolderError when the root is not this folder's, or cannot be used */
export async function openParts(options: FolderOptions): Promise<FolderParts> {
  const { ports, folder } = options;
  const tree = await openTree(options);
  const { store, clock, random } = ports;
  const { peer, isRefill } = options;
  const hasEntries = (await FolderIndex.open(store, folder)).counts().files > 0;
  const marker = await RootMarker.open({ tree, store, random, clock, folder, peer, hasEntries, isRefill });
  if (typeof marker === "string") {
    await tree.close();
    throw new FolderError(folder, options.root, marker);
  }
  if (marker.isForeign) await forgetDisk(store, folder);
  const index = await FolderIndex.open(store, folder);
  const lock = new Mutex();
  const replica = await options.records.openReplica(folderCollection(folder), {
    projection: (changed, origin, read) => index.project(changed, origin, read),
  });
  const log = ports.log.with({ folder });
  if (marker.isForeign) {
    if (hasEntries) log.write("warn", "disk-forgotten", { why: "store and root are not of one time" });
    await wantEverything(store, index, replica);
  }
  await marker.renew();
  const waiting = await WaitingDeletes.open({ store, folder, log });
  const brake = new DeleteBrake(clock, options.deleteMarks);
  const folding = await tree.namesFolded();
  const spelling = folding && new Spelling(tree, folding);
  const halfDone = new HalfDone();
  const parts = { tree, index, marker, replica, waiting, lock, halfDone, spelling };
  return { ...parts, announcer: new Announcer({ ...parts, store, clock, brake }) };
}

/** A folder that cannot be opened, in words for its operator. */
export class FolderError extends Error {
  constructor(folder: FolderId, root: string, why: string) {
    super(`folder "${folder}" at ${root}: ${why}`);
    this.name = "FolderError";
  }
}

async function openTree({ ports, folder, root }: FolderOptions): Promise<Tree> {
  try {
    return await ports.disk.openTree(root);
  } catch (error) {
    if (error instanceof DiskError) throw new FolderError(folder, root, error.message);
    throw error;
  }
}
