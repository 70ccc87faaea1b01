/** Rows of the store that are JSON: this peer writes them and nobody else. */

/** @throws when the bytes are no JSON: the store is damaged */
export function readJson(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
}

export function writeJson(row: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(row));
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
