/** What goes wrong with a store, as far as its users tell cases apart. Part of the port Store. */

/** "damaged": what it holds cannot be read, which no waiting mends. */
export type StoreFailure = "no-space" | "damaged" | "failed";

/** The store could not do it. A write that failed has changed nothing, as long as the process lives. */
export class StoreError extends Error {
  readonly failure: StoreFailure;
  constructor(failure: StoreFailure, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "StoreError";
    this.failure = failure;
  }
}
