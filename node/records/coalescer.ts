/**
 * Work that need not be done twice: whoever asks while it runs shares one more run after it. That
 * run starts after the asking, so it sees all that was there by then.
 */
export class Coalescer<T> {
  readonly #running = new Map<string, Promise<T>>();
  readonly #next = new Map<string, Promise<T>>();

  run(name: string, act: () => Promise<T>): Promise<T> {
    const running = this.#running.get(name);
    if (running === undefined) return this.#start(name, act);
    const waiting = this.#next.get(name);
    if (waiting !== undefined) return waiting;
    const start = (): Promise<T> => {
      this.#next.delete(name);
      return this.#start(name, act);
    };
    const next = running.then(start, start);
    this.#next.set(name, next);
    return next;
  }

  #start(name: string, act: () => Promise<T>): Promise<T> {
    const run = act().finally(() => this.#running.delete(name));
    this.#running.set(name, run);
    return run;
  }
}
