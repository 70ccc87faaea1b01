/** A file of the tree, open for reading. */

import assert from "node:assert";
import type { OpenFile, Stat } from "../../ports.ts";
import { closeCall, fstatCall, openCall, openFlags, readCall } from "./calls.ts";
import { diskErrorOf } from "./failures.ts";
import { statOf } from "./stats.ts";

/** @param place the path for the platform; @param path the path for errors */
export async function openForReading(place: string, path: string): Promise<OpenFile> {
  const descriptor = await openCall(place, openFlags.read);
  try {
    const { kind } = statOf(await fstatCall(descriptor));
    if (kind === "directory") throw Object.assign(new Error("a directory"), { code: "EISDIR" });
    // A FIFO or device may have taken the file's place; reading one has effects or never ends.
    if (kind !== "file") throw Object.assign(new Error("no regular file"), { code: "ENOTDIR" });
    return new NodeOpenFile(descriptor, path);
  } catch (error) {
    await closeCall(descriptor);
    throw error;
  }
}

class NodeOpenFile implements OpenFile {
  readonly #descriptor: number;
  readonly #path: string;
  #open = true;

  constructor(descriptor: number, path: string) {
    this.#descriptor = descriptor;
    this.#path = path;
  }

  async stat(): Promise<Stat> {
    assert(this.#open, `${this.#path} is closed`);
    try {
      return statOf(await fstatCall(this.#descriptor));
    } catch (error) {
      throw diskErrorOf(error, "stat", this.#path);
    }
  }

  async read(into: Uint8Array, offset: number): Promise<number> {
    let read = 0;
    try {
      while (read < into.length) {
        assert(this.#open, `${this.#path} is closed`);
        const step = await readCall(this.#descriptor, into.subarray(read), offset + read);
        if (step === 0) break;
        read += step;
      }
    } catch (error) {
      throw diskErrorOf(error, "read", this.#path);
    }
    return read;
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    // Nothing was written: a failing close of a file that was only read loses nothing.
    await closeCall(this.#descriptor).catch(() => undefined);
  }
}
