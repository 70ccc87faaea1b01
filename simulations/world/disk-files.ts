/** Files of a simulated disk that a process holds open. They stay the same file whatever becomes of their names. */

import assert from "node:assert";
import type { InternalPath, OpenFile, StagedFile, Stat } from "../../node/ports.ts";
import type { DiskCalls } from "./disk-calls.ts";
import type { FileNode } from "./file-nodes.ts";

export class FakeOpenFile implements OpenFile {
  readonly #call: DiskCalls;
  readonly #path: string;
  readonly #file: FileNode;
  #open = true;

  constructor(call: DiskCalls, path: string, file: FileNode) {
    this.#call = call;
    this.#path = path;
    this.#file = file;
  }

  async stat(): Promise<Stat> {
    assert(this.#open, `${this.#path} is closed`);
    return this.#call.answer("stat", this.#path, (fileSystem) => fileSystem.statOf(this.#file));
  }

  async read(into: Uint8Array, offset: number): Promise<number> {
    assert(this.#open, `${this.#path} is closed`);
    return this.#call.answer("read", this.#path, () => {
      const bytes = this.#file.content.subarray(offset, offset + into.length);
      into.set(bytes);
      this.#call.told(this.#path, into.subarray(0, bytes.length), offset);
      return bytes.length;
    });
  }

  async close(): Promise<void> {
    this.#open = false;
  }
}

export class FakeStagedFile implements StagedFile {
  readonly path: InternalPath;
  readonly #call: DiskCalls;
  readonly #file: FileNode;
  #open = true;
  /** The kernel forgets what it could not write: after one failure no flush may say yes (S9). */
  #spoiltBy: Error | undefined;

  constructor(call: DiskCalls, path: InternalPath, file: FileNode) {
    this.#call = call;
    this.path = path;
    this.#file = file;
  }

  write(bytes: Uint8Array, offset: number): Promise<void> {
    return this.#change("write", (fileSystem) => fileSystem.write(this.#file, bytes, offset));
  }

  truncate(size: number): Promise<void> {
    return this.#change("truncate", (fileSystem) => fileSystem.truncate(this.#file, size));
  }

  setAttributes(attributes: { readonly mode: number; readonly mtimeUs: number }): Promise<void> {
    return this.#change("set attributes of", (fileSystem) =>
      fileSystem.setAttributes(this.#file, attributes.mode, BigInt(attributes.mtimeUs) * 1_000n),
    );
  }

  flush(): Promise<void> {
    return this.#change("flush", (fileSystem) => fileSystem.flushFile(this.#file));
  }

  async stat(): Promise<Stat> {
    assert(this.#open, `${this.path} is closed`);
    return this.#call.answer("stat", this.path, (fileSystem) => fileSystem.statOf(this.#file));
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#call.answer("close", this.path, () => undefined);
  }

  async #change(action: string, act: Parameters<DiskCalls["answer"]>[2]): Promise<void> {
    assert(this.#open, `${this.path} is closed`);
    if (this.#spoiltBy !== undefined) throw this.#spoiltBy;
    try {
      await this.#call.answer(action, this.path, act);
    } catch (error) {
      this.#spoiltBy = error instanceof Error ? error : new Error(String(error));
      throw this.#spoiltBy;
    }
  }
}
