/** Versions of entries for tests of folder rules. */

import type { Entry } from "../../../protocol/folder/entry.ts";
import type { EntryVersion } from "../../../protocol/folder/conflict.ts";
import { contentRootOf, recordHashOf, type WriterId, writerIdOf } from "../../../protocol/ids.ts";
import { recordKinds } from "../../../protocol/records/record.ts";
import type { Vector } from "../../../protocol/records/version.ts";
import { sha256 } from "../../../protocol/sha256.ts";
import { encodeEntry } from "../../../protocol/wire/entry.ts";

function writer(number: number): WriterId {
  return writerIdOf(new Uint8Array(32).fill(number), new Uint8Array(8).fill(number));
}

export function file(content: string, attributes: { mode?: number; mtimeUs?: number } = {}): Entry & { kind: "file" } {
  const bytes = new TextEncoder().encode(content);
  const { mode = 0o644, mtimeUs = 1_000_000 } = attributes;
  return { kind: "file", size: bytes.length, mode, mtimeUs, root: contentRootOf(sha256(bytes)) };
}

export function version(
  entry: Entry,
  writerNumber: number,
  sequence: number,
  causes: Vector = new Map(),
  sealedAtMs = sequence,
): EntryVersion {
  const payload = encodeEntry(entry);
  return {
    entry,
    version: {
      dot: { writer: writer(writerNumber), sequence },
      sealedAtMs,
      hash: recordHashOf(sha256(payload, Uint8Array.of(writerNumber, sequence))),
      record: { kind: recordKinds.fileEntry, key: "a.txt", causes, tombstone: entry.kind === "deleted", payload },
    },
  };
}
