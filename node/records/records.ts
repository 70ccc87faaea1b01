/**
 * Records: the part of a peer that replicates. It opens collections, answers other peers, and
 * keeps every collection in step with those who share it: heads by gossip, the rest by exchange,
 * and audits as the proof.
 */

import { type CollectionId, fromHex, type PeerId, peerOfWriter, type WriterId } from "../../protocol/ids.ts";
import type { CollectionDigest } from "../../protocol/wire/records-exchange.ts";
import type { Identity } from "../identity.ts";
import type { Cancel, Ports } from "../ports.ts";
import type { Switchboard } from "../switchboard.ts";
import { KeyRing } from "./acceptance.ts";
import { Answers } from "./answers.ts";
import { AntiEntropy } from "./anti-entropy.ts";
import { Audit, type AuditResult } from "./audit.ts";
import { Exchange, recordsProtocol } from "./exchange.ts";
import { Gossip } from "./gossip.ts";
import { FloorClaims } from "./floor-claims.ts";
import { type Projection, Replica } from "./replica.ts";
import { Retention, type RetentionReport } from "./retention.ts";
import { type RecordsTrust, sharers } from "./trust-view.ts";
import { WriterLife } from "./writer.ts";

export interface RecordsOptions {
  readonly ports: Pick<Ports, "clock" | "random" | "network" | "store" | "log">;
  readonly identity: Identity;
  readonly switchboard: Switchboard;
  readonly trust: RecordsTrust;
}

/** How far one writer of a peer is known here in one collection: a cut, as a revocation names it (FORMATS 2). */
export interface WriterStanding {
  readonly writer: WriterId;
  readonly collection: CollectionId;
  readonly sequence: number;
}

/** What a beacon says of a collection. */
export interface CollectionStanding {
  readonly collection: CollectionId;
  /** 64 hex digits. */
  readonly contextDigest: string;
  readonly count: number;
  /** 64 hex digits. */
  readonly sum: string;
}

export class Records {
  readonly #options: RecordsOptions;
  readonly #replicas = new Map<CollectionId, Replica>();
  readonly #opening = new Map<CollectionId, Promise<Replica>>();
  readonly #leave = new Map<CollectionId, Cancel>();
  readonly #keys = new KeyRing();
  readonly #life: WriterLife;
  readonly #exchange: Exchange;
  readonly #audit: Audit;
  readonly #gossip: Gossip;
  readonly #antiEntropy: AntiEntropy;
  readonly #retention: Retention;
  #unfollow: Cancel = () => {};

  private constructor(options: RecordsOptions, life: WriterLife) {
    const { ports, switchboard, trust } = options;
    const parts = { ...ports, switchboard, trust, life, replicas: this.#replicas, keys: this.#keys };
    this.#options = options;
    this.#life = life;
    this.#retention = new Retention(parts);
    const quorum = (collection: CollectionId): Promise<number> => this.#retention.quorum(collection);
    this.#audit = new Audit({ ...parts, quorum });
    const onDivergence = async (peer: PeerId, collection: CollectionId): Promise<void> => {
      this.#retention.disagreed(collection);
      await this.#audit.suspect(peer, collection);
    };
    this.#exchange = new Exchange({
      ...parts,
      onDivergence,
      onAgreed: (peer, replica, digest, isUnsure) => this.#retention.agreed(peer, replica, digest, isUnsure),
      floors: new FloorClaims({ log: ports.log, quorum }),
    });
    this.#gossip = new Gossip({ ...parts, pull: (peer, replica) => this.#exchange.pull(peer, replica) });
    this.#antiEntropy = new AntiEntropy({ ...parts, exchange: this.#exchange, audit: this.#audit });
    const answers = new Answers({
      ...parts,
      onAhead: (peer) => this.#antiEntropy.hint(peer),
      onDivergence: (peer, collection) => void onDivergence(peer, collection),
    });
    switchboard.serve(recordsProtocol, (peer, body) => answers.answer(peer, body));
  }

  /** Plugs into the switchboard, which is to be started afterwards. */
  static async open(options: RecordsOptions): Promise<Records> {
    const { ports, identity, trust } = options;
    const isShared = (collection: CollectionId): boolean => sharers(trust, collection).length > 0;
    return new Records(options, await WriterLife.open({ ports, identity, isShared }));
  }

  /** Opens a collection, once: its records are read and written here from now on, and kept in step. */
  openReplica(
    collection: CollectionId,
    { projection }: { readonly projection?: Projection | undefined } = {},
  ): Promise<Replica> {
    const opening = this.#opening.get(collection);
    if (opening !== undefined) {
      if (projection !== undefined) throw new Error(`${collection} is open already`);
      return opening;
    }
    const replica = this.#open(collection, projection);
    this.#opening.set(collection, replica);
    return replica;
  }

  /** Follows the peers that come and go. Before or after the network starts. */
  async start(): Promise<void> {
    this.#antiEntropy.start();
    this.#retention.start();
    this.#unfollow = this.#options.trust.onChange(() => void this.#rejudge());
    // A cut may have come right before a crash.
    await this.#rejudge();
  }

  /** The peer is about to stop: writes that wait for the answers of others are refused, as "stopping". */
  interrupt(): void {
    this.#life.stop();
  }

  async stop(): Promise<void> {
    this.interrupt();
    this.#unfollow();
    this.#retention.stop();
    this.#antiEntropy.stop();
    this.#gossip.stop();
    for (const leave of this.#leave.values()) leave();
    // What is being written comes to its end; the store may be closed after this.
    await Promise.all([...this.#replicas.values()].map((replica) => replica.exclusive(async () => undefined)));
  }

  /** The writer that this peer seals under now. */
  get writer(): WriterId {
    return this.#life.current;
  }

  /** All that is known of what a peer wrote, under whichever writer, in the collections that are open. */
  writersOf(peer: PeerId): readonly WriterStanding[] {
    return [...this.#replicas.values()].flatMap((replica) =>
      [...replica.context()]
        .filter(([writer]) => peerOfWriter(writer) === peer)
        .map(([writer, { sequence }]) => ({ writer, collection: replica.collection, sequence })),
    );
  }

  /** Pulls what that peer has more, now. Never rejects: `exchangedSinceUp` tells whether it came to its end. */
  exchange(peer: PeerId): Promise<void> {
    return this.#antiEntropy.exchange(peer);
  }

  /** Whether an exchange of the collection with the peer has finished since its connection came up. */
  exchangedSinceUp(peer: PeerId, collection: CollectionId): boolean {
    return this.#exchange.finishedSinceUp(peer, collection);
  }

  /** Compares a collection with a peer down to the buckets, and heals what differs. Never rejects. */
  audit(peer: PeerId, collection: CollectionId): Promise<AuditResult> {
    return this.#audit.audit(peer, collection);
  }

  /** What of a collection's tombstones waits for whom. */
  retention(collection: CollectionId): RetentionReport | undefined {
    return this.#retention.report(collection);
  }

  /** What this peer's beacon shall say. */
  digests(): readonly CollectionStanding[] {
    return [...this.#replicas.values()].map((replica) => ({
      collection: replica.collection,
      contextDigest: replica.digest(),
      ...replica.fingerprint(),
    }));
  }

  /** What another peer's beacon said: where it differs for a while, the two exchange. */
  noteDigests(peer: PeerId, standings: readonly CollectionStanding[]): void {
    this.#antiEntropy.noteDigests(peer, standings.map(digestOfStanding));
  }

  /** Documents changed: writers may have been cut below what was taken of them. */
  async #rejudge(): Promise<void> {
    const { log } = this.#options.ports;
    for (const { collection, upkeep } of this.#replicas.values()) {
      try {
        const removed = await upkeep.rejudge();
        if (removed > 0) log.write("warn", "records-cut", { collection, removed });
      } catch (error) {
        log.write("error", "records-failed", { collection, why: String(error) });
      }
    }
  }

  async #open(collection: CollectionId, projection: Projection | undefined): Promise<Replica> {
    const { ports, identity, trust } = this.#options;
    const replica = await Replica.open({
      ...ports,
      identity,
      trust,
      collection,
      keys: this.#keys,
      life: this.#life,
      projection,
    });
    this.#replicas.set(collection, replica);
    this.#leave.set(collection, this.#gossip.join(replica));
    this.#antiEntropy.opened();
    return replica;
  }
}

function digestOfStanding({ collection, contextDigest, count, sum }: CollectionStanding): CollectionDigest {
  return { collection, contextDigest, fingerprint: { count, sum: fromHex(sum) } };
}
