/**
 * The names in a directory of a file system that keeps how they are spelled and does not tell all
 * spellings apart, as on Macs and on Windows. Who writes to a name that is there keeps its spelling.
 */

import { foldName, type NameFolding } from "../../protocol/folder/fold.ts";
import type { DirectoryNode, FakeNode } from "./file-nodes.ts";

class FoldedNames extends Map<string, FakeNode> {
  readonly #folding: NameFolding;
  readonly #spellings = new Map<string, string>();

  constructor(folding: NameFolding) {
    super();
    this.#folding = folding;
  }

  override get(name: string): FakeNode | undefined {
    return super.get(this.spelling(name));
  }

  override has(name: string): boolean {
    return super.has(this.spelling(name));
  }

  override set(name: string, node: FakeNode): this {
    const spelling = this.spelling(name);
    this.#spellings.set(foldName(name, this.#folding), spelling);
    return super.set(spelling, node);
  }

  override delete(name: string): boolean {
    const spelling = this.spelling(name);
    this.#spellings.delete(foldName(name, this.#folding));
    return super.delete(spelling);
  }

  override clear(): void {
    this.#spellings.clear();
    super.clear();
  }

  /** How a name is spelled there; as it is given where it is not there. */
  spelling(name: string): string {
    return this.#spellings.get(foldName(name, this.#folding)) ?? name;
  }

  /** Empty, of the same kind. */
  like(): FoldedNames {
    return new FoldedNames(this.#folding);
  }
}

export function noNames(folding: NameFolding | undefined): Map<string, FakeNode> {
  return folding === undefined ? new Map<string, FakeNode>() : new FoldedNames(folding);
}

/** Whether one name is there, and both mean it. */
export function isRespelled(names: ReadonlyMap<string, FakeNode>, one: string, other: string): boolean {
  return names instanceof FoldedNames && one !== other && names.spelling(one) === names.spelling(other);
}

export function copyOfNames(names: ReadonlyMap<string, FakeNode>): Map<string, FakeNode> {
  if (!(names instanceof FoldedNames)) return new Map(names);
  const copy = names.like();
  for (const [name, node] of names) copy.set(name, node);
  return copy;
}

/** A path as what stands there is spelled, however it was named. */
export function spelledPath(top: DirectoryNode, path: string): string {
  let node: FakeNode | undefined = top;
  const parts: string[] = [];
  for (const part of path.split("/")) {
    const names: ReadonlyMap<string, FakeNode> | undefined = node?.kind === "directory" ? node.entries : undefined;
    parts.push(names instanceof FoldedNames ? names.spelling(part) : part);
    if (part !== "") node = names?.get(part);
  }
  return parts.join("/");
}
