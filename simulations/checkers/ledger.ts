/**
 * The write ledger: what users wrote, and what of it a user wrote over, removed or replaced with it
 * in sight.
 *
 * The oracle of S1: a content that no user destroyed on the disk where he saw it must stand
 * somewhere in the end. It says nothing of contents that somebody did destroy, wherever: another
 * user may have moved them away at the same time, and then they may live on or not.
 */

import type { FakeUser, TreeItem } from "../world/user.ts";

export class WriteLedger {
  /** By content, what was done. */
  readonly #written = new Map<string, string>();
  readonly #destroyed = new Set<string>();

  /** Lets a user act, and notes what it costs. What he cannot do changes nothing. */
  act(user: FakeUser, what: string, act: () => void): void {
    const before = contentsOf(user.snapshot());
    try {
      act();
    } catch {
      return;
    }
    const after = contentsOf(user.snapshot());
    for (const content of after) if (!before.has(content)) this.#written.set(content, what);
    for (const content of before) if (!after.has(content)) this.#destroyed.add(content);
  }

  /** @returns what was done to make each content that is nowhere, though no user destroyed it */
  lost(trees: readonly ReadonlyMap<string, TreeItem>[]): readonly string[] {
    const standing = new Set(trees.flatMap((tree) => [...contentsOf(tree)]));
    return [...this.#written]
      .filter(([content]) => !this.#destroyed.has(content) && !standing.has(content))
      .map(([, what]) => what);
  }
}

function contentsOf(tree: ReadonlyMap<string, TreeItem>): ReadonlySet<string> {
  const contents = new Set<string>();
  for (const item of tree.values())
    if (item.kind === "file") contents.add(Buffer.from(item.content).toString("latin1"));
  return contents;
}
