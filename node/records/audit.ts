/**
 * The audit with one peer: two who know the same must hold the same.
 *
 * Where sums differ, it descends through the buckets to those that differ, takes the other side's
 * sibling sets with their proofs, and merges them as if they had just arrived. Nothing is ever
 * decided by which is newer. The other side does the same in its turn. That sums differed at all
 * means a withheld record, a broken store or a bug, so it raises an alarm (ALGORITHMS 1).
 */

import type { CollectionId, PeerId } from "../../protocol/ids.ts";
import { limits } from "../../protocol/limits.ts";
import { childrenOf, descend } from "../../protocol/records/audit.ts";
import type { Version } from "../../protocol/records/record.ts";
import { describeRefusal } from "../../protocol/refusal.ts";
import {
  type RecordsRequest,
  decodeBucketsAnswer,
  decodeSiblingsAnswer,
  encodeRecordsRequest,
} from "../../protocol/wire/records-exchange.ts";
import { type Clock, type Log, type Network, RefusedError, RequestError } from "../ports.ts";
import { Coalescer } from "./coalescer.ts";
import { Doubts } from "./doubts.ts";
import { recordsProtocol, recordsTimeoutMs } from "./exchange.ts";
import { nameOf } from "./repair.ts";
import type { Replica } from "./replica.ts";

/**
 * "moved": the two do not know the same, or no more, so their sums say nothing. "failed": the peer
 * gave no proper answer.
 */
export type AuditResult =
  | { readonly kind: "equal" | "moved" | "failed" }
  | { readonly kind: "diverged"; readonly buckets: number; readonly healed: boolean };

export interface AuditOptions {
  readonly network: Network;
  readonly clock: Clock;
  readonly log: Log;
  readonly replicas: ReadonlyMap<CollectionId, Replica>;
  /** How many have to say something of what lies below the floor before it is believed. */
  readonly quorum: (collection: CollectionId) => Promise<number>;
}

/** What one audit found out on its way down. */
interface Descended {
  /** The prefixes whose subtrees differ. */
  readonly differing: readonly string[];
  readonly isUnsure: boolean;
}

/** Subtrees repaired in one audit; what is left comes with the next one. */
const repairsMax = 1024;
/** Between two audits with one peer that nobody asked for. */
const pauseMs = 60_000;

export class Audit {
  readonly #options: AuditOptions;
  readonly #audits = new Coalescer<AuditResult>();
  readonly #lastAtMs = new Map<string, number>();
  readonly #doubts = new Doubts();

  constructor(options: AuditOptions) {
    this.#options = options;
  }

  /** Compares a collection with a peer, and heals what differs. Never rejects. */
  audit(peer: PeerId, collection: CollectionId): Promise<AuditResult> {
    const name = `${peer} ${collection}`;
    this.#lastAtMs.set(name, this.#options.clock.monotonicMs());
    return this.#audits.run(name, () => this.#guarded(peer, collection));
  }

  /** Somebody noticed that sums differ. A peer that only claims so costs one audit a minute. */
  async suspect(peer: PeerId, collection: CollectionId): Promise<void> {
    const lastAtMs = this.#lastAtMs.get(`${peer} ${collection}`) ?? -Infinity;
    if (this.#options.clock.monotonicMs() - lastAtMs >= pauseMs) await this.audit(peer, collection);
  }

  forget(peer: PeerId): void {
    for (const name of this.#lastAtMs.keys()) if (name.startsWith(`${peer} `)) this.#lastAtMs.delete(name);
  }

  async #guarded(peer: PeerId, collection: CollectionId): Promise<AuditResult> {
    const { log, replicas } = this.#options;
    const replica = replicas.get(collection);
    if (replica === undefined) return { kind: "moved" };
    try {
      return await this.#audit(peer, replica);
    } catch (error) {
      const isTheirs = error instanceof RequestError || error instanceof RefusedError;
      log.write(isTheirs ? "warn" : "error", "audit-failed", { peer, collection, why: String(error) });
      return { kind: "failed" };
    }
  }

  async #audit(peer: PeerId, replica: Replica): Promise<AuditResult> {
    const { collection } = replica;
    const descended = await this.#descend(peer, replica);
    if (descended === undefined) return { kind: "moved" };
    const { differing } = descended;
    if (differing.length === 0) return { kind: "equal" };
    const { log } = this.#options;
    // While this peer catches up, differences are what it is looking for.
    const level = replica.upkeep.isCatchingUp ? "info" : "error";
    log.write(level, "divergence-found", { peer, collection, buckets: differing.length });
    const chosen = differing.slice(0, repairsMax);
    let healed = false;
    for (let at = 0; at < chosen.length; at += limits.auditPrefixesMax) {
      const prefixes = chosen.slice(at, at + limits.auditPrefixesMax);
      if (await this.#repair(peer, replica, prefixes, descended.isUnsure)) healed = true;
      // Where the records were never different, the sum itself was wrong: here or there.
      if (await replica.recount(prefixes)) {
        log.write("error", "sums-corrected", { collection, buckets: prefixes.length });
        healed = true;
      }
    }
    return { kind: "diverged", buckets: differing.length, healed };
  }

  /**
   * Undefined when the two do not know the same. What a peer holds that is catching up says nothing
   * to one that is not.
   */
  async #descend(peer: PeerId, replica: Replica): Promise<Descended | undefined> {
    const { collection } = replica;
    const differing: string[] = [];
    let isUnsure = false;
    let level: readonly string[] = [""];
    while (level.length > 0 && differing.length < repairsMax) {
      const deeper: string[] = [];
      for (let at = 0; at < level.length; at += limits.auditPrefixesMax) {
        const prefixes = level.slice(at, at + limits.auditPrefixesMax);
        const body = await this.#ask(peer, { kind: "buckets", collection, prefixes });
        const theirs = decodeBucketsAnswer(body) ?? malformed("buckets answer");
        const ours = await replica.childSums(prefixes);
        if (theirs.contextDigest !== ours.contextDigest) return undefined;
        if (theirs.unsure && !ours.unsure) return undefined;
        isUnsure ||= theirs.unsure;
        const children = prefixes.flatMap(childrenOf);
        if (theirs.fingerprints.length !== children.length) return malformed("buckets answer");
        const { digits } = replica.holdings.buckets;
        const step = descend(children, ours.fingerprints, theirs.fingerprints, limits.auditCompareMax, digits);
        deeper.push(...step.descend);
        differing.push(...step.compare);
      }
      level = deeper;
    }
    return { differing, isUnsure };
  }

  /** Merges what the peer holds below some prefixes. @returns whether that changed anything here */
  async #repair(peer: PeerId, replica: Replica, prefixes: readonly string[], isUnsure: boolean): Promise<boolean> {
    const { collection } = replica;
    const quorum = await this.#options.quorum(collection);
    const say = (what: string, version: Version): boolean =>
      this.#doubts.say(`${what} ${collection} ${nameOf(version)}`, peer, quorum);
    let moved = false;
    let after = "";
    for (;;) {
      const body = await this.#ask(peer, { kind: "siblings", collection, prefixes, after });
      const answer = decodeSiblingsAnswer(body) ?? malformed("siblings answer");
      const taken = await replica.takeRepair(answer.batches, {
        prefixes,
        after: after === "" ? undefined : after,
        upTo: answer.next,
        isUnsure,
        speakFor: (version) => say("lives", version),
        speakAgainst: (version) => say("gone", version),
      });
      if (taken.kind === "refused") {
        this.#options.log.write("error", "records-refused", {
          peer,
          collection,
          why: describeRefusal(taken.refusal),
        });
        throw new RefusedError(taken.refusal);
      }
      moved ||= taken.moved;
      // Keys rise, so the questions come to an end whatever the peer answers.
      if (answer.next === undefined || answer.next <= after) return moved;
      after = answer.next;
    }
  }

  #ask(peer: PeerId, request: RecordsRequest): Promise<Uint8Array> {
    const body = encodeRecordsRequest(request);
    return this.#options.network.request(peer, recordsProtocol, body, { timeoutMs: recordsTimeoutMs });
  }
}

function malformed(what: string): never {
  throw new RefusedError({ code: "message-malformed", what: "records", why: what });
}
