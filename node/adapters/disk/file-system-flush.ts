/**
 * Flushing the whole file system that a root stands on, which is far cheaper for many small files
 * than one flush each (FORMATS 20: 9.4 k files/s against 2.1 k).
 *
 * Linux tells of a lost write through a descriptor that was open before the loss. So one on the
 * root is held from the start: opened at the time of the flush, it could miss what another
 * process had already been told (S9).
 */

import { closeCall, fstatCall, openCall, openFlags, statCall } from "./calls.ts";
import type { LinuxCalls } from "./linux-calls.ts";

export class FileSystemFlush {
  readonly #root: string;
  readonly #descriptor: number;
  readonly #linuxCalls: LinuxCalls;
  #running: Promise<unknown> = Promise.resolve();
  #closed = false;

  private constructor(root: string, descriptor: number, linuxCalls: LinuxCalls) {
    this.#root = root;
    this.#descriptor = descriptor;
    this.#linuxCalls = linuxCalls;
  }

  static async open(root: string, linuxCalls: LinuxCalls): Promise<FileSystemFlush> {
    return new FileSystemFlush(root, await openCall(root, openFlags.readDirectory), linuxCalls);
  }

  /** False where it cannot be done. @throws when something that was written is lost */
  flush(): Promise<boolean> {
    // One after the other: each tells of the losses since the one before it.
    const flushed = this.#running.then(() => this.#flush());
    this.#running = flushed.catch(() => undefined);
    return flushed;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#running;
    await closeCall(this.#descriptor);
  }

  async #flush(): Promise<boolean> {
    const [held, now] = await Promise.all([fstatCall(this.#descriptor), statCall(this.#root)]);
    // Another file system was mounted over the root: what was written since then is not on ours.
    if (held.dev !== now.dev) return false;
    return this.#linuxCalls.syncFileSystem(this.#descriptor);
  }
}
