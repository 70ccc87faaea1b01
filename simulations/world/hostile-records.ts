/**
 * Batches as only a hostile peer seals them: with any key, any causes, under any writer and any
 * number. What the honest program would refuse to write is written here, and signed properly with
 * the key that the liar has.
 */

import type { Identity } from "../../node/identity.ts";
import type { CollectionId, SiteId, WriterId } from "../../protocol/ids.ts";
import { type BatchPart, signHead } from "../../protocol/records/batch.ts";
import { coverRoot, hashLeaf, wholeCover } from "../../protocol/records/merkle.ts";
import type { RecordBody } from "../../protocol/records/record.ts";
import { encodeHeader, encodeRecord } from "../../protocol/wire/records.ts";

export interface HostileSeal {
  readonly identity: Identity;
  readonly site: SiteId;
  readonly collection: CollectionId;
  readonly writer: WriterId;
  readonly first: number;
  readonly sealedAtMs: number;
  readonly policyVersion: number;
}

export function sealAnything(records: readonly RecordBody[], seal: HostileSeal): BatchPart {
  const { identity, ...header } = seal;
  const encoded = records.map((record) => encodeRecord(record, seal.writer));
  const cover = wholeCover(encoded.length);
  const root = coverRoot(cover, encoded.map(hashLeaf)) ?? new Uint8Array(32);
  const bytes = encodeHeader({ ...header, count: encoded.length, root });
  const head = {
    header: { ...header, count: encoded.length, root },
    bytes,
    signature: signHead(identity.signingKey, bytes),
  };
  return { head, cover, records: encoded };
}
