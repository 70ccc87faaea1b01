/**
 * Where the rows of a collection lie in the store: sibling sets (e), live versions by writer and
 * sequence (v), batches (t), writers (x), buckets (b), tombstones (z), the floor (a) and what a cut
 * reopened (u). Writers are named by their number in the collection. Of two batches that claim one
 * sequence number, the second and later ones of a fork carry a variant behind it, so the rows of an
 * honest writer form plain ranges.
 */

import type { CollectionId } from "../../protocol/ids.ts";
import { lastText, rowKey, rowRange } from "../keys.ts";

export interface KeyRange {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

/** Bytes of a writer number, sequence number or variant in a key. */
const numberBytes = 8;

export class RowKeys {
  readonly #collection: CollectionId;
  /** Bytes before the first number or text behind the collection: the same for all kinds. */
  readonly #prefixLength: number;

  constructor(collection: CollectionId) {
    this.#collection = collection;
    this.#prefixLength = rowKey("e", collection).length;
  }

  siblings(key: string): Uint8Array {
    return rowKey("e", this.#collection, key);
  }

  allSiblings(): KeyRange {
    return rowRange("e", this.#collection);
  }

  /** The key that a sibling row is about. */
  keyOfSiblings(rowKeyBytes: Uint8Array): string {
    return lastText(rowKeyBytes, this.#prefixLength);
  }

  version(writer: number, sequence: number, variant: number): Uint8Array {
    return variant === 0
      ? rowKey("v", this.#collection, writer, sequence)
      : rowKey("v", this.#collection, writer, sequence, variant);
  }

  versions(writer: number, first: number, last: number): KeyRange {
    return { from: this.version(writer, first, 0), to: this.version(writer, last + 1, 0) };
  }

  batch(writer: number, first: number, variant: number): Uint8Array {
    return variant === 0
      ? rowKey("t", this.#collection, writer, first)
      : rowKey("t", this.#collection, writer, first, variant);
  }

  /** Batches that start in a range of sequence numbers, both ends included. */
  batches(writer: number, first: number, last: number): KeyRange {
    return { from: this.batch(writer, first, 0), to: this.batch(writer, last + 1, 0) };
  }

  /** What stands behind the writer in the key of a version or batch. */
  placeOf(rowKeyBytes: Uint8Array): { readonly sequence: number; readonly variant: number } {
    const view = Buffer.from(rowKeyBytes.buffer, rowKeyBytes.byteOffset, rowKeyBytes.byteLength);
    const at = this.#prefixLength + numberBytes;
    return {
      sequence: Number(view.readBigUInt64BE(at)),
      variant: view.length > at + numberBytes ? Number(view.readBigUInt64BE(at + numberBytes)) : 0,
    };
  }

  /** A tombstone that is held, among all of them. */
  tombstone(writer: number, sequence: number, variant: number): Uint8Array {
    return rowKey("z", this.#collection, writer, sequence, variant);
  }

  allTombstones(): KeyRange {
    return rowRange("z", this.#collection);
  }

  floor(): Uint8Array {
    return rowKey("a", this.#collection);
  }

  /** What was superseded by a record that a cut took back. */
  reopened(key: string): Uint8Array {
    return rowKey("u", this.#collection, key);
  }

  writer(writer: string): Uint8Array {
    return rowKey("x", this.#collection, { hex: writer });
  }

  allWriters(): KeyRange {
    return rowRange("x", this.#collection);
  }

  /** The 80 hex digits of the writer that a row is about. */
  writerOf(rowKeyBytes: Uint8Array): Uint8Array {
    return rowKeyBytes.subarray(this.#prefixLength);
  }

  bucket(digits: string): Uint8Array {
    return rowKey("b", this.#collection, { hex: digits });
  }

  allBuckets(): KeyRange {
    return rowRange("b", this.#collection);
  }

  /** The digits of the bucket that a row is about. */
  digitsOf(rowKeyBytes: Uint8Array): string {
    return Buffer.from(rowKeyBytes.subarray(this.#prefixLength)).toString("hex");
  }
}
