/**
 * One atomic write in the making: versions merged into their sibling sets, and all that follows
 * from it. Batches lose their dead leaves, buckets change by what came and went, writers move on.
 *
 * The caller says which keys and batches it will touch, so that each step costs one read for many
 * rows. Nothing is changed in memory or on disk before the holdings commit it.
 */

import type { WriterId } from "../../protocol/ids.ts";
import { fromHex } from "../../protocol/ids.ts";
import { type Fingerprint, bucketOf, changeFingerprint, fingerprintOf } from "../../protocol/records/audit.ts";
import { type BatchHead, type Fork, lastBeforeFork, lastOf } from "../../protocol/records/batch.ts";
import { type Known, freeze, knownOf } from "../../protocol/records/context.ts";
import { merge, orderSiblings } from "../../protocol/records/merge.ts";
import { type Cover, buryLeaves, uniteCovers } from "../../protocol/records/merkle.ts";
import type { HeldVersion } from "../../protocol/records/record.ts";
import {
  type BatchRow,
  type WriterRow,
  decodeBatchRow,
  encodeBatchRow,
  encodeBucketRow,
  encodeSiblingsRow,
  encodeWriterRow,
} from "../../protocol/wire/record-rows.ts";
import type { Change } from "../ports.ts";
import type { ChangedState, Finished, Holdings } from "./holdings.ts";

/** Names a batch in the store. */
export interface BatchPlace {
  readonly writer: WriterId;
  readonly first: number;
  readonly variant: number;
}

/** A batch that arrived: where it stands, what of it came, and what of that has an effect. */
export interface Arrival {
  readonly head: BatchHead;
  readonly variant: number;
  readonly cover: Cover;
  readonly versions: readonly HeldVersion[];
  /** Position and leaf of each record that came and has no effect anywhere. */
  readonly ineffective: ReadonlyMap<number, Uint8Array>;
}

interface KeyDraft {
  readonly before: readonly HeldVersion[];
  siblings: readonly HeldVersion[];
}

interface BatchDraft {
  readonly place: BatchPlace;
  /** As the store has it; undefined for a new one. */
  readonly stored: BatchRow | undefined;
  row: BatchRow | undefined;
  readonly deaths: Map<number, Uint8Array>;
}

interface BucketDraft {
  readonly added: Uint8Array[];
  readonly removed: Uint8Array[];
}

export class Changeset {
  readonly #holdings: Holdings;
  readonly #keys = new Map<string, KeyDraft>();
  readonly #batches = new Map<string, BatchDraft>();
  readonly #writers = new Map<WriterId, WriterRow>();
  readonly #arrived: HeldVersion[] = [];
  #tombstones = 0;

  constructor(holdings: Holdings) {
    this.#holdings = holdings;
  }

  /** Reads the siblings of the keys that will be merged into. */
  async loadKeys(keys: Iterable<string>): Promise<void> {
    const missing = [...new Set(keys)].filter((key) => !this.#keys.has(key));
    if (missing.length === 0) return;
    const siblings = await this.#holdings.siblings(missing);
    missing.forEach((key, index) => {
      const before = siblings[index] ?? [];
      this.#keys.set(key, { before, siblings: before });
    });
  }

  /** The siblings of a key that was loaded, with all that was merged so far. */
  siblings(key: string): readonly HeldVersion[] {
    return this.#key(key).siblings;
  }

  /** Reads batches that may be there already. */
  async loadBatches(places: readonly BatchPlace[]): Promise<void> {
    const missing = new Map<string, BatchPlace>();
    for (const place of places) if (!this.#batches.has(idOf(place))) missing.set(idOf(place), place);
    if (missing.size === 0) return;
    const asked = [...missing.values()];
    const rows = await this.#holdings.store.getMany(
      asked.map(({ writer, first, variant }) => this.#holdings.keys.batch(this.#number(writer), first, variant)),
    );
    asked.forEach((place, index) => {
      const row = rows[index];
      const stored = row === undefined ? undefined : decodeBatchRow(row);
      this.#batches.set(idOf(place), { place, stored, row: stored, deaths: new Map() });
    });
  }

  /** A batch that was loaded, or arrived in this changeset. */
  batch(place: BatchPlace): BatchRow | undefined {
    return this.#batches.get(idOf(place))?.row;
  }

  /** What is known of a writer, with all that was staged so far. */
  known(writer: WriterId): Known {
    return this.#writers.get(writer)?.known ?? knownOf(this.#holdings.writers.context, writer);
  }

  /** Everything up to the end of this batch is now held, superseded or without effect. */
  advance(head: BatchHead): void {
    const { writer } = head.header;
    const row = this.#writer(writer);
    const sequence = Math.min(lastOf(head.header), row.known.frozenAt ?? Infinity);
    if (sequence <= row.known.sequence) return;
    this.#writers.set(writer, { ...row, known: { ...row.known, sequence }, newest: head });
  }

  /** The writer used a dot twice: nothing of it behind that counts as known any more. */
  freeze(fork: Fork): void {
    const { writer } = fork.one.header;
    const row = this.#writer(writer);
    this.#writers.set(writer, { ...row, known: freeze(row.known, lastBeforeFork(fork)), fork });
  }

  /** Merges what arrived. Its keys were loaded, and its batch if that may be in the store. */
  add({ head, variant, cover, versions, ineffective }: Arrival): void {
    const { writer, first } = head.header;
    const place = { writer, first, variant };
    this.#writer(writer);
    const draft = this.#batches.get(idOf(place)) ?? { place, stored: undefined, row: undefined, deaths: new Map() };
    this.#batches.set(idOf(place), draft);
    draft.row = { head, cover: draft.row === undefined ? cover : uniteCovers(draft.row.cover, cover) };
    for (const [position, leaf] of ineffective) draft.deaths.set(position, leaf);
    for (const version of versions) {
      const key = this.#key(version.record.key);
      key.siblings = merge(key.siblings, version).siblings;
      this.#arrived.push(version);
    }
  }

  /** Takes versions of a key that was loaded away: nobody needs them any more, or they have no effect after all. */
  remove(key: string, versions: readonly HeldVersion[]): void {
    const draft = this.#key(key);
    draft.siblings = draft.siblings.filter((version) => !versions.includes(version));
  }

  /** The keys whose siblings are others than before, primary first. */
  changedStates(): readonly ChangedState[] {
    const states: ChangedState[] = [];
    for (const [key, { before, siblings }] of this.#keys) {
      if (siblings !== before) states.push({ key, versions: orderSiblings(siblings), before });
    }
    return states;
  }

  /** All rows that change. Called once, at the end. */
  async finish(): Promise<Finished> {
    const rows: Change[] = [];
    const buckets = new Map<string, BucketDraft>();
    const removed: HeldVersion[] = [];
    for (const [key, draft] of this.#keys) {
      if (draft.siblings === draft.before) continue;
      const gone = draft.before.filter((version) => !draft.siblings.includes(version));
      const come = draft.siblings.filter((version) => !draft.before.includes(version));
      removed.push(...gone);
      this.#count(buckets, key, come, gone);
      this.#stageVersions(rows, key, come, gone);
      const row = this.#holdings.keys.siblings(key);
      if (draft.siblings.length === 0) {
        rows.push({ kind: "delete", key: row });
        continue;
      }
      const value = encodeSiblingsRow(orderSiblings(draft.siblings), (writer) => this.#number(writer));
      rows.push({ kind: "put", key: row, value });
    }
    await this.#buryDead(removed);
    this.#stageBatches(rows);
    for (const [writer, row] of this.#writers) {
      rows.push({ kind: "put", key: this.#holdings.keys.writer(writer), value: encodeWriterRow(row) });
    }
    const sums = this.#stageBuckets(rows, buckets);
    return { rows, writers: this.#writers, buckets: sums, tombstones: this.#tombstones };
  }

  #stageVersions(rows: Change[], key: string, come: readonly HeldVersion[], gone: readonly HeldVersion[]): void {
    const { keys } = this.#holdings;
    const value = Buffer.from(key);
    for (const { dot, variant, record } of gone) {
      const place = [this.#number(dot.writer), dot.sequence, variant] as const;
      rows.push({ kind: "delete", key: keys.version(...place) });
      if (record.tombstone) rows.push({ kind: "delete", key: keys.tombstone(...place) });
    }
    for (const { dot, variant, record } of come) {
      const place = [this.#number(dot.writer), dot.sequence, variant] as const;
      rows.push({ kind: "put", key: keys.version(...place), value });
      if (record.tombstone) rows.push({ kind: "put", key: keys.tombstone(...place), value });
    }
    this.#tombstones += tombstonesAmong(come) - tombstonesAmong(gone);
  }

  #count(
    buckets: Map<string, BucketDraft>,
    key: string,
    come: readonly HeldVersion[],
    gone: readonly HeldVersion[],
  ): void {
    const added = come.map(fingerprintOf).filter((element) => element !== undefined);
    const removed = gone.map(fingerprintOf).filter((element) => element !== undefined);
    if (added.length === 0 && removed.length === 0) return;
    const digits = bucketOf(key).slice(0, this.#holdings.buckets.digits);
    const bucket = buckets.get(digits) ?? { added: [], removed: [] };
    bucket.added.push(...added);
    bucket.removed.push(...removed);
    buckets.set(digits, bucket);
  }

  /** Marks in their batches what was superseded, and what was so on arrival. */
  async #buryDead(removed: readonly HeldVersion[]): Promise<void> {
    const stillborn = this.#arrived.filter((version) => !this.#isHeld(version));
    const dead = [...removed, ...stillborn];
    await this.loadBatches(dead.map(placeOf));
    for (const version of dead) {
      const position = version.dot.sequence - version.first;
      this.#batches.get(idOf(placeOf(version)))?.deaths.set(position, fromHex(version.hash));
    }
  }

  #isHeld({ dot, hash, variant, record }: HeldVersion): boolean {
    return this.#key(record.key).siblings.some(
      (held) =>
        held.dot.sequence === dot.sequence &&
        held.dot.writer === dot.writer &&
        held.hash === hash &&
        held.variant === variant,
    );
  }

  #stageBatches(rows: Change[]): void {
    for (const { place, stored, row, deaths } of this.#batches.values()) {
      if (row === undefined) continue;
      const cover = deaths.size === 0 ? row.cover : buryLeaves(row.cover, deaths);
      const key = this.#holdings.keys.batch(this.#number(place.writer), place.first, place.variant);
      if (cover.live.length > 0) {
        if (cover !== stored?.cover) rows.push({ kind: "put", key, value: encodeBatchRow({ head: row.head, cover }) });
      } else if (stored !== undefined) {
        rows.push({ kind: "delete", key });
      }
    }
  }

  #stageBuckets(rows: Change[], buckets: ReadonlyMap<string, BucketDraft>): ReadonlyMap<string, Fingerprint> {
    const { keys, buckets: table } = this.#holdings;
    const after = new Map<string, Fingerprint>();
    for (const [digits, { added, removed }] of buckets) {
      const sum = changeFingerprint(table.get(digits), added, removed);
      after.set(digits, sum);
      rows.push({ kind: "put", key: keys.bucket(digits), value: encodeBucketRow(sum) });
    }
    return after;
  }

  #key(key: string): KeyDraft {
    const draft = this.#keys.get(key);
    if (draft === undefined) throw new Error(`the siblings of ${key} were not loaded`);
    return draft;
  }

  #writer(writer: WriterId): WriterRow {
    const row = this.#writers.get(writer) ?? this.#holdings.writers.row(writer);
    if (row !== undefined) return row;
    const made: WriterRow = {
      number: this.#nextNumber(),
      known: this.known(writer),
      newest: undefined,
      fork: undefined,
    };
    this.#writers.set(writer, made);
    return made;
  }

  #number(writer: WriterId): number {
    return this.#writer(writer).number;
  }

  #nextNumber(): number {
    const { writers } = this.#holdings;
    const fresh = [...this.#writers.keys()].filter((writer) => writers.row(writer) === undefined);
    return writers.size + fresh.length;
  }
}

function tombstonesAmong(versions: readonly HeldVersion[]): number {
  return versions.filter(({ record }) => record.tombstone).length;
}

function placeOf({ dot, first, variant }: HeldVersion): BatchPlace {
  return { writer: dot.writer, first, variant };
}

function idOf({ writer, first, variant }: BatchPlace): string {
  return `${writer} ${first} ${variant}`;
}
