/** Items of folder copies for tests: plain ones, and fast-check's. */

import fc from "fast-check";
import type { CopyItem } from "../../../protocol/folder/copy.ts";
import type { FileEntry, LiveEntry } from "../../../protocol/folder/entry.ts";
import { parseStandingPath } from "../../../protocol/folder/path.ts";
import { contentRootOf } from "../../../protocol/ids.ts";
import { sha256 } from "../../../protocol/sha256.ts";

export function entryFile(content: string, fields: Partial<Pick<FileEntry, "mode" | "mtimeUs">> = {}): FileEntry {
  const bytes = new TextEncoder().encode(content);
  return { kind: "file", size: bytes.length, mode: 0o644, mtimeUs: 1, root: contentRootOf(sha256(bytes)), ...fields };
}

export function itemAt(text: string, entry: LiveEntry | undefined): CopyItem {
  const path = parseStandingPath(text);
  if (path === undefined) throw new Error(`${text} is no path`);
  return { path, entry };
}

const entry: fc.Arbitrary<LiveEntry | undefined> = fc.oneof(
  fc
    .record({ content: fc.constantFrom("a", "b"), mode: fc.constantFrom(0o644, 0o600), mtimeUs: fc.constantFrom(1, 2) })
    .map(({ content, mode, mtimeUs }) => entryFile(content, { mode, mtimeUs })),
  fc.constantFrom(0o755, 0o700).map((mode): LiveEntry => ({ kind: "directory", mode })),
  fc.constantFrom("a", "../b").map((target): LiveEntry => ({ kind: "symlink", target })),
  fc.constant(undefined),
);

const item = fc
  .record({ path: fc.constantFrom("a", "b", "c/d", "c/e", "é", "f.conflict-0123456789ab.txt"), entry })
  .map(({ path, entry: each }) => itemAt(path, each));

/** Paths of a few, so that two lists share some. */
export const arbitraryItems: fc.Arbitrary<readonly CopyItem[]> = fc.uniqueArray(item, {
  selector: ({ path }) => path,
  maxLength: 6,
});
