/**
 * Asking one peer for what it has more: the repair of all that gossip did not carry.
 *
 * First all digests at once; where they are equal, that one small message was all (C1). Where they
 * differ, deltas against our own context until the peer has no more. Of one collection only one
 * delta is under way at a time, and who waited compares digests again: five holders that come up
 * together send the records once, not five times.
 */

import type { CollectionId, PeerId } from "../../protocol/ids.ts";
import { lastOf } from "../../protocol/records/batch.ts";
import { type Context, isSettled, knownOf, writersAhead } from "../../protocol/records/context.ts";
import { type Refusal, describeRefusal } from "../../protocol/refusal.ts";
import {
  type CollectionDigest,
  type DeltaAnswer,
  type RecordsRequest,
  decodeDeltaAnswer,
  decodeDigestsAnswer,
  decodeWriterAnswer,
  encodeRecordsRequest,
} from "../../protocol/wire/records-exchange.ts";
import { Mutex } from "../mutex.ts";
import { type Log, type Network, RefusedError, RequestError } from "../ports.ts";
import { Coalescer } from "./coalescer.ts";
import type { FloorClaims } from "./floor-claims.ts";
import type { Replica } from "./replica.ts";
import { type RecordsTrust, mayHave } from "./trust-view.ts";
import type { WriterLife } from "./writer.ts";

export const recordsProtocol = "/cdmesh/1/records";
export const recordsTimeoutMs = 15_000;

export interface ExchangeOptions {
  readonly network: Pick<Network, "request">;
  readonly log: Log;
  readonly trust: RecordsTrust;
  readonly life: WriterLife;
  readonly replicas: ReadonlyMap<CollectionId, Replica>;
  /** Both know the same and hold something else. Never rejects. */
  readonly onDivergence: (peer: PeerId, collection: CollectionId) => Promise<void>;
  /** Both know the same and hold the same. */
  readonly onAgreed: (peer: PeerId, replica: Replica, contextDigest: string, isUnsure: boolean) => Promise<void>;
  readonly floors: FloorClaims;
}

interface AskedDelta {
  /** What the answer starts from. */
  readonly context: Context;
  readonly answer: Promise<DeltaAnswer>;
}

/** Deltas taken before others that wait for the collection have their turn. */
const turnDeltas = 64;

export class Exchange {
  readonly #options: ExchangeOptions;
  readonly #exchanges = new Coalescer<boolean>();
  readonly #pulls = new Coalescer<boolean>();
  readonly #turns = new Map<CollectionId, Mutex>();
  /** Since its connection came up, an exchange of these collections with the peer has finished. */
  readonly #finished = new Map<PeerId, Set<CollectionId>>();

  constructor(options: ExchangeOptions) {
    this.#options = options;
  }

  peerUp(peer: PeerId): void {
    this.#finished.set(peer, new Set());
  }

  peerDown(peer: PeerId): void {
    this.#finished.delete(peer);
  }

  finishedSinceUp(peer: PeerId, collection: CollectionId): boolean {
    return this.#finished.get(peer)?.has(collection) ?? false;
  }

  /** Collections that both this peer and the other one may have. */
  shared(peer: PeerId): readonly Replica[] {
    const { trust, replicas } = this.#options;
    return [...replicas.values()].filter(
      ({ collection }) => mayHave(trust, peer, collection) && mayHave(trust, trust.self, collection),
    );
  }

  /** Pulls all that the peer has more. @returns false when it did not come to its end */
  exchange(peer: PeerId): Promise<boolean> {
    return this.#exchanges.run(peer, () => this.#guarded(peer, () => this.#exchange(peer)));
  }

  /**
   * Pulls what the peer has more of one collection.
   *
   * @param theirDigest of the peer's context, where it is known: once this peer knows the same, all is done
   * @returns false when it did not come to its end
   */
  pull(peer: PeerId, replica: Replica, theirDigest?: string): Promise<boolean> {
    const act = async (): Promise<boolean> =>
      this.shared(peer).includes(replica) && (await this.#pull(peer, replica, theirDigest));
    return this.#pulls.run(`${peer} ${replica.collection}`, () => this.#guarded(peer, act));
  }

  /** How far the peer knows our writer; undefined when it gave no answer. */
  async askWriter(peer: PeerId): Promise<ReadonlyMap<CollectionId, number> | undefined> {
    let sequences: ReadonlyMap<CollectionId, number> | undefined;
    await this.#guarded(peer, async () => {
      const body = await this.#ask(peer, { kind: "writer", writer: this.#options.life.current });
      sequences = decodeWriterAnswer(body) ?? malformed("writer answer");
      return true;
    });
    return sequences;
  }

  async #exchange(peer: PeerId): Promise<boolean> {
    const replicas = this.shared(peer);
    if (replicas.length === 0) return true;
    const asked = replicas.map((replica) => replica.standing());
    const body = await this.#ask(peer, { kind: "digests", collections: asked });
    const answer = decodeDigestsAnswer(body) ?? malformed("digests answer");
    if (answer.standings.length !== asked.length) return malformed("digests answer");
    const theirs = new Map(answer.differing.map((digest) => [digest.collection, digest]));
    const pulls: Promise<boolean>[] = [];
    replicas.forEach((replica, index) => {
      const [our, their] = [asked[index], theirs.get(replica.collection)];
      const standing = answer.standings[index];
      if (our !== undefined && (standing === "equal" || standing === "unsure")) {
        this.#finish(peer, replica.collection);
        pulls.push(this.#options.onAgreed(peer, replica, our.contextDigest, standing === "unsure").then(() => true));
      } else if (our !== undefined && their !== undefined) pulls.push(this.#settle(peer, replica, our, their));
      // It does not share this yet, for it lacks a document, or did not say how it stands: it is asked again.
      else pulls.push(Promise.resolve(false));
    });
    return (await Promise.all(pulls)).every((finished) => finished);
  }

  async #settle(peer: PeerId, replica: Replica, asked: CollectionDigest, theirs: CollectionDigest): Promise<boolean> {
    if (asked.contextDigest !== theirs.contextDigest) return this.pull(peer, replica, theirs.contextDigest);
    this.#finish(peer, replica.collection);
    await this.#options.onDivergence(peer, replica.collection);
    return true;
  }

  async #pull(peer: PeerId, replica: Replica, theirDigest: string | undefined): Promise<boolean> {
    const turns = this.#turns.get(replica.collection) ?? new Mutex();
    this.#turns.set(replica.collection, turns);
    let isDone = false;
    while (!isDone) {
      isDone = await turns.run(async () => replica.digest() === theirDigest || this.#pullTurn(peer, replica));
    }
    // What waits for a document was told and is not known: it is asked for again once that comes.
    if (replica.heldBack().size === 0) this.#finish(peer, replica.collection);
    return true;
  }

  /** @returns whether the peer has no more */
  async #pullTurn(peer: PeerId, replica: Replica): Promise<boolean> {
    const { collection } = replica;
    const { floors } = this.#options;
    let asked = this.#askDelta(peer, replica, replica.context());
    for (let deltas = 1; deltas <= turnDeltas; deltas += 1) {
      const answer = await asked.answer;
      // While one delta is merged, the next is on its way.
      const mayFollow = answer.more && deltas < turnDeltas;
      const following = mayFollow ? this.#askDelta(peer, replica, contextAfter(replica.context(), answer)) : undefined;
      const delta = replica.prove(answer);
      if ("code" in delta) {
        this.#options.log.write("error", "records-refused", { peer, collection, why: describeRefusal(delta) });
        throw new RefusedError(delta);
      }
      if (!(await floors.hear(peer, replica, answer, delta))) {
        throw new RefusedError({ code: "floor-unconfirmed", detail: "it forgot more than this peer ever heard of" });
      }
      const { moved } = await replica.takeProven(delta);
      // Who promises more and tells nothing new would keep us asking for ever.
      if (!answer.more || !moved) return true;
      if (following === undefined) return false;
      // A writer that was held back on the way stands before what the next delta starts from.
      const isAsThought = writersAhead(replica.context(), following.context).length === 0;
      asked = isAsThought ? following : this.#askDelta(peer, replica, replica.context());
    }
    return false;
  }

  #askDelta(peer: PeerId, replica: Replica, context: Context): AskedDelta {
    const settled = [...context].filter(([, known]) => isSettled(known)).map(([writer]) => writer);
    const skip = [...replica.heldBack().keys(), ...settled];
    const answer = this.#ask(peer, { kind: "delta", collection: replica.collection, context, skip }).then(
      (body) => decodeDeltaAnswer(body) ?? malformed("delta answer"),
    );
    // It may never be awaited, when what came before it ends the pull.
    answer.catch(() => undefined);
    return { context, answer };
  }

  async #ask(peer: PeerId, request: RecordsRequest): Promise<Uint8Array> {
    const body = encodeRecordsRequest(request);
    return this.#options.network.request(peer, recordsProtocol, body, { timeoutMs: recordsTimeoutMs });
  }

  #finish(peer: PeerId, collection: CollectionId): void {
    this.#finished.get(peer)?.add(collection);
  }

  /** What goes wrong is told and never thrown: nobody waits for it, and the next round asks again. */
  async #guarded(peer: PeerId, act: () => Promise<boolean>): Promise<boolean> {
    try {
      return await act();
    } catch (error) {
      if (error instanceof RefusedError) {
        this.#options.log.write("warn", "exchange-refused", { peer, why: describe(error) });
      } else if (error instanceof RequestError) {
        this.#options.log.write("debug", "exchange-failed", { peer, why: error.failure });
      } else {
        this.#options.log.write("error", "records-failed", { peer, why: String(error) });
      }
      return false;
    }
  }
}

/** What this peer will know once it has merged an answer, if nothing in it is held back. */
function contextAfter(context: Context, { writers }: DeltaAnswer): Context {
  const after = new Map(context);
  for (const { batches, tail } of writers) {
    const head = tail ?? batches.at(-1)?.head;
    if (head === undefined) continue;
    const { sequence, frozenAt } = knownOf(context, head.header.writer);
    const last = Math.min(Math.max(sequence, lastOf(head.header)), frozenAt ?? Infinity);
    after.set(head.header.writer, { sequence: last, frozenAt });
  }
  return after;
}

function describe({ refusal }: RefusedError): string {
  return "detail" in refusal ? `${refusal.code} (${refusal.detail})` : describeRefusal(refusal);
}

function malformed(what: string): never {
  const refusal: Refusal = { code: "message-malformed", what: "records", why: what };
  throw new RefusedError(refusal);
}
