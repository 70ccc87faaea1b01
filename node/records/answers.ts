/**
 * What this peer answers to the questions of others about records.
 *
 * Only of collections that the asker may have; of all else it says no more than "not shared". A
 * question also tells: a context shows what the asker has more, and how far it knows our writer.
 */

import type { CollectionId, PeerId } from "../../protocol/ids.ts";
import { folderOfCollection } from "../../protocol/ids.ts";
import { isSameFingerprint } from "../../protocol/records/audit.ts";
import { isSettled, knownOf, writersAhead } from "../../protocol/records/context.ts";
import type { Refusal } from "../../protocol/refusal.ts";
import {
  type CollectionDigest,
  type RecordsRequest,
  type Standing,
  decodeRecordsRequest,
  encodeBucketsAnswer,
  encodeDeltaAnswer,
  encodeDigestsAnswer,
  encodeSiblingsAnswer,
  encodeWriterAnswer,
} from "../../protocol/wire/records-exchange.ts";
import { RefusedError } from "../ports.ts";
import type { Replica } from "./replica.ts";
import { type RecordsTrust, mayHave } from "./trust-view.ts";
import type { WriterLife } from "./writer.ts";

export interface AnswersOptions {
  readonly replicas: ReadonlyMap<CollectionId, Replica>;
  readonly trust: RecordsTrust;
  readonly life: WriterLife;
  /** The asker has what this peer lacks. */
  readonly onAhead: (peer: PeerId) => void;
  /** The asker knows the same and holds something else. */
  readonly onDivergence: (peer: PeerId, collection: CollectionId) => void;
}

export class Answers {
  readonly #options: AnswersOptions;

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  /** @throws RefusedError */
  async answer(peer: PeerId, body: Uint8Array): Promise<Uint8Array> {
    const request = decodeRecordsRequest(body);
    if (request === undefined) throw refused({ code: "message-malformed", what: "records", why: "request" });
    switch (request.kind) {
      case "digests":
        return this.#digests(peer, request.collections);
      case "delta":
        return this.#delta(peer, request);
      case "writer": {
        const shared = [...this.#options.replicas.values()].filter(({ collection }) => this.#shares(peer, collection));
        const sequenceIn = (replica: Replica): number => knownOf(replica.context(), request.writer).sequence;
        return encodeWriterAnswer(new Map(shared.map((replica) => [replica.collection, sequenceIn(replica)])));
      }
      case "buckets": {
        const replica = this.#replica(peer, request.collection);
        return encodeBucketsAnswer(await replica.childSums(request.prefixes));
      }
      case "siblings": {
        const replica = this.#replica(peer, request.collection);
        const after = request.after === "" ? undefined : request.after;
        return encodeSiblingsAnswer(await replica.siblingsBelow(request.prefixes, after));
      }
    }
  }

  #digests(peer: PeerId, asked: readonly CollectionDigest[]): Uint8Array {
    const standings: Standing[] = [];
    const differing: CollectionDigest[] = [];
    for (const theirs of asked) {
      const replica = this.#options.replicas.get(theirs.collection);
      if (replica === undefined || !this.#shares(peer, theirs.collection)) {
        standings.push("not-shared");
        continue;
      }
      const ours = replica.standing();
      const isSameContext = ours.contextDigest === theirs.contextDigest;
      const isEqual = isSameContext && isSameFingerprint(ours.fingerprint, theirs.fingerprint);
      const equal = replica.upkeep.isCatchingUp ? "unsure" : "equal";
      standings.push(isEqual ? equal : "differs");
      if (!isEqual) differing.push(ours);
      if (isSameContext && !isEqual) this.#options.onDivergence(peer, replica.collection);
    }
    return encodeDigestsAnswer({ standings, differing });
  }

  async #delta(peer: PeerId, request: RecordsRequest & { readonly kind: "delta" }): Promise<Uint8Array> {
    const { life, onAhead } = this.#options;
    const replica = this.#replica(peer, request.collection);
    life.known(life.current, request.collection, knownOf(request.context, life.current).sequence);
    const answer = await replica.delta(request.context, new Set(request.skip));
    const ahead = writersAhead(replica.context(), request.context);
    const held = replica.heldBack();
    if (ahead.some((writer) => !held.has(writer) && !isSettled(knownOf(replica.context(), writer)))) onAhead(peer);
    return encodeDeltaAnswer(answer);
  }

  #replica(peer: PeerId, collection: CollectionId): Replica {
    const replica = this.#options.replicas.get(collection);
    if (!this.#shares(peer, collection)) {
      throw refused({ code: "folder-not-held", peer, folder: folderOfCollection(collection) ?? collection });
    }
    if (replica === undefined) throw refused({ code: "collection-unknown", collection });
    return replica;
  }

  #shares(peer: PeerId, collection: CollectionId): boolean {
    const { trust } = this.#options;
    return mayHave(trust, peer, collection) && mayHave(trust, trust.self, collection);
  }
}

function refused(refusal: Refusal): RefusedError {
  return new RefusedError(refusal);
}
