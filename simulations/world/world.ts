/**
 * A world made from one seed: virtual time, chance, and everything that is yet to happen.
 *
 * It runs the same asynchronous code as a real peer. Events are taken in the order of their
 * virtual time, equal times in an order drawn from the seed; after each one the microtasks are
 * drained by one real `setImmediate`, so all that follows from an event happens at its instant.
 * That holds only while nothing waits for the real world, which `guard.ts` watches over.
 *
 * Every step goes into the trace hash: one seed and one commit give one hash.
 */

import { createHash } from "node:crypto";
import type { Cancel } from "../../node/ports.ts";
import { Chance } from "./chance.ts";
import { EventHeap, type WorldEvent } from "./event-heap.ts";
import { standGuard } from "./guard.ts";

/** What a fake port needs of its world. A `World` for what lasts, a `Life` for what can crash. */
export interface Stage {
  /** Virtual milliseconds since the world began. */
  readonly nowMs: number;
  readonly chance: Chance;
  /** Nothing happens on it any more. */
  readonly hasEnded: boolean;
  /** Calls `act` once, `delayMs` from now. */
  schedule(delayMs: number, act: () => void): Cancel;
  /**
   * Runs `act` after a seeded virtual delay and answers what it returned or threw.
   * @param slowness how many times longer than usual the delay is
   */
  answer<T>(what: string, act: () => T, slowness?: number): Promise<T>;
  /** Adds a line to the trace hash. */
  trace(line: string): void;
}

export interface WorldOptions {
  /** Sees every line of the trace: to find where two runs of a seed part. */
  readonly onTrace?: (line: string) => void;
}

/** Taken before a guard stands in its place. */
const macrotask = setImmediate;

export class World implements Stage {
  readonly seed: number;
  readonly chance: Chance;
  readonly hasEnded = false;
  readonly #lots: Chance;
  readonly #delays: Chance;
  readonly #events = new EventHeap();
  readonly #hash = createHash("sha256");
  readonly #onTrace: ((line: string) => void) | undefined;
  #nowMs = 0;
  #serial = 0;

  constructor(seed: number, options: WorldOptions = {}) {
    this.seed = seed;
    this.chance = Chance.ofSeed(seed);
    this.#lots = this.chance.fork("lots");
    this.#delays = this.chance.fork("delays");
    this.#onTrace = options.onTrace;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  schedule(delayMs: number, act: () => void): Cancel {
    if (!(delayMs >= 0) || delayMs === Infinity) throw new Error(`no event can be scheduled in ${delayMs} ms`);
    const atMs = this.#nowMs + delayMs;
    const event: WorldEvent = { atMs, lot: this.#lots.integer(2 ** 32), serial: this.#serial, act };
    this.#serial += 1;
    this.#events.push(event);
    return () => {
      event.act = undefined;
    };
  }

  answer<T>(what: string, act: () => T, slowness = 1): Promise<T> {
    return new Promise((resolve, reject) => {
      this.schedule(answerDelayMs(this.#delays) * slowness, () => {
        this.trace(what);
        try {
          resolve(act());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  trace(line: string): void {
    this.#hash.update(`${line}\n`);
    this.#onTrace?.(line);
  }

  /** One process of this world, from its start to its crash. */
  life(name: string): Life {
    return new Life(this, name);
  }

  /**
   * Lets events happen until virtual time `untilMs`, or until `until` says so after an event.
   * @throws what an event threw, and what a promise was rejected with while nobody listened
   */
  async run(untilMs: number, until: () => boolean = () => false): Promise<void> {
    const guard = standGuard();
    try {
      await drained();
      for (;;) {
        if (guard.rejections.length > 0) throw guard.rejections[0];
        if (until()) return;
        const event = this.#events.peek();
        if (event === undefined || event.atMs > untilMs) break;
        this.#events.pop();
        const { act } = event;
        if (act === undefined) continue;
        this.#nowMs = event.atMs;
        this.trace(`${event.atMs} ${event.serial}`);
        act();
        await drained();
      }
      this.#nowMs = Math.max(this.#nowMs, untilMs);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`the world of seed ${this.seed} failed at ${this.#nowMs} ms: ${why}`, { cause });
    } finally {
      guard.lift();
    }
  }

  /**
   * Lets events happen until `work` settles, and settles like it.
   * @throws also when `work` is still open after `withinMs` of virtual time
   */
  async settle<T>(work: Promise<T>, withinMs = 600_000): Promise<T> {
    let settled = false;
    const settle = (): void => {
      settled = true;
    };
    work.then(settle, settle);
    await this.run(this.#nowMs + withinMs, () => settled);
    if (!settled) throw new Error(`seed ${this.seed}: still unsettled after ${withinMs} ms of virtual time`);
    return work;
  }

  /** SHA-256 over the trace so far, in hex. */
  traceHash(): string {
    return this.#hash.copy().digest("hex");
  }
}

/**
 * One life of one simulated process: what it scheduled or asked for dies with it, unanswered. While
 * its event loop is stalled nothing reaches it, but what it asked its machine for is done all the same.
 */
export class Life implements Stage {
  readonly chance: Chance;
  readonly #world: World;
  readonly #name: string;
  readonly #delays: Chance;
  #ended = false;
  #stalledUntilMs = 0;
  /** What waits for the event loop, oldest first. */
  readonly #backlog: (() => void)[] = [];

  constructor(world: World, name: string) {
    this.chance = world.chance.fork(name);
    this.#world = world;
    this.#name = name;
    this.#delays = this.chance.fork("delays");
  }

  get nowMs(): number {
    return this.#world.nowMs;
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  schedule(delayMs: number, act: () => void): Cancel {
    let cancelled = false;
    const cancel = this.#world.schedule(delayMs, () =>
      this.#pass(() => {
        if (!cancelled) act();
      }),
    );
    return () => {
      cancelled = true;
      cancel();
    };
  }

  answer<T>(what: string, act: () => T, slowness = 1): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#world.schedule(answerDelayMs(this.#delays) * slowness, () => {
        if (this.#ended) return;
        this.trace(what);
        try {
          const answer = act();
          this.#pass(() => resolve(answer));
        } catch (error) {
          this.#pass(() => reject(error));
        }
      });
    });
  }

  trace(line: string): void {
    this.#world.trace(`${this.#name} ${line}`);
  }

  /** For so long nothing reaches this process: its loop is busy, or its machine was paused. */
  stall(forMs: number): void {
    this.trace(`stalls for ${forMs} ms`);
    this.#stalledUntilMs = Math.max(this.#stalledUntilMs, this.nowMs + forMs);
    if (this.#backlog.length === 0) this.#queue(() => undefined);
  }

  /** Nothing of this life happens any more: a crash, or the end of a stopped process. */
  end(): void {
    this.#ended = true;
  }

  /** Now, or behind what waits. A life that ended in the very act hears nothing. */
  #pass(act: () => void): void {
    if (this.#ended) return;
    if (this.#backlog.length > 0) this.#queue(act);
    else act();
  }

  #queue(act: () => void): void {
    this.#backlog.push(act);
    if (this.#backlog.length === 1) this.#takeNext();
  }

  /** One by one, each as an event of its own: all that follows from one happens before the next. */
  #takeNext(): void {
    this.#world.schedule(Math.max(0, this.#stalledUntilMs - this.nowMs), () => {
      if (this.#ended) return;
      if (this.nowMs < this.#stalledUntilMs) return this.#takeNext();
      // It leaves its place only now: what came in the meantime went behind it.
      this.#backlog[0]?.();
      this.#backlog.shift();
      if (this.#backlog.length > 0) this.#takeNext();
    });
  }
}

/** Most answers take part of a millisecond; some are slow enough that many others overtake them. */
function answerDelayMs(delays: Chance): number {
  const longestMs = delays.happens(0.02) ? 50 : delays.happens(0.2) ? 5 : 0.5;
  return delays.unit() * longestMs;
}

function drained(): Promise<void> {
  return new Promise((resolve) => {
    macrotask(resolve);
  });
}
