/**
 * The store on LevelDB.
 *
 * One native write is under way at a time; all that is asked for meanwhile goes into the next one.
 * So many callers share one flush, and a slow disk takes one thread of the process's few, not all.
 *
 * LevelDB starts a new log when its write buffer is full, without flushing the old one. A durable
 * write then stands in the new log while earlier ones may still be lost with the old. So all logs
 * are flushed here before a durable write that follows loose ones.
 */

import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { Change, RangeOptions, Store } from "../ports.ts";
import { StoreError } from "../store-error.ts";
import { damaged, LevelDatabase, type Operation, storeErrorOf } from "./level-database.ts";

/** Another process has the store open. */
export class StoreInUseError extends Error {
  readonly location: string;
  constructor(location: string, cause: unknown) {
    super(`the store at ${location} is in use by another process`, { cause });
    this.name = "StoreInUseError";
    this.location = location;
  }
}

const mib = 1024 * 1024;
/** What one native write takes from those that wait: enough to share a flush, little enough to stay short. */
const groupBytesMax = 2 * mib;
/** A page of a range is read in steps of this size. */
const rangeStepBytes = mib;
const sumBytes = 4;

export interface LevelStoreOptions {
  /** Gives room back to a full disk, if there is something that can go. @returns whether there was */
  readonly makeRoom?: () => Promise<boolean>;
}

/** @throws StoreInUseError, StoreError */
export async function openLevelStore(location: string, options: LevelStoreOptions = {}): Promise<Store> {
  const { makeRoom = async () => false } = options;
  const database = new LevelDatabase({ location, makeRoom });
  try {
    await openOnce(database, makeRoom);
  } catch (error) {
    if (isLocked(error)) throw new StoreInUseError(location, error);
    throw openingError(error, location);
  }
  return new LevelStore(location, database);
}

/** On a full disk it takes room to be opened. */
async function openOnce(database: LevelDatabase, makeRoom: () => Promise<boolean>): Promise<void> {
  try {
    await database.open();
  } catch (error) {
    if (isLocked(error) || !(await makeRoom())) throw error;
    await database.open();
  }
}

interface Write {
  readonly changes: readonly Change[];
  readonly durable: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

class LevelStore implements Store {
  readonly #location: string;
  readonly #database: LevelDatabase;
  readonly #waiting: Write[] = [];
  /** The run that empties `#waiting`; undefined while there is nothing to write. */
  #writing: Promise<void> | undefined;
  /** Whether there were writes since the last durable one. */
  #loose = false;

  constructor(location: string, database: LevelDatabase) {
    this.#location = location;
    this.#database = database;
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#checked(key, await this.#database.read((database) => database.get(key)));
  }

  async getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    const values = await this.#database.read((database) => database.getMany([...keys]));
    return values.map((value, at) => this.#checked(keys[at], value));
  }

  async range({ from, to, limit }: RangeOptions): Promise<readonly (readonly [key: Uint8Array, value: Uint8Array])[]> {
    const options = { gte: from, lt: to, limit, highWaterMarkBytes: rangeStepBytes };
    const rows = await this.#database.read((database) => database.iterator(options).all());
    return rows.map(([key, value]) => [plain(key), this.#checked(key, value)]);
  }

  write(changes: readonly Change[], { durable }: { readonly durable: boolean }): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ changes, durable, resolve, reject });
      this.#writing ??= this.#writeAll();
    });
  }

  #checked<Row extends Uint8Array | undefined>(
    key: Uint8Array | undefined,
    row: Row,
  ): Uint8Array | Extract<Row, undefined>;
  #checked(key: Uint8Array | undefined, row: Uint8Array | undefined): Uint8Array | undefined {
    if (key === undefined || row === undefined) return undefined;
    const value = valueIn(key, plain(row));
    if (value !== undefined) return value;
    throw damaged(this.#location, `a row "${String.fromCharCode(key[0] ?? 0)}" is not as it was written`);
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#database.close();
  }

  async #writeAll(): Promise<void> {
    for (let group = this.#nextGroup(); group.length > 0; group = this.#nextGroup()) {
      try {
        await this.#writeGroup(group);
        for (const write of group) write.resolve();
      } catch (error) {
        for (const write of group) write.reject(error);
      }
    }
    this.#writing = undefined;
  }

  #nextGroup(): readonly Write[] {
    let bytes = 0;
    const over = this.#waiting.findIndex(({ changes }, at) => {
      bytes += bytesOf(changes);
      return at > 0 && bytes > groupBytesMax;
    });
    return this.#waiting.splice(0, over === -1 ? this.#waiting.length : over);
  }

  async #writeGroup(group: readonly Write[]): Promise<void> {
    const operations = group.flatMap((write) => write.changes.map(operationOf));
    const durable = group.some((write) => write.durable);
    // Before, so that a write whose flush fails never stands in front of one that succeeded.
    const flushed = durable && this.#loose ? () => flushLogs(this.#location) : nothing;
    await this.#database.write(operations, durable, flushed);
    this.#loose = !durable;
  }
}

async function nothing(): Promise<void> {}

async function flushLogs(location: string): Promise<void> {
  const logs = (await readdir(location)).filter((name) => /^\d+\.log$/.test(name));
  await Promise.all(logs.map((log) => flushLog(join(location, log))));
}

async function flushLog(path: string): Promise<void> {
  try {
    const log = await open(path);
    try {
      await log.datasync();
    } finally {
      await log.close();
    }
  } catch (error) {
    // Gone: all of it stands in a flushed table by now.
    if (!hasCode(error, "ENOENT")) throw error;
  }
}

function openingError(error: unknown, location: string): StoreError {
  const known = storeErrorOf(error, location);
  return new StoreError(known.failure, `the store at ${location} cannot be opened: ${known.message}`, error);
}

/** The database gives Buffers, whose `slice` does not copy: nothing of that may show. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The value, and behind it a sum over key and value: the database checks its own when it merges tables, not when it reads. */
function rowOf(key: Uint8Array, value: Uint8Array): Uint8Array {
  const row = Buffer.allocUnsafe(value.length + sumBytes);
  row.set(value);
  row.writeUInt32BE(crc32(value, crc32(key)), value.length);
  return row;
}

/** @returns undefined when the row is not as it was written */
function valueIn(key: Uint8Array, row: Uint8Array): Uint8Array | undefined {
  const length = row.length - sumBytes;
  if (length < 0) return undefined;
  const value = row.subarray(0, length);
  const sum = new DataView(row.buffer, row.byteOffset + length).getUint32(0);
  return crc32(value, crc32(key)) === sum ? value : undefined;
}

function operationOf(change: Change): Operation {
  return change.kind === "put"
    ? { type: "put", key: change.key, value: rowOf(change.key, change.value) }
    : { type: "del", key: change.key };
}

function bytesOf(changes: readonly Change[]): number {
  return changes.reduce(
    (sum, change) => sum + change.key.length + (change.kind === "put" ? change.value.length : 0),
    0,
  );
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && hasCode(error.cause, "LEVEL_LOCKED");
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
