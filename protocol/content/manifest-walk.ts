/**
 * The way down a manifest, from its top page to the chunks, in the order of the content.
 *
 * The walk says which pages it needs next; the caller gives them, from its store when it knows
 * them (most pages of a changed file) or from a peer, in any order. Only pages that were asked for
 * are open, so the memory needed depends on how far ahead the caller asks, not on the file's size.
 */

import type { Refusal } from "../refusal.ts";
import { type ChunkPlace, openPage, type Page, type PageSlot } from "./manifest.ts";

/** A page to be opened, or the chunks of one that was. */
type Node = { readonly slot: PageSlot } | { readonly chunks: readonly ChunkPlace[] };

export class ManifestWalk {
  /** What is still ahead, the next of the content at the end. */
  readonly #ahead: Node[];

  /** @param top as `openTopPage` verified it */
  constructor(top: Page) {
    this.#ahead = nodesOf(top);
  }

  /** Whether all chunks were taken. */
  get finished(): boolean {
    return this.#ahead.length === 0;
  }

  /** The next pages that are not open yet, at most `limit`. None: all that is ahead can be taken. */
  wanted(limit: number): readonly PageSlot[] {
    const slots: PageSlot[] = [];
    for (let at = this.#ahead.length - 1; at >= 0 && slots.length < limit; at -= 1) {
      const node = this.#ahead[at];
      if (node !== undefined && "slot" in node) slots.push(node.slot);
    }
    return slots;
  }

  /**
   * Opens a page that is wanted. Where one page stands at several places, give it for each slot.
   *
   * @returns why the bytes are not that page; the walk then goes on wanting it
   */
  give(slot: PageSlot, bytes: Uint8Array): Refusal | undefined {
    const at = this.#ahead.findLastIndex((node) => "slot" in node && node.slot === slot);
    if (at === -1) throw new Error(`page ${slot.hash} is not wanted`);
    const page = openPage(slot, bytes);
    if ("code" in page) return page;
    this.#ahead.splice(at, 1, ...nodesOf(page));
    return undefined;
  }

  /** The chunks up to the next page that is not open, in order. */
  take(): readonly ChunkPlace[] {
    const taken: ChunkPlace[] = [];
    for (let node = this.#ahead.at(-1); node !== undefined && "chunks" in node; node = this.#ahead.at(-1)) {
      taken.push(...node.chunks);
      this.#ahead.pop();
    }
    return taken;
  }
}

function nodesOf(page: Page): Node[] {
  return page.kind === "chunks" ? [{ chunks: page.chunks }] : page.slots.map((slot) => ({ slot })).toReversed();
}
