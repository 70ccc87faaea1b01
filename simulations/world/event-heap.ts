/** The events of a world that have not happened yet: a binary heap, the next one first. */

export interface WorldEvent {
  readonly atMs: number;
  /** Decides between events of one instant; drawn from the seed. */
  readonly lot: number;
  /** Decides between equal lots. */
  readonly serial: number;
  /** Undefined: cancelled. It stays in its place, without what its act would hold on to. */
  act: (() => void) | undefined;
}

export class EventHeap {
  readonly #events: WorldEvent[] = [];

  get size(): number {
    return this.#events.length;
  }

  peek(): WorldEvent | undefined {
    return this.#events[0];
  }

  push(event: WorldEvent): void {
    const events = this.#events;
    let at = events.length;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = events[parentAt];
      if (parent === undefined || !before(event, parent)) break;
      events[at] = parent;
      at = parentAt;
    }
    events[at] = event;
  }

  pop(): WorldEvent | undefined {
    const first = this.#events[0];
    const last = this.#events.pop();
    if (first !== undefined && last !== undefined && first !== last) this.#sink(last);
    return first;
  }

  /** Puts an event at the top and lets it down to its place. */
  #sink(event: WorldEvent): void {
    const events = this.#events;
    let at = 0;
    for (;;) {
      const leftAt = 2 * at + 1;
      const left = events[leftAt];
      if (left === undefined) break;
      const right = events[leftAt + 1];
      const child = right !== undefined && before(right, left) ? right : left;
      if (!before(child, event)) break;
      events[at] = child;
      at = child === left ? leftAt : leftAt + 1;
    }
    events[at] = event;
  }
}

function before(one: WorldEvent, other: WorldEvent): boolean {
  if (one.atMs !== other.atMs) return one.atMs < other.atMs;
  if (one.lot !== other.lot) return one.lot < other.lot;
  return one.serial < other.serial;
}
