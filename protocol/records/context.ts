/**
 * Contexts: what a peer knows of a collection, as one number per writer.
 *
 * A context says n of a writer only if each of its dots up to n is either held or superseded by
 * something that is held, so two peers compare what they know without naming records. A writer
 * that used one dot twice is frozen: its number stands before the fork for good, and what lies
 * behind is compared by buckets (FORMATS 4).
 */

import { type WriterId, fromHex, toHex, writerIdOfBytes } from "../ids.ts";
import { limits } from "../limits.ts";
import { sha256 } from "../sha256.ts";

export interface Known {
  /** All dots up to here; 0 for none. Never above `frozenAt`. */
  readonly sequence: number;
  /** The last sequence number before the first dot that was used twice. */
  readonly frozenAt: number | undefined;
}

export type Context = ReadonlyMap<WriterId, Known>;

const nothingKnown: Known = { sequence: 0, frozenAt: undefined };

export function knownOf(context: Context, writer: WriterId): Known {
  return context.get(writer) ?? nothingKnown;
}

/** Equal contexts have equal digests, 64 hex digits. */
export function contextDigest(context: Context): string {
  return toHex(sha256(contextBytes(context)));
}

/** One form for each context: of each writer, rising, 40 bytes, the sequence and one more than where it is frozen. */
export function contextBytes(context: Context): Uint8Array {
  const writers = [...context.keys()].filter((writer) => isSomething(knownOf(context, writer))).toSorted();
  const bytes = Buffer.allocUnsafe(writers.length * entryBytes);
  writers.forEach((writer, index) => {
    const known = knownOf(context, writer);
    const at = index * entryBytes;
    bytes.set(fromHex(writer), at);
    bytes.writeBigUInt64BE(BigInt(known.sequence), at + 40);
    bytes.writeBigUInt64BE(known.frozenAt === undefined ? 0n : BigInt(known.frozenAt) + 1n, at + 48);
  });
  return bytes;
}

/** @returns undefined for bytes that `contextBytes` would not make, or beyond the limits */
export function contextOfBytes(bytes: Uint8Array): Context | undefined {
  const count = bytes.length / entryBytes;
  if (!Number.isInteger(count) || count > limits.contextWritersMax) return undefined;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const context = new Map<WriterId, Known>();
  let previous = "";
  for (let at = 0; at < bytes.length; at += entryBytes) {
    const writer = writerIdOfBytes(bytes.subarray(at, at + 40));
    const sequence = Number(view.readBigUInt64BE(at + 40));
    const frozen = Number(view.readBigUInt64BE(at + 48));
    if (writer === undefined || writer <= previous) return undefined;
    if (sequence > limits.integerMax || frozen > limits.integerMax) return undefined;
    const known: Known = { sequence, frozenAt: frozen === 0 ? undefined : frozen - 1 };
    if (!isSomething(known) || sequence > (known.frozenAt ?? Infinity)) return undefined;
    context.set(writer, known);
    previous = writer;
  }
  return context;
}

/** The writers of which `theirs` tells something new, in a fixed order: more dots, or an earlier fork. */
export function writersAhead(ours: Context, theirs: Context): readonly WriterId[] {
  const ahead = [...theirs.keys()].filter((writer) => {
    const our = knownOf(ours, writer);
    const their = knownOf(theirs, writer);
    return showsFork(our, their) || Math.min(their.sequence, our.frozenAt ?? Infinity) > our.sequence;
  });
  return ahead.toSorted();
}

/** Whether `their` knows of a fork before all that `our` knows of. */
export function showsFork(our: Known, their: Known): boolean {
  return their.frozenAt !== undefined && their.frozenAt < (our.frozenAt ?? Infinity);
}

/** Whether nothing more of a writer can be learnt from a delta: it is known up to where it froze. */
export function isSettled({ sequence, frozenAt }: Known): boolean {
  return sequence === frozenAt;
}

/** What is known of a writer once a fork behind `lastValid` was proven. */
export function freeze(known: Known, lastValid: number): Known {
  const frozenAt = Math.min(lastValid, known.frozenAt ?? Infinity);
  return { sequence: Math.min(known.sequence, frozenAt), frozenAt };
}

const entryBytes = 56;

function isSomething(known: Known): boolean {
  return known.sequence > 0 || known.frozenAt !== undefined;
}
