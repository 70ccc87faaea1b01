/**
 * A patch: of a chunk that replaces known old bytes only what is new in it travels.
 *
 * The source describes the chunk as a list of small blocks, a rolling checksum and a short strong
 * hash for each; whoever wants the chunk rolls over its old bytes, finds the blocks that it has
 * wherever they moved to, and asks for the others [rsync, with the parts exchanged: the list comes
 * from the new side, so the source reads its chunk once for everybody]. The chunk is verified by its
 * own name in the end; a block that was taken for another one costs a full fetch and nothing else (S6).
 *
 * A list as bytes: for each block its rolling checksum and the first four bytes of its SHA-256, both
 * big endian. All blocks have `limits.patchBlockBytes` but the last, which may be shorter.
 */

import { limits } from "../limits.ts";
import { sha256 } from "../sha256.ts";
import { joinSums, weakSum } from "./rolling.ts";

const entryBytes = 8;

/** Where blocks of a chunk stand in old bytes: for each its offset there, -1 where it stands nowhere. */
export type BlockSources = Int32Array;

/** What a source says of the blocks of a chunk. */
export interface BlockList {
  readonly bytes: Uint8Array;
  /** Of the chunk. */
  readonly length: number;
}

/** Some blocks of a chunk: a bit for each, the lowest first; as many bytes as the largest chunk needs. */
export type BlockSet = Uint8Array;

export const blockSetBytes = limits.chunkBytesMax / limits.patchBlockBytes / 8;

/** The list of a chunk's blocks, 1/128 of its size. */
export function describeBlocks(chunk: Uint8Array): Uint8Array {
  const count = blocksOf(chunk.length);
  const list = new Uint8Array(count * entryBytes);
  const view = new DataView(list.buffer);
  for (let block = 0; block < count; block += 1) {
    const from = block * limits.patchBlockBytes;
    const to = Math.min(chunk.length, from + limits.patchBlockBytes);
    view.setUint32(block * entryBytes, weakSum(chunk, from, to));
    view.setUint32(block * entryBytes + 4, strongHash(chunk, from, to));
  }
  return list;
}

/** Whether a list has the form of one. What stands in it only the chunk's own hash proves. */
export function isBlockList({ bytes, length }: BlockList): boolean {
  return bytes.length === blockListBytes(length);
}

/** How long the list of a chunk of that many bytes is. */
export function blockListBytes(chunkLength: number): number {
  return blocksOf(chunkLength) * entryBytes;
}

/** Looks for the blocks of a chunk in old bytes, at any offset. @param list see `isBlockList` */
export function findBlocks(list: BlockList, old: Uint8Array): BlockSources {
  const blocks = new BlockTable(list);
  const size = limits.patchBlockBytes;
  let left = blocks.whole;
  for (let at = 0; left > 0 && at + size <= old.length; ) {
    const found = blocks.rollTo(old, at);
    if (found === undefined) break;
    left -= blocks.take(found);
    // What follows in the old bytes mostly follows in the chunk too.
    at = found.at + size;
  }
  blocks.placeTail(old);
  return blocks.sources;
}

/** The blocks that stand nowhere. */
export function missingBlocks(sources: BlockSources): BlockSet {
  const set = new Uint8Array(blockSetBytes);
  for (const [block, source] of sources.entries()) {
    if (source < 0) set[block >> 3] = (set[block >> 3] ?? 0) | (1 << (block & 7));
  }
  return set;
}

/** The blocks of a set, one behind the other. Blocks that the chunk does not have are none. */
export function pickBlocks(chunk: Uint8Array, set: BlockSet): Uint8Array {
  const picked = new Uint8Array(bytesOfBlocks(set, chunk.length));
  let at = 0;
  for (const { offset, length } of blocksIn(set, chunk.length)) {
    picked.set(chunk.subarray(offset, offset + length), at);
    at += length;
  }
  return picked;
}

/** How many bytes the blocks of a set have, of a chunk of that many bytes. */
export function bytesOfBlocks(set: BlockSet, chunkLength: number): number {
  return blocksIn(set, chunkLength).reduce((sum, { length }) => sum + length, 0);
}

/**
 * The chunk, made of old bytes and of what came for its missing blocks.
 *
 * @param fresh the bytes of all missing blocks, one behind the other
 * @returns undefined when they are not as many as are missing
 */
export function applyPatch(
  sources: BlockSources,
  chunkLength: number,
  old: Uint8Array,
  fresh: Uint8Array,
): Uint8Array | undefined {
  const chunk = new Uint8Array(chunkLength);
  let used = 0;
  for (const [block, source] of sources.entries()) {
    const offset = block * limits.patchBlockBytes;
    const length = Math.min(limits.patchBlockBytes, chunkLength - offset);
    if (source >= 0) chunk.set(old.subarray(source, source + length), offset);
    else {
      chunk.set(fresh.subarray(used, used + length), offset);
      used += length;
    }
  }
  return used === fresh.length ? chunk : undefined;
}

/** Where a window of old bytes may be one of the blocks. */
interface Found {
  readonly at: number;
  /** The first block with that checksum and hash; further ones hang behind it. */
  readonly block: number;
}

/** Slots of the table, a power of two: at least two for each block of the largest chunk. */
const tableSlots = 1_024;
const slotShift = 22;
/** Spreads the checksum's bits, of which the lower ones vary little [Knuth, multiplicative hashing]. */
const spread = 0x9e37_79b1;
/**
 * Windows with a right checksum and a wrong hash that are borne with, for each block: a list that a
 * liar made to fit everywhere would cost a hash for each byte otherwise.
 */
const falseAlarmsPerBlock = 4;

class BlockTable {
  readonly sources: BlockSources;
  /** Blocks of full length, which can be found anywhere. */
  readonly whole: number;
  readonly #chunkLength: number;
  readonly #weak: Uint32Array;
  readonly #strong: Uint32Array;
  /** By the checksum, the first block with it plus one; 0 where there is none. Open addressing. */
  readonly #slots = new Uint16Array(tableSlots);
  /** The next block with the same checksum and hash, or -1. */
  readonly #next: Int16Array;
  #alarmsLeft: number;

  constructor({ bytes, length }: BlockList) {
    const count = blocksOf(length);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#chunkLength = length;
    this.whole = Math.floor(length / limits.patchBlockBytes);
    this.sources = new Int32Array(count).fill(-1);
    this.#weak = Uint32Array.from({ length: count }, (_, block) => view.getUint32(block * entryBytes));
    this.#strong = Uint32Array.from({ length: count }, (_, block) => view.getUint32(block * entryBytes + 4));
    this.#next = new Int16Array(count).fill(-1);
    this.#alarmsLeft = falseAlarmsPerBlock * count;
    for (let block = this.whole - 1; block >= 0; block -= 1) this.#insert(block);
  }

  /** The first window of old bytes from `start` on that is a block. */
  rollTo(old: Uint8Array, start: number): Found | undefined {
    const size = limits.patchBlockBytes;
    const slots = this.#slots;
    let sum = 0;
    let weighted = 0;
    for (let at = start; at < start + size; at += 1) {
      sum += old[at] ?? 0;
      weighted += sum;
    }
    for (let at = start; ; at += 1) {
      const weak = joinSums(sum, weighted);
      if (slots[Math.imul(weak, spread) >>> slotShift] !== 0) {
        const block = this.#find(weak, old, at);
        if (block !== undefined) return { at, block };
        if (this.#alarmsLeft <= 0) return undefined;
      }
      if (at + size >= old.length) return undefined;
      const out = old[at] ?? 0;
      sum = (sum - out + (old[at + size] ?? 0)) | 0;
      weighted = (weighted - size * out + sum) | 0;
    }
  }

  /** Notes where blocks stand. @returns how many are new */
  take({ at, block }: Found): number {
    let taken = 0;
    for (let same = block; same >= 0; same = this.#next[same] ?? -1) {
      if ((this.sources[same] ?? 0) >= 0) continue;
      this.sources[same] = at;
      taken += 1;
    }
    return taken;
  }

  /** The last, shorter block can only stand behind the one before it, or at the end of the old bytes. */
  placeTail(old: Uint8Array): void {
    const tail = this.#chunkLength - this.whole * limits.patchBlockBytes;
    if (tail === 0) return;
    const before = this.sources[this.whole - 1] ?? -1;
    const places = [before >= 0 ? before + limits.patchBlockBytes : -1, old.length - tail];
    const place = places.find((at) => at >= 0 && at + tail <= old.length && this.#isBlock(this.whole, old, at, tail));
    if (place !== undefined) this.sources[this.whole] = place;
  }

  #insert(block: number): void {
    let slot = this.#slotOf(block);
    for (; this.#slots[slot] !== 0; slot = (slot + 1) % tableSlots) {
      const other = (this.#slots[slot] ?? 0) - 1;
      if (this.#weak[other] !== this.#weak[block] || this.#strong[other] !== this.#strong[block]) continue;
      this.#next[block] = other;
      break;
    }
    this.#slots[slot] = block + 1;
  }

  #find(weak: number, old: Uint8Array, at: number): number | undefined {
    let strong: number | undefined;
    let slot = Math.imul(weak, spread) >>> slotShift;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) % tableSlots) {
      const block = (this.#slots[slot] ?? 0) - 1;
      if (this.#weak[block] !== weak) continue;
      strong ??= strongHash(old, at, at + limits.patchBlockBytes);
      if (this.#strong[block] === strong) return block;
    }
    if (strong !== undefined) this.#alarmsLeft -= 1;
    return undefined;
  }

  #slotOf(block: number): number {
    return Math.imul(this.#weak[block] ?? 0, spread) >>> slotShift;
  }

  #isBlock(block: number, old: Uint8Array, at: number, length: number): boolean {
    return (
      this.#weak[block] === weakSum(old, at, at + length) && this.#strong[block] === strongHash(old, at, at + length)
    );
  }
}

function blocksIn(set: BlockSet, chunkLength: number): readonly { readonly offset: number; readonly length: number }[] {
  const blocks: { offset: number; length: number }[] = [];
  for (let offset = 0, block = 0; offset < chunkLength; offset += limits.patchBlockBytes, block += 1) {
    if (((set[block >> 3] ?? 0) & (1 << (block & 7))) === 0) continue;
    blocks.push({ offset, length: Math.min(limits.patchBlockBytes, chunkLength - offset) });
  }
  return blocks;
}

/** How many blocks a chunk of that many bytes has. */
export function blocksOf(chunkLength: number): number {
  return Math.ceil(chunkLength / limits.patchBlockBytes);
}

function strongHash(bytes: Uint8Array, from: number, to: number): number {
  const digest = sha256(bytes.subarray(from, to));
  return new DataView(digest.buffer, digest.byteOffset).getUint32(0);
}
