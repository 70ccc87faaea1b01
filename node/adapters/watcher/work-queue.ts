/** Pieces of work, some at a time, in the order in which they came. */

type Work = () => Promise<void>;

export class WorkQueue {
  readonly #atOnce: number;
  /** Those before `#first` are done: taking from the front of a long array would move all the rest. */
  #waiting: Work[] = [];
  #first = 0;
  readonly #whenIdle: (() => void)[] = [];
  #running = 0;

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /** @param work does not reject */
  add(work: Work): void {
    this.#waiting.push(work);
    this.#next();
  }

  /** Resolves when nothing waits or runs. */
  idle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenIdle.push(resolve);
    });
  }

  #next(): void {
    while (this.#running < this.#atOnce) {
      const work = this.#waiting[this.#first];
      if (work === undefined) {
        this.#waiting = [];
        this.#first = 0;
        break;
      }
      this.#first += 1;
      this.#running += 1;
      void work().finally(() => {
        this.#running -= 1;
        this.#next();
      });
    }
    if (this.#running === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
  }
}
