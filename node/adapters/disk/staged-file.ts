/**
 * A temporary file on its way to become content.
 *
 * Once a write or flush has failed the file is spoilt for good: the kernel forgets the pages that
 * it could not write, so a second flush would say yes to bytes that are gone (S9).
 */

import assert from "node:assert";
import type { InternalPath, StagedFile, Stat } from "../../ports.ts";
import {
  closeCall,
  fchmodCall,
  fstatCall,
  fsyncCall,
  ftruncateCall,
  futimesCall,
  openCall,
  openFlags,
  writeCall,
} from "./calls.ts";
import { diskErrorOf } from "./failures.ts";
import { secondsOf, statOf } from "./stats.ts";

export async function createStaged(place: string, path: InternalPath): Promise<StagedFile> {
  return new NodeStagedFile(await openCall(place, openFlags.create, 0o600), path);
}

class NodeStagedFile implements StagedFile {
  readonly path: InternalPath;
  readonly #descriptor: number;
  #open = true;
  #spoiltBy: Error | undefined;

  constructor(descriptor: number, path: InternalPath) {
    this.path = path;
    this.#descriptor = descriptor;
  }

  write(bytes: Uint8Array, offset: number): Promise<void> {
    return this.#change("write", async () => {
      let written = 0;
      while (written < bytes.length) {
        written += await writeCall(this.#descriptor, bytes.subarray(written), offset + written);
      }
    });
  }

  truncate(size: number): Promise<void> {
    return this.#change("truncate", () => ftruncateCall(this.#descriptor, size));
  }

  setAttributes(attributes: { readonly mode: number; readonly mtimeUs: number }): Promise<void> {
    return this.#change("set attributes of", async () => {
      const seconds = secondsOf(attributes.mtimeUs);
      await fchmodCall(this.#descriptor, attributes.mode & 0o777);
      await futimesCall(this.#descriptor, seconds, seconds);
    });
  }

  flush(): Promise<void> {
    return this.#change("flush", () => fsyncCall(this.#descriptor));
  }

  async stat(): Promise<Stat> {
    assert(this.#open, `${this.path} is closed`);
    try {
      return statOf(await fstatCall(this.#descriptor));
    } catch (error) {
      throw diskErrorOf(error, "stat", this.path);
    }
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    try {
      await closeCall(this.#descriptor);
    } catch (error) {
      throw diskErrorOf(error, "close", this.path);
    }
  }

  async #change(action: string, act: () => Promise<void>): Promise<void> {
    assert(this.#open, `${this.path} is closed`);
    if (this.#spoiltBy !== undefined) throw this.#spoiltBy;
    try {
      await act();
    } catch (error) {
      this.#spoiltBy = diskErrorOf(error, action, this.path);
      throw this.#spoiltBy;
    }
  }
}
