/**
 * Reads protobuf that has one form only, for what is signed.
 *
 * Decoders are lenient: of a field said twice the last counts, or the first, or both; a number may
 * be written longer than it need be. Two peers of different versions could then read different
 * things from the same signed bytes and differ for ever. Here fields rise, each comes once, and
 * numbers have their shortest form. A field that a decoder does not ask for is passed over, which
 * is how fields of later versions survive.
 */

/** A field as it stands on the wire: a number, or bytes as a view. Fixed-size fields are passed over. */
export type WireValue = number | Uint8Array;

/**
 * All fields, rising, or undefined when the bytes are not in their one form. Defaults are not written
 * in protobuf, so a known field that holds one is refused as well.
 *
 * @param known field numbers up to this one are known; later ones are checked and left out
 */
export function readStrictly(bytes: Uint8Array, known: number): readonly (WireValue | undefined)[] | undefined {
  const values: (WireValue | undefined)[] = [];
  let previous = 0;
  let at = 0;
  while (at < bytes.length) {
    const tag = varintAt(bytes, at);
    if (tag === undefined) return undefined;
    const field = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (field <= previous) return undefined;
    previous = field;
    at += varintLength(tag);
    let value: WireValue | undefined;
    if (wireType === 0) {
      value = varintAt(bytes, at);
      if (value === undefined) return undefined;
      at += varintLength(value);
    } else if (wireType === 2) {
      const length = varintAt(bytes, at);
      if (length === undefined) return undefined;
      at += varintLength(length);
      if (at + length > bytes.length) return undefined;
      value = bytes.subarray(at, at + length);
      at += length;
    } else if (wireType === 1 || wireType === 5) {
      at += wireType === 1 ? 8 : 4;
      if (at > bytes.length) return undefined;
    } else {
      return undefined;
    }
    if (field > known) continue;
    if (value === undefined || value === 0 || (typeof value !== "number" && value.length === 0)) return undefined;
    values[field] = value;
  }
  return values;
}

/** The number that starts here in its shortest form; undefined for anything else and above 2^53-1. */
function varintAt(bytes: Uint8Array, start: number): number | undefined {
  const first = bytes[start];
  if (first === undefined || first < 0x80) return first;
  let value = first & 0x7f;
  let scale = 0x80;
  for (let at = start + 1; at < start + 8; at += 1) {
    const byte = bytes[at];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return byte === 0 || value > Number.MAX_SAFE_INTEGER ? undefined : value;
    scale *= 0x80;
  }
  return undefined;
}

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length += 1;
  return length;
}
