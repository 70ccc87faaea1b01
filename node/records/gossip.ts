/**
 * The fast path: the signed head of each new batch, told to everybody at once (FORMATS 7).
 *
 * A tiny batch travels whole in its head and is merged on arrival, if it fits right behind what is
 * known. All else is a hint of where to ask: whoever passed the head on, then its author, again
 * after a little while, since the one who passed it on may still be asking itself. Heads are only
 * judged by signed data; a bad one is blamed on the sender, an old one is dropped (P7).
 */

import type { CollectionId, PeerId, WriterId } from "../../protocol/ids.ts";
import { peerOfWriter } from "../../protocol/ids.ts";
import { limits } from "../../protocol/limits.ts";
import { type BatchHead, type BatchPart, isFork, lastOf } from "../../protocol/records/batch.ts";
import { describeRefusal } from "../../protocol/refusal.ts";
import { decodePart, encodePart } from "../../protocol/wire/records.ts";
import type { Cancel, Clock, Log, Network, Verdict } from "../ports.ts";
import type { Switchboard } from "../switchboard.ts";
import { type KeyRing, factsOf, headRefusal, provePart } from "./acceptance.ts";
import { Inbox } from "./inbox.ts";
import type { Replica } from "./replica.ts";
import { type RecordsTrust, mayHave } from "./trust-view.ts";

export interface GossipOptions {
  readonly switchboard: Pick<Switchboard, "hear">;
  readonly network: Pick<Network, "connected" | "publish">;
  readonly clock: Clock;
  readonly log: Log;
  readonly trust: RecordsTrust;
  readonly keys: KeyRing;
  /** Asks a peer for what it has more of a collection. Never rejects. */
  readonly pull: (peer: PeerId, replica: Replica) => Promise<unknown>;
}

/** A head that was heard of and whose records are not here yet. */
interface Pursuit {
  readonly replica: Replica;
  readonly writer: WriterId;
  last: number;
  /** Who passed it on, latest last. */
  sources: PeerId[];
}

/** Waits between the tries of a pursuit; after the last one the periodic exchange has to do. */
const pursuitWaitsMs: readonly number[] = [50, 100, 200, 400, 800, 1_600];
const sourcesMax = 4;
/** Heads pursued at a time. Beyond it the periodic exchange has to do. */
const pursuitsMax = 1024;

export class Gossip {
  readonly #options: GossipOptions;
  readonly #pursuits = new Map<string, Pursuit>();
  readonly #stopped = new AbortController();

  constructor(options: GossipOptions) {
    this.#options = options;
  }

  /** Tells and hears the heads of a collection, until cancelled. */
  join(replica: Replica): Cancel {
    const { switchboard, trust } = this.#options;
    const topic = `cdmesh/1/${trust.site.slice(0, 16)}/${replica.collection}`;
    const inbox = new Inbox(replica, this.#options.log);
    const unhear = switchboard.hear(topic, (from, data) => this.#hear(replica, inbox, from, data));
    const unlisten = replica.onSealed((batches) => {
      // One head tells of all before it.
      const newest = batches.at(-1);
      if (newest !== undefined) void this.#publish(topic, batches.length === 1 ? newest : withoutRecords(newest));
    });
    return () => {
      unhear();
      unlisten();
    };
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #publish(topic: string, part: BatchPart): Promise<void> {
    const { network, log } = this.#options;
    const whole = encodePart(part);
    const riding = part.records.reduce((sum, record) => sum + record.length, 0);
    const data = riding <= limits.headRecordsBytesMax ? whole : encodePart(withoutRecords(part));
    try {
      await network.publish(topic, data);
    } catch (error) {
      // Those who do not hear of it find out in their next exchange.
      log.write("debug", "head-unpublished", { topic, why: String(error) });
    }
  }

  #hear(replica: Replica, inbox: Inbox, from: PeerId, data: Uint8Array): Verdict {
    const { trust, keys, log } = this.#options;
    const part = data.length > limits.gossipBytesMax ? undefined : decodePart(data);
    if (part === undefined) return "reject";
    if (!mayHave(trust, trust.self, replica.collection)) return "ignore";
    const { head } = part;
    const known = replica.holdings.known(head.header.writer);
    const newest = replica.holdings.writers.row(head.header.writer)?.newest;
    const last = lastOf(head.header);
    const rival = newest !== undefined && isFork({ one: newest, other: head }) ? newest : undefined;
    // The newest head of a writer is passed on however it came here first; older ones are replays.
    if (known.frozenAt !== undefined || (last < known.sequence && rival === undefined)) return "ignore";
    const isWhole = part.records.length === head.header.count;
    if (!isWhole && part.records.length > 0) return "reject";
    const proven = headRefusal(head, trust.site, replica.collection, keys) ?? (isWhole ? provePart(part) : undefined);
    if (proven !== undefined && "code" in proven) {
      log.write("warn", "head-refused", { from, why: describeRefusal(proven) });
      return "reject";
    }
    if (trust.judgeBatch(factsOf(head)).kind !== "accept") return "ignore";
    const next = inbox.next(head.header.writer);
    if (rival !== undefined) inbox.addFork({ one: rival, other: head });
    else if (proven !== undefined && head.header.first === next && !inbox.isFull) inbox.add(proven);
    else if (last >= next) this.#pursue(replica, from, head);
    return "accept";
  }

  #pursue(replica: Replica, from: PeerId, { header }: BatchHead): void {
    const { collection } = replica;
    const name = pursuitName(collection, header.writer);
    const under = this.#pursuits.get(name);
    if (under !== undefined) {
      under.last = Math.max(under.last, lastOf(header));
      under.sources = [...under.sources.filter((source) => source !== from), from].slice(-sourcesMax);
      return;
    }
    if (this.#pursuits.size >= pursuitsMax) return;
    const pursuit: Pursuit = { replica, writer: header.writer, last: lastOf(header), sources: [from] };
    this.#pursuits.set(name, pursuit);
    void this.#run(pursuit).finally(() => this.#pursuits.delete(name));
  }

  async #run(pursuit: Pursuit): Promise<void> {
    const { clock, network, pull } = this.#options;
    const { replica, writer } = pursuit;
    const author = peerOfWriter(writer);
    for (const waitMs of pursuitWaitsMs) {
      const candidates = [...pursuit.sources.toReversed(), author].filter((peer) => network.connected().includes(peer));
      for (const peer of new Set(candidates)) {
        if (this.#stopped.signal.aborted || this.#isOver(pursuit)) return;
        await pull(peer, replica);
      }
      if (this.#isOver(pursuit)) return;
      await clock.sleep(waitMs, this.#stopped.signal);
    }
  }

  #isOver({ replica, writer, last }: Pursuit): boolean {
    const known = replica.holdings.known(writer);
    return known.sequence >= last || known.frozenAt !== undefined || replica.heldBack().has(writer);
  }
}

function withoutRecords(part: BatchPart): BatchPart {
  return { head: part.head, cover: { count: part.head.header.count, live: [], dead: [] }, records: [] };
}

function pursuitName(collection: CollectionId, writer: WriterId): string {
  return `${collection} ${writer}`;
}
