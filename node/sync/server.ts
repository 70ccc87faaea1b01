/**
 * The content server: answers what peers ask of this peer's folders.
 *
 * It serves only content of paths that are held, and only to peers that may have the folder (P8).
 * A file that was touched since it was last proven is not served: its stat tells.
 */

import { type FolderId, type PeerId, parseChunkHash, parseContentRoot } from "../../protocol/ids.ts";
import type { EntryPath } from "../../protocol/folder/path.ts";
import { limits } from "../../protocol/limits.ts";
import { decodePieceRequest, encodePieceAnswer, type Piece } from "../../protocol/wire/content.ts";
import type { Folder } from "../folder/folder.ts";
import { RefusedError } from "../ports.ts";
import { type ByteRange, readHeldRanges } from "./local-read.ts";

export interface ServerOptions {
  readonly folder: (id: FolderId) => Folder | undefined;
  /** Whether the policy gives a folder to a peer. */
  readonly holds: (peer: PeerId, folder: FolderId) => boolean;
}

/** A range of a held file that a piece stands for. */
interface Place extends ByteRange {
  readonly path: EntryPath;
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
    for (const piece of pieces) if (piece.state === "sent") this.#bytes += piece.bytes.length;
    return encodePieceAnswer(pieces);
  }

  async #pieces(
    folder: Folder,
    { kind, names }: NonNullable<ReturnType<typeof decodePieceRequest>>,
  ): Promise<readonly Piece[]> {
    if (kind === "page") {
      const budget = new Budget();
      const pages = await Promise.all(names.map((name) => folder.index.contents.page(name)));
      return pages.map((bytes) =>
        bytes === undefined ? missing : budget.take(bytes.length) ? { state: "sent", bytes } : later,
      );
    }
    const places = await Promise.all(
      names.map((name) => (kind === "file" ? wholeFile(folder, name) : chunkPlace(folder, name))),
    );
    return readPlaces(folder, places);
  }
}

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

async function wholeFile(folder: Folder, name: string): Promise<Place | undefined> {
  const root = parseContentRoot(name);
  const [path] = root === undefined ? [] : await folder.index.contents.pathsOf(root, 1);
  if (path === undefined) return undefined;
  const held = await folder.index.held(path);
  if (held?.entry.kind !== "file" || held.entry.size > limits.smallFileBytesMax) return undefined;
  return { path, offset: 0, length: held.entry.size };
}

async function chunkPlace(folder: Folder, name: string): Promise<Place | undefined> {
  const chunk = parseChunkHash(name);
  return chunk === undefined ? undefined : folder.index.contents.findChunk(chunk);
}

/** Reads what fits in one answer, each file opened once. */
async function readPlaces(folder: Folder, places: readonly (Place | undefined)[]): Promise<readonly Piece[]> {
  const budget = new Budget();
  const pieces: Piece[] = places.map((place) =>
    place === undefined ? missing : budget.take(place.length) ? missing : later,
  );
  const byPath = new Map<EntryPath, { at: number; place: Place }[]>();
  for (const [at, place] of places.entries()) {
    if (place === undefined || pieces[at] === later) continue;
    const inFile = byPath.get(place.path) ?? [];
    inFile.push({ at, place });
    byPath.set(place.path, inFile);
  }
  await Promise.all(
    [...byPath].map(async ([path, wanted]) => {
      const read = await readHeldRanges(
        folder,
        path,
        wanted.map(({ place }) => place),
      );
      for (const [index, { at }] of wanted.entries()) {
        const bytes = read[index];
        if (bytes !== undefined) pieces[at] = { state: "sent", bytes };
      }
    }),
  );
  return pieces;
}
