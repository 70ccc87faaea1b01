/**
 * Confinement on Linux: directories are held by handles, and actions go to `/proc/self/fd/N/name`.
 *
 * A handle is opened from its parent's handle with O_DIRECTORY|O_NOFOLLOW, down from the root, so
 * a symlink is never followed and a swapped parent is never entered (FORMATS 21).
 *
 * Handles are kept for a moment, because opening the way anew for each of ten calls to a file
 * costs more than the calls. A kept handle is used only if the kernel says, at that moment, that
 * its directory still stands at the path it was opened for: /proc names it without touching a
 * disk, 1.5 us. A directory that was moved, removed or replaced is thereby looked for anew. What
 * this cannot see is a file system mounted over the path; hence handles are kept for a second only.
 */

import fs from "node:fs";
import { DiskError } from "../../ports.ts";
import { closeCall, openCall, openFlags } from "./calls.ts";
import { type Confinement, directoryOf, type FoundDirectory, lastPartOf } from "./confinement.ts";
import { codeOf } from "./failures.ts";

const keptHandlesMax = 128;
const keptForMs = 1_000;

export class HeldDirectories implements Confinement {
  readonly exact = true;
  readonly #root: string;
  /** By directory; the one that was used last comes last. */
  readonly #kept = new Map<string, Handle>();
  #sweep: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param root where the kernel says that the root stands: absolute, no symlink in it */
  constructor(root: string) {
    this.#root = root;
  }

  async find(directory: string): Promise<FoundDirectory> {
    const kept = this.#kept.get(directory);
    if (kept?.fresh() && kept.stands()) {
      this.#kept.delete(directory);
      this.#kept.set(directory, kept);
      return kept.lease();
    }
    if (kept !== undefined) this.#drop(directory, kept);
    const handle = new Handle(await this.#open(directory), this.#place(directory));
    const lease = handle.lease();
    this.#keep(directory, handle);
    return lease;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#sweep);
    for (const [directory, handle] of this.#kept) this.#drop(directory, handle);
  }

  async #open(directory: string): Promise<number> {
    if (directory === "") return this.#openRoot();
    const parent = await this.find(directoryOf(directory));
    try {
      return await openCall(`${parent.path}/${lastPartOf(directory)}`, openFlags.holdDirectory);
    } finally {
      parent.release();
    }
  }

  async #openRoot(): Promise<number> {
    try {
      return await openCall(this.#root, openFlags.holdDirectory);
    } catch (error) {
      const code = codeOf(error);
      throw code === undefined ? error : new DiskError("failed", code, "open the root", "");
    }
  }

  #place(directory: string): string {
    if (directory === "") return this.#root;
    return this.#root === "/" ? `/${directory}` : `${this.#root}/${directory}`;
  }

  #keep(directory: string, handle: Handle): void {
    // Two calls may have opened the same way at the same time.
    const other = this.#kept.get(directory);
    if (other !== undefined) this.#drop(directory, other);
    if (this.#closed) {
      handle.letGo();
      return;
    }
    this.#kept.set(directory, handle);
    if (this.#kept.size > keptHandlesMax) {
      for (const [oldest, its] of this.#kept) {
        this.#drop(oldest, its);
        break;
      }
    }
    this.#sweep ??= setTimeout(() => this.#dropStale(), keptForMs).unref();
  }

  /** Idle handles would pin what was mounted, moved or removed. */
  #dropStale(): void {
    this.#sweep = undefined;
    for (const [directory, handle] of this.#kept) if (!handle.fresh()) this.#drop(directory, handle);
    if (this.#kept.size > 0) this.#sweep = setTimeout(() => this.#dropStale(), keptForMs).unref();
  }

  #drop(directory: string, handle: Handle): void {
    if (this.#kept.get(directory) === handle) this.#kept.delete(directory);
    handle.letGo();
  }
}

/** One descriptor. It is closed when it is no longer kept and its last lease has ended: never sooner,
 * for its number would then name something else in the path of an action under way. */
class Handle {
  readonly #descriptor: number;
  readonly #place: string;
  readonly #openedAtMs = performance.now();
  readonly #path: string;
  #leases = 0;
  #kept = true;
  #closed = false;

  constructor(descriptor: number, place: string) {
    this.#descriptor = descriptor;
    this.#place = place;
    this.#path = `/proc/self/fd/${descriptor}`;
  }

  fresh(): boolean {
    return performance.now() - this.#openedAtMs < keptForMs;
  }

  stands(): boolean {
    try {
      return fs.readlinkSync(this.#path) === this.#place;
    } catch {
      // The kernel cannot say it, as for paths past 4,096 bytes: then it is not known to stand.
      return false;
    }
  }

  lease(): FoundDirectory {
    this.#leases += 1;
    let released = false;
    return {
      path: this.#path,
      release: () => {
        if (released) return;
        released = true;
        this.#leases -= 1;
        this.#closeIfUnused();
      },
    };
  }

  letGo(): void {
    this.#kept = false;
    this.#closeIfUnused();
  }

  #closeIfUnused(): void {
    if (this.#kept || this.#leases > 0 || this.#closed) return;
    this.#closed = true;
    // A handle to a place holds no data: nothing can be lost by a failing close.
    closeCall(this.#descriptor).catch(() => undefined);
  }
}
