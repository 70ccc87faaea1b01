/**
 * Records that came with gossiped heads and wait to be merged. Each merge is one durable write, so
 * all that comes during one goes into the next: a burst of small writes costs a few flushes.
 */

import type { WriterId } from "../../protocol/ids.ts";
import { type Fork, lastOf } from "../../protocol/records/batch.ts";
import type { Log } from "../ports.ts";
import type { ProvenPart } from "./acceptance.ts";
import type { ProvenSection, ProvenStep } from "./intake.ts";
import type { Replica } from "./replica.ts";

/** Batches that wait: at most 16 MiB, and 1 MiB if their authors keep to the rules. */
const waitingMax = 256;

export class Inbox {
  readonly #replica: Replica;
  readonly #log: Log;
  #steps = new Map<WriterId, ProvenStep[]>();
  #forks: Fork[] = [];
  /** How far a writer will be known once all that waits or is being merged is in. */
  readonly #coming = new Map<WriterId, number>();
  #waiting = 0;
  #isMerging = false;

  constructor(replica: Replica, log: Log) {
    this.#replica = replica;
    this.#log = log;
  }

  /** Nothing more fits until some of it is merged: others have to do without the fast way (P3). */
  get isFull(): boolean {
    return this.#waiting >= waitingMax;
  }

  /** The sequence number that the next batch of a writer has to start with. */
  next(writer: WriterId): number {
    return Math.max(this.#replica.holdings.known(writer).sequence, this.#coming.get(writer) ?? 0) + 1;
  }

  /** A whole batch, proven, that starts at `next`. */
  add(part: ProvenPart): void {
    const { header } = part.head;
    const steps = this.#steps.get(header.writer) ?? [];
    steps.push({ kind: "batch", head: part.head, part });
    this.#steps.set(header.writer, steps);
    this.#coming.set(header.writer, lastOf(header));
    this.#waiting += 1;
    void this.#merge();
  }

  /** Two heads, proven. */
  addFork(fork: Fork): void {
    this.#forks.push(fork);
    void this.#merge();
  }

  async #merge(): Promise<void> {
    if (this.#isMerging) return;
    this.#isMerging = true;
    while (this.#steps.size > 0 || this.#forks.length > 0) {
      const sections = [...this.#steps].map(
        ([writer, steps]): ProvenSection => ({ writer, steps, between: "unknown" }),
      );
      const forks = this.#forks;
      this.#steps = new Map();
      this.#forks = [];
      this.#waiting = 0;
      try {
        await this.#replica.takeProven({ sections, forks });
      } catch (error) {
        // What was lost here comes again with the next exchange.
        this.#log.write("error", "records-failed", { collection: this.#replica.collection, why: String(error) });
      }
      for (const writer of sections.map((section) => section.writer)) {
        if (!this.#steps.has(writer)) this.#coming.delete(writer);
      }
    }
    this.#isMerging = false;
  }
}
