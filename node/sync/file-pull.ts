/**
 * Brings in the files of one page of the wanted list: small ones in packs, large ones by
 * themselves, from this disk first.
 */

import type { FileEntry } from "../../protocol/folder/entry.ts";
import type { EntryPath } from "../../protocol/folder/path.ts";
import { limits } from "../../protocol/limits.ts";
import { allOf } from "../all-of.ts";
import { DiskError } from "../ports.ts";
import type { Backlog } from "./backlog.ts";
import type { ReadyPlace } from "./stager.ts";
import type { PlaceItem } from "./items.ts";
import type { HeldPlace } from "./local-read.ts";
import type { Staged, Stager } from "./stager.ts";
import { NoRoomError, type Room } from "./staging-room.ts";
import type { Unplaced } from "./unplaced.ts";

export interface FilePullOptions {
  readonly stager: Stager;
  readonly backlog: Backlog;
  readonly unplaced: Unplaced;
  /** Sets room on the disk aside for each size, as far as it goes. */
  readonly takeRoom: (sizes: readonly number[]) => Promise<readonly (Room | NoRoomError)[]>;
  /** Gives staged files their names, and says what became of each. */
  readonly commit: (places: readonly ReadyPlace[]) => Promise<void>;
  readonly onFailure: (item: PlaceItem, error: DiskError) => void;
}

/** A file that is on its way. */
export interface Moving {
  readonly path: string;
  readonly bytes: number;
  readonly bytesDone: number;
}

export interface WantedFile {
  readonly item: PlaceItem;
  readonly entry: FileEntry;
  /** A path on this disk that has the content and keeps it. */
  readonly local: EntryPath | undefined;
  /** The content stands at a path that the folder gives up. */
  readonly leaving: Staged | undefined;
}

/** Packs of small files under way at a time, and how many files and bytes one has. */
const packsAtOnce = 4;
const packFilesMax = 128;
/** Large files under way at a time. */
const largeAtOnce = 2;

export class FilePull {
  readonly #options: FilePullOptions;
  readonly #moving = new Map<string, { bytes: number; bytesDone: number }>();

  constructor(options: FilePullOptions) {
    this.#options = options;
  }

  get moving(): readonly Moving[] {
    return [...this.#moving].map(([path, progress]) => ({ path, ...progress }));
  }

  /** What this disk has already: moved or copied, before anything that it is made from goes. */
  async pullLocal(files: readonly WantedFile[], signal: AbortSignal): Promise<void> {
    const moves = files.flatMap(({ item, leaving }) => (leaving === undefined ? [] : [{ item, staged: leaving }]));
    await this.#options.commit(moves);
    const local = files.filter((file) => file.local !== undefined);
    await this.#pull(
      local.filter(({ item }) => item.expected === undefined),
      signal,
    );
    await this.#pullTogether(
      local.filter(({ item }) => item.expected !== undefined),
      signal,
    );
  }

  async pullRemote(files: readonly WantedFile[], signal: AbortSignal): Promise<void> {
    const remote = files.filter((file) => file.local === undefined && file.leaving === undefined);
    const due = remote.filter((file) => this.#mayReplace(file));
    const atHand = due.filter((file) => isSmall(file) && this.#options.stager.isAtHand(file.entry));
    // Once they stand others can have them from here, and need not wait for what nobody may have yet.
    await this.#pull(atHand, signal);
    await this.#pull(
      due.filter((file) => !atHand.includes(file)),
      signal,
    );
  }

  /** What stands in a file's place may be the last of a content that is still to be copied from it. */
  #mayReplace({ item }: WantedFile): boolean {
    const isSpare = this.#options.unplaced.isSpare(item.expected);
    if (!isSpare) this.#options.backlog.changed(item.key);
    return isSpare;
  }

  /** Where the content of each file comes from: a path that is given up, this disk, or other peers. */
  async find(places: readonly PlaceItem[]): Promise<readonly WantedFile[]> {
    const files = places.flatMap((item) => {
      const { entry } = item.shown;
      return entry.kind === "file" ? [{ item, entry }] : [];
    });
    const found = await Promise.all(files.map(({ entry }) => this.#options.stager.findLocal(entry)));
    const taken = new Set<string>();
    return files.map(({ item, entry }, at): WantedFile => {
      const local = found[at];
      // A path can be moved once, to a name that is free.
      if (local?.kind === "leaving" && item.expected === undefined && !taken.has(local.path)) {
        taken.add(local.path);
        const leaving = { kind: "move", from: local.path, stat: local.stat, pages: [] } as const;
        return { item, entry, local: undefined, leaving };
      }
      return { item, entry, local: local?.path, leaving: undefined };
    });
  }

  async #pull(files: readonly WantedFile[], signal: AbortSignal): Promise<void> {
    await allOf([
      eachAtOnce(packsOf(files.filter(isSmall)), packsAtOnce, signal, async (pack) => {
        await this.#options.commit(await this.#stageSmall(pack, signal));
      }),
      eachAtOnce(
        files.filter((file) => !isSmall(file)),
        largeAtOnce,
        signal,
        async (file) => {
          await this.#options.commit(await this.#stageLarge(file, signal));
        },
      ),
    ]);
  }

  /** Files that replace each other, such as two that swapped their names: all are staged before any is placed. */
  async #pullTogether(files: readonly WantedFile[], signal: AbortSignal): Promise<void> {
    if (files.length === 0) return;
    const { unplaced, backlog, stager, commit } = this.#options;
    const ready = [...(await this.#stageSmall(files.filter(isSmall), signal))];
    for (const file of files) if (!isSmall(file)) ready.push(...(await this.#stageLarge(file, signal)));
    for (const { item } of ready) unplaced.placed(item.shown.path);
    let spared: readonly ReadyPlace[] = ready;
    for (;;) {
      const kept = spared.filter(({ item }) => !unplaced.isSpare(item.expected));
      if (kept.length === 0) break;
      spared = spared.filter((place) => !kept.includes(place));
      for (const { item, staged } of kept) {
        // Its copy goes, so what it was made from has to stay.
        unplaced.add(item.shown.path, item.shown.entry);
        backlog.changed(item.key);
        await stager.release(staged);
      }
    }
    await commit(spared);
  }

  async #stageSmall(pack: readonly WantedFile[], signal: AbortSignal): Promise<readonly ReadyPlace[]> {
    const fitting = await this.#fitting(pack);
    const files = fitting.map(({ file }) => file);
    for (const { item, entry } of files) this.#moving.set(item.shown.path, { bytes: entry.size, bytesDone: 0 });
    try {
      const staged = await this.#options.stager.stageSmall(files, signal);
      const arrived = new Set(staged.map(([file]) => file));
      for (const file of files) if (!arrived.has(file)) this.#missing(file);
      return staged.flatMap(([{ item }, one]) => {
        if (!(one instanceof DiskError)) return [{ item, staged: one }];
        this.#options.onFailure(item, one);
        return [];
      });
    } finally {
      for (const { file, room } of fitting) {
        room.release();
        this.#moving.delete(file.item.shown.path);
      }
    }
  }

  async #stageLarge(file: WantedFile, signal: AbortSignal): Promise<readonly ReadyPlace[]> {
    const { item, entry } = file;
    const [fitting] = await this.#fitting([file]);
    if (fitting === undefined) return [];
    const progress = { bytes: entry.size, bytesDone: 0 };
    this.#moving.set(item.shown.path, progress);
    try {
      const onBytes = (bytes: number): void => {
        progress.bytesDone += bytes;
        fitting.room.written(bytes);
      };
      const staged = await this.#options.stager.stageLarge({ entry, old: oldFileOf(item), onBytes }, signal);
      if (staged !== undefined) return [{ item, staged }];
      this.#missing(file);
      return [];
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.#options.onFailure(item, error);
      return [];
    } finally {
      fitting.room.release();
      this.#moving.delete(item.shown.path);
    }
  }

  #missing({ item, entry }: WantedFile): void {
    this.#options.backlog.missing(item.key, { path: item.shown.path, content: entry.root });
  }

  /** Those for which the disk has room; of the others it is said that they wait for it. */
  async #fitting(files: readonly WantedFile[]): Promise<readonly { readonly file: WantedFile; readonly room: Room }[]> {
    if (files.length === 0) return [];
    const rooms = await this.#options.takeRoom(files.map(({ entry }) => entry.size));
    return files.flatMap((file, at) => {
      const room = rooms[at];
      if (room === undefined) return [];
      if (!(room instanceof NoRoomError)) return [{ file, room }];
      this.#options.onFailure(file.item, room);
      return [];
    });
  }
}

/** What a file replaces may have much of it. */
function oldFileOf({ shown, expected }: PlaceItem): HeldPlace | undefined {
  if (expected?.entry.kind !== "file") return undefined;
  return { path: shown.path, offset: 0, length: expected.entry.size };
}

function isSmall({ entry }: WantedFile): boolean {
  return entry.size <= limits.smallFileBytesMax;
}

function packsOf(files: readonly WantedFile[]): readonly (readonly WantedFile[])[] {
  const packs: WantedFile[][] = [];
  let pack: WantedFile[] = [];
  let bytes = 0;
  for (const file of files) {
    if (pack.length >= packFilesMax || (pack.length > 0 && bytes + file.entry.size > limits.contentAnswerBytesMax)) {
      packs.push(pack);
      pack = [];
      bytes = 0;
    }
    pack.push(file);
    bytes += file.entry.size;
  }
  if (pack.length > 0) packs.push(pack);
  return packs;
}

/** Runs `act` for each value, some at a time, until the signal aborts or one fails. */
async function eachAtOnce<Value>(
  values: readonly Value[],
  atOnce: number,
  signal: AbortSignal,
  act: (value: Value) => Promise<void>,
): Promise<void> {
  const queue = [...values];
  const work = async (): Promise<void> => {
    try {
      for (let value = queue.shift(); value !== undefined && !signal.aborted; value = queue.shift()) await act(value);
    } catch (error) {
      queue.length = 0;
      throw error;
    }
  };
  await allOf(Array.from({ length: atOnce }, work));
}
