/**
 * The fetcher: pieces of content from whichever peer has them, nearest first.
 *
 * A source that lacks a piece, fails or sends wrong bytes is passed over and the next one asked.
 * Only verified bytes come out of here (S6). Who sent wrong bytes, by malice or from a rotten disk,
 * is asked last until an answer of theirs is right again, and is told, so that an honest one looks.
 */

import type { FolderId, PeerId } from "../../protocol/ids.ts";
import { limits } from "../../protocol/limits.ts";
import { describeRefusal } from "../../protocol/refusal.ts";
import { decodePieceAnswer, encodePieceRequest, type PieceKind } from "../../protocol/wire/content.ts";
import { type Log, type Network, RefusedError, RequestError } from "../ports.ts";
import type { Verify } from "./piece-check.ts";

export const contentProtocol = "/cdmesh/1/content";

/** Peers that may have an item, in the order in which to ask them. */
export type Sources = (folder: FolderId, item: string) => readonly PeerId[];

export interface FetcherOptions {
  readonly folder: FolderId;
  readonly network: Pick<Network, "request">;
  readonly sources: Sources;
  readonly log: Log;
}

/** Bytes asked for at most in one request take this long on the slowest link worth waiting for (ALGORITHMS 4). */
const timeoutMs = 8_000;

export class Fetcher {
  readonly #options: FetcherOptions;
  /** Sources whose last pieces were wrong. */
  readonly #wrong = new Set<PeerId>();
  #bytes = 0;

  constructor(options: FetcherOptions) {
    this.#options = options;
  }

  /** Verified bytes that came from other peers since the start. */
  get bytesFetched(): number {
    return this.#bytes;
  }

  /** @returns what could be had from anybody; the rest is missing from the map */
  async fetch(
    kind: PieceKind,
    names: readonly string[],
    verify: Verify,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Uint8Array>> {
    const got = new Map<string, Uint8Array>();
    const [first] = names;
    if (first === undefined) return got;
    const sources = this.#options.sources(this.#options.folder, first);
    const trusted = sources.filter((source) => !this.#wrong.has(source));
    for (const source of [...trusted, ...sources.filter((each) => this.#wrong.has(each))]) {
      // A source answers as much as fits in a message: it is asked again for what it has beyond that.
      let progress = true;
      while (progress && !signal.aborted) {
        const wanted = names.filter((name) => !got.has(name));
        if (wanted.length === 0) return got;
        progress = await this.#ask(source, kind, wanted.slice(0, limits.contentNamesMax), verify, got, signal);
      }
    }
    return got;
  }

  /** @returns whether the source has more of what was asked */
  async #ask(
    source: PeerId,
    kind: PieceKind,
    names: readonly string[],
    verify: Verify,
    got: Map<string, Uint8Array>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { network, folder, log } = this.#options;
    const doubted = this.#wrong.has(source);
    let body: Uint8Array;
    try {
      const asked = encodePieceRequest({ folder, kind, names, doubted });
      body = await network.request(source, contentProtocol, asked, { timeoutMs, signal });
    } catch (error) {
      if (error instanceof RefusedError) log.write("warn", "content-refused", { peer: source, why: describe(error) });
      else if (error instanceof RequestError)
        log.write("debug", "content-unanswered", { peer: source, why: error.failure });
      else throw error;
      return false;
    }
    const pieces = decodePieceAnswer(body, names.length);
    if (pieces === undefined) {
      log.write("warn", "content-malformed", { peer: source });
      return false;
    }
    const sentNames: string[] = [];
    const sent: Uint8Array[] = [];
    for (const [at, name] of names.entries()) {
      const piece = pieces[at];
      if (piece?.state !== "sent") continue;
      sentNames.push(name);
      sent.push(piece.bytes);
    }
    const verdicts = await verify(sentNames, sent);
    let wrong = 0;
    for (const [at, name] of sentNames.entries()) {
      const bytes = sent[at];
      if (verdicts[at] !== true || bytes === undefined) wrong += 1;
      else {
        got.set(name, bytes);
        this.#bytes += bytes.length;
      }
    }
    if (wrong > 0) {
      this.#wrong.add(source);
      log.write("warn", "content-wrong", { peer: source, pieces: wrong });
      // It shall look into its file at once: by the next try something else of it may have been right.
      if (!doubted) return true;
    } else if (sentNames.length > 0) this.#wrong.delete(source);
    const later = pieces.some((piece) => piece.state === "later");
    // Without any piece sent, asking again would bring the same answer.
    return later && sentNames.length > wrong;
  }
}

function describe(error: RefusedError): string {
  const { refusal } = error;
  return "detail" in refusal ? `${refusal.code} ${refusal.detail}` : describeRefusal(refusal);
}
