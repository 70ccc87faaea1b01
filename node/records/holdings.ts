/**
 * What this peer holds of one collection: sibling sets, batches, writers and bucket sums, as rows
 * of the store. Everything that changes goes through a changeset and one atomic write, so sibling
 * sets, context and sums are never out of step with each other, whenever the process dies.
 */

import type { CollectionId, WriterId } from "../../protocol/ids.ts";
import type { Fingerprint } from "../../protocol/records/audit.ts";
import { type Known, knownOf } from "../../protocol/records/context.ts";
import { type FloorStanding, noFloor } from "../../protocol/records/floor.ts";
import type { HeldVersion } from "../../protocol/records/record.ts";
import {
  type BatchRow,
  type WriterRow,
  decodeBatchRow,
  decodeFloorRow,
  decodeSiblingsRow,
  encodeFloorRow,
} from "../../protocol/wire/record-rows.ts";
import { afterKey } from "../keys.ts";
import type { Change, Store } from "../ports.ts";
import { BucketTable } from "./bucket-table.ts";
import { type KeyRange, RowKeys } from "./rows.ts";
import { WriterTable } from "./writer-table.ts";

/** A key and its siblings, primary first. */
export interface HeldState {
  readonly key: string;
  readonly versions: readonly HeldVersion[];
}

/** A key whose siblings change. */
export interface ChangedState extends HeldState {
  readonly before: readonly HeldVersion[];
}

/** A batch row and where it stands. */
export interface PlacedBatch extends BatchRow {
  readonly first: number;
  readonly variant: number;
}

/** What a changeset came to: rows to write, and what memory takes over once the store has them. */
export interface Finished {
  readonly rows: readonly Change[];
  readonly writers: ReadonlyMap<WriterId, WriterRow>;
  readonly buckets: ReadonlyMap<string, Fingerprint>;
  /** Tombstones that came, less those that went. */
  readonly tombstones: number;
}

interface Loaded {
  readonly writers: WriterTable;
  readonly buckets: BucketTable;
  readonly standing: FloorStanding;
  readonly tombstones: number;
}

export class Holdings {
  readonly collection: CollectionId;
  readonly store: Store;
  readonly keys: RowKeys;
  readonly writers: WriterTable;
  #buckets: BucketTable;
  #standing: FloorStanding;
  #tombstones: number;

  private constructor(collection: CollectionId, store: Store, loaded: Loaded) {
    this.collection = collection;
    this.store = store;
    this.keys = new RowKeys(collection);
    this.writers = loaded.writers;
    this.#buckets = loaded.buckets;
    this.#standing = loaded.standing;
    this.#tombstones = loaded.tombstones;
  }

  static async open(collection: CollectionId, store: Store): Promise<Holdings> {
    const keys = new RowKeys(collection);
    const floor = await store.get(keys.floor());
    return new Holdings(collection, store, {
      writers: await WriterTable.load(store, collection),
      buckets: await BucketTable.load(store, keys),
      standing: floor === undefined ? noFloor : decodeFloorRow(floor),
      tombstones: await countRows(store, keys.allTombstones()),
    });
  }

  /** Over the live versions that are no tombstones. */
  get buckets(): BucketTable {
    return this.#buckets;
  }

  /** Where this peer stands between its own floor and that of others. */
  get standing(): FloorStanding {
    return this.#standing;
  }

  /** How many tombstones are held. */
  get tombstones(): number {
    return this.#tombstones;
  }

  known(writer: WriterId): Known {
    return knownOf(this.writers.context, writer);
  }

  /** The siblings of each key, primary first; none for a key that was never written. */
  async siblings(keys: readonly string[]): Promise<readonly (readonly HeldVersion[])[]> {
    const rows = await this.store.getMany(keys.map((key) => this.keys.siblings(key)));
    return rows.map((row) => (row === undefined ? [] : this.decode(row)));
  }

  /** Keys in order, each with its siblings. */
  async page(after: string | undefined, limit: number): Promise<readonly HeldState[]> {
    const { from, to } = this.keys.allSiblings();
    const start = after === undefined ? from : afterKey(this.keys.siblings(after));
    const rows = await this.store.range({ from: start, to, limit });
    return rows.map(([key, value]) => ({ key: this.keys.keyOfSiblings(key), versions: this.decode(value) }));
  }

  /** Keys alone, in order, from behind `after`. */
  async keysAfter(after: string | undefined, limit: number): Promise<readonly string[]> {
    const { from, to } = this.keys.allSiblings();
    const start = after === undefined ? from : afterKey(this.keys.siblings(after));
    const rows = await this.store.range({ from: start, to, limit });
    return rows.map(([key]) => this.keys.keyOfSiblings(key));
  }

  decode(siblingsRow: Uint8Array): readonly HeldVersion[] {
    return decodeSiblingsRow(siblingsRow, (number) => this.writers.writerOf(number));
  }

  /** Batches of which something lives that start in a range of sequence numbers, in order. */
  async batches(writer: WriterId, first: number, last: number, limit: number): Promise<readonly PlacedBatch[]> {
    const number = this.writers.row(writer)?.number;
    if (number === undefined || last < first) return [];
    const rows = await this.store.range({ ...this.keys.batches(number, Math.max(1, first), last), limit });
    return rows.map(([key, value]) => {
      const { sequence, variant } = this.keys.placeOf(key);
      return { ...decodeBatchRow(value), first: sequence, variant };
    });
  }

  /**
   * Writes all that a changeset came to, and `others` with it, in one step. Durable, also what others
   * told: of writes that are not, a power cut may take one and leave the next (real logs have
   * holes), and then the context would claim what is not held.
   */
  async commit({ rows, writers, buckets, tombstones }: Finished, others: readonly Change[]): Promise<void> {
    if (rows.length + others.length > 0) await this.store.write([...rows, ...others], { durable: true });
    this.writers.take(writers);
    for (const [digits, sum] of buckets) this.#buckets.set(digits, sum);
    this.#tombstones += tombstones;
  }

  async stand(standing: FloorStanding): Promise<void> {
    const row: Change = { kind: "put", key: this.keys.floor(), value: encodeFloorRow(standing) };
    await this.store.write([row], { durable: true });
    this.#standing = standing;
  }

  /** Puts other buckets in the place of all that there are. */
  async regroup(rows: readonly Change[], buckets: BucketTable): Promise<void> {
    await this.store.write(rows, { durable: true });
    this.#buckets = buckets;
  }
}

const pageRows = 4096;

async function countRows(store: Store, { from, to }: KeyRange): Promise<number> {
  let count = 0;
  for (let next = from; ; ) {
    const page = await store.range({ from: next, to, limit: pageRows });
    count += page.length;
    const last = page.at(-1);
    if (last === undefined || page.length < pageRows) return count;
    next = afterKey(last[0]);
  }
}
