/**
 * The layout of the store (FORMATS 11): one letter for the kind of row, then what names the row.
 *
 *   v  collection writer sequence     the key that a live record is about
 *   t  collection writer first        a batch: signed head, and the Merkle nodes of what is dead in it
 *   x  collection writer              the context: number and contiguous sequence of that writer
 *   e  collection key                 the sibling set of a key, with each record's exact signed bytes
 *   b  collection bucket              count and sum of a fingerprint bucket
 *   z  collection writer sequence     the key that a tombstone is about
 *   a  collection                     the floor: what every retained member has acknowledged
 *   u  collection key                 what a record superseded that a cut took back
 *   h  folder directory name          held: what stands on disk there, with its stat
 *   w  folder path                    wanted and not held: the puller's list
 *   k  folder path                    the conflict copies that stand beside a path
 *   l  folder path                    how many keys live below a path: it is a directory, whatever its own records say
 *   s  folder                         counts over the rows of h and w
 *   r  folder root path               which held paths have that content
 *   n  folder root                    the names of the manifest pages of a held content
 *   m  folder page root               a manifest page of a held content
 *   c  folder chunk root              where in a held content a chunk lies
 *   i  folder number                  intents: commits that a crash may have cut
 *   o  folder path number             a kept version: old content of a path
 *   y  folder number                  the path of a kept version
 *   j  folder root number             a kept version that has that content
 *   q  folder                         count and bytes of the kept versions, and the next number
 *   f  folder                         the token that the store and the folder's root marker share
 *   g  folder path                    deletes that the brake stopped: they wait for an operator
 *   d  kind name version              signed documents
 *   p  name                           the peer itself: schema, writers, machine, known peers
 *
 * Rows sort by their key, so everything of one folder, directory, writer or content is one range.
 */

export type RowKind =
  | "v"
  | "t"
  | "x"
  | "e"
  | "b"
  | "z"
  | "a"
  | "u"
  | "h"
  | "w"
  | "k"
  | "l"
  | "s"
  | "r"
  | "n"
  | "m"
  | "c"
  | "i"
  | "o"
  | "y"
  | "j"
  | "q"
  | "f"
  | "g"
  | "d"
  | "p";

/** A name (text without NUL), a number below 2^53, or fixed-length bytes written as hex. */
export type KeyPart = string | number | { readonly hex: string };

export function rowKey(kind: RowKind, ...parts: readonly KeyPart[]): Uint8Array {
  const bytes = Buffer.allocUnsafe(parts.reduce<number>((length, part) => length + lengthOf(part), kind.length));
  let at = bytes.write(kind, "latin1");
  for (const part of parts) {
    if (typeof part === "string") {
      at += bytes.write(part, at);
      bytes[at] = 0;
      at += 1;
    } else if (typeof part === "number") {
      // Two halves cost a third of one big integer, and keys are made by the hundred thousand.
      bytes.writeUInt32BE(Math.floor(part / 2 ** 32), at);
      at = bytes.writeUInt32BE(part % 2 ** 32, at + 4);
    } else {
      at += bytes.write(part.hex, at, "hex");
    }
  }
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** All rows whose key starts with these parts, as the ends of a range. */
export function rowRange(
  kind: RowKind,
  ...parts: readonly KeyPart[]
): { readonly from: Uint8Array; readonly to: Uint8Array } {
  const from = rowKey(kind, ...parts);
  return { from, to: afterPrefix(from) };
}

/** The first key behind `key`, to go on from in a paged range. */
export function afterKey(key: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.concat([key, terminator]));
}

/** The last text part of a key: rows that end in a path or name. `prefix` is the key without it. */
export function lastText(key: Uint8Array, prefixLength: number): string {
  return Buffer.from(key.buffer, key.byteOffset + prefixLength, key.byteLength - prefixLength - 1).toString("utf8");
}

const terminator = Uint8Array.of(0);

function lengthOf(part: KeyPart): number {
  if (typeof part === "number") return 8;
  return typeof part === "string" ? Buffer.byteLength(part) + 1 : part.hex.length / 2;
}

function afterPrefix(prefix: Uint8Array): Uint8Array {
  const end = Uint8Array.from(prefix);
  for (let at = end.length - 1; at >= 0; at -= 1) {
    const byte = end[at] ?? 0;
    if (byte < 0xff) {
      end[at] = byte + 1;
      return end.slice(0, at + 1);
    }
  }
  throw new Error("a key of only 0xff bytes has no end");
}
