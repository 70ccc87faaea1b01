/**
 * The content server: answers what peers ask of this peer's folders.
 *
 * It serves only content of paths that are held, and only to peers that may have the folder (P8).
 * A file that was touched since it was last proven is not served: its stat tells. Who was sent wrong
 * bytes says so, and then they are checked before they are sent again, and the file is read anew.
 */

import { type BlockSet, pickBlocks } from "../../protocol/content/patch.ts";
import type { LinkRule } from "../../protocol/documents/policy.ts";
import { type FolderId, type PeerId, parseChunkHash, parseContentRoot } from "../../protocol/ids.ts";
import { limits } from "../../protocol/limits.ts";
import { decodePieceRequest, encodePieceAnswer, type Piece, type PieceRequest } from "../../protocol/wire/content.ts";
import type { Folder } from "../folder/folder.ts";
import { doubt } from "../folder/doubt.ts";
import { type Compute, RefusedError, type Store } from "../ports.ts";
import { compressed } from "./compression.ts";
import { type HeldPlace, readHeld } from "./local-read.ts";
import { chunkCheck, fileCheck } from "./piece-check.ts";

export interface ServerOptions {
  readonly folder: (id: FolderId) => Folder | undefined;
  /** Whether the policy gives a folder to a peer. */
  readonly holds: (peer: PeerId, folder: FolderId) => boolean;
  /** What the policy says of the link to a peer. */
  readonly linkTo: (peer: PeerId) => LinkRule;
  readonly compute: Compute;
  readonly store: Store;
}

export class ContentServer {
  readonly #options: ServerOptions;
  #bytes = 0;

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  /** Bytes of content that were sent to other peers since the start. */
  get bytesServed(): number {
    return this.#bytes;
  }

  async answer(peer: PeerId, body: Uint8Array): Promise<Uint8Array> {
    const request = decodePieceRequest(body);
    if (request === undefined) {
      throw new RefusedError({ code: "message-malformed", what: "content request", why: "it cannot be read" });
    }
    if (!this.#options.holds(peer, request.folder)) {
      throw new RefusedError({ code: "folder-not-held", peer, folder: request.folder });
    }
    const folder = this.#options.folder(request.folder);
    const pieces = folder === undefined ? request.names.map(() => missing) : await this.#pieces(folder, request);
    const sent = pieces.flatMap((piece) => (piece.state === "sent" ? [piece.bytes] : []));
    this.#bytes += sent.reduce((sum, bytes) => sum + bytes.length, 0);
    const level = request.compression ? this.#options.linkTo(peer).compression : 0;
    return encodePieceAnswer(pieces, await compressed(this.#options.compute, sent, level));
  }

  async #pieces(folder: Folder, { kind, names, wanted, doubted }: PieceRequest): Promise<readonly Piece[]> {
    if (kind === "page") {
      const budget = new Budget();
      const pages = await Promise.all(names.map((name) => folder.index.contents.page(name)));
      return pages.map((bytes) =>
        bytes === undefined ? missing : budget.take(bytes.length) ? { state: "sent", bytes } : later,
      );
    }
    const places = kind === "file" ? await filePlaces(folder, names) : await chunkPlaces(folder, names);
    const read = await readPlaces(folder, places);
    const whole = kind === "file" ? "file" : "chunk";
    const pieces = doubted ? await this.#checked(folder, whole, names, places, read) : read;
    if (kind === "blocks") return each(pieces, (bytes, at) => pickBlocks(bytes, wanted[at] ?? noBlocks));
    return kind === "block-list" ? this.#described(pieces) : pieces;
  }

  async #described(pieces: readonly Piece[]): Promise<readonly Piece[]> {
    const chunks = pieces.flatMap((piece) => (piece.state === "sent" ? [piece.bytes] : []));
    const lists = (await this.#options.compute.describeMany(chunks)).values();
    return each(pieces, () => lists.next().value ?? noBlocks);
  }

  /** What is not what it is called is missing here, and its file is looked into. */
  async #checked(
    folder: Folder,
    kind: "file" | "chunk",
    names: readonly string[],
    places: readonly (HeldPlace | undefined)[],
    pieces: readonly Piece[],
  ): Promise<readonly Piece[]> {
    const { compute, store } = this.#options;
    const sent = pieces.flatMap((piece, at) => (piece.state === "sent" ? [{ at, bytes: piece.bytes }] : []));
    const verify = kind === "file" ? fileCheck(compute) : chunkCheck(compute);
    const verdicts = await verify(
      sent.map(({ at }) => names[at] ?? ""),
      sent.map(({ bytes }) => bytes),
    );
    const wrong = new Set(sent.filter((_, number) => verdicts[number] !== true).map(({ at }) => at));
    const paths = new Set([...wrong].flatMap((at) => places[at]?.path ?? []));
    for (const path of paths) await doubt(folder, store, path);
    return pieces.map((piece, at) => (wrong.has(at) ? missing : piece));
  }
}

/** What is sent becomes something else, in order. */
function each(pieces: readonly Piece[], make: (bytes: Uint8Array, at: number) => Uint8Array): readonly Piece[] {
  return pieces.map((piece, at) => (piece.state === "sent" ? { ...piece, bytes: make(piece.bytes, at) } : piece));
}

const noBlocks: BlockSet = new Uint8Array(0);

const missing: Piece = { state: "missing" };
const later: Piece = { state: "later" };

/** How much still fits in an answer. The first piece always does: none is above the limit. */
class Budget {
  #left: number = limits.contentAnswerBytesMax;

  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }
}

/** Where whole small files lie. */
async function filePlaces(folder: Folder, names: readonly string[]): Promise<readonly (HeldPlace | undefined)[]> {
  const { index } = folder;
  const roots = names.map(parseContentRoot);
  const paths = await Promise.all(
    roots.map(async (root) => (root === undefined ? undefined : (await index.contents.pathsOf(root, 1))[0])),
  );
  const known = paths.filter((path) => path !== undefined);
  const held = new Map((await index.heldMany(known)).map((one, at) => [known[at], one]));
  return paths.map((path) => {
    const entry = held.get(path)?.entry;
    if (path === undefined || entry?.kind !== "file" || entry.size > limits.smallFileBytesMax) return undefined;
    return { path, offset: 0, length: entry.size };
  });
}

async function chunkPlaces(folder: Folder, names: readonly string[]): Promise<readonly (HeldPlace | undefined)[]> {
  const chunks = names.flatMap((name) => parseChunkHash(name) ?? []);
  return folder.index.contents.findChunks(chunks);
}

/** Reads what fits in one answer. */
async function readPlaces(folder: Folder, places: readonly (HeldPlace | undefined)[]): Promise<readonly Piece[]> {
  const budget = new Budget();
  const fits = places.map((place) => place === undefined || budget.take(place.length));
  const read = await readHeld(
    folder,
    places.map((place, at) => (fits[at] === true ? place : undefined)),
  );
  return places.map((_, at): Piece => {
    const bytes = read[at];
    if (fits[at] !== true) return later;
    return bytes === undefined ? missing : { state: "sent", bytes };
  });
}
