/**
 * What becomes of records that are held, without anybody writing: tombstones go, and what a cut took
 * back loses its effect. And where this peer stands between its own floor and that of others.
 *
 * All of it is under the replica's lock and in atomic writes, a page at a time, like everything that
 * changes what is held.
 */

import type { PeerId, WriterId } from "../../protocol/ids.ts";
import { limits } from "../../protocol/limits.ts";
import { lastOf } from "../../protocol/records/batch.ts";
import { coversAll, type FloorStanding, vectorBytes, vectorOfBytes } from "../../protocol/records/floor.ts";
import type { HeldVersion } from "../../protocol/records/record.ts";
import { isCollectable } from "../../protocol/records/tombstone.ts";
import { emptyVector, joinVectors, type Vector } from "../../protocol/records/version.ts";
import { afterKey } from "../keys.ts";
import type { Change } from "../ports.ts";
import { factsOf } from "./acceptance.ts";
import { Changeset } from "./changeset.ts";
import type { Holdings, PlacedBatch } from "./holdings.ts";
import type { RecordsTrust } from "./trust-view.ts";

export interface UpkeepOptions {
  readonly holdings: Holdings;
  readonly trust: Pick<RecordsTrust, "judgeBatch">;
  readonly exclusive: <T>(act: () => Promise<T>) => Promise<T>;
  /** Writes a changeset, and rows with it, and tells whoever follows the collection. */
  readonly commit: (changeset: Changeset, alongside: readonly Change[]) => Promise<unknown>;
}

/** Tombstones, or batches, that are looked at in one go. */
const pageRows = 256;

export class Upkeep {
  readonly #options: UpkeepOptions;

  constructor(options: UpkeepOptions) {
    this.#options = options;
  }

  get standing(): FloorStanding {
    return this.#options.holdings.standing;
  }

  get isCatchingUp(): boolean {
    return this.standing.goal !== undefined;
  }

  /** All retained members have this. While this peer catches up it says nothing of what it forgot itself. */
  raiseFloor(stable: Vector): Promise<void> {
    return this.#stand((standing) =>
      standing.goal !== undefined || coversAll(standing.floor, stable)
        ? standing
        : { ...standing, floor: joinVectors(standing.floor, stable) },
    );
  }

  /** Others have forgotten what this peer never heard of. */
  catchUp(goal: Vector, claimants: readonly PeerId[]): Promise<void> {
    return this.#stand((standing) => ({
      ...standing,
      goal: joinVectors(standing.goal ?? emptyVector, goal),
      claimants: [...new Set([...standing.claimants, ...claimants])],
    }));
  }

  /** This peer holds what the others hold. */
  caughtUp(): Promise<void> {
    return this.#stand(({ floor, goal }) => ({
      floor: joinVectors(floor, goal ?? emptyVector),
      goal: undefined,
      claimants: [],
    }));
  }

  /**
   * Lets go of the tombstones below the floor, one page of them.
   *
   * @param after where the page before ended
   * @returns where this one ended; undefined when there are no more
   */
  collect(after: Uint8Array | undefined, nowMs: number): Promise<Uint8Array | undefined> {
    const { holdings, exclusive } = this.#options;
    return exclusive(async () => {
      const { from, to } = holdings.keys.allTombstones();
      const rows = await holdings.store.range({ from: after ?? from, to, limit: pageRows });
      const changeset = new Changeset(holdings);
      const keys = new Set(rows.map(([, value]) => Buffer.from(value).toString("utf8")));
      await changeset.loadKeys(keys);
      let isChanged = false;
      for (const key of keys) {
        const siblings = changeset.siblings(key);
        const done = siblings.filter((version) => isCollectable(version, this.standing.floor, nowMs));
        if (done.length === 0) continue;
        changeset.remove(key, done);
        isChanged = true;
      }
      // Nothing that is shown changes with it, so nobody else has to hear of it.
      if (isChanged) await holdings.commit(await changeset.finish(), []);
      const last = rows.at(-1);
      return last === undefined || rows.length < pageRows ? undefined : afterKey(last[0]);
    });
  }

  /**
   * Looks again at what is held of writers that were cut meanwhile: above the cut it loses its effect
   * here as with everybody who heard of the cut before (P9).
   *
   * @returns how many versions that took away
   */
  async rejudge(): Promise<number> {
    const { holdings, exclusive } = this.#options;
    // What is being taken in was judged before the cut was heard of: it is looked at once it is held.
    await exclusive(async () => undefined);
    let removed = 0;
    for (const [writer, { newest, fork }] of holdings.writers.rows()) {
      // Cuts refuse by the last record of a batch, so of an honest writer they refuse the newest first.
      const isCut = newest !== undefined && this.#isCut({ head: newest });
      if (isCut || fork !== undefined) removed += await exclusive(() => this.#rejudge(writer));
    }
    return removed;
  }

  async #rejudge(writer: WriterId): Promise<number> {
    const { holdings } = this.#options;
    let removed = 0;
    for (let first = 1; ; ) {
      const page = await holdings.batches(writer, first, limits.integerMax - 1, pageRows);
      for (const batch of page) if (this.#isCut(batch)) removed += await this.#takeBack(writer, batch);
      const last = page.at(-1);
      if (last === undefined || page.length < pageRows) return removed;
      first = last.first + 1;
    }
  }

  #isCut(batch: Pick<PlacedBatch, "head">): boolean {
    const judgement = this.#options.trust.judgeBatch(factsOf(batch.head));
    return judgement.kind === "refuse" && judgement.refusal.code === "writer-cut";
  }

  /** Of what the batch superseded, those who refused it still have the records: they are to be taken from them. */
  async #takeBack(writer: WriterId, { head, first, variant, cover }: PlacedBatch): Promise<number> {
    const { holdings, commit } = this.#options;
    const number = holdings.writers.row(writer)?.number ?? 0;
    const places = cover.live.map((position) => holdings.keys.version(number, first + position, variant));
    const rows = await holdings.store.getMany(places);
    const keys = [...new Set(rows.map((row) => Buffer.from(row ?? []).toString("utf8")))];
    const changeset = new Changeset(holdings);
    await changeset.loadKeys(keys);
    const isOfBatch = ({ dot, variant: its }: HeldVersion): boolean =>
      dot.writer === writer && dot.sequence >= first && dot.sequence <= lastOf(head.header) && its === variant;
    const reopened: Change[] = [];
    let removed = 0;
    for (const key of keys) {
      const dead = changeset.siblings(key).filter(isOfBatch);
      const row = holdings.keys.reopened(key);
      const before = await holdings.store.get(row);
      const causes = joinVectors((before && vectorOfBytes(before)) ?? emptyVector, ...dead.map(causesOf));
      reopened.push({ kind: "put", key: row, value: vectorBytes(causes) });
      changeset.remove(key, dead);
      removed += dead.length;
    }
    await commit(changeset, reopened);
    return removed;
  }

  #stand(change: (standing: FloorStanding) => FloorStanding): Promise<void> {
    const { holdings, exclusive } = this.#options;
    return exclusive(async () => {
      const standing = change(holdings.standing);
      if (standing !== holdings.standing) await holdings.stand(standing);
    });
  }
}

function causesOf({ record }: HeldVersion): Vector {
  return record.causes;
}
