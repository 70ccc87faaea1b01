/** What stands on a simulated disk: inodes, each with what is in memory and what would survive a crash. */

export interface FileNode {
  readonly kind: "file";
  readonly inode: bigint;
  readonly bornNs: bigint;
  mode: number;
  mtimeNs: bigint;
  ctimeNs: bigint;
  /** Never changed in place: a write puts a new array here, so a snapshot is a reference. */
  content: Uint8Array;
  /** What a crash leaves of it. */
  durable: DurableFile;
  /** The kernel could not write the content and takes it for written: no flush helps, and a crash takes it. */
  isGivenUp?: boolean;
}

export interface DurableFile {
  readonly content: Uint8Array;
  readonly mode: number;
  readonly mtimeNs: bigint;
}

export interface DirectoryNode {
  readonly kind: "directory";
  readonly inode: bigint;
  readonly bornNs: bigint;
  mode: number;
  mtimeNs: bigint;
  ctimeNs: bigint;
  entries: Map<string, FakeNode>;
  /** The names that a crash leaves. */
  durableEntries: Map<string, FakeNode>;
}

export interface SymlinkNode {
  readonly kind: "symlink";
  readonly inode: bigint;
  readonly bornNs: bigint;
  readonly mode: 0o777;
  mtimeNs: bigint;
  ctimeNs: bigint;
  readonly target: string;
}

/** A FIFO, socket or device. */
export interface OtherNode {
  readonly kind: "other";
  readonly inode: bigint;
  readonly bornNs: bigint;
  mode: number;
  mtimeNs: bigint;
  ctimeNs: bigint;
}

export type FakeNode = FileNode | DirectoryNode | SymlinkNode | OtherNode;

/** Bytes, as lstat tells them. */
export function sizeOf(node: FakeNode): number {
  switch (node.kind) {
    case "file":
      return node.content.length;
    case "symlink":
      return Buffer.byteLength(node.target);
    case "directory":
      return 4096;
    case "other":
      return 0;
  }
}

/**
 * A name's bytes. Names that are not UTF-8 are written with lone surrogates: U+DC80 to U+DCFF
 * stand for the bytes 80 to FF, as in Python's file calls.
 */
export function nameBytes(name: string): Uint8Array {
  const parts = [...name].map((character) => {
    const point = character.codePointAt(0) ?? 0;
    return point >= 0xdc80 && point <= 0xdcff ? Uint8Array.of(point - 0xdc00) : Buffer.from(character);
  });
  return new Uint8Array(Buffer.concat(parts));
}
