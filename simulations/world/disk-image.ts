/**
 * A copy of all that stands on a simulated disk: what a snapshot of a volume or of a virtual machine
 * keeps. Inodes and times are in it, and files with several names are one file there too.
 */

import type { DirectoryNode, FakeNode } from "./file-nodes.ts";
import { copyOfNames } from "./folded-names.ts";

export interface DiskImage {
  readonly top: DirectoryNode;
  readonly inodes: bigint;
}

/** All of the copy is durable. */
export function copyOfTree(top: DirectoryNode): DirectoryNode {
  const copies = new Map<FakeNode, FakeNode>();
  const copyOf = (node: FakeNode): FakeNode => {
    const known = copies.get(node);
    if (known !== undefined) return known;
    const copy = node.kind === "directory" ? copyOfDirectory(node) : copyOfLeaf(node);
    copies.set(node, copy);
    return copy;
  };
  const copyOfDirectory = (directory: DirectoryNode): DirectoryNode => {
    const entries = copyOfNames(directory.entries);
    for (const [name, node] of directory.entries) entries.set(name, copyOf(node));
    return { ...directory, entries, durableEntries: copyOfNames(entries) };
  };
  return copyOfDirectory(top);
}

/** Contents are never changed in place, and can be shared. */
function copyOfLeaf(node: Exclude<FakeNode, DirectoryNode>): FakeNode {
  if (node.kind !== "file") return { ...node };
  return { ...node, isGivenUp: false, durable: { content: node.content, mode: node.mode, mtimeNs: node.mtimeNs } };
}
