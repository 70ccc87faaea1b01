/**
 * Beacons as bytes: sealed by their peer, and cut to fit where a peer has many folders.
 *
 * Opening is in two parts, since the signature costs the most: first the bytes become a beacon
 * that may be old, foreign or forged, and only what is worth it is verified.
 */

import { importPublicKey, type PublicKey, type SigningKey, sign, verify } from "../ed25519.ts";
import {
  type CollectionId,
  fromHex,
  parseCollectionId,
  type PeerId,
  peerIdOfPublicKey,
  publicKeyOfPeer,
  publicKeyOfSite,
  siteIdOfPublicKey,
  toHex,
} from "../ids.ts";
import { limits } from "../limits.ts";
import {
  type Beacon,
  type CollectionSummary,
  digestOfSummaries,
  type FolderProgress,
  folderStates,
} from "../membership/beacon.ts";
import type { PeerLoad } from "../membership/health.ts";
import type { Refusal } from "../refusal.ts";
import {
  Beacon as BeaconMessage,
  CollectionSummary as CollectionSummaryMessage,
  type Load as LoadMessage,
  SealedBeacon as SealedBeaconMessage,
} from "./generated/beacon.js";

/** A beacon as received. `beacon.peer` is what it claims until `isGenuine` says yes. */
export interface SealedBeacon {
  readonly beacon: Beacon;
  readonly body: Uint8Array;
  readonly signature: Uint8Array;
}

const domain = "cdmesh beacon 1";
const digestBytes = 32;
/** Signature, and tags and lengths of the envelope. */
const sealBytes = 64 + 8;

/** @returns at most `limits.beaconBytesMax` bytes; what does not fit has its turn in a later beacon */
export function sealBeacon(beacon: Beacon, key: SigningKey): Uint8Array {
  const body = BeaconMessage.encode(messageOf(fitting(beacon)));
  return SealedBeaconMessage.encode({ body, signature: new Uint8Array(sign(key, domain, body)) });
}

/** Judges the form only: whose beacon it is and how old is for the caller to find out. */
export function decodeBeacon(bytes: Uint8Array): SealedBeacon | Refusal {
  if (bytes.length > limits.beaconBytesMax) return malformed(`${bytes.length} bytes`);
  let sealed: SealedBeaconMessage;
  let message: BeaconMessage;
  try {
    sealed = SealedBeaconMessage.decode(bytes);
    message = BeaconMessage.decode(sealed.body, { limits: { collections: limits.beaconCollectionsMax } });
  } catch (error) {
    return malformed(error instanceof Error ? error.message : "not decodable");
  }
  const beacon = beaconOf(message);
  if (typeof beacon === "string") return malformed(beacon);
  return { beacon, body: sealed.body, signature: sealed.signature };
}

/**
 * Whether the peer that the beacon names sealed these very bytes.
 * @param key that peer's, as `keyOfBeacons` makes it
 */
export function isGenuine(sealed: SealedBeacon, key: PublicKey): boolean {
  return verify(key, domain, sealed.body, sealed.signature);
}

/** The key that a peer's beacons are verified with, worth keeping; undefined for a name that is no good key. */
export function keyOfBeacons(peer: PeerId): PublicKey | undefined {
  return importPublicKey(publicKeyOfPeer(peer));
}

/**
 * As it is, or with one page of its summaries and the total of all. Pages take turns by sequence,
 * so that every folder is heard of.
 */
function fitting(beacon: Beacon): Beacon {
  const { collections } = beacon;
  const room = limits.beaconBytesMax - sealBytes;
  const fits = collections.length <= limits.beaconCollectionsMax && encodedBytes(beacon) <= room;
  if (fits) return beacon;

  const total = { count: collections.length, digest: digestOfSummaries(collections) };
  const largest = Math.max(...collections.map((summary) => summaryBytes(summary)));
  const roomForSummaries = room - encodedBytes({ ...beacon, collections: [], total });
  const pageLength = Math.min(Math.floor(roomForSummaries / largest), limits.beaconCollectionsMax);
  if (pageLength < 1) throw new Error(`a summary of ${largest} bytes does not fit a beacon`);
  const page = beacon.sequence % Math.ceil(collections.length / pageLength);
  return { ...beacon, collections: collections.slice(page * pageLength, (page + 1) * pageLength), total };
}

function encodedBytes(beacon: Beacon): number {
  return BeaconMessage.encode(messageOf(beacon)).length;
}

function summaryBytes(summary: CollectionSummary): number {
  const tagAndLength = 3;
  return CollectionSummaryMessage.encode(summaryMessageOf(summary)).length + tagAndLength;
}

function messageOf(beacon: Beacon): BeaconMessage {
  return {
    site: bytesOf(publicKeyOfSite(beacon.site)),
    peer: bytesOf(publicKeyOfPeer(beacon.peer)),
    life: beacon.life,
    sequence: beacon.sequence,
    sealedAtMs: beacon.sealedAtMs,
    documentsDigest: bytesOf(fromHex(beacon.documentsDigest)),
    policyVersion: beacon.policyVersion,
    collections: beacon.collections.map(summaryMessageOf),
    totalCount: beacon.total?.count ?? 0,
    totalDigest: bytesOf(fromHex(beacon.total?.digest ?? "")),
    load: loadMessageOf(beacon.load),
    leaving: beacon.leaving,
  };
}

function summaryMessageOf(summary: CollectionSummary): CollectionSummaryMessage {
  const { progress } = summary;
  return {
    collection: summary.collection,
    contextDigest: bytesOf(fromHex(summary.contextDigest)),
    count: summary.count,
    sum: bytesOf(fromHex(summary.sum)),
    state: progress === undefined ? 0 : folderStates.indexOf(progress.state) + 1,
    missingFiles: progress?.missingFiles ?? 0,
    missingBytes: progress?.missingBytes ?? 0,
    blockedFiles: progress?.blockedFiles ?? 0,
    heldBack: progress?.heldBack ?? 0,
  };
}

/** A probe may answer fractions, and nonsense on a strange platform; the wire has whole numbers. */
function loadMessageOf(load: PeerLoad): LoadMessage {
  return {
    cpuPerMille: Math.min(1_000, whole(load.cpu * 1_000)),
    memoryBytesFree: whole(load.memoryBytesFree),
    memoryBytesTotal: whole(load.memoryBytesTotal),
    processBytes: whole(load.processBytes),
    eventLoopDelayMs: Math.min(0xffff_ffff, whole(load.eventLoopDelayMs)),
  };
}

/** @returns the beacon, or what is wrong with the message */
function beaconOf(message: BeaconMessage): Beacon | string {
  if (message.site.length !== 32 || message.peer.length !== 32) return "a key has 32 bytes";
  if (message.documentsDigest.length !== digestBytes) return "a digest has 32 bytes";
  const { life, sequence, sealedAtMs, policyVersion, totalCount } = message;
  if (![life, sequence, sealedAtMs, policyVersion].every(isWhole)) return "a number is above 2^53";
  if (message.totalDigest.length !== (totalCount === 0 ? 0 : digestBytes)) return "a digest has 32 bytes";
  const collections: CollectionSummary[] = [];
  const seen = new Set<CollectionId>();
  for (const summary of message.collections) {
    const collection = parseCollectionId(summary.collection);
    if (collection === undefined || seen.has(collection)) return "a collection has no valid name, or has it twice";
    if (summary.contextDigest.length !== digestBytes || summary.sum.length !== digestBytes) {
      return "a digest has 32 bytes";
    }
    const { count, missingFiles, missingBytes, blockedFiles, heldBack } = summary;
    if (![count, missingFiles, missingBytes, blockedFiles, heldBack].every(isWhole)) return "a number is above 2^53";
    seen.add(collection);
    const contextDigest = toHex(summary.contextDigest);
    collections.push({ collection, contextDigest, count, sum: toHex(summary.sum), progress: progressOf(summary) });
  }
  return {
    site: siteIdOfPublicKey(message.site),
    peer: peerIdOfPublicKey(message.peer),
    life,
    sequence,
    sealedAtMs,
    documentsDigest: toHex(message.documentsDigest),
    policyVersion,
    collections,
    total: totalCount === 0 ? undefined : { count: totalCount, digest: toHex(message.totalDigest) },
    load: loadOf(message.load),
    leaving: message.leaving,
  };
}

/** A state that only later versions know is none that this one could show. */
function progressOf(summary: CollectionSummaryMessage): FolderProgress | undefined {
  const state = folderStates[summary.state - 1];
  const { missingFiles, missingBytes, blockedFiles, heldBack } = summary;
  return state === undefined ? undefined : { state, missingFiles, missingBytes, blockedFiles, heldBack };
}

function loadOf(message: LoadMessage | undefined): PeerLoad {
  return {
    cpu: Math.min(1, (message?.cpuPerMille ?? 0) / 1_000),
    memoryBytesFree: message?.memoryBytesFree ?? 0,
    memoryBytesTotal: message?.memoryBytesTotal ?? 0,
    processBytes: message?.processBytes ?? 0,
    eventLoopDelayMs: message?.eventLoopDelayMs ?? 0,
  };
}

function malformed(why: string): Refusal {
  return { code: "message-malformed", what: "beacon", why };
}

function isWhole(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function whole(value: number): number {
  return Number.isFinite(value) ? Math.min(limits.integerMax, Math.max(0, Math.round(value))) : 0;
}

function bytesOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
