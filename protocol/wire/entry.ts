/** File entries as bytes: the payload of their records. */

import { type Entry, type Moved } from "../folder/entry.ts";
import { parseEntryPath } from "../folder/path.ts";
import { contentRootOf, fromHex } from "../ids.ts";
import { limits } from "../limits.ts";
import { EntryPayload } from "./generated/entry.js";

const algorithmOne = 1;
const none = new Uint8Array(0);
const kinds = { deleted: 0, file: 1, directory: 2, symlink: 3 } as const;

/** @param erasures envelopes; see `erasuresIn` */
export function encodeEntry(entry: Entry, moved: Moved = {}, erasures: readonly Uint8Array[] = []): Uint8Array {
  return EntryPayload.encode({
    kind: kinds[entry.kind],
    size: entry.kind === "file" ? entry.size : 0,
    mode: entry.kind === "file" || entry.kind === "directory" ? entry.mode : 0,
    mtimeUs: entry.kind === "file" ? entry.mtimeUs : 0,
    algorithm: entry.kind === "file" ? algorithmOne : 0,
    root: entry.kind === "file" ? new Uint8Array(fromHex(entry.root)) : none,
    target: entry.kind === "symlink" ? entry.target : "",
    movedFrom: moved.movedFrom ?? "",
    movedTo: moved.movedTo ?? "",
    attributes: none,
    owner: none,
    erasures: erasures.map((envelope) => Uint8Array.from(envelope)),
  });
}

/** @returns undefined for what is not a valid entry, or of a kind or algorithm that is not known here */
export function decodeEntry(payload: Uint8Array): (Moved & { readonly entry: Entry }) | undefined {
  const message = decodePayload(payload);
  if (message === undefined) return undefined;
  const entry = entryOf(message);
  if (entry === undefined) return undefined;
  const movedFrom = parseEntryPath(message.movedFrom);
  const movedTo = parseEntryPath(message.movedTo);
  return { entry, ...(movedFrom && { movedFrom }), ...(movedTo && { movedTo }) };
}

/** What administrators erased of the path, as envelopes that are still to be judged. */
export function erasuresIn(payload: Uint8Array): readonly Uint8Array[] {
  const erasures = decodePayload(payload)?.erasures ?? [];
  return erasures.every((envelope) => envelope.length <= limits.erasureBytesMax) ? erasures : [];
}

/** Those of some payloads that a record which is written over them carries on; the first ones, where there are too many. */
export function erasuresCarried(payloads: readonly Uint8Array[]): readonly Uint8Array[] {
  const carried = new Map<string, Uint8Array>();
  let bytes = 0;
  for (const envelope of payloads.flatMap(erasuresIn)) {
    const name = Buffer.from(envelope).toString("latin1");
    if (carried.has(name) || bytes + envelope.length > limits.erasureBytesMax) continue;
    carried.set(name, envelope);
    bytes += envelope.length;
  }
  return [...carried.values()];
}

function decodePayload(payload: Uint8Array): EntryPayload | undefined {
  if (payload.length > limits.recordBytesMax) return undefined;
  try {
    return EntryPayload.decode(payload);
  } catch {
    return undefined;
  }
}

function entryOf(message: EntryPayload): Entry | undefined {
  const { size, mode, mtimeUs, root, target } = message;
  switch (message.kind) {
    case kinds.deleted:
      return { kind: "deleted" };
    case kinds.file:
      if (message.algorithm !== algorithmOne || root.length !== 32 || mode > 0o777) return undefined;
      if (!isExact(size) || size < 0 || !isExact(mtimeUs)) return undefined;
      return { kind: "file", size, mode, mtimeUs, root: contentRootOf(root) };
    case kinds.directory:
      return mode > 0o777 ? undefined : { kind: "directory", mode };
    case kinds.symlink:
      if (target === "" || target.includes("\0") || Buffer.byteLength(target) > limits.pathBytesMax) return undefined;
      return { kind: "symlink", target };
    default:
      return undefined;
  }
}

/** 64-bit numbers beyond 2^53 come out of the decoder rounded: such an entry is refused. */
function isExact(value: number): boolean {
  return Number.isSafeInteger(value);
}
