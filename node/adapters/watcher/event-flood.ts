/**
 * Notices that the kernel has probably dropped events.
 *
 * Linux keeps a bounded queue of them and, when the event loop was busy for too long, drops the
 * rest. It says so with an event that Node throws away: 13,616 of 30,000 creates were lost without
 * an error (tried). But a queue that had overflowed is a queue that was full, and all of it comes
 * out in one turn of the loop. So very many events in one turn mean that there may have been more.
 */
export class EventFlood {
  readonly #eventsMax: number;
  readonly #onFlood: () => void;
  #eventsThisTurn = 0;

  /** @param queuedMax how many events the kernel keeps; NaN where that is not known */
  constructor(queuedMax: number, onFlood: () => void) {
    // Half of it, for events of watches that were closed meanwhile are in the queue but not seen here.
    this.#eventsMax = queuedMax / 2;
    this.#onFlood = onFlood;
  }

  count(): void {
    this.#eventsThisTurn += 1;
    if (this.#eventsThisTurn === 1) setImmediate(() => this.#endTurn());
  }

  #endTurn(): void {
    const flooded = this.#eventsThisTurn >= this.#eventsMax;
    this.#eventsThisTurn = 0;
    if (flooded) this.#onFlood();
  }
}
