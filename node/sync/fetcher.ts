/**
 * The fetcher: pieces of content from whichever peer has them, nearest first.
 *
 * A source that lacks a piece, fails or sends wrong bytes is passed over and the next one asked.
 * Only verified bytes come out of here (S6). Who sent wrong bytes, by malice or from a rotten disk,
 * is asked last until an answer of theirs is right again, and is told, so that an honest one looks.
 */

import type { BlockSet } from "../../protocol/content/patch.ts";
import type { FolderId, PeerId } from "../../protocol/ids.ts";
import { limits } from "../../protocol/limits.ts";
import { describeRefusal } from "../../protocol/refusal.ts";
import {
  decodePieceAnswer,
  encodePieceRequest,
  type Piece,
  type PieceKind,
  piecesOf,
} from "../../protocol/wire/content.ts";
import { type Compute, type Log, type Network, RefusedError, RequestError } from "../ports.ts";
import type { Verify } from "./piece-check.ts";

export const contentProtocol = "/cdmesh/1/content";

/** Peers that may have an item, in the order in which to ask them. */
export type Sources = (folder: FolderId, item: string) => readonly PeerId[];

export interface FetcherOptions {
  readonly folder: FolderId;
  readonly network: Pick<Network, "request">;
  readonly compute: Pick<Compute, "decompress">;
  readonly sources: Sources;
  readonly log: Log;
}

/** What is asked for, by name, and how it is judged. */
export interface Question {
  readonly kind: PieceKind;
  readonly names: readonly string[];
  readonly verify: Verify;
  /** Of kind "blocks", by name: which of them. */
  readonly wanted?: ReadonlyMap<string, BlockSet>;
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
  async fetch(question: Question, signal: AbortSignal): Promise<ReadonlyMap<string, Uint8Array>> {
    const got = new Map<string, Uint8Array>();
    const [first] = question.names;
    if (first === undefined) return got;
    for (const source of this.order(first)) {
      if (got.size === question.names.length || signal.aborted) break;
      await this.fetchFrom(source, question, got, signal);
    }
    return got;
  }

  /** Whom to ask for an item, one after the other. */
  order(item: string): readonly PeerId[] {
    const sources = this.#options.sources(this.#options.folder, item);
    const trusted = sources.filter((source) => !this.#wrong.has(source));
    return [...trusted, ...sources.filter((source) => this.#wrong.has(source))];
  }

  /** Adds what one source has of it. */
  async fetchFrom(
    source: PeerId,
    question: Question,
    got: Map<string, Uint8Array>,
    signal: AbortSignal,
  ): Promise<void> {
    // A source answers as much as fits in a message: it is asked again for what it has beyond that.
    for (let progress = true; progress && !signal.aborted; ) {
      const names = question.names.filter((name) => !got.has(name)).slice(0, limits.contentNamesMax);
      if (names.length === 0) return;
      progress = await this.#ask(source, { ...question, names }, got, signal);
    }
  }

  /** @returns whether the source has more of what was asked */
  async #ask(
    source: PeerId,
    { kind, names, wanted, verify }: Question,
    got: Map<string, Uint8Array>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { network, folder, log } = this.#options;
    const doubted = this.#wrong.has(source);
    let body: Uint8Array;
    try {
      const sets = names.flatMap((name) => wanted?.get(name) ?? []);
      const asked = encodePieceRequest({ folder, kind, names, wanted: sets, doubted, compression: true });
      body = await network.request(source, contentProtocol, asked, { timeoutMs, signal });
    } catch (error) {
      if (error instanceof RefusedError) log.write("warn", "content-refused", { peer: source, why: describe(error) });
      else if (error instanceof RequestError)
        log.write("debug", "content-unanswered", { peer: source, why: error.failure });
      else throw error;
      return false;
    }
    const pieces = await this.#opened(body, names.length);
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

  /** @returns undefined for an answer that is none */
  async #opened(body: Uint8Array, count: number): Promise<readonly Piece[] | undefined> {
    const answer = decodePieceAnswer(body, count);
    if (answer === undefined || !answer.isCompressed) return answer && piecesOf(answer, answer.data);
    const { data, piecesBytes } = answer;
    const bytes = await this.#options.compute.decompress(data, piecesBytes).catch(() => undefined);
    return bytes?.length === piecesBytes ? piecesOf(answer, bytes) : undefined;
  }
}

function describe(error: RefusedError): string {
  const { refusal } = error;
  return "detail" in refusal ? `${refusal.code} ${refusal.detail}` : describeRefusal(refusal);
}
