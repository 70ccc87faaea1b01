/**
 * The ballast: a file of no use that keeps some room on the disk of DATA.
 *
 * When that disk is full, whoever filled it, the store can neither be opened nor written, and then
 * not even a delete could be carried out that would free some. The ballast is removed at that
 * moment, and laid again once there is plenty of room.
 */

import { randomBytes } from "node:crypto";
import { open, rm, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";

const mib = 1024 * 1024;
/** Opening the store takes up to 12 MiB; the rest is room for thousands of deletes. */
const usualBytes = 16 * mib;
/** It is laid where there is so many times its room: elsewhere it would be a burden itself. */
const roomTimes = 32;
const lookMs = 60_000;

export class Ballast {
  readonly #path: string;
  readonly #bytes: number;
  #timer: NodeJS.Timeout | undefined;
  #laying: Promise<void> | undefined;

  constructor(path: string, bytes = usualBytes) {
    this.#path = path;
    this.#bytes = bytes;
  }

  /** Lays it now, and again whenever it had to go. */
  keep(): void {
    const look = (): void => {
      this.#laying ??= this.#lay().finally(() => {
        this.#laying = undefined;
      });
    };
    look();
    this.#timer = setInterval(look, lookMs).unref();
  }

  /** @returns whether there was any room to give back */
  async release(): Promise<boolean> {
    await this.#laying;
    const isLaid = await this.#isLaid();
    await rm(this.#path, { force: true });
    return isLaid;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#laying;
  }

  /** That it cannot be laid is nobody's trouble yet. */
  async #lay(): Promise<void> {
    try {
      if (await this.#isLaid()) return;
      const { bsize, bavail } = await statfs(dirname(this.#path));
      if (bsize * bavail < roomTimes * this.#bytes) return;
      const file = await open(this.#path, "w", 0o600);
      try {
        // Zeros would take no room where the file system compresses.
        const piece = randomBytes(mib);
        for (let written = 0; written < this.#bytes; written += piece.length) await file.write(piece);
      } finally {
        await file.close();
      }
    } catch {
      await rm(this.#path, { force: true }).catch(() => undefined);
    }
  }

  async #isLaid(): Promise<boolean> {
    try {
      return (await stat(this.#path)).size === this.#bytes;
    } catch {
      return false;
    }
  }
}
