/**
 * DATA: everything that a peer keeps for itself, for its owner alone, and for one process at a time.
 *
 * Who has the store open has the directory. The store's lock is the kernel's: it ends with its
 * process however that ends, so nothing is to be cleaned up after a kill -9. Beside it stands a
 * note who that is, for the message to a second process.
 *
 * The directory also remembers its machine. A peer's name must not live twice, so a copy that
 * comes up on another machine refuses to start and says what to do (FORMATS 4).
 */

import { chmod, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { toHex } from "../../protocol/ids.ts";
import { sha256 } from "../../protocol/sha256.ts";
import type { Store } from "../ports.ts";
import { StoreError } from "../store-error.ts";
import { bringForward, StoreSchemaError } from "../store-schema.ts";
import { Ballast } from "./ballast.ts";
import { openLevelStore, StoreInUseError } from "./level-store.ts";

export interface DataDirectory {
  readonly path: string;
  readonly store: Store;
  /** Closes the store and leaves the directory to the next process. */
  close(): Promise<void>;
}

/** The directory cannot be used, in words for its operator. */
export class DataDirectoryError extends Error {
  readonly problem:
    | "missing"
    | "not-a-directory"
    | "not-permitted"
    | "in-use"
    | "of-another-machine"
    | "full"
    | "store-unusable";
  constructor(problem: DataDirectoryError["problem"], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "DataDirectoryError";
    this.problem = problem;
  }
}

const storeName = "store";
const ballastName = "ballast";
const processName = "process";
const machineName = "machine";
const machineIdFiles = ["/etc/machine-id", "/var/lib/dbus/machine-id"];

/** Makes the directory if it is not there, and closes it to everybody but its owner. */
export async function prepareDataDirectory(path: string): Promise<void> {
  await explained(path, () => mkdir(path, { recursive: true, mode: 0o700 }));
  await explained(path, () => chmod(path, 0o700));
}

/**
 * Takes a prepared directory for this process.
 * @param machine names this machine, see `machineFingerprint`
 * @throws DataDirectoryError
 */
export async function claimDataDirectory(path: string, machine: string | undefined): Promise<DataDirectory> {
  const found = await explained(path, () => stat(path));
  if (!found.isDirectory()) throw new DataDirectoryError("not-a-directory", `${path} is no directory`);
  // A restored or copied directory may have lost its mode: what it holds is for its owner alone.
  await explained(path, () => chmod(path, 0o700));
  await checkMachine(path, machine);
  const ballast = new Ballast(join(path, ballastName));
  const store = await openStore(path, ballast);
  ballast.keep();
  await noteProcess(path);
  return {
    path,
    store,
    close: async () => {
      await ballast.close();
      await rm(join(path, processName), { force: true });
      await store.close();
    },
  };
}

/** The note is for a message only: a disk without room for it keeps nobody from starting. */
async function noteProcess(path: string): Promise<void> {
  try {
    await writeFile(join(path, processName), `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    if (codeOf(error) !== "ENOSPC" && codeOf(error) !== "EDQUOT") throw error;
  }
}

/** A name for this machine that says nothing about it, 64 hex digits; undefined where it has no id of its own. */
export async function machineFingerprint(files: readonly string[] = machineIdFiles): Promise<string | undefined> {
  for (const file of files) {
    const id = (await readText(file))?.trim() ?? "";
    if (/^[0-9a-f]{32}$/.test(id)) return toHex(sha256(new TextEncoder().encode(`cdmesh machine ${id}`)));
  }
  return undefined;
}

async function openStore(path: string, ballast: Ballast): Promise<Store> {
  try {
    const store = await openLevelStore(join(path, storeName), { makeRoom: () => ballast.release() });
    try {
      await bringForward(store);
      return store;
    } catch (error) {
      await store.close();
      throw error;
    }
  } catch (error) {
    if (error instanceof StoreError || error instanceof StoreSchemaError) {
      const isFull = error instanceof StoreError && error.failure === "no-space";
      throw new DataDirectoryError(isFull ? "full" : "store-unusable", error.message, error);
    }
    if (!(error instanceof StoreInUseError)) throw error;
    const holder = (await readText(join(path, processName)))?.trim() ?? "";
    const who = /^[1-9][0-9]*$/.test(holder) ? `process ${holder}` : "another process";
    throw new DataDirectoryError("in-use", `${path} is in use by ${who}; a peer runs once`, error);
  }
}

/** A machine without an id, such as many containers, cannot be told from others: nothing is checked there. */
async function checkMachine(path: string, machine: string | undefined): Promise<void> {
  if (machine === undefined) return;
  const file = join(path, machineName);
  const known = (await readText(file))?.trim();
  if (known === undefined) await writeFile(file, `${machine}\n`, { mode: 0o600 });
  else if (known !== machine) {
    throw new DataDirectoryError(
      "of-another-machine",
      `${path} comes from another machine. If that peer moved here and never runs there again, remove ${file}. ` +
        `If it was copied to make a second peer, start with a new directory: cdmesh peer init --data NEW`,
    );
  }
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function explained<Result>(path: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    switch (codeOf(error)) {
      case "ENOENT":
        throw new DataDirectoryError("missing", `${path} does not exist`, error);
      case "ENOTDIR":
      case "EEXIST":
        throw new DataDirectoryError("not-a-directory", `${path} is no directory`, error);
      case "EACCES":
      case "EPERM":
      case "EROFS":
        throw new DataDirectoryError("not-permitted", `${path} does not belong to this user`, error);
      default:
        throw error;
    }
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
