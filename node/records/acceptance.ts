/**
 * From bytes that somebody passed on to versions that may be merged.
 *
 * A part of a batch is proven by its author's signature and the hash tree, whoever brought it. A
 * record in it that breaks a rule of records has no effect anywhere, and the rest of its batch
 * stands: the rules look at signed bytes only, so all honest peers agree (FORMATS 1, P1).
 */

import type { CollectionId, SiteId, WriterId } from "../../protocol/ids.ts";
import { folderOfCollection, fromHex, membersCollection, peerOfWriter, recordHashOf } from "../../protocol/ids.ts";
import type { BatchFacts } from "../../protocol/documents/rights.ts";
import { type PublicKey, importPublicKey } from "../../protocol/ed25519.ts";
import { pathProblem } from "../../protocol/folder/path.ts";
import { type BatchHead, type BatchPart, authorOf, verifyHead, verifyRecords } from "../../protocol/records/batch.ts";
import { hashLeaf } from "../../protocol/records/merkle.ts";
import { type HeldVersion, type RecordBody, recordKinds, recordProblem } from "../../protocol/records/record.ts";
import type { Refusal } from "../../protocol/refusal.ts";
import { decodeRecord } from "../../protocol/wire/records.ts";
import type { Arrival } from "./changeset.ts";

/** What is proven of a part: all but where it will stand in the store. */
export type ProvenPart = Omit<Arrival, "variant">;

/** Public keys of authors, imported once. */
export class KeyRing {
  readonly #keys = new Map<string, PublicKey | undefined>();

  ofWriter(writer: WriterId): PublicKey | undefined {
    const hex = writer.slice(0, 64);
    if (!this.#keys.has(hex)) {
      if (this.#keys.size >= keysMax) this.#keys.clear();
      this.#keys.set(hex, importPublicKey(fromHex(hex)));
    }
    return this.#keys.get(hex);
  }
}

/** Above the members of any site; strangers' heads cannot fill the memory. */
const keysMax = 4096;

/** Whether a head is of this site and collection and signed by its author. */
export function headRefusal(
  head: BatchHead,
  site: SiteId,
  collection: CollectionId,
  keys: KeyRing,
): Refusal | undefined {
  const { header } = head;
  if (header.site !== site) return { code: "site-foreign", site: header.site };
  if (header.collection !== collection) return { code: "collection-unknown", collection: header.collection };
  const key = keys.ofWriter(header.writer);
  if (key === undefined) return { code: "signature-invalid", signer: authorOf(header) };
  return verifyHead(key, head);
}

/** The records of a part whose head was checked: proven to be the signed ones, and sorted by effect. */
export function provePart(part: BatchPart): Refusal | ProvenPart {
  const { head, cover, records } = part;
  const leaves = records.map(hashLeaf);
  const refusal = verifyRecords(part, leaves);
  if (refusal !== undefined) return refusal;
  const versions: HeldVersion[] = [];
  const ineffective = new Map<number, Uint8Array>();
  records.forEach((received, index) => {
    const position = cover.live[index] ?? 0;
    const leaf = leaves[index] ?? new Uint8Array();
    const version = versionOf(head, position, received, leaf);
    if (version === undefined) ineffective.set(position, leaf);
    else versions.push(version);
  });
  return { head, cover, versions, ineffective };
}

export function factsOf({ header }: BatchHead): BatchFacts {
  const { site, collection, writer, first, count, policyVersion } = header;
  return { site, collection, peer: authorOf(header), writer, first, count, policyVersion };
}

/** @returns undefined for a record without effect */
function versionOf(
  { header }: BatchHead,
  position: number,
  received: Uint8Array,
  leaf: Uint8Array,
): HeldVersion | undefined {
  // A copy of its own: a version that somebody keeps must not keep a whole answer in memory.
  const bytes = Uint8Array.from(received);
  const { writer, first, collection, sealedAtMs } = header;
  const dot = { writer, sequence: first + position };
  const record = decodeRecord(bytes, writer);
  if (record === undefined || recordProblem(record, dot, bytes.length) !== undefined) return undefined;
  if (keyProblem(collection, writer, record) !== undefined) return undefined;
  return { dot, sealedAtMs, hash: recordHashOf(leaf), record, bytes, first, variant: 0 };
}

/**
 * What a record may be about in this collection. Members speak for themselves only, also in
 * records of later kinds: "address/<peer>" and whatever else ends in the author's name.
 */
export function keyProblem(collection: CollectionId, author: WriterId, { kind, key }: RecordBody): string | undefined {
  if (collection === membersCollection) {
    return key.endsWith(`/${peerOfWriter(author)}`) ? undefined : "key of another member";
  }
  return folderOfCollection(collection) !== undefined && kind === recordKinds.fileEntry ? pathProblem(key) : undefined;
}
