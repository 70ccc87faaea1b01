/** Announcements, lists and requests of signed documents as bytes (FORMATS 26). */

import type { DocumentId } from "../documents/verified.ts";
import { fromHex, type PeerId, publicKeyOfPeer, toHex } from "../ids.ts";
import { limits } from "../limits.ts";
import type { Refusal } from "../refusal.ts";
import {
  type DocumentEntry as DocumentEntryMessage,
  DocumentsAnnouncement as DocumentsAnnouncementMessage,
  DocumentsAnswer as DocumentsAnswerMessage,
  DocumentsRequest as DocumentsRequestMessage,
} from "./generated/documents.js";

/** A document that another peer says it has. Its kind may be one of a later version. */
export interface ListedDocument extends DocumentId {
  /** 64 hex digits. */
  readonly hash: string;
}

export interface DocumentsAnswer {
  /** All that the answerer has, when nothing was named in the request. */
  readonly documents: readonly ListedDocument[];
  /** Envelopes of documents that were named in the request, as many as fit. */
  readonly envelopes: readonly Uint8Array[];
}

/** @param documents at most `limits.documentsAnnouncedMax` */
export function encodeAnnouncement(announcer: PeerId, documents: readonly ListedDocument[]): Uint8Array {
  return DocumentsAnnouncementMessage.encode({
    announcer: new Uint8Array(publicKeyOfPeer(announcer)),
    documents: documents.map(messageOf),
  });
}

export function decodeAnnouncement(bytes: Uint8Array): readonly ListedDocument[] | Refusal {
  return decoded("announcement of documents", bytes, limits.gossipBytesMax, () => {
    const options = { limits: { documents: limits.documentsAnnouncedMax } };
    return listed(DocumentsAnnouncementMessage.decode(bytes, options).documents);
  });
}

/** @param documents at most `limits.documentsPerRequestMax`; none: asks for the list of all */
export function encodeDocumentsRequest(documents: readonly ListedDocument[]): Uint8Array {
  return DocumentsRequestMessage.encode({ documents: documents.map(messageOf) });
}

export function decodeDocumentsRequest(bytes: Uint8Array): readonly ListedDocument[] | Refusal {
  return decoded("request for documents", bytes, limits.gossipBytesMax, () => {
    const options = { limits: { documents: limits.documentsPerRequestMax } };
    return listed(DocumentsRequestMessage.decode(bytes, options).documents);
  });
}

/** @param answer within `limits.messageBytesMax` */
export function encodeDocumentsAnswer(answer: Partial<DocumentsAnswer>): Uint8Array {
  return DocumentsAnswerMessage.encode({
    documents: (answer.documents ?? []).map(messageOf),
    envelopes: (answer.envelopes ?? []).map((envelope) => new Uint8Array(envelope)),
  });
}

export function decodeDocumentsAnswer(bytes: Uint8Array): DocumentsAnswer | Refusal {
  return decoded("answer with documents", bytes, limits.messageBytesMax, () => {
    const options = { limits: { documents: limits.documentsMax, envelopes: limits.documentsPerRequestMax } };
    const { documents, envelopes } = DocumentsAnswerMessage.decode(bytes, options);
    const entries = listed(documents);
    return entries && { documents: entries, envelopes };
  });
}

/** Kinds and names are short words; anything else is no document. */
const wordPattern = /^[a-z0-9][a-z0-9-]{0,63}$/;

function messageOf(document: ListedDocument): DocumentEntryMessage {
  const { kind, name, version, hash } = document;
  return { kind, name, version, hash: new Uint8Array(fromHex(hash)) };
}

function listed(messages: readonly DocumentEntryMessage[]): readonly ListedDocument[] | undefined {
  const sound = messages.every(
    ({ kind, name, version, hash }) =>
      wordPattern.test(kind) &&
      wordPattern.test(name) &&
      Number.isSafeInteger(version) &&
      version > 0 &&
      hash.length === 32,
  );
  if (!sound) return undefined;
  return messages.map(({ kind, name, version, hash }) => ({ kind, name, version, hash: toHex(hash) }));
}

function decoded<Message>(
  what: string,
  bytes: Uint8Array,
  bytesMax: number,
  decode: () => Message | undefined,
): Message | Refusal {
  if (bytes.length > bytesMax) return { code: "message-malformed", what, why: `has ${bytes.length} bytes` };
  try {
    return decode() ?? { code: "message-malformed", what, why: "names what is no document" };
  } catch {
    return { code: "message-malformed", what, why: "no protocol buffer" };
  }
}
