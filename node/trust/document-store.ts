/**
 * The documents that this peer knows, durable before they have any effect.
 *
 * Documents come one at a time: verify, decide, write, and only then act. So a crash leaves the
 * old set or the new one, and a version that was ever acted on is there after it (P4). What a
 * document replaces goes in the same write.
 */

import { DocumentSet } from "../../protocol/documents/document-set.ts";
import { type DocumentEntry, documentKinds, type SignedDocument } from "../../protocol/documents/kinds.ts";
import { isRefusal } from "../../protocol/documents/verified.ts";
import type { SiteId } from "../../protocol/ids.ts";
import { describeRefusal, type Refusal } from "../../protocol/refusal.ts";
import { afterKey, rowKey, rowRange } from "../keys.ts";
import type { Cancel, Log, Store } from "../ports.ts";

export type OfferOutcome = Refusal | "new" | "known";

export interface DocumentStoreOptions {
  readonly store: Store;
  readonly log: Log;
  readonly site: SiteId;
}

export class DocumentStore {
  /** What is known, for reading. */
  readonly set: DocumentSet;
  readonly #store: Store;
  readonly #log: Log;
  readonly #listeners = new Set<(document: SignedDocument) => void>();
  /** One document at a time: deciding about the next one needs the effect of this one. */
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(options: DocumentStoreOptions) {
    this.set = new DocumentSet(options.site);
    this.#store = options.store;
    this.#log = options.log;
  }

  static async open(options: DocumentStoreOptions): Promise<DocumentStore> {
    const documents = new DocumentStore(options);
    for (const kind of documentKinds) await documents.#load(kind);
    return documents;
  }

  /** @throws when the store could not make it durable; then nothing has changed */
  offer(envelope: Uint8Array): Promise<OfferOutcome> {
    const taken = this.#tail.then(() => this.#take(envelope));
    this.#tail = taken.catch(() => undefined);
    return taken;
  }

  /** Hears of each new document once it is durable and in the set. */
  onStored(listener: (document: SignedDocument) => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #take(envelope: Uint8Array): Promise<OfferOutcome> {
    const document = this.set.verify(envelope);
    if (isRefusal(document)) return document;
    const decision = this.set.decide(document);
    switch (decision.kind) {
      case "known":
        return "known";
      case "refuse":
        return decision.refusal;
      case "equivocation":
        await this.#keepProof(decision.first, document);
        return decision.refusal;
      case "keep":
        await this.#store.write(
          [
            { kind: "put", key: keyOf(document), value: envelope },
            ...decision.replaced.map((old) => ({ kind: "delete", key: keyOf(old) }) as const),
          ],
          { durable: true },
        );
        this.set.add(document, decision.replaced);
        this.#log.write("info", "document-stored", nameOf(document));
        for (const listener of this.#listeners) listener(document);
        return "new";
    }
  }

  /** The first stays in force; the second proves that one key signed both (P4). */
  async #keepProof(first: SignedDocument, second: SignedDocument): Promise<void> {
    const key = rowKey("d", "proof", second.kind, second.name, second.version);
    this.#log.write("error", "document-equivocation", {
      ...nameOf(first),
      kept: first.hash,
      refused: second.hash,
      signers: second.signers,
    });
    if ((await this.#store.get(key)) === undefined) {
      await this.#store.write([{ kind: "put", key, value: second.envelope }], { durable: true });
    }
  }

  async #load(kind: string): Promise<void> {
    const { from, to } = rowRange("d", kind);
    let next = from;
    for (;;) {
      const rows = await this.#store.range({ from: next, to, limit: rowsPerPage });
      for (const [, envelope] of rows) {
        const document = this.set.verify(envelope);
        // Damaged, or its signer no longer counts. It is not acted on; another peer may have a sound one.
        if (isRefusal(document)) {
          this.#log.write("error", "document-unreadable", { kind, why: describeRefusal(document) });
          continue;
        }
        this.set.add(document, []);
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < rowsPerPage) return;
      next = afterKey(last[0]);
    }
  }
}

/** Verified in one go: some 10 ms. */
const rowsPerPage = 32;

function keyOf(entry: DocumentEntry): Uint8Array {
  return rowKey("d", entry.kind, entry.name, entry.version);
}

function nameOf({ kind, name, version }: DocumentEntry): { kind: string; name: string; version: number } {
  return { kind, name, version };
}
