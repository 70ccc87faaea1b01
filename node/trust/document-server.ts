/** Answers other peers' requests for documents: the list of all, or those that they name. */

import type { DocumentSet } from "../../protocol/documents/document-set.ts";
import { isRefusal } from "../../protocol/documents/verified.ts";
import { limits } from "../../protocol/limits.ts";
import { decodeDocumentsRequest, encodeDocumentsAnswer, type ListedDocument } from "../../protocol/wire/documents.ts";
import { RefusedError } from "../ports.ts";

/** Tags and lengths of one envelope in an answer. */
const framingBytes = 8;

export class DocumentServer {
  readonly #set: DocumentSet;
  /** Everybody asks for the same list, so it is encoded once for each change. */
  #list: { readonly revision: number; readonly bytes: Uint8Array } | undefined;

  constructor(set: DocumentSet) {
    this.#set = set;
  }

  /** @throws RefusedError for what is no request */
  answer(body: Uint8Array): Uint8Array {
    const named = decodeDocumentsRequest(body);
    if (isRefusal(named)) throw new RefusedError(named);
    return named.length === 0 ? this.#listBytes() : this.#envelopes(named);
  }

  #listBytes(): Uint8Array {
    const { revision } = this.#set;
    if (this.#list?.revision !== revision) {
      this.#list = { revision, bytes: encodeDocumentsAnswer({ documents: this.#set.entries() }) };
    }
    return this.#list.bytes;
  }

  /** In the order asked for, as many as fit: whoever lacks more asks again. */
  #envelopes(named: readonly ListedDocument[]): Uint8Array {
    const envelopes: Uint8Array[] = [];
    let room = limits.messageBytesMax;
    for (const wanted of named) {
      const document = this.#set.find(wanted);
      if (document?.hash !== wanted.hash) continue;
      room -= document.envelope.length + framingBytes;
      if (room < 0) break;
      envelopes.push(document.envelope);
    }
    return encodeDocumentsAnswer({ envelopes });
  }
}
