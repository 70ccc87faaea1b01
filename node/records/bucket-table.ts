/**
 * The sums of a collection's buckets, in memory as in the store: 256 of them take 10 KiB, and the
 * 65,536 of a large collection 2.5 MiB, little beside what else that costs. So a write reads no
 * bucket, and an audit answers at once.
 */

import {
  type Fingerprint,
  addFingerprint,
  bucketDigits,
  emptyFingerprint,
  fewBucketsMax,
  subtractFingerprint,
} from "../../protocol/records/audit.ts";
import { decodeBucketRow } from "../../protocol/wire/record-rows.ts";
import { afterKey } from "../keys.ts";
import type { Store } from "../ports.ts";
import type { RowKeys } from "./rows.ts";

const sumBytes = 32;
const pageRows = 4096;

export class BucketTable {
  /** Hex digits of a bucket: `bucketDigits.few` or `.many`. */
  readonly digits: number;
  readonly #counts: Float64Array;
  readonly #sums: Uint8Array;
  #total = emptyFingerprint;

  constructor(digits: number) {
    this.digits = digits;
    this.#counts = new Float64Array(16 ** digits);
    this.#sums = new Uint8Array(16 ** digits * sumBytes);
  }

  static async load(store: Store, keys: RowKeys): Promise<BucketTable> {
    const { from, to } = keys.allBuckets();
    let table: BucketTable | undefined;
    let next = from;
    for (;;) {
      const page = await store.range({ from: next, to, limit: pageRows });
      for (const [key, value] of page) {
        const digits = keys.digitsOf(key);
        table ??= new BucketTable(digits.length);
        table.set(digits, decodeBucketRow(value));
      }
      const last = page.at(-1);
      if (last === undefined || page.length < pageRows) return table ?? new BucketTable(bucketDigits.few);
      next = afterKey(last[0]);
    }
  }

  /** Over all buckets. */
  get total(): Fingerprint {
    return this.#total;
  }

  /** Whether the collection has outgrown the smaller number of buckets. It never goes back: few write it smaller. */
  get isCrowded(): boolean {
    return this.digits === bucketDigits.few && this.#total.count > fewBucketsMax;
  }

  get(digits: string): Fingerprint {
    const index = Number.parseInt(digits, 16);
    return { count: this.#counts[index] ?? 0, sum: this.#sums.slice(index * sumBytes, (index + 1) * sumBytes) };
  }

  set(digits: string, after: Fingerprint): void {
    const index = Number.parseInt(digits, 16);
    this.#total = addFingerprint(subtractFingerprint(this.#total, this.get(digits)), after);
    this.#counts[index] = after.count;
    this.#sums.set(after.sum, index * sumBytes);
  }

  /** The buckets below a prefix of at most `digits` hex digits. */
  below(prefix: string): readonly string[] {
    const missing = this.digits - prefix.length;
    const first = prefix === "" ? 0 : Number.parseInt(prefix, 16) * 16 ** missing;
    return Array.from({ length: 16 ** missing }, (_, index) => (first + index).toString(16).padStart(this.digits, "0"));
  }

  /** Over the buckets below a prefix of at most `digits` hex digits. */
  sumBelow(prefix: string): Fingerprint {
    let sum = emptyFingerprint;
    for (const digits of this.below(prefix)) {
      const bucket = this.get(digits);
      if (bucket.count !== 0) sum = addFingerprint(sum, bucket);
    }
    return sum;
  }
}
