/**
 * The store's schema number (FORMATS 10): a newer store is refused, an older one is brought forward,
 * one version at a time, each step and its number in one durable write.
 */

import { rowKey } from "./keys.ts";
import type { Change, Store } from "./ports.ts";

/** From the version it is listed under to the next one: what to change. Small stores only, so far. */
export type Migrations = ReadonlyMap<number, (store: Store) => Promise<readonly Change[]>>;

/** The store is of a version that this program does not know. */
export class StoreSchemaError extends Error {
  constructor(found: number, known: number) {
    super(
      `the store has schema ${found}, and this cdmesh knows schemas up to ${known}: it was written by a newer version. ` +
        "Start that version again; going back takes an empty store, which other peers fill",
    );
    this.name = "StoreSchemaError";
  }
}

const newest = 1;
const migrations: Migrations = new Map();
const schemaKey = rowKey("p", "schema");

/** Makes a store one of the newest schema. @throws StoreSchemaError */
export async function bringForward(store: Store, known = newest, steps = migrations): Promise<void> {
  const row = await store.get(schemaKey);
  // A store that was never written to has the newest schema, whatever that is.
  const found = row === undefined ? known : Number(new TextDecoder().decode(row));
  if (!Number.isSafeInteger(found) || found > known) throw new StoreSchemaError(found, known);
  if (row === undefined) await store.write([numbered(known)], { durable: true });
  for (let version = found; version < known; version += 1) {
    const changes = await steps.get(version)?.(store);
    if (changes === undefined) throw new Error(`nothing brings a store of schema ${version} forward`);
    await store.write([...changes, numbered(version + 1)], { durable: true });
  }
}

function numbered(version: number): Change {
  return { kind: "put", key: schemaKey, value: new TextEncoder().encode(String(version)) };
}
