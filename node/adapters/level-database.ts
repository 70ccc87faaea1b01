/**
 * A LevelDB database that goes on after its disk refused something.
 *
 * After one failed flush or compaction LevelDB takes no more writes until it is opened anew, and
 * after a write that was torn in its log it would take them and lose them at the next start. So
 * after any failed write nothing is written before the database was opened again, which brings all
 * that it knows into flushed tables. Reading goes on meanwhile: the database is only closed when
 * the disk has room to open it. Whether a failed write reached the log nobody knows: what it would
 * have changed is put back as it was, so that what was called failed stays undone.
 */

import { statfs } from "node:fs/promises";
import { type BatchOperation, Level } from "level";
import { StoreError } from "../store-error.ts";

type Bytes = Uint8Array;
type Database = Level<Bytes, Bytes>;
export type Operation = BatchOperation<Database, Bytes, Bytes>;

export interface LevelDatabaseOptions {
  readonly location: string;
  /** Gives room back to a full disk, if there is something that can go. */
  readonly makeRoom: () => Promise<boolean>;
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
/** Opening writes the logs into tables, two write buffers at most, and may merge some tables after that. */
const roomToOpenBytes = 12 * mib;
/** Between two tries to get going again. */
const mendPauseMs = 500;

interface Breakdown {
  readonly error: StoreError;
  /** What the failed write would have changed. */
  readonly keys: readonly Bytes[];
  /** Brings that back as it stood before; undefined until it was read. */
  undo: readonly Operation[] | undefined;
}

export class LevelDatabase {
  readonly #options: LevelDatabaseOptions;
  readonly #database: Database;
  readonly #reads = new Set<Promise<unknown>>();
  /** Set after a failed write, until the database was opened anew. */
  #breakdown: Breakdown | undefined;
  #mending: Promise<void> | undefined;
  #mendAtMs = 0;

  constructor(options: LevelDatabaseOptions) {
    this.#options = options;
    this.#database = new Level<Bytes, Bytes>(options.location, settings);
  }

  /** @throws as the database says it */
  open(): Promise<void> {
    return this.#database.open();
  }

  async close(): Promise<void> {
    await this.#mending?.catch(() => undefined);
    await this.#database.close();
  }

  /** @throws StoreError */
  async read<Result>(act: (database: Database) => Promise<Result>): Promise<Result> {
    await this.#mending?.catch(() => undefined);
    // It could not be opened again the last time.
    if (this.#breakdown !== undefined && this.#database.status !== "open") await this.#mend(this.#breakdown);
    const reading = act(this.#database);
    this.#reads.add(reading);
    try {
      return await reading;
    } catch (error) {
      throw storeErrorOf(error, this.#options.location);
    } finally {
      this.#reads.delete(reading);
    }
  }

  /** One at a time. @throws StoreError, and nothing has changed */
  async write(operations: readonly Operation[], durable: boolean, before: () => Promise<void>): Promise<void> {
    if (this.#breakdown !== undefined) await this.#mend(this.#breakdown);
    try {
      await before();
    } catch (error) {
      throw this.#break(error, []);
    }
    try {
      await this.#database.batch([...operations], { sync: durable });
    } catch (error) {
      const keys = operations.map(({ key }) => key);
      throw this.#break(error, keys);
    }
  }

  #break(error: unknown, keys: readonly Bytes[]): StoreError {
    const failure = storeErrorOf(error, this.#options.location);
    this.#breakdown = { error: failure, keys, undo: undefined };
    return failure;
  }

  /** Until it is closed, the database does not show the failed write, wherever that got to. */
  async #asTheyStand(keys: readonly Bytes[]): Promise<readonly Operation[]> {
    const values = await this.#database.getMany([...keys]);
    return keys.map((key, at): Operation => {
      const value = values[at];
      return value === undefined ? { type: "del", key } : { type: "put", key, value };
    });
  }

  /** @throws StoreError while it cannot be done */
  async #mend(breakdown: Breakdown): Promise<void> {
    this.#mending ??= this.#openAnew(breakdown).finally(() => {
      this.#mending = undefined;
    });
    await this.#mending;
  }

  async #openAnew(breakdown: Breakdown): Promise<void> {
    if (performance.now() < this.#mendAtMs) throw breakdown.error;
    this.#mendAtMs = performance.now() + mendPauseMs;
    try {
      if (!(await this.#hasRoom())) throw breakdown.error;
      breakdown.undo ??= await this.#asTheyStand(breakdown.keys);
      await Promise.allSettled(this.#reads);
      await this.#database.close();
      await this.#database.open();
      await this.#database.batch([...breakdown.undo], { sync: true });
    } catch (error) {
      throw storeErrorOf(error, this.#options.location);
    }
    this.#breakdown = undefined;
  }

  async #hasRoom(): Promise<boolean> {
    const isRoomy = async (): Promise<boolean> => {
      const { bsize, bavail } = await statfs(this.#options.location);
      return bsize * bavail >= roomToOpenBytes;
    };
    return (await isRoomy()) || ((await this.#options.makeRoom()) && (await isRoomy()));
  }
}

/** What it holds cannot be read, with what to do about it. */
export function damaged(location: string, why: string, cause?: unknown): StoreError {
  const advice = "stop the peer, move this directory away and start again: other peers fill it, files stay";
  return new StoreError("damaged", `the store at ${location} is damaged (${why}): ${advice}`, cause);
}

export function storeErrorOf(error: unknown, location: string): StoreError {
  if (error instanceof StoreError) return error;
  const why = reasonOf(error);
  if (codeOf(error) === "LEVEL_CORRUPTION") return damaged(location, why, error);
  if (/no space left|quota exceeded|ENOSPC|EDQUOT/i.test(why)) {
    return new StoreError("no-space", `the store at ${location} has no room: free some on its file system`, error);
  }
  return new StoreError("failed", `the store at ${location} failed: ${why}`, error);
}

function codeOf(error: unknown): unknown {
  const cause = causeOf(error);
  return cause instanceof Error && "code" in cause ? cause.code : undefined;
}

function reasonOf(error: unknown): string {
  const cause = causeOf(error);
  return cause instanceof Error ? cause.message : String(cause);
}

function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? error.cause : error;
}
