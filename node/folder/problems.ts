/** What on disk cannot be an entry, by directory: shown to operators, forgotten when looked at again. */

import { stepsTo } from "../../protocol/folder/fold.ts";
import type { LiveEntry } from "../../protocol/folder/entry.ts";
import type { EntryPath } from "../../protocol/folder/path.ts";
import type { ItemProblem } from "./scanner.ts";

interface ItemReport {
  readonly path: string;
  readonly problem: ItemProblem;
}

/** They last until a user does something about them. What could not be read may be a directory that takes files in. */
const lasting: ReadonlySet<ItemProblem> = new Set<ItemProblem>(["kind-unsupported", "name-reserved"]);

/** Reports kept; the first ones tell enough to act on. */
const reportsMax = 1_000;

export class ItemProblems {
  readonly #byDirectory = new Map<string, Map<string, ItemProblem>>();
  #count = 0;

  report(path: string, problem: ItemProblem): void {
    if (this.#count >= reportsMax) return;
    const directory = directoryOf(path);
    const inside = this.#byDirectory.get(directory) ?? new Map<string, ItemProblem>();
    if (!inside.has(path)) this.#count += 1;
    inside.set(path, problem);
    this.#byDirectory.set(directory, inside);
  }

  clear(): void {
    this.#byDirectory.clear();
    this.#count = 0;
  }

  /**
   * A directory was listed: what was reported in it is looked at anew, and what was reported below it went with the
   * directories that are gone, which nobody will ever list again.
   */
  listed(directory: string, directories: ReadonlySet<string>): void {
    const start = directory === "" ? "" : `${directory}/`;
    for (const [reported, inside] of this.#byDirectory) {
      const [next] = reported.slice(start.length).split("/", 1);
      const isGone = reported.startsWith(start) && next !== "" && !directories.has(next ?? "");
      if (reported !== directory && !isGone) continue;
      this.#count -= inside.size;
      this.#byDirectory.delete(reported);
    }
  }

  /**
   * Why nothing can be placed at a path: a FIFO, or whatever else is no entry and nobody's to touch, stands there
   * or above it. No file can take the place of a directory that holds such a thing either.
   */
  inTheWay(path: EntryPath, wants: LiveEntry): ItemProblem | undefined {
    if (this.#count === 0) return undefined;
    const steps: ReadonlySet<string> = new Set(stepsTo(path));
    const isInTheWay = (one: ItemReport): boolean =>
      lasting.has(one.problem) &&
      (steps.has(one.path) || (wants.kind !== "directory" && one.path.startsWith(`${path}/`)));
    return this.list().find(isInTheWay)?.problem;
  }

  get count(): number {
    return this.#count;
  }

  list(): readonly ItemReport[] {
    return [...this.#byDirectory.values()].flatMap((inside) =>
      [...inside].map(([path, problem]) => ({ path, problem })),
    );
  }
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
