/**
 * The room that temporary files may take (S10).
 *
 * A part of every disk is left to users, to the store and to the peer itself. What does not fit
 * beside it is not begun: nothing is half written, and smaller files go on. Old kept versions give
 * way first. Folders on one file system share one of these, so that they do not count the same
 * room twice. Sizes count in full, also of files with holes.
 */

import { DiskError, type Space, type Tree } from "../ports.ts";

const mib = 1024 * 1024;

/** A hundredth of the disk, at least 256 MiB, at most 8 GiB, and of a small disk never more than a tenth. */
export function reservedBytes(totalBytes: number): number {
  const usual = Math.min(Math.max(totalBytes / 100, 256 * mib), 8 * 1024 * mib);
  return Math.floor(Math.min(usual, totalBytes / 10));
}

/** Inodes left to others, far more than this peer's own directories take. */
const reservedInodes = 1_024;
/** What a file takes beside its bytes: the rest of its last block, and its inode. */
const perFileBytes = 4_096;

/** What shall be staged does not fit. Nothing was written. */
export class NoRoomError extends DiskError {
  readonly neededBytes: number;
  readonly freeBytes: number;
  constructor(neededBytes: number, freeBytes: number, action: string) {
    super("no-space", "no room beside what is left free", action, "");
    this.neededBytes = neededBytes;
    this.freeBytes = freeBytes;
  }
}

/** Room that was set aside for one file. */
export class Room {
  readonly #giveBack: (bytes: number) => void;
  #bytes: number;

  constructor(bytes: number, giveBack: (bytes: number) => void) {
    this.#bytes = bytes;
    this.#giveBack = giveBack;
  }

  /** So much of it is on the disk by now, and counted there. */
  written(bytes: number): void {
    const counted = Math.min(bytes, this.#bytes);
    this.#bytes -= counted;
    this.#giveBack(counted);
  }

  /** All of it is written, or none will be. */
  release(): void {
    this.written(this.#bytes);
  }
}

/** Lets old kept versions go. @returns the bytes that became free */
export type MakeRoom = (bytes: number) => Promise<number>;

export class StagingRoom {
  readonly #tree: Pick<Tree, "space">;
  #setAside = 0;

  constructor(tree: Pick<Tree, "space">) {
    this.#tree = tree;
  }

  /** Sets room aside for each file, in their order, as far as it goes; the others get what stands in the way. */
  async take(sizes: readonly number[], makeRoom: MakeRoom): Promise<readonly (Room | NoRoomError)[]> {
    const rooms = await this.#takeWhatFits(sizes);
    const lacking = rooms.filter((room) => room instanceof NoRoomError);
    if (lacking.length === 0) return rooms;
    const neededBytes = lacking.reduce((sum, room) => sum + room.neededBytes, 0);
    if ((await makeRoom(neededBytes - (lacking[0]?.freeBytes ?? 0))) === 0) return rooms;
    const again = await this.#takeWhatFits(sizes.filter((_, at) => rooms[at] instanceof NoRoomError));
    let next = 0;
    return rooms.map((room) => {
      if (!(room instanceof NoRoomError)) return room;
      next += 1;
      return again[next - 1] ?? room;
    });
  }

  /** What more could be taken; 0 when inodes run out. */
  async freeBytes(): Promise<number> {
    return this.#beside(await this.#tree.space());
  }

  #beside({ freeBytes, totalBytes, freeInodes }: Space): number {
    if (freeInodes <= reservedInodes) return 0;
    return Math.max(0, freeBytes - reservedBytes(totalBytes) - this.#setAside);
  }

  async #takeWhatFits(sizes: readonly number[]): Promise<readonly (Room | NoRoomError)[]> {
    const space = await this.#tree.space();
    // From here on without a pause: whoever asks meanwhile sees what was set aside.
    let freeBytes = this.#beside(space);
    return sizes.map((size) => {
      const bytes = size + perFileBytes;
      if (bytes > freeBytes) return new NoRoomError(bytes, freeBytes, "stage");
      freeBytes -= bytes;
      this.#setAside += bytes;
      return new Room(bytes, (back) => {
        this.#setAside -= back;
      });
    });
  }
}
