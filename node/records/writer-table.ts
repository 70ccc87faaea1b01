/**
 * The writers of one collection, as far as this peer knows each: its context.
 *
 * All of it stays in memory, since every exchange compares it. Rows are staged by a changeset and
 * taken over only after the store has them, so memory never says more than the disk.
 */

import { type CollectionId, type WriterId, writerIdOfBytes } from "../../protocol/ids.ts";
import { limits } from "../../protocol/limits.ts";
import { type Context, type Known, contextDigest } from "../../protocol/records/context.ts";
import { type WriterRow, decodeWriterRow } from "../../protocol/wire/record-rows.ts";
import { afterKey } from "../keys.ts";
import type { Store } from "../ports.ts";
import { RowKeys } from "./rows.ts";

const pageRows = 1024;

export class WriterTable {
  readonly #rows = new Map<WriterId, WriterRow>();
  readonly #byNumber = new Map<number, WriterId>();
  readonly #context = new Map<WriterId, Known>();
  readonly #livesOfPeer = new Map<string, number>();
  #digest: string | undefined;

  static async load(store: Store, collection: CollectionId): Promise<WriterTable> {
    const table = new WriterTable();
    const keys = new RowKeys(collection);
    const { from, to } = keys.allWriters();
    let next = from;
    for (;;) {
      const page = await store.range({ from: next, to, limit: pageRows });
      for (const [key, value] of page) {
        const writer = writerIdOfBytes(keys.writerOf(key));
        if (writer === undefined) throw new Error("a writer in the store cannot be read");
        table.take(new Map([[writer, decodeWriterRow(value)]]));
      }
      const last = page.at(-1);
      if (last === undefined || page.length < pageRows) return table;
      next = afterKey(last[0]);
    }
  }

  get context(): Context {
    return this.#context;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** 64 hex digits; equal for peers that know the same. */
  digest(): string {
    this.#digest ??= contextDigest(this.#context);
    return this.#digest;
  }

  row(writer: WriterId): WriterRow | undefined {
    return this.#rows.get(writer);
  }

  rows(): ReadonlyMap<WriterId, WriterRow> {
    return this.#rows;
  }

  writerOf(number: number): WriterId {
    const writer = this.#byNumber.get(number);
    if (writer === undefined) throw new Error(`the store names a writer ${number} that it does not have`);
    return writer;
  }

  /** Whether one more writer fits: a member could make new ones without end (P3). */
  hasRoomFor(writer: WriterId): boolean {
    if (this.#rows.has(writer)) return true;
    const lives = this.#livesOfPeer.get(publicKeyOf(writer)) ?? 0;
    return this.#rows.size < limits.contextWritersMax && lives < limits.contextWritersPerPeerMax;
  }

  /** What the store now has. */
  take(rows: ReadonlyMap<WriterId, WriterRow>): void {
    for (const [writer, row] of rows) {
      if (!this.#rows.has(writer)) {
        const peer = publicKeyOf(writer);
        this.#livesOfPeer.set(peer, (this.#livesOfPeer.get(peer) ?? 0) + 1);
      }
      this.#rows.set(writer, row);
      this.#byNumber.set(row.number, writer);
      this.#context.set(writer, row.known);
      this.#digest = undefined;
    }
  }
}

function publicKeyOf(writer: WriterId): string {
  return writer.slice(0, 64);
}
