/** What on disk cannot be an entry, by directory: shown to operators, forgotten when looked at again. */

import type { ItemProblem } from "./scanner.ts";

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

  clearIn(directory: string): void {
    this.#count -= this.#byDirectory.get(directory)?.size ?? 0;
    this.#byDirectory.delete(directory);
  }

  get count(): number {
    return this.#count;
  }

  list(): readonly { readonly path: string; readonly problem: ItemProblem }[] {
    return [...this.#byDirectory.values()].flatMap((inside) =>
      [...inside].map(([path, problem]) => ({ path, problem })),
    );
  }
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
