/**
 * Contents that shall stand somewhere on this disk and do not yet.
 *
 * Until they do, what this disk has of them is kept where it is: of two concurrent versions this
 * may be the only peer that has the one which steps aside (S1).
 */

import type { Entry } from "../../protocol/folder/entry.ts";
import type { EntryPath } from "../../protocol/folder/path.ts";
import type { ContentRoot } from "../../protocol/ids.ts";
import type { Held } from "../folder/held.ts";

export class Unplaced {
  readonly #rootOf = new Map<EntryPath, ContentRoot>();
  readonly #pathsOf = new Map<ContentRoot, Set<EntryPath>>();
  readonly #shutOut = new Set<ContentRoot>();

  /** A content shall stand at a path. */
  add(path: EntryPath, entry: Entry): void {
    if (entry.kind !== "file") return;
    this.placed(path);
    this.#rootOf.set(path, entry.root);
    this.#pathsOf.set(entry.root, (this.#pathsOf.get(entry.root) ?? new Set()).add(path));
  }

  /** It does, or shall not any more. */
  placed(path: EntryPath): void {
    const root = this.#rootOf.get(path);
    if (root === undefined) return;
    this.#rootOf.delete(path);
    const paths = this.#pathsOf.get(root);
    paths?.delete(path);
    if (paths?.size === 0) this.#pathsOf.delete(root);
  }

  /** A content shall stand where nothing can until what stands above goes: it may be that very content. */
  addShutOut(entry: Entry): void {
    if (entry.kind === "file") this.#shutOut.add(entry.root);
  }

  clear(): void {
    this.#shutOut.clear();
    this.#rootOf.clear();
    this.#pathsOf.clear();
  }

  /** Whether what goes is kept until there is a place for it. */
  isAwaited({ entry }: Held): boolean {
    return entry.kind === "file" && this.#shutOut.has(entry.root);
  }

  /** Whether what stands somewhere may go: nothing that can be placed waits for its content. */
  isSpare(held: Held | undefined): boolean {
    return held?.entry.kind !== "file" || !this.#pathsOf.has(held.entry.root);
  }
}
