/** A store in memory that answers at once, for tests that need no world. */

import type { Change, RangeOptions, Store } from "../../../node/ports.ts";

export class MemoryStore implements Store {
  readonly #rows = new Map<string, Uint8Array>();
  #sorted: readonly string[] | undefined;
  /** How often something was written. */
  writes = 0;
  /** Thrown by the next write instead of writing. */
  failure: Error | undefined;

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#rows.get(nameOf(key));
  }

  async getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    return keys.map((key) => this.#rows.get(nameOf(key)));
  }

  async range({ from, to, limit }: RangeOptions): Promise<readonly (readonly [Uint8Array, Uint8Array])[]> {
    this.#sorted ??= [...this.#rows.keys()].toSorted();
    const sorted = this.#sorted;
    const rows: (readonly [Uint8Array, Uint8Array])[] = [];
    for (let at = firstNotBelow(sorted, nameOf(from)); rows.length < limit; at += 1) {
      const name = sorted[at];
      const value = name === undefined ? undefined : this.#rows.get(name);
      if (name === undefined || value === undefined || name >= nameOf(to)) return rows;
      rows.push([new Uint8Array(Buffer.from(name, "latin1")), value]);
    }
    return rows;
  }

  async write(changes: readonly Change[]): Promise<void> {
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
    this.writes += 1;
    for (const change of changes) {
      const name = nameOf(change.key);
      if (change.kind === "delete") this.#rows.delete(name);
      else this.#rows.set(name, Uint8Array.from(change.value));
    }
    this.#sorted = undefined;
  }

  async close(): Promise<void> {}

  /** The same rows in another store: a snapshot. */
  copy(): MemoryStore {
    const store = new MemoryStore();
    for (const [name, value] of this.#rows) store.#rows.set(name, value);
    return store;
  }

  /** All rows, for comparing. */
  rows(): ReadonlyMap<string, string> {
    return new Map([...this.#rows].map(([name, value]) => [name, Buffer.from(value).toString("hex")]));
  }
}

/** Sorts like the bytes. */
function nameOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
}

function firstNotBelow(sorted: readonly string[], name: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? "") < name) low = middle + 1;
    else high = middle;
  }
  return low;
}
