/**
 * Intents: what a commit is about to do to names, written durably before it does, and read after
 * a crash.
 *
 * Each path then holds one whole version, old or new. If the new content stands there, the index
 * is told so. What was taken out lies under the name that the intent gives it: if it is what was
 * expected it is kept, if it is a user's late write it goes back, and where its place is taken it
 * is kept as well. What lies in the staging directory after that is nobody's.
 */

import { type LiveEntry, sameContent } from "../../protocol/folder/entry.ts";
import type { EntryPath } from "../../protocol/folder/path.ts";
import type { Folder } from "../folder/folder.ts";
import { type Held, sameStat } from "../folder/held.ts";
import type { HeldChange } from "../folder/index.ts";
import { stagingDirectory } from "../folder/marker.ts";
import { rowRange } from "../keys.ts";
import {
  type Change,
  DiskError,
  type DiskFailure,
  type InternalPath,
  type Stat,
  type Store,
  type Tree,
} from "../ports.ts";
import { flushNames } from "./flush-names.ts";
import { decodeIntents, type Intent } from "./intent-rows.ts";
import { removeSpent } from "./spent.ts";
import { type Kept, keptAsHeld, keptAsSurprise, keptName } from "./versions/kept-rows.ts";
import { asideName, type Leaving } from "./versions/keeping.ts";
import type { Versions } from "./versions/versions.ts";

/** Renaming, linking and exchanging change the change time themselves. */
export function sameButChangeTime(one: Stat, other: Stat): boolean {
  return sameStat(one, { ...other, ctimeNs: one.ctimeNs });
}

/** After a start: settles what a crash cut short and empties the staging directory. */
export async function recover(folder: Folder, store: Store, versions: Versions): Promise<Settled> {
  const settled = await settleIntents(folder, store, versions, "earlier life");
  await emptyStaging(folder.tree);
  await versions.open();
  await folder.index.contents.sweepAll();
  return settled;
}

export interface Settled {
  readonly intents: number;
  /** Of those, how many had reached their names. */
  readonly adopted: number;
}

/** Who made the intents: what was staged in an earlier life may have been lost with the power, and its inode given to another file. */
export type IntentsOf = "this life" | "earlier life";

/**
 * Tells the index what commits that did not come to their end have done. Under the folder's lock,
 * or before anything else runs.
 */
export async function settleIntents(folder: Folder, store: Store, versions: Versions, by: IntentsOf): Promise<Settled> {
  await versions.reload();
  const range = rowRange("i", folder.id);
  const rows = await store.range({ ...range, limit: intentRowsMax });
  const intents = rows.flatMap(([, value]) => decodeIntents(value));
  const changes: HeldChange[] = [];
  const kept: Kept[] = [];
  /** Of intents that nothing came of: what they were of may have been given back. */
  const unchanged: EntryPath[] = [];
  const spent: InternalPath[] = [];
  const keys = new Set<EntryPath>();
  for (const intent of intents) {
    const found =
      intent.kind === "place"
        ? await settlePlace(folder, intent, by)
        : await settleRemove(folder, intent.leaving, changes);
    kept.push(...found.kept);
    if (found.spent !== undefined) spent.push(found.spent);
    if (found.change === undefined) {
      unchanged.push(intent.kind === "place" ? intent.path : intent.leaving.path);
      continue;
    }
    changes.push(found.change);
    keys.add(found.key);
  }
  const { replica, index, tree } = folder;
  // What is held must not vanish with the power: that would look like a delete (S4, S5). Nor may a power cut find
  // half undone what was undone, when no intent tells of it any more (S1).
  if (intents.length > 0 && !(await tree.flushAll())) {
    const standing = await Promise.all(unchanged.map(async (path) => ((await seenAt(tree, path)) ? [path] : [])));
    await flushNames(tree, [...changes.map(({ path }) => path), ...standing.flat()], kept);
  }
  await replica.exclusive(async () => {
    const states = await replica.stateMany([...keys]);
    const known = [...keys].map((key, at) => ({ key, versions: states[at] ?? [] }));
    const deletes = rows.map(([key]): Change => ({ kind: "delete", key }));
    const heldRows = await index.rowsFor(changes, known);
    await store.write([...heldRows, ...versions.rowsFor(kept), ...deletes], { durable: true });
  });
  await removeSpent(tree, spent);
  const settled = { intents: intents.length, adopted: changes.length };
  if (rows.length < intentRowsMax) return settled;
  const rest = await settleIntents(folder, store, versions, by);
  return { intents: settled.intents + rest.intents, adopted: settled.adopted + rest.adopted };
}

/** Read at a time. One commit writes one row; more remain only when settling failed too. */
const intentRowsMax = 64;

/** What an intent came to. */
interface Found {
  /** Of the path, or of the path that it is a copy of. */
  readonly key: EntryPath;
  readonly change?: HeldChange;
  readonly kept: readonly Kept[];
  /** Where what was replaced lies, if it is not to be kept. */
  readonly spent?: InternalPath | undefined;
}

/**
 * If the new content got its name before the crash, it is held. It is hashed again, for its rows of chunks.
 * Whoever took it away since, or wrote over it in its place, has seen it: then it is held as well, and the next
 * scan finds what became of it.
 */
async function settlePlace(folder: Folder, intent: Intent & { kind: "place" }, by: IntentsOf): Promise<Found> {
  const { entry, basis, key, path, inode, leaving } = intent;
  const replaced = leaving === undefined ? nothingReplaced : await settleReplaced(folder, intent, leaving);
  const { kept, spent, isReplaced } = replaced;
  const stat = await seenAt(folder.tree, path);
  const isPlaced = stat?.inode === inode;
  const isThere = isPlaced && (entry.kind !== "file" || stat.size === entry.size);
  const isWrittenOver = isPlaced && (by === "this life" || isBornAt(stat, intent.bornNs));
  if (!isThere && !isWrittenOver && !isReplaced) return { key, kept };
  const known = isThere ? stat : stagedStat(entry, inode);
  const held: Held = { entry, stat: known, basis, trusted: false, ...(path !== key && { copyOf: key }) };
  return { key, change: { path, after: held }, kept, spent };
}

/** Whether it was made at that time, where the file system says when. */
function isBornAt(stat: Stat, bornNs: bigint): boolean {
  return bornNs !== 0n && stat.bornNs === bornNs;
}

/** As it was staged. What stands there by now differs from it, if only by its change time. */
function stagedStat(entry: LiveEntry, inode: bigint): Stat {
  const file = entry.kind === "file" ? entry : { size: 0, mode: 0, mtimeUs: 0 };
  const { size, mode, mtimeUs } = file;
  return {
    kind: entry.kind,
    size,
    mode,
    mtimeNs: BigInt(mtimeUs) * 1_000n,
    ctimeNs: 0n,
    inode,
    bornNs: 0n,
    device: 0n,
  };
}

interface Replaced extends Pick<Found, "kept" | "spent"> {
  /** What was held lies where only its successor's step into its place can have brought it. */
  readonly isReplaced: boolean;
}

const nothingReplaced: Replaced = { kept: [], isReplaced: false };

/** What stood at the path: it may lie in the staging directory, under its name as a kept version, or still there. */
async function settleReplaced(
  folder: Folder,
  { path, entry, staged, inode }: Intent & { kind: "place" },
  leaving: Leaving,
): Promise<Replaced> {
  const { tree, index } = folder;
  const [second, name] = [asideName(leaving), keptName(leaving.number)];
  const asideAt = (await tree.stat(second)) === undefined ? name : second;
  const aside = await tree.stat(asideAt);
  const standing = await seenAt(tree, path);
  const out = await tree.stat(staged);
  const before = await index.held(path);
  const isBefore = (stat: Stat): boolean => before !== undefined && sameButChangeTime(before.stat, stat);
  // While it had the name for a moment a user may have written into it: then it is the user's by now.
  const isOurs = (stat: Stat): boolean =>
    stat.inode === inode && (stat.kind !== "file" || sameButChangeTime(stagedStat(entry, inode), stat));
  if (aside !== undefined) {
    // Where names cannot be swapped, it gets its second name before it goes.
    if (standing?.inode === aside.inode) {
      await tree.remove(asideAt);
      return nothingReplaced;
    }
    const isReplaced = isBefore(aside) && out === undefined;
    if (isReplaced && leaving.reason === undefined) return { kept: [], spent: asideAt, isReplaced };
    if (asideAt !== name) await tree.rename(asideAt, name);
    return { kept: await keptAside(folder, leaving, aside), isReplaced };
  }
  if (out === undefined || isOurs(out)) return nothingReplaced;
  const isExpected = isBefore(out);
  if (isExpected && leaving.reason === undefined) return { kept: [], spent: staged, isReplaced: true };
  if (!isExpected && standing?.inode === inode) {
    // A user's late write gets its place back; what came to stand there since is kept in its stead.
    await tree.exchange(staged, path);
    const back = await tree.stat(staged);
    if (back === undefined || isOurs(back)) return nothingReplaced;
  }
  await tree.rename(staged, name);
  return { kept: await keptAside(folder, leaving, await tree.stat(name)), isReplaced: isExpected };
}

async function settleRemove(folder: Folder, leaving: Leaving, placed: readonly HeldChange[]): Promise<Found> {
  const { tree, index } = folder;
  const { path, number, reason } = leaving;
  const [from, name] = [asideName(leaving), keptName(number)];
  const held = await index.held(path);
  const key = held?.copyOf ?? path;
  const isHeld = (stat: Stat): boolean => held !== undefined && sameButChangeTime(held.stat, stat);
  const out = await tree.stat(from);
  if (out !== undefined) {
    // What is not to be kept goes back as well: it is taken out anew, if that is still asked for.
    if ((!isHeld(out) || reason === undefined) && (await givesBack(tree, from, path))) return { key, kept: [] };
    if (isHeld(out) && reason === undefined) return { key, kept: [], spent: from, change: { path, after: undefined } };
    if (from !== name) await tree.rename(from, name);
  }
  const aside = await tree.stat(name);
  const kept = await keptAside(folder, leaving, aside);
  const isGone =
    aside === undefined
      ? reason === undefined && held !== undefined && (await hasMoved(folder, path, held, placed))
      : isHeld(aside) || (await seenAt(tree, path)) === undefined;
  return { key, kept, ...(isGone && { change: { path, after: undefined } }) };
}

/**
 * Whether what was held at a path has left it for another one, where it stands: then it was this commit
 * that took it away and no user, also where a directory stands in its stead.
 */
async function hasMoved(
  { tree, index }: Folder,
  path: EntryPath,
  { entry }: Held,
  placed: readonly HeldChange[],
): Promise<boolean> {
  const isStanding = placed.some((one) => one.after !== undefined && sameContent(one.after.entry, entry));
  const paths = entry.kind === "file" ? await index.contents.pathsOf(entry.root, 2) : [];
  if (!isStanding && paths.every((other) => other === path)) return false;
  try {
    const now = await tree.stat(path);
    return now === undefined || now.kind === "directory";
  } catch (error) {
    // It may stand there still.
    if (!(error instanceof DiskError) || error.failure !== "not-permitted") throw error;
    return false;
  }
}

/** What this process may not look at, no scan of it finds either: nothing has to wait for that. */
async function seenAt(tree: Tree, path: EntryPath): Promise<Stat | undefined> {
  try {
    return await tree.stat(path);
  } catch (error) {
    if (!(error instanceof DiskError) || error.failure !== "not-permitted") throw error;
    return undefined;
  }
}

/** A name cannot be had: something else stands there or above it, what is above is gone or not ours, or the disk is full. */
const nameDenied: ReadonlySet<DiskFailure> = new Set([
  "exists",
  "not-a-directory",
  "missing",
  "not-permitted",
  "no-space",
]);

/** Gives what was taken out its place back. @returns whether the name could be had */
export async function givesBack(tree: Tree, from: InternalPath, path: EntryPath): Promise<boolean> {
  // A user may have put a directory there, which has one name only. No rename puts it over anything but an empty one.
  const isDirectory = (await tree.stat(from))?.kind === "directory";
  try {
    await (isDirectory ? tree.rename(from, path) : tree.link(from, path));
  } catch (error) {
    if (!(error instanceof DiskError) || !nameDenied.has(error.failure)) throw error;
    return false;
  }
  if (!isDirectory) await tree.remove(from);
  return true;
}

/** What lies under the name of a kept version: what was held, or what a user wrote at the last moment. */
async function keptAside({ index }: Folder, leaving: Leaving, stat: Stat | undefined): Promise<readonly Kept[]> {
  if (stat === undefined) return [];
  const { number, path, reason } = leaving;
  const held = await index.held(path);
  const isExpected = held !== undefined && sameButChangeTime(held.stat, stat);
  const kept = isExpected && reason !== undefined ? keptAsHeld(number, path, held, reason) : undefined;
  return [kept ?? keptAsSurprise(number, path, held, stat)];
}

/**
 * Its names are given anew in each life. One that an earlier life gave up must not come back with a power cut: what
 * it named then would be taken for what this life left there.
 */
async function emptyStaging(tree: Tree): Promise<void> {
  if ((await tree.stat(stagingDirectory)) === undefined) await tree.makeDirectory(stagingDirectory, 0o700);
  for (const { name } of await tree.list(stagingDirectory)) {
    if (name !== undefined) await tree.remove(`${stagingDirectory}/${name}`);
  }
  await tree.flushDirectories([stagingDirectory]);
}
