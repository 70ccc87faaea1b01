/** A fair lock: one at a time, in the order of asking. Not re-entrant. */

export class Mutex {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `act` once all that asked before have finished, and settles like it. */
  run<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act);
    // Whoever comes next waits for the end of this one, however it ends.
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
