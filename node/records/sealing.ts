/** From drafts to sealed batches: encoded once, hashed, and signed by this peer (FORMATS 5). */

import type { CollectionId, SiteId, WriterId } from "../../protocol/ids.ts";
import { recordHashOf } from "../../protocol/ids.ts";
import { type BatchHeader, type BatchPart, batchEnds, signHead } from "../../protocol/records/batch.ts";
import { coverRoot, hashLeaf, wholeCover } from "../../protocol/records/merkle.ts";
import { type HeldVersion, type RecordBody, recordProblem } from "../../protocol/records/record.ts";
import { type Dot, withDot } from "../../protocol/records/version.ts";
import { encodeHeader, encodeRecord } from "../../protocol/wire/records.ts";
import type { Identity } from "../identity.ts";
import { RefusedError } from "../ports.ts";
import type { Arrival } from "./changeset.ts";

export interface Seal {
  readonly identity: Identity;
  readonly site: SiteId;
  readonly collection: CollectionId;
  readonly writer: WriterId;
  /** Sequence number of the first draft. */
  readonly first: number;
  readonly policyVersion: number;
  readonly sealedAtMs: number;
}

export interface SealedBatch {
  readonly part: BatchPart;
  readonly arrival: Arrival;
}

/**
 * @throws RefusedError "path-written-by-too-many": nothing is sealed, and later it may be
 * @throws for other drafts that would have no effect: whoever made them is to be mended
 */
export function sealBatches(drafts: readonly RecordBody[], seal: Seal): readonly SealedBatch[] {
  const records = encodeDrafts(drafts, seal);
  const ends = batchEnds(records.map(({ bytes }) => bytes.length));
  return ends.map((end, index) => {
    const start = ends[index - 1] ?? 0;
    return sealBatch(records.slice(start, end), { ...seal, first: seal.first + start });
  });
}

/**
 * What no draft is to blame for: more members wrote the key than one record can name. It can be said
 * once they all have acknowledged what came before.
 */
const tooMuch: ReadonlySet<string> = new Set(["too many causes", "too many spared", "record too long"]);

interface EncodedRecord {
  readonly dot: Dot;
  readonly record: RecordBody;
  readonly bytes: Uint8Array;
}

function encodeDrafts(drafts: readonly RecordBody[], { writer, first }: Seal): readonly EncodedRecord[] {
  const lastDots = new Map<string, Dot>();
  return drafts.map((draft, index) => {
    const dot = { writer, sequence: first + index };
    // Who writes a key twice in one go means the second, and has seen the first.
    const earlier = lastDots.get(draft.key);
    const record = earlier === undefined ? draft : { ...draft, causes: withDot(draft.causes, earlier) };
    lastDots.set(draft.key, dot);
    const bytes = encodeRecord(record, writer);
    const problem = recordProblem(record, dot, bytes.length);
    if (problem !== undefined && tooMuch.has(problem)) {
      throw new RefusedError({ code: "path-written-by-too-many", detail: `${draft.key}: ${problem}` });
    }
    if (problem !== undefined) throw new Error(`a draft for ${draft.key} cannot be sealed: ${problem}`);
    return { dot, record, bytes };
  });
}

function sealBatch(records: readonly EncodedRecord[], seal: Seal): SealedBatch {
  const { identity, site, collection, writer, first, policyVersion, sealedAtMs } = seal;
  const cover = wholeCover(records.length);
  const leaves = records.map(({ bytes }) => hashLeaf(bytes));
  const root = coverRoot(cover, leaves);
  if (root === undefined) throw new Error("an empty batch cannot be sealed");
  const header: BatchHeader = {
    site,
    collection,
    writer,
    first,
    count: records.length,
    policyVersion,
    sealedAtMs,
    root,
  };
  const bytes = encodeHeader(header);
  const head = { header, bytes, signature: signHead(identity.signingKey, bytes) };
  const versions = records.map((record, index): HeldVersion => {
    const hash = recordHashOf(leaves[index] ?? new Uint8Array());
    return { ...record, hash, sealedAtMs, first, variant: 0 };
  });
  return {
    part: { head, cover, records: records.map((record) => record.bytes) },
    arrival: { head, variant: 0, cover, versions, ineffective: new Map() },
  };
}
