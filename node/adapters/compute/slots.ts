/**
 * The bounded queue of the pool: a task needs a slot, and callers wait for one in the order they
 * came. A slot has memory that is shared with the workers, so bytes go in by one copy, without new
 * memory, and nothing of the caller's changes hands.
 */

export interface Slot {
  /** Memory that a worker reads, at least `length` bytes of it. */
  memory(length: number): Uint8Array;
}

export class Slots {
  readonly #free: Slot[];
  readonly #waiting: { readonly resolve: (slot: Slot) => void; readonly reject: (error: Error) => void }[] = [];
  #closed: Error | undefined;

  constructor(count: number) {
    this.#free = Array.from({ length: count }, () => new SharedSlot());
  }

  /** @throws once the slots are closed */
  async use<Result>(act: (slot: Slot) => Promise<Result>): Promise<Result> {
    const slot = await this.#take();
    try {
      return await act(slot);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(slot);
      else next.resolve(slot);
    }
  }

  /** Everyone who waits, or comes later, gets the error. */
  close(why: Error): void {
    this.#closed = why;
    for (const { reject } of this.#waiting.splice(0)) reject(why);
  }

  #take(): Promise<Slot> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    const slot = this.#free.pop();
    if (slot !== undefined) return Promise.resolve(slot);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }
}

class SharedSlot implements Slot {
  #memory = new Uint8Array(new SharedArrayBuffer(0));

  memory(length: number): Uint8Array {
    if (this.#memory.length < length) this.#memory = new Uint8Array(new SharedArrayBuffer(length));
    return this.#memory.subarray(0, length);
  }
}
