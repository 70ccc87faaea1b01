/**
 * What a member says that it has of a collection, as bytes: the payload of kind 3 in the
 * collection "members". Writers have short names there, so that a thousand of them fit one record;
 * one that is left out counts as unknown, which only makes its tombstones live longer.
 */

import { limits } from "../limits.ts";
import { toHex } from "../ids.ts";
import { type Context } from "../records/context.ts";
import { shortWriter } from "../records/stable.ts";
import { AcknowledgementRecord } from "./generated/acknowledgement.js";

const nameBytes = 8;
const sequenceBytes = 6;
const entryBytes = nameBytes + sequenceBytes;
const sequenceMax = 2 ** (8 * sequenceBytes) - 1;

export function encodeAcknowledgement(context: Context): Uint8Array {
  const named = [...context].map(([writer, { sequence }]) => ({ name: shortWriter(writer), sequence }));
  const entries = named
    .filter(({ sequence }) => sequence > 0)
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .slice(0, limits.acknowledgedWritersMax);
  const column = Buffer.alloc(entries.length * entryBytes);
  entries.forEach(({ name, sequence }, index) => {
    column.write(name, index * entryBytes, "hex");
    column.writeUIntBE(Math.min(sequence, sequenceMax), index * entryBytes + nameBytes, sequenceBytes);
  });
  return AcknowledgementRecord.encode({ sequences: column });
}

/** @returns sequences by `shortWriter`; undefined for what is malformed or above its limits */
export function decodeAcknowledgement(payload: Uint8Array): ReadonlyMap<string, number> | undefined {
  const column = columnOf(payload);
  if (column === undefined || column.length % entryBytes !== 0) return undefined;
  if (column.length > limits.acknowledgedWritersMax * entryBytes) return undefined;
  const view = Buffer.from(column.buffer, column.byteOffset, column.byteLength);
  const sequences = new Map<string, number>();
  let previous = "";
  for (let at = 0; at < column.length; at += entryBytes) {
    const name = toHex(column.subarray(at, at + nameBytes));
    if (name <= previous) return undefined;
    sequences.set(name, view.readUIntBE(at + nameBytes, sequenceBytes));
    previous = name;
  }
  return sequences;
}

function columnOf(payload: Uint8Array): Uint8Array | undefined {
  try {
    return AcknowledgementRecord.decode(payload).sequences;
  } catch {
    return undefined;
  }
}
