/**
 * What one writer left in his part of a folder, and every content that he ever gave to each path.
 *
 * Only he writes there, so in the end every copy of it is just that; and at any moment, on any peer,
 * each file is one of the contents that its path has had: not a part of one, and not two mixed.
 */

import { createHash } from "node:crypto";

export class KillLedger {
  /** By path: the hash of a file, "directory" for a directory. */
  readonly #standing = new Map<string, string>();
  readonly #everAt = new Map<string, Set<string>>();
  #writes = 0;

  get writes(): number {
    return this.#writes;
  }

  get standing(): ReadonlyMap<string, string> {
    return this.#standing;
  }

  wrote(path: string, bytes: Uint8Array): void {
    this.#writes += 1;
    this.#put(path, hashOf(bytes));
  }

  /** What a file is for a moment, while it is written in its place, a peer may see and pass on. */
  passedThrough(path: string, bytes: Uint8Array): void {
    this.#ever(path).add(hashOf(bytes));
  }

  madeDirectory(path: string): void {
    this.#standing.set(path, "directory");
  }

  removed(path: string): void {
    for (const one of this.#within(path)) this.#standing.delete(one);
  }

  renamed(from: string, to: string): void {
    for (const one of this.#within(from)) {
      const what = this.#standing.get(one) ?? "";
      this.#standing.delete(one);
      this.#put(to + one.slice(from.length), what);
    }
  }

  /** Whether a file with this hash may stand there, now or for a peer that is behind. */
  knows(path: string, hash: string): boolean {
    return this.#everAt.get(path)?.has(hash) ?? false;
  }

  #put(path: string, what: string): void {
    this.#standing.set(path, what);
    this.#ever(path).add(what);
  }

  #within(path: string): readonly string[] {
    return [...this.#standing.keys()].filter((one) => one === path || one.startsWith(`${path}/`));
  }

  #ever(path: string): Set<string> {
    const hashes = this.#everAt.get(path) ?? new Set();
    this.#everAt.set(path, hashes);
    return hashes;
  }
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
