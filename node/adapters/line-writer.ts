/**
 * Writes lines to a file descriptor without ever holding the writer up.
 *
 * What a slow reader has not taken yet waits in memory up to a bound; beyond it lines are dropped
 * and counted. A write that fails, to a full disk or to a reader that is gone, costs its lines and
 * nothing else: a peer without a log still has work to do. (pino's own destination cannot end a
 * process whose log fails: its last flush tries for ever.)
 */

import { write, writeSync } from "node:fs";

/** About 5,000 lines of log. */
const waitingCharactersMax = 1024 * 1024;
/** A reader that shares its pipe without blocking gets some time to make room. */
const againMs = 50;

export class LineWriter {
  readonly #fileDescriptor: number;
  readonly #onDropped: (lines: number) => void;
  #waiting: string[] = [];
  #waitingCharacters = 0;
  #writing = false;
  #dropped = 0;
  #whenIdle: (() => void)[] = [];

  /** @param onDropped is told of lost lines once writing works again; it may write a line about them */
  constructor(fileDescriptor: number, onDropped: (lines: number) => void) {
    this.#fileDescriptor = fileDescriptor;
    this.#onDropped = onDropped;
    process.on("exit", this.#writeLast);
  }

  /** @param line ends in a newline */
  write(line: string): void {
    if (this.#waitingCharacters + line.length > waitingCharactersMax) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(line);
    this.#waitingCharacters += line.length;
    if (this.#writing) return;
    // Later in this turn of the loop more lines may come, or a crash, which writes them itself.
    this.#writing = true;
    setImmediate(() => this.#writeWaiting());
  }

  /** Resolves once everything given was written or lost. The descriptor stays open. */
  async close(): Promise<void> {
    if (this.#writing) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
    process.off("exit", this.#writeLast);
  }

  #writeWaiting(): void {
    const lines = this.#takeWaiting();
    this.#writing = lines.length > 0;
    if (this.#writing) this.#writeOn(lines.length, Buffer.from(lines.join("")));
    else for (const idle of this.#whenIdle.splice(0)) idle();
  }

  #writeOn(lines: number, rest: Uint8Array): void {
    write(this.#fileDescriptor, rest, (error, written) => {
      if (error?.code === "EAGAIN") {
        setTimeout(() => this.#writeOn(lines, rest), againMs);
      } else if (error !== null) {
        this.#dropped += lines;
        this.#writeWaiting();
      } else if (written < rest.length) {
        this.#writeOn(lines, rest.subarray(written));
      } else {
        // Not before there is room again for what is told.
        if (this.#waiting.length === 0) this.#tellDropped();
        this.#writeWaiting();
      }
    });
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return;
    const dropped = this.#dropped;
    this.#dropped = 0;
    this.#onDropped(dropped);
  }

  #takeWaiting(): readonly string[] {
    const lines = this.#waiting;
    this.#waiting = [];
    this.#waitingCharacters = 0;
    return lines;
  }

  /** The process ends at once, perhaps of the very error that waits here to be told. */
  readonly #writeLast = (): void => {
    let rest = Buffer.from(this.#takeWaiting().join(""));
    try {
      while (rest.length > 0) rest = rest.subarray(writeSync(this.#fileDescriptor, rest));
    } catch {
      // Nobody is left to tell.
    }
  };
}
