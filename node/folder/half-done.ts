/**
 * What a commit left half done because disk or store failed: names are changed, and the index does
 * not say so yet.
 *
 * Whoever compares the disk with the index settles it first. Otherwise what was brought in would look
 * like a user's write over what stood there, and what was taken away like a user's delete.
 */

export class HalfDone {
  #settle: (() => Promise<void>) | undefined;

  /** @param settle tells the index what was done */
  note(settle: () => Promise<void>): void {
    this.#settle = settle;
  }

  /** Under the folder's lock, and a root that proves itself. @throws DiskError or StoreError: it stays half done */
  async settle(): Promise<void> {
    await this.#settle?.();
    this.#settle = undefined;
  }
}
