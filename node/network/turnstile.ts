/** Lets so many in at a time; the others wait in line, first come, first served. */

export class Turnstile {
  #free: number;
  readonly #line: (() => void)[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  /**
   * @returns gives the place back; calling it twice is harmless
   * @throws when the signal aborts first
   */
  async enter(signal?: AbortSignal): Promise<() => void> {
    if (signal?.aborted) throw new Error("gave up before it came", { cause: signal.reason });
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn(signal);
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      this.#pass();
    };
  }

  /** The place goes from hand to hand, so nobody slips in between. */
  #pass(): void {
    const next = this.#line.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#line.splice(this.#line.indexOf(admit), 1);
        reject(new Error("gave up waiting in line", { cause: signal?.reason }));
      };
      const admit = (): void => {
        signal?.removeEventListener("abort", giveUp);
        resolve();
      };
      this.#line.push(admit);
      signal?.addEventListener("abort", giveUp, { once: true });
    });
  }
}
