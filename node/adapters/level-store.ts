/**
 * The store on LevelDB.
 *
 * One native write is under way at a time; all that is asked for meanwhile goes into the next one.
 * So many callers share one flush, and a slow disk takes one thread of the process's few, not all.
 *
 * LevelDB starts a new log when its write buffer is full, without flushing the old one. A durable
 * write then stands in the new log while earlier ones may still be lost with the old. So older
 * logs are flushed here before a durable write that follows loose ones is answered.
 */

import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { Level } from "level";
import type { Change, RangeOptions, Store } from "../ports.ts";

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
const settings = {
  keyEncoding: "view",
  valueEncoding: "view",
  // Two of them at most are in memory. Twice the size gave no more writes per second (measured).
  writeBufferSize: 4 * mib,
  cacheSize: 8 * mib,
  blockSize: 4 * 1024,
  // Tables of 2 MiB are mapped while they are open: this bounds what of them counts as our memory.
  maxOpenFiles: 128,
};
/** What one native write takes from those that wait: enough to share a flush, little enough to stay short. */
const groupBytesMax = 2 * mib;
/** A page of a range is read in steps of this size. */
const rangeStepBytes = mib;

/** @throws StoreInUseError */
export async function openLevelStore(location: string): Promise<Store> {
  const database = new Level<Uint8Array, Uint8Array>(location, settings);
  try {
    await database.open();
  } catch (error) {
    if (isLocked(error)) throw new StoreInUseError(location, error);
    throw new Error(`the store at ${location} cannot be opened: ${reasonOf(error)}`, { cause: error });
  }
  return new LevelStore(location, database);
}

interface Write {
  readonly changes: readonly Change[];
  readonly durable: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

class LevelStore implements Store {
  readonly #location: string;
  readonly #database: Level<Uint8Array, Uint8Array>;
  readonly #waiting: Write[] = [];
  /** The run that empties `#waiting`; undefined while there is nothing to write. */
  #writing: Promise<void> | undefined;
  /** Whether there were writes since the last durable one. */
  #loose = false;

  constructor(location: string, database: Level<Uint8Array, Uint8Array>) {
    this.#location = location;
    this.#database = database;
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return plain(await this.#database.get(key));
  }

  async getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    const values = await this.#database.getMany([...keys]);
    return values.map(plain);
  }

  async range({ from, to, limit }: RangeOptions): Promise<readonly (readonly [key: Uint8Array, value: Uint8Array])[]> {
    const iterator = this.#database.iterator({ gte: from, lt: to, limit, highWaterMarkBytes: rangeStepBytes });
    const rows = await iterator.all();
    return rows.map(([key, value]) => [plain(key), plain(value)]);
  }

  write(changes: readonly Change[], { durable }: { readonly durable: boolean }): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ changes, durable, resolve, reject });
      this.#writing ??= this.#writeAll();
    });
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
    const changes = group.flatMap((write) => write.changes);
    const durable = group.some((write) => write.durable);
    await this.#database.batch(changes.map(operationOf), { sync: durable });
    if (durable && this.#loose) await flushLogs(this.#location, changes.length > 0);
    this.#loose = !durable;
  }
}

/** @param newestIsFlushed whether a durable write has just gone into the newest log; one of no changes has not */
async function flushLogs(location: string, newestIsFlushed: boolean): Promise<void> {
  const numbers = (await readdir(location)).filter((name) => /^\d+\.log$/.test(name)).map((name) => name.slice(0, -4));
  const logs = numbers.toSorted((one, other) => Number(one) - Number(other)).map((number) => `${number}.log`);
  const unsure = newestIsFlushed ? logs.slice(0, -1) : logs;
  await Promise.all(unsure.map((log) => flushLog(join(location, log))));
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

/** The database gives Buffers, whose `slice` does not copy: nothing of that may show. */
function plain<Bytes extends Uint8Array | undefined>(bytes: Bytes): Uint8Array | Extract<Bytes, undefined>;
function plain(bytes: Uint8Array | undefined): Uint8Array | undefined {
  return bytes === undefined ? undefined : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function operationOf(change: Change) {
  return change.kind === "put"
    ? { type: "put" as const, key: change.key, value: change.value }
    : { type: "del" as const, key: change.key };
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

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
