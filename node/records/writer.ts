/**
 * The writer of this peer: its public key and the number of this life of its store.
 *
 * A sequence number must never be used twice. A new store takes a new number. A store that was
 * used before may have been set back, to a snapshot or a backup, and cannot know it; so before its
 * first tick it asks its peers how far they know its writer. If further than it does itself, or
 * nobody could be asked although others might know, it takes a new number (FORMATS 4, S8). Others
 * go on showing what they know with each exchange, so a late answer counts as well.
 */

import { type CollectionId, type WriterId, toHex, writerIdOf } from "../../protocol/ids.ts";
import type { Known } from "../../protocol/records/context.ts";
import type { Identity } from "../identity.ts";
import { rowKey } from "../keys.ts";
import { type Clock, type Log, type Random, RefusedError, type Store } from "../ports.ts";

export interface WriterLifeOptions {
  readonly ports: { readonly store: Store; readonly random: Random; readonly clock: Clock; readonly log: Log };
  readonly identity: Identity;
  /** Whether another member may have records of the collection. */
  readonly isShared: (collection: CollectionId) => boolean;
}

const lifeBytes = 8;
/** So long a peer waits for somebody who can say how far its writer is known (FORMATS 4). */
const askingMs = 30_000;

export class WriterLife {
  readonly #options: WriterLifeOptions;
  readonly #openedAtMs: number;
  readonly #waiting = new Set<() => void>();
  #isStopped = false;
  #current: WriterId;
  /** Taken in this life of the process: nobody can know it from before. */
  #isFresh: boolean;
  /** How far others said that they know the current writer. */
  readonly #furthest = new Map<CollectionId, number>();
  /** Where others said that they know no more than this peer does. */
  readonly #confirmed = new Set<CollectionId>();
  #asking = 0;
  #renewal: Promise<void> | undefined;

  private constructor(options: WriterLifeOptions, current: WriterId, isFresh: boolean) {
    this.#options = options;
    this.#openedAtMs = options.ports.clock.monotonicMs();
    this.#current = current;
    this.#isFresh = isFresh;
  }

  static async open(options: WriterLifeOptions): Promise<WriterLife> {
    const life = await options.ports.store.get(lifeKey);
    const publicKey = options.identity.signingKey.publicKey.bytes;
    if (life?.length === lifeBytes) return new WriterLife(options, writerIdOf(publicKey, life), false);
    return new WriterLife(options, await newLife(options), true);
  }

  stop(): void {
    this.#isStopped = true;
    this.#wake();
  }

  get current(): WriterId {
    return this.#current;
  }

  /** Whether the answers of others matter before this peer writes. */
  get wantsAnswers(): boolean {
    return !this.#isFresh;
  }

  /** A peer is being asked: what it says is worth waiting for. */
  async asking(answer: Promise<ReadonlyMap<CollectionId, number> | undefined>): Promise<void> {
    this.#asking += 1;
    const writer = this.#current;
    try {
      const sequences = await answer;
      if (writer === this.#current && sequences !== undefined) this.#heard(sequences);
    } finally {
      this.#asking -= 1;
      this.#wake();
    }
  }

  /** Another peer showed how far it knows this writer. */
  known(writer: WriterId, collection: CollectionId, sequence: number): void {
    if (writer === this.#current) this.#heard(new Map([[collection, sequence]]));
  }

  /**
   * Others tell what was sealed under the current writer, and this store does not know of it. Who told that may know
   * less than somebody who cannot be reached, so to know it as well is not enough.
   */
  async surpassed(): Promise<void> {
    await this.#renew("known further by others");
  }

  /** Members came or went. */
  membersChanged(): void {
    this.#wake();
  }

  /**
   * Resolves when this peer may write in the collection under `current`, which may be a new one then.
   * @param own what this peer knows of `current` there
   * @throws RefusedError "stopping"
   */
  async ready(collection: CollectionId, own: () => Known): Promise<void> {
    const { clock } = this.#options.ports;
    for (;;) {
      if (this.#isStopped) throw new RefusedError({ code: "stopping", detail: "this peer is stopping" });
      if (this.isReady(collection, own())) {
        this.#confirmed.add(collection);
        return;
      }
      const leftMs = this.#openedAtMs + askingMs - clock.monotonicMs();
      const why = this.#doubt(collection, own()) ?? (leftMs <= 0 ? "nobody to ask" : undefined);
      if (why === undefined) await this.#wait(leftMs);
      else await this.#renew(why);
    }
  }

  isReady(collection: CollectionId, own: Known): boolean {
    if (this.#renewal !== undefined || this.#doubt(collection, own) !== undefined) return false;
    if (this.#isFresh || this.#confirmed.has(collection) || !this.#options.isShared(collection)) return true;
    return this.#furthest.has(collection) && this.#asking === 0;
  }

  /** What shows that a sequence number could be used twice. */
  #doubt(collection: CollectionId, { sequence, frozenAt }: Known): string | undefined {
    if (frozenAt !== undefined) return "used twice";
    return (this.#furthest.get(collection) ?? 0) > sequence ? "known further by others" : undefined;
  }

  #wait(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        this.#waiting.delete(wake);
        resolve();
      };
      const cancel = this.#options.ports.clock.after(limitMs, wake);
      this.#waiting.add(wake);
    });
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  #heard(sequences: ReadonlyMap<CollectionId, number>): void {
    for (const [collection, sequence] of sequences) {
      this.#furthest.set(collection, Math.max(sequence, this.#furthest.get(collection) ?? 0));
    }
    this.#wake();
  }

  /** All collections share the writer: whoever asks first renews it for all. */
  #renew(why: string): Promise<void> {
    this.#renewal ??= this.#renewNow(why).finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #renewNow(why: string): Promise<void> {
    const before = this.#current;
    this.#current = await newLife(this.#options);
    this.#isFresh = true;
    this.#furthest.clear();
    this.#options.ports.log.write("warn", "writer-renewed", { before, now: this.#current, why });
  }
}

const lifeKey = rowKey("p", "writer");

/** Durable before it is used: a number that a crash forgets could be drawn for nothing, never twice. */
async function newLife({ ports, identity }: WriterLifeOptions): Promise<WriterId> {
  const life = ports.random.bytes(lifeBytes);
  await ports.store.write([{ kind: "put", key: lifeKey, value: life }], { durable: true });
  const writer = writerIdOf(identity.signingKey.publicKey.bytes, life);
  ports.log.write("info", "writer-taken", { life: toHex(life) });
  return writer;
}
