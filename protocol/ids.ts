/**
 * Names of things, each with a type of its own.
 *
 * A brand keeps a peer from being passed where a writer is meant. Each brand has one door in: a
 * parse function that answers undefined for what is not such a name, or a function that derives
 * the name from something already proven. `as PeerId` and its like stand in this file only.
 */

import { base58btc } from "multiformats/bases/base58";

declare const brand: unique symbol;
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** A peer, named by its Ed25519 public key, as libp2p prints it: "12D3KooW...". */
export type PeerId = Brand<string, "PeerId">;
/** A site, named by the public key of its authority: 64 hex digits. */
export type SiteId = Brand<string, "SiteId">;
/** A folder as the policy names it: lower-case letters, digits, `-`, `_`, `.`; 1 to 64 characters. */
export type FolderId = Brand<string, "FolderId">;
/** A set of records with its own sequence and context: "members", or "folder/" and a folder id. */
export type CollectionId = Brand<string, "CollectionId">;
/** One life of one peer's store: its public key and a random u64, as 80 hex digits. */
export type WriterId = Brand<string, "WriterId">;
/** The name of a chunk: the SHA-256 of its bytes, 64 hex digits. */
export type ChunkHash = Brand<string, "ChunkHash">;
/** The name of a file's content: the root of its manifest tree, 64 hex digits. */
export type ContentRoot = Brand<string, "ContentRoot">;
/** The name of a page of a manifest below the top one: its hash, 64 hex digits. */
export type PageHash = Brand<string, "PageHash">;
/** The hash of a record's exact bytes, a leaf of its batch's Merkle tree, 64 hex digits. */
export type RecordHash = Brand<string, "RecordHash">;

/** The libp2p key header of an identity multihash over an Ed25519 public key. */
const peerIdPrefix = Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20);
const hex64 = /^[0-9a-f]{64}$/;
const hex80 = /^[0-9a-f]{80}$/;
const folderPattern = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const folderPrefix = "folder/";

export const membersCollection = "members" as CollectionId;

export function parsePeerId(text: string): PeerId | undefined {
  if (text.length !== 52 || !text.startsWith("12D3KooW")) return undefined;
  let bytes: Uint8Array;
  try {
    bytes = base58btc.baseDecode(text);
  } catch {
    return undefined;
  }
  if (bytes.length !== 38 || !peerIdPrefix.every((byte, at) => bytes[at] === byte)) return undefined;
  return text as PeerId;
}

/** @param publicKey 32 bytes, Ed25519 */
export function peerIdOfPublicKey(publicKey: Uint8Array): PeerId {
  const bytes = new Uint8Array(38);
  bytes.set(peerIdPrefix);
  bytes.set(publicKey, 6);
  return base58btc.baseEncode(bytes) as PeerId;
}

/** The 32 bytes of the Ed25519 public key that a peer is named by. */
export function publicKeyOfPeer(peer: PeerId): Uint8Array {
  return base58btc.baseDecode(peer).slice(6);
}

export function parseSiteId(text: string): SiteId | undefined {
  return hex64.test(text) ? (text as SiteId) : undefined;
}

/** @param publicKey 32 bytes, Ed25519, of the site's authority */
export function siteIdOfPublicKey(publicKey: Uint8Array): SiteId {
  return toHex(publicKey) as SiteId;
}

export function publicKeyOfSite(site: SiteId): Uint8Array {
  return fromHex(site);
}

export function parseFolderId(text: string): FolderId | undefined {
  return folderPattern.test(text) ? (text as FolderId) : undefined;
}

export function folderCollection(folder: FolderId): CollectionId {
  return `${folderPrefix}${folder}` as CollectionId;
}

/** The folder whose entries a collection holds; undefined for members and the like. */
export function folderOfCollection(collection: CollectionId): FolderId | undefined {
  return collection.startsWith(folderPrefix) ? parseFolderId(collection.slice(folderPrefix.length)) : undefined;
}

/** Also accepts collections of kinds that this version does not know (FORMATS 10). */
export function parseCollectionId(text: string): CollectionId | undefined {
  const [kind, name, ...rest] = text.split("/");
  if (kind === undefined || rest.length > 0 || !folderPattern.test(kind)) return undefined;
  if (name !== undefined && !folderPattern.test(name)) return undefined;
  return text as CollectionId;
}

export function parseWriterId(text: string): WriterId | undefined {
  return hex80.test(text) ? (text as WriterId) : undefined;
}

/** @param life 8 random bytes, new for each life of the peer's store */
export function writerIdOf(publicKey: Uint8Array, life: Uint8Array): WriterId {
  return (toHex(publicKey) + toHex(life)) as WriterId;
}

/** @param bytes 40 bytes: public key and life */
export function writerIdOfBytes(bytes: Uint8Array): WriterId | undefined {
  return bytes.length === 40 ? (toHex(bytes) as WriterId) : undefined;
}

export function peerOfWriter(writer: WriterId): PeerId {
  return peerIdOfPublicKey(fromHex(writer.slice(0, 64)));
}

export function parseChunkHash(text: string): ChunkHash | undefined {
  return hex64.test(text) ? (text as ChunkHash) : undefined;
}

/** @param digest 32 bytes */
export function chunkHashOf(digest: Uint8Array): ChunkHash {
  return toHex(digest) as ChunkHash;
}

export function parseContentRoot(text: string): ContentRoot | undefined {
  return hex64.test(text) ? (text as ContentRoot) : undefined;
}

/** @param digest 32 bytes */
export function contentRootOf(digest: Uint8Array): ContentRoot {
  return toHex(digest) as ContentRoot;
}

/** @param digest 32 bytes */
export function pageHashOf(digest: Uint8Array): PageHash {
  return toHex(digest) as PageHash;
}

/** @param digest 32 bytes */
export function recordHashOf(digest: Uint8Array): RecordHash {
  return toHex(digest) as RecordHash;
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

/** Bytes of a name that is known to be hex: a writer, hash, root or site. */
export function fromHex(hex: string): Uint8Array {
  const bytes = Buffer.from(hex, "hex");
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
