/**
 * The few ways in which a peer touches the world.
 *
 * Everything in `node/` outside `adapters/` sees these interfaces only, so that the same code runs
 * on a server and, by the hundred, in a world made from one seed. Each port has a real adapter, a
 * fake in `simulations/world/`, and one contract in `test/contracts/` that both pass.
 */

import type { ChunkRef } from "../protocol/content/manifest.ts";
import type { BlockList, BlockSources } from "../protocol/content/patch.ts";
import type { ChunkHash, PeerId } from "../protocol/ids.ts";
import type { NameFolding } from "../protocol/folder/fold.ts";
import type { EntryPath } from "../protocol/folder/path.ts";
import type { Refusal } from "../protocol/refusal.ts";

/** Ends what was started: a timer, a watch, a subscription. Calling it twice is harmless. */
export type Cancel = () => void;

// --- Time and chance -------------------------------------------------------------------------

export interface Clock {
  /** Milliseconds since 1970, UTC. May step either way: it ranks and shows, nothing waits for it. */
  wallMs(): number;
  /** Milliseconds since some start. Never goes back. */
  monotonicMs(): number;
  /** Calls `act` once, no sooner than in `delayMs`. */
  after(delayMs: number, act: () => void): Cancel;
  /** Resolves after `delayMs`, or as soon as the signal aborts. Never rejects. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

export interface Random {
  /** Unpredictable bytes, fit for keys and writer ids. */
  bytes(length: number): Uint8Array;
  /** A number in [0, 1), for jitter and choices. */
  unit(): number;
}

// --- Network ---------------------------------------------------------------------------------

/** A peer to stay connected to: by name, by address, or both. */
export interface WantedPeer {
  readonly peer: PeerId | undefined;
  /** Multiaddrs, best first, with or without a trailing /p2p part. */
  readonly addresses: readonly string[];
}

/** Decides whether the peer at the other end of a connection may speak (FORMATS 27). */
export interface Admission {
  /** What this peer shows of itself at every connection. At most `limits.helloBytesMax`. */
  hello(): Uint8Array;
  /** Judges what the other end showed; `peer` is proven by the handshake. Undefined: welcome. */
  judge(peer: PeerId, hello: Uint8Array): Refusal | undefined;
}

/** What becomes of a gossiped message: pass it on, drop it, or drop it and think less of its sender. */
export type Verdict = "accept" | "ignore" | "reject";

export type NetworkEvent =
  /** Admitted by both sides; requests and gossip are open. */
  | { readonly kind: "up"; readonly peer: PeerId }
  /** The last admitted connection to the peer is gone. */
  | { readonly kind: "down"; readonly peer: PeerId }
  /** One side said no; `by` says which. */
  | {
      readonly kind: "refused";
      readonly peer: PeerId;
      readonly by: "us" | "them";
      readonly refusal: Refusal | { readonly code: string; readonly detail: string };
    };

export interface NetworkHandlers {
  readonly admission: Admission;
  /** What `onRequest` answers. A request of any other protocol is refused with "protocol-unknown". */
  readonly protocols: readonly string[];
  onEvent(event: NetworkEvent): void;
  /** A gossiped message of a subscribed topic; `from` is who passed it on, not who wrote it. */
  onMessage(topic: string, from: PeerId, data: Uint8Array): Verdict;
  /**
   * Answers a request of an admitted peer. A `RefusedError` travels to the asker as its refusal;
   * any other error is a bug: it is logged here, and the asker learns only that it failed.
   */
  onRequest(peer: PeerId, protocol: string, body: Uint8Array): Promise<Uint8Array>;
}

export interface RequestOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Every adapter passes test/contracts/network.contract.ts. */
export interface Network {
  readonly self: PeerId;
  /** Once. Listens, and opens nothing to anybody before `admission` said yes. */
  start(handlers: NetworkHandlers): Promise<void>;
  stop(): Promise<void>;
  /** Where this peer can be reached, as multiaddrs without /p2p. Empty before `start`. */
  addresses(): readonly string[];
  /** Replaces the set of peers to stay connected to. Dials for ever, with back-off. */
  want(peers: readonly WantedPeer[]): void;
  /** Admitted peers with an open connection. */
  connected(): readonly PeerId[];
  /** Closes the connection and tells the other side why. It may come back and be judged again. */
  disconnect(peer: PeerId, refusal: Refusal): void;
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  /** @throws over `limits.gossipBytesMax`. With nobody there it resolves all the same. */
  publish(topic: string, data: Uint8Array): Promise<void>;
  /**
   * Asks one admitted peer. At most `limits.requestsOutstandingMax` per peer and protocol are
   * under way; further ones wait for their turn, inside the time limit.
   * @throws RefusedError when the other side says no; RequestError when no answer came.
   */
  request(peer: PeerId, protocol: string, body: Uint8Array, options: RequestOptions): Promise<Uint8Array>;
}

/** A no with a reason. Thrown by request handlers, and by `request` when the other side threw one. */
export class RefusedError extends Error {
  readonly refusal: Refusal | { readonly code: string; readonly detail: string };
  constructor(refusal: Refusal | { readonly code: string; readonly detail: string }) {
    super(refusal.code);
    this.name = "RefusedError";
    this.refusal = refusal;
  }
}

export type RequestFailure =
  | "not-connected"
  | "timeout"
  | "aborted" // by the caller's signal
  | "lost" // the connection or the stream broke
  | "too-large" // the request, or its answer, is above `limits.messageBytesMax`
  | "failed"; // the other side could not answer

/** No answer came. Another peer, or the same one later, may answer. */
export class RequestError extends Error {
  readonly failure: RequestFailure;
  constructor(failure: RequestFailure, peer: PeerId, protocol: string) {
    super(`${protocol} to ${peer}: ${failure}`);
    this.name = "RequestError";
    this.failure = failure;
  }
}

// --- Disk ------------------------------------------------------------------------------------

/** A path inside a folder's root, `/` between parts; "" is the root. Also paths below `.cdmesh/`. */
export type TreePath = EntryPath | InternalPath | "";
export type InternalPath = `.cdmesh` | `.cdmesh/${string}`;

export type FileKind = "file" | "directory" | "symlink" | "other";

/** What lstat says, exact. Equal stats mean: nobody touched it. */
export interface Stat {
  readonly kind: FileKind;
  /** Bytes. */
  readonly size: number;
  /** Permission bits, & 0o777. */
  readonly mode: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly inode: bigint;
  /** When it was made, which tells it apart from another that was given its inode later. 0 where nobody knows. */
  readonly bornNs: bigint;
  readonly device: bigint;
}

/** One name of a listed directory. `name` is undefined when the bytes are not UTF-8 (FORMATS 15). */
export interface ListedName {
  readonly name: string | undefined;
  readonly bytes: Uint8Array;
  readonly stat: Stat;
}

/** Why a call of the disk failed, as far as the callers tell cases apart. */
export type DiskFailure =
  | "missing" // ENOENT, and ENOTDIR on the way
  | "exists" // EEXIST, ENOTEMPTY
  | "not-a-directory" // the path or a parent is something else, or a symlink
  | "is-a-directory"
  | "not-permitted" // EACCES, EPERM, EROFS
  | "no-space" // ENOSPC, EDQUOT
  | "name-impossible" // EINVAL, ENAMETOOLONG, EILSEQ: this platform cannot hold the name
  | "other-device" // EXDEV: a nested mount
  | "failed"; // EIO and the rest

export class DiskError extends Error {
  readonly failure: DiskFailure;
  /** The platform's code, such as "EIO", for the log. */
  readonly code: string;
  constructor(failure: DiskFailure, code: string, action: string, path: string) {
    super(`${action} ${path === "" ? "." : path}: ${code}`);
    this.name = "DiskError";
    this.failure = failure;
    this.code = code;
  }
}

export interface OpenFile {
  stat(): Promise<Stat>;
  /** Fills `into` from `offset`; fewer bytes than asked only at the end. @returns bytes read */
  read(into: Uint8Array, offset: number): Promise<number>;
  close(): Promise<void>;
}

/** A temporary file that is not yet content. Its descriptor stays open until `close`. */
export interface StagedFile {
  readonly path: InternalPath;
  write(bytes: Uint8Array, offset: number): Promise<void>;
  /** Sets the length; what was never written is a hole. */
  truncate(size: number): Promise<void>;
  /** Permission bits and time; the time last, for writes change it. */
  setAttributes(attributes: { readonly mode: number; readonly mtimeUs: number }): Promise<void>;
  /** Content and attributes are durable once this resolves; any error means they are not (S9). */
  flush(): Promise<void>;
  stat(): Promise<Stat>;
  close(): Promise<void>;
}

/** Room on a file system, as far as this process may use it. */
export interface Space {
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Files and directories that can still be made; infinite where the file system has no such limit. */
  readonly freeInodes: number;
}

/**
 * One folder's tree. Every call resolves its path below the root at the moment of the call and
 * follows no symlink, neither in a parent nor at the end (S7). Errors are `DiskError`s.
 */
export interface Tree {
  /** What stands at the root's path now; it changes when something is mounted over it. */
  rootStat(): Promise<Stat>;
  /** Of the root's file system. */
  space(): Promise<Space>;
  /** What the root's file system does not tell apart in names; undefined when it tells all apart. Needs `.cdmesh/`. */
  namesFolded(): Promise<NameFolding | undefined>;
  /** Whole or an error, never a part. "." and ".." left out; what vanishes meanwhile is left out. */
  list(directory: TreePath): Promise<readonly ListedName[]>;
  /** Undefined when nothing is there. */
  stat(path: TreePath): Promise<Stat | undefined>;
  open(path: TreePath): Promise<OpenFile>;
  readLink(path: TreePath): Promise<string | undefined>;
  /** A new empty file, mode 0600; "exists" when the name is taken. */
  stage(path: InternalPath): Promise<StagedFile>;
  makeSymlink(target: string, path: TreePath): Promise<void>;
  makeDirectory(path: TreePath, mode: number): Promise<void>;
  /** Mode and time of what is there; of a symlink only the time. */
  setAttributes(path: TreePath, attributes: { readonly mode: number; readonly mtimeUs: number }): Promise<void>;
  /** A second name; "exists" when `to` is taken. */
  link(from: TreePath, to: TreePath): Promise<void>;
  /** Replaces `to` if it is there. */
  rename(from: TreePath, to: TreePath): Promise<void>;
  /** Swaps two names in one step; false where the platform has no such call, and nothing is changed. */
  exchange(one: TreePath, other: TreePath): Promise<boolean>;
  /** Removes a file or symlink. */
  remove(path: TreePath): Promise<void>;
  /** Removes an empty directory; "exists" when it is not empty. */
  removeDirectory(path: TreePath): Promise<void>;
  /** Names in these directories are durable once this resolves. */
  flushDirectories(directories: readonly TreePath[]): Promise<void>;
  /** All that was written to this tree's file system is durable; false where there is no such call. */
  flushAll(): Promise<boolean>;
  close(): Promise<void>;
}

/** Every adapter passes test/contracts/disk.contract.ts. */
export interface Disk {
  /** @param root an absolute path of a directory that exists */
  openTree(root: string): Promise<Tree>;
}

// --- Store -----------------------------------------------------------------------------------

export type Change =
  | { readonly kind: "put"; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly kind: "delete"; readonly key: Uint8Array };

export interface RangeOptions {
  /** First key, included. */
  readonly from: Uint8Array;
  /** End, not included. */
  readonly to: Uint8Array;
  readonly limit: number;
}

/**
 * Where records rest: ordered keys and values. Writes take effect in the order they were asked.
 * What is given must not change until the answer is there; what is answered is the caller's own.
 * Errors are `StoreError`s (store-error.ts). Every adapter passes test/contracts/store.contract.ts.
 */
export interface Store {
  get(key: Uint8Array): Promise<Uint8Array | undefined>;
  /** In the order of the keys asked for. */
  getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]>;
  /** One page in the order of the keys' bytes, as it is at one moment; ask again from behind the last key for more. */
  range(options: RangeOptions): Promise<readonly (readonly [key: Uint8Array, value: Uint8Array])[]>;
  /**
   * Atomic; a later change of a key wins. Durable once resolved when `durable`, and all earlier
   * writes with it. Until then each write by itself may survive a crash of the machine or not.
   */
  write(changes: readonly Change[], options: { readonly durable: boolean }): Promise<void>;
  close(): Promise<void>;
}

// --- Watcher ---------------------------------------------------------------------------------

export type WatchHint =
  /** Something in this directory may have changed: list it. */
  | { readonly kind: "directory"; readonly path: string }
  /** Hints may have been lost: scan everything. */
  | { readonly kind: "overflow" }
  /** No more hints will come; `why` says what the platform said. Only rescans find changes now. */
  | { readonly kind: "dead"; readonly why: string };

/** Every adapter passes test/contracts/watcher.contract.ts. */
export interface Watcher {
  /** Resolves when the watch stands over the whole tree. Hints are hints: late, doubled, missing. */
  watch(root: string, onHint: (hint: WatchHint) => void): Promise<Cancel>;
}

// --- Compute ---------------------------------------------------------------------------------

/**
 * Work on bytes, off the event loop. The queue is bounded: callers wait for a place. The buffers
 * given stay the caller's and must not change until the answer is there.
 * Every adapter passes test/contracts/compute.contract.ts.
 */
export interface Compute {
  /**
   * Memory of `length` bytes that the workers read where it is: for whoever reads large files in
   * segments. It is costly to make and there is little of it: make few such buffers, keep them and
   * use them again. Small or further ones are ordinary memory, which works as well, by a copy.
   */
  buffer(length: number): Uint8Array;
  /**
   * Cuts `bytes` into chunks from its start and names them. Unless `last`, the piece behind the
   * last sure boundary is left: the next call starts there. `consumed` is where that is. As many
   * bytes as the largest chunk has always give one.
   */
  cut(bytes: Uint8Array, last: boolean): Promise<{ readonly chunks: readonly ChunkRef[]; readonly consumed: number }>;
  /** Cuts many whole small files in one go. */
  cutMany(files: readonly Uint8Array[]): Promise<readonly (readonly ChunkRef[])[]>;
  /** Names many pieces in one go. */
  hashMany(pieces: readonly Uint8Array[]): Promise<readonly ChunkHash[]>;
  /** The block lists of many chunks in one go (protocol/content/patch.ts). */
  describeMany(chunks: readonly Uint8Array[]): Promise<readonly Uint8Array[]>;
  /** Where the blocks of chunks stand in old bytes, in the order of the lists. */
  findBlocks(lists: readonly BlockList[], old: Uint8Array): Promise<readonly BlockSources[]>;
  /** @param level zstd's scale, 1 to 9; others are refused by throwing */
  compress(bytes: Uint8Array, level: number): Promise<Uint8Array>;
  /** @throws when the bytes are not zstd or hold more than `bytesMax` */
  decompress(bytes: Uint8Array, bytesMax: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

// --- Probe and log ---------------------------------------------------------------------------

/** How this machine and process are doing. Cheap to ask (under a millisecond). */
export interface Load {
  /** 0 to 1 over all cores, since the last sample. */
  readonly cpu: number;
  readonly memoryBytesFree: number;
  readonly memoryBytesTotal: number;
  readonly processBytes: number;
  /** The longest wait of the event loop since the last sample. */
  readonly eventLoopDelayMs: number;
}

export interface Probe {
  sample(): Load;
  /** Bytes free for this process on the file system of an absolute path. */
  diskBytesFree(path: string): Promise<number>;
}

export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];
export type LogFacts = Readonly<Record<string, string | number | boolean | undefined | readonly string[]>>;

export interface Log {
  /** @param event a stable id, "noun-verb", such as "peer-refused" */
  write(level: LogLevel, event: string, facts?: LogFacts): void;
  /** The same log with facts added to every line. */
  with(facts: LogFacts): Log;
}

/** All ports of one peer. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly disk: Disk;
  readonly store: Store;
  readonly watcher: Watcher;
  readonly compute: Compute;
  readonly probe: Probe;
  readonly log: Log;
}
