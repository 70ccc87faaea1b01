/**
 * The store of a simulated process, and the medium of its machine that it rests on.
 *
 * Writes take effect one after the other, each whole. When the machine crashes, each of those that
 * were not flushed may be lost, also one before another that is not: real logs have holes.
 */

import type { Change, RangeOptions, Store } from "../../node/ports.ts";
import { StoreError } from "../../node/store-error.ts";
import type { Chance } from "./chance.ts";
import type { FileSystemCode } from "./file-system.ts";
import { type Call, MachineFaults } from "./machine-faults.ts";
import { OrderedMap } from "./ordered-map.ts";
import type { Stage } from "./world.ts";

export interface FakeStoreOptions {
  readonly faults?: MachineFaults;
}

export interface StoreSnapshot {
  readonly rows: OrderedMap;
}

/** What outlives the process: give the same medium to the store of its next life. */
export class FakeStoreMedium {
  #rows = new OrderedMap();
  /** Each write since the last flush, oldest first, and how to take it back. */
  #unflushed: { readonly changes: readonly Change[]; readonly undo: readonly Change[] }[] = [];

  get rows(): OrderedMap {
    return this.#rows;
  }

  /** A copy as it is now, for `restore`. */
  snapshot(): StoreSnapshot {
    return { rows: this.#rows.copy() };
  }

  /** It is again as it was then; with nothing it is a new one. For when no process runs. */
  restore({ rows }: StoreSnapshot = { rows: new OrderedMap() }): void {
    this.#rows = rows.copy();
    this.flush();
  }

  apply(changes: readonly Change[]): void {
    const kept = changes.map(copyOf);
    this.#unflushed.push({ changes: kept, undo: kept.map((change) => this.#change(change)).toReversed() });
  }

  flush(): void {
    this.#unflushed = [];
  }

  /**
   * The machine loses power. (When only the process dies, nothing is lost.)
   *
   * @param survives asked for each write that was not flushed, oldest first: by luck it may have reached the disk
   */
  crash(survives: () => boolean = () => false): void {
    for (const { undo } of this.#unflushed.toReversed()) for (const change of undo) this.#change(change);
    for (const { changes } of this.#unflushed) if (survives()) for (const change of changes) this.#change(change);
    this.flush();
  }

  /** @returns the change that takes it back */
  #change(change: Change): Change {
    const { key } = change;
    const before = this.#rows.get(key);
    if (change.kind === "put") this.#rows.set(key, change.value);
    else this.#rows.delete(key);
    return before === undefined ? { kind: "delete", key } : { kind: "put", key, value: before };
  }
}

function copyOf(change: Change): Change {
  const key = Uint8Array.from(change.key);
  return change.kind === "put" ? { kind: "put", key, value: Uint8Array.from(change.value) } : { kind: "delete", key };
}

interface Write {
  readonly changes: readonly Change[];
  readonly durable: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class FakeStore implements Store {
  readonly #stage: Stage;
  readonly #chance: Chance;
  readonly #medium: FakeStoreMedium;
  readonly #faults: MachineFaults;
  readonly #waiting: Write[] = [];
  #writing: Promise<void> | undefined;
  #closed = false;

  constructor(stage: Stage, medium: FakeStoreMedium = new FakeStoreMedium(), options: FakeStoreOptions = {}) {
    this.#stage = stage;
    this.#chance = stage.chance.fork("store");
    this.#medium = medium;
    this.#faults = options.faults ?? new MachineFaults();
  }

  get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#answer("get", () => this.#medium.rows.get(key)?.slice());
  }

  getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    return this.#answer("get", () => keys.map((key) => this.#medium.rows.get(key)?.slice()));
  }

  range({ from, to, limit }: RangeOptions): Promise<readonly (readonly [key: Uint8Array, value: Uint8Array])[]> {
    return this.#answer("range", () =>
      this.#medium.rows.range(from, to, limit).map(([key, value]) => [key, value.slice()]),
    );
  }

  write(changes: readonly Change[], { durable }: { readonly durable: boolean }): Promise<void> {
    if (this.#closed) return Promise.reject(closedError());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ changes, durable, resolve, reject });
      this.#writing ??= this.#writeAll();
    });
  }

  async close(): Promise<void> {
    await this.#writing;
    this.#closed = true;
  }

  /** In the order asked; what waits may share one flush. */
  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      let group: readonly Write[] = [];
      try {
        await this.#answer("write", () => {
          group = this.#waiting.splice(0, 1 + this.#chance.integer(this.#waiting.length));
          for (const { changes } of group) this.#medium.apply(changes);
          if (group.some(({ durable }) => durable)) this.#medium.flush();
        });
        for (const { resolve } of group) resolve();
      } catch (error) {
        this.#waiting.shift()?.reject(error);
      }
    }
    this.#writing = undefined;
  }

  #answer<Result>(action: "get" | "range" | "write", act: () => Result): Promise<Result> {
    return this.#stage.answer(`store ${action}`, () => {
      if (this.#closed) throw closedError();
      const call: Call = { port: "store", action, path: "" };
      const code = this.#faults.before(call);
      const fault = this.#faults.store?.(action) ?? (code && troubleOf(code));
      if (fault !== undefined) throw fault;
      if (this.#stage.hasEnded) throw closedError();
      const result = act();
      // A write that fails has changed nothing, so what a plan says now is not heeded.
      this.#faults.after(call);
      return result;
    });
  }
}

function troubleOf(code: FileSystemCode): StoreError {
  return new StoreError(code === "ENOSPC" ? "no-space" : "failed", `the store cannot: ${code}`);
}

function closedError(): Error {
  return new Error("the store is closed");
}
