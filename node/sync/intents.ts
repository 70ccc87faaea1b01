/**
 * Intents: what a commit is about to do to names, written durably before it does, and read after
 * a crash.
 *
 * Each path then holds one whole version, old or new. If the new content stands there, the index
 * is told so; if something was taken out to be removed, it is either what was expected and goes,
 * or a user's late write and goes back. What lies in the staging directory after that is nobody's.
 */

import type { LiveEntry } from "../../protocol/folder/entry.ts";
import { type EntryPath, parentOf, parseStandingPath } from "../../protocol/folder/path.ts";
import { type FolderId, parseWriterId, toHex } from "../../protocol/ids.ts";
import type { Vector } from "../../protocol/records/version.ts";
import { sha256 } from "../../protocol/sha256.ts";
import { decodeEntry, encodeEntry } from "../../protocol/wire/entry.ts";
import type { Folder } from "../folder/folder.ts";
import { type Held, sameStat } from "../folder/held.ts";
import type { HeldChange } from "../folder/index.ts";
import { stagingDirectory } from "../folder/marker.ts";
import { isObject, readJson, writeJson } from "../json.ts";
import { rowKey, rowRange } from "../keys.ts";
import { type Change, DiskError, type InternalPath, type Stat, type Store, type Tree } from "../ports.ts";

export type Intent =
  | {
      readonly kind: "place";
      readonly key: EntryPath;
      readonly path: EntryPath;
      readonly entry: LiveEntry;
      readonly basis: Vector;
      readonly inode: bigint;
      /** Where the new content stands until then, and the old one for a moment after an exchange. */
      readonly staged: InternalPath;
    }
  /** What stands at the path is renamed to `outOf(path)`, looked at, and removed. */
  | { readonly kind: "remove"; readonly path: EntryPath };

/** Where a path's content stands between being taken out and being removed. */
export function outOf(path: EntryPath): InternalPath {
  return `${stagingDirectory}/out-${toHex(sha256(new TextEncoder().encode(path))).slice(0, 32)}`;
}

/** Renaming, linking and exchanging change the change time themselves. */
export function sameButChangeTime(one: Stat, other: Stat): boolean {
  return sameStat(one, { ...other, ctimeNs: one.ctimeNs });
}

/** The rows that state intents, and those that take them back. */
export function intentRows(
  folder: FolderId,
  number: number,
  intents: readonly Intent[],
): { put: Change[]; delete: Change[] } {
  if (intents.length === 0) return { put: [], delete: [] };
  const key = rowKey("i", folder, number);
  return { put: [{ kind: "put", key, value: encodeIntents(intents) }], delete: [{ kind: "delete", key }] };
}

/** After a start: settles what a crash cut short and empties the staging directory. */
export async function recover(folder: Folder, store: Store): Promise<Settled> {
  const settled = await settleIntents(folder, store);
  await emptyStaging(folder.tree);
  await folder.index.contents.sweepAll();
  return settled;
}

export interface Settled {
  readonly intents: number;
  /** Of those, how many had reached their names. */
  readonly adopted: number;
}

/**
 * Tells the index what commits that did not come to their end have done. Under the folder's lock,
 * or before anything else runs.
 */
export async function settleIntents(folder: Folder, store: Store): Promise<Settled> {
  const range = rowRange("i", folder.id);
  const rows = await store.range({ ...range, limit: intentRowsMax });
  const intents = rows.flatMap(([, value]) => decodeIntents(value));
  const changes: HeldChange[] = [];
  const keys = new Set<EntryPath>();
  for (const intent of intents) {
    const change = intent.kind === "place" ? await adopt(folder, intent) : await putBack(folder, intent.path);
    if (change === undefined) continue;
    changes.push(change);
    keys.add(intent.kind === "place" ? intent.key : intent.path);
  }
  const { replica, index, tree } = folder;
  // What is held must not vanish with the power: that would look like a delete (S4, S5).
  if (changes.length > 0 && !(await tree.flushAll())) {
    await tree.flushDirectories([...new Set(changes.map(({ path }) => parentOf(path)))]);
  }
  await replica.exclusive(async () => {
    const states = await replica.stateMany([...keys]);
    const known = [...keys].map((key, at) => ({ key, versions: states[at] ?? [] }));
    const deletes = rows.map(([key]): Change => ({ kind: "delete", key }));
    await store.write([...(await index.rowsFor(changes, known)), ...deletes], { durable: true });
  });
  const settled = { intents: intents.length, adopted: changes.length };
  if (rows.length < intentRowsMax) return settled;
  const rest = await settleIntents(folder, store);
  return { intents: settled.intents + rest.intents, adopted: settled.adopted + rest.adopted };
}

/** Read at a time. One commit writes one row; more remain only when settling failed too. */
const intentRowsMax = 64;

/** The new content got its name before the crash: it is held. It is hashed again, for its rows of chunks. */
async function adopt({ tree, index }: Folder, intent: Intent & { kind: "place" }): Promise<HeldChange | undefined> {
  const stat = await tree.stat(intent.path);
  if (stat === undefined || stat.inode !== intent.inode) return undefined;
  const out = await tree.stat(intent.staged);
  const before = await index.held(intent.path);
  if (
    out !== undefined &&
    out.inode !== intent.inode &&
    (before === undefined || !sameButChangeTime(before.stat, out))
  ) {
    // What the exchange brought out was a user's late write: it gets its place back.
    await tree.exchange(intent.staged, intent.path);
    return undefined;
  }
  const { entry, basis, key, path } = intent;
  if (entry.kind === "file" && stat.size !== entry.size) return undefined;
  const held: Held = { entry, stat, basis, trusted: false, ...(path !== key && { copyOf: key }) };
  return { path, after: held };
}

async function putBack({ tree, index }: Folder, path: EntryPath): Promise<HeldChange | undefined> {
  const out = outOf(path);
  const found = await tree.stat(out);
  const held = await index.held(path);
  if (found !== undefined && (held === undefined || !sameButChangeTime(held.stat, found))) {
    try {
      await tree.link(out, path);
    } catch (error) {
      // Someone wrote the path anew; then what was taken out is the older of two writes of users.
      if (!(error instanceof DiskError) || error.failure !== "exists") throw error;
      return undefined;
    }
  }
  const isGone = found !== undefined && (await tree.stat(path)) === undefined;
  return isGone ? { path, after: undefined } : undefined;
}

async function emptyStaging(tree: Tree): Promise<void> {
  if ((await tree.stat(stagingDirectory)) === undefined) await tree.makeDirectory(stagingDirectory, 0o700);
  for (const { name } of await tree.list(stagingDirectory)) {
    if (name !== undefined) await tree.remove(`${stagingDirectory}/${name}`);
  }
}

function isIntentRow(row: unknown): row is IntentRow {
  return isObject(row) && typeof row["path"] === "string";
}

interface IntentRow {
  readonly path: string;
  readonly key?: string;
  readonly entry?: string;
  readonly basis?: readonly (readonly [writer: string, sequence: number])[];
  readonly inode?: string;
  readonly staged?: InternalPath;
}

function encodeIntents(intents: readonly Intent[]): Uint8Array {
  const rows = intents.map((intent): IntentRow => {
    if (intent.kind === "remove") return { path: intent.path };
    const { path, key, entry, basis, inode, staged } = intent;
    return {
      path,
      key,
      entry: Buffer.from(encodeEntry(entry)).toString("base64"),
      basis: [...basis],
      inode: `${inode}`,
      staged,
    };
  });
  return writeJson(rows);
}

function decodeIntents(bytes: Uint8Array): readonly Intent[] {
  const rows = readJson(bytes);
  if (!Array.isArray(rows)) throw new Error("the store holds a damaged intent");
  return rows.map((row: unknown) => {
    if (!isIntentRow(row)) throw new Error("the store holds a damaged intent");
    const path = parseStandingPath(row.path);
    if (path === undefined) throw new Error("the store holds a damaged intent");
    if (row.key === undefined) return { kind: "remove", path };
    const key = parseStandingPath(row.key);
    const entry = decodeEntry(Buffer.from(row.entry ?? "", "base64"))?.entry;
    if (key === undefined || entry === undefined || entry.kind === "deleted") {
      throw new Error("the store holds a damaged intent");
    }
    const basis = new Map(
      (row.basis ?? []).flatMap(([text, sequence]) => {
        const writer = parseWriterId(text);
        return writer === undefined ? [] : [[writer, sequence] as const];
      }),
    );
    const staged = row.staged ?? stagingDirectory;
    return { kind: "place", key, path, entry, basis, inode: BigInt(row.inode ?? "0"), staged };
  });
}
