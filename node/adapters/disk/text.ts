/** Names and link targets are bytes on disk; those that are UTF-8 have a text (FORMATS 15). */

// A byte order mark is part of a name like any other character.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Undefined when the bytes are not UTF-8. Encoding the text gives exactly these bytes again. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
