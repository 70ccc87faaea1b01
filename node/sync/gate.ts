/**
 * The gate: whether an item may be carried out on this peer now.
 *
 * Everything that holds content back is decided here and nowhere else. Records always flow; what
 * the gate holds back stays on the wanted list and counts as held back. So far that is the brake on
 * deletes (S5): removals that go too far wait for an operator, and what a user deleted here is not
 * made again while that delete waits. A removal that gives way to a move is a move by the time it
 * comes here: the file stands at its new place.
 */

import { type EntryPath, parseEntryPath } from "../../protocol/folder/path.ts";
import { DeleteBrake } from "../folder/delete-brake.ts";
import type { Folder } from "../folder/folder.ts";
import type { Version } from "../../protocol/records/record.ts";
import type { Clock } from "../ports.ts";
import type { Item, RemoveItem } from "./items.ts";

export class Gate {
  readonly #folder: Folder;
  readonly #clock: Clock;
  readonly #brake: DeleteBrake;
  /** Waiting deletes that may be none by now. After a start all of them, for a crash may have come between. */
  readonly #doubtful: Set<EntryPath>;

  constructor(folder: Folder, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
    this.#brake = new DeleteBrake(clock, folder.deleteMarks);
    this.#doubtful = new Set(folder.waiting.paths);
    folder.replica.onChange((changed) => {
      if (folder.waiting.count("asked") === 0) return;
      for (const path of changed.flatMap(({ key }) => parseEntryPath(key) ?? [])) {
        if (folder.waiting.at(path) !== undefined) this.#doubtful.add(path);
      }
    });
  }

  /** Takes back what waits and is no delete any more: somebody wrote the path anew, or it is gone. */
  async settle(): Promise<void> {
    const { index, replica, waiting } = this.#folder;
    for (const path of [...this.#doubtful]) {
      const isGone = (await index.held(path)) === undefined;
      const isAsked = waiting.at(path)?.side !== "asked" || (await replica.state(path)).every(isDelete);
      if (isGone || !isAsked) await waiting.forget([path]);
      this.#doubtful.delete(path);
    }
  }

  /** Whether all that is wanted of a path waits for an operator: nobody needs to look further. */
  isHeldBack(path: EntryPath): boolean {
    return this.#folder.waiting.isHeld(path, "asked");
  }

  /** Whether so much is wanted that the removals among it are worth counting before the first is carried out. */
  get mayEngage(): boolean {
    return this.#folder.index.counts().missingFiles > this.#brake.filesMin;
  }

  /** What may be made or changed. What a user took away here is the user's until that delete is decided. */
  standing<One extends Item>(items: readonly One[]): readonly One[] {
    const { waiting } = this.#folder;
    return items.filter((item) => item.kind === "remove" || !waiting.isHeld(item.shown.path, "here"));
  }

  /**
   * What may be removed.
   *
   * @param behind further deletes that are asked for and come next
   */
  async removals(items: readonly RemoveItem[], behind: number): Promise<readonly RemoveItem[]> {
    const { waiting, index } = this.#folder;
    const fresh = items.filter((item) => this.isFresh(item)).map(({ path }) => path);
    const { files, directories } = index.counts();
    const going = fresh.length + behind + waiting.count("asked");
    if (fresh.length > 0 && this.#brake.isBeyond(going, files - directories)) {
      await waiting.hold(fresh, "asked", this.#clock.wallMs());
    }
    return items.filter((item) => !this.#waits(item));
  }

  /** These were carried out without asking an operator. */
  pass(files: number): void {
    this.#brake.pass(files);
  }

  /**
   * A delete that nobody judged yet. A conflict copy that goes is a conflict that somebody settled,
   * and a directory goes with what is in it.
   */
  isFresh({ key, path, expected }: RemoveItem): boolean {
    return path === key && expected.entry.kind !== "directory" && this.#folder.waiting.at(path) === undefined;
  }

  #waits({ key, path, expected }: RemoveItem): boolean {
    const { waiting } = this.#folder;
    if (expected.entry.kind === "directory") return waiting.isHeldBelow(path, "asked");
    return waiting.isHeld(key, "asked");
  }
}

function isDelete({ record }: Version): boolean {
  return record.tombstone;
}
