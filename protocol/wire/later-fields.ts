/**
 * Fields that a later version added to something signed. They are not understood, only counted:
 * each must be whole and have a number that this version does not know. Otherwise a known field
 * could be said a second time there, and readers would differ on which one counts.
 */

/** @param known field numbers up to this one are known */
export function areLaterFields(bytes: Uint8Array, known: number): boolean {
  let at = 0;
  while (at < bytes.length) {
    const tag = varintAt(bytes, at);
    if (tag === undefined || Math.floor(tag.value / 8) <= known) return false;
    const end = endOfValue(bytes, tag.end, tag.value % 8);
    if (end === undefined || end > bytes.length) return false;
    at = end;
  }
  return true;
}

/** Where the value of a wire type that starts here ends; undefined for a type that nobody uses any more. */
function endOfValue(bytes: Uint8Array, at: number, wireType: number): number | undefined {
  switch (wireType) {
    case 0:
      return varintAt(bytes, at)?.end;
    case 1:
      return at + 8;
    case 2: {
      const length = varintAt(bytes, at);
      return length && length.end + length.value;
    }
    case 5:
      return at + 4;
    default:
      return undefined;
  }
}

function varintAt(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let at = start; at < start + 10; at += 1) {
    const byte = bytes[at];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * (at - start));
    if (byte < 0x80) return { value, end: at + 1 };
  }
  return undefined;
}
