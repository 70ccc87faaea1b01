/**
 * Asking: requests to one peer, over streams that stay open.
 *
 * Opening a stream costs two round trips and starts with a small window (LIBP2P m), so streams
 * are kept and used again, one request at a time on each, a few for each protocol. Further
 * requests wait in line, and the wait counts against their time limit. A stream whose request got
 * no whole answer is reset: what still comes on it would answer the wrong question.
 */

import type { Connection, Stream } from "@libp2p/interface";
import type { Uint8ArrayList } from "uint8arraylist";
import { limits } from "../../../protocol/limits.ts";
import type { PeerId } from "../../../protocol/ids.ts";
import { decodeRefused } from "../../../protocol/wire/admission.ts";
import { RefusedError, RequestError, type RequestFailure, type RequestOptions } from "../../ports.ts";
import { framesOf, isTooLarge, plainBytes, sendFrame } from "./frames.ts";
import { Turnstile } from "../../network/turnstile.ts";

/** The first byte of every answer. Append only. */
export const answerStatus = { ok: 0, refused: 1, failed: 2, tooLarge: 3 } as const;

/** Room for the status in front of an answer's bytes. */
export const answerFrameBytesMax = limits.messageBytesMax + 1;

interface Lane {
  readonly turnstile: Turnstile;
  /** Streams with no request on them, the last used first. */
  readonly idle: Exchange[];
}

/** The requests over one connection. */
export class RequestStreams {
  readonly #peer: PeerId;
  readonly #connection: Connection;
  readonly #lanes = new Map<string, Lane>();
  readonly #closing = new AbortController();

  constructor(peer: PeerId, connection: Connection) {
    this.#peer = peer;
    this.#connection = connection;
  }

  /** Like `Network.request`. */
  async request(protocol: string, body: Uint8Array, options: RequestOptions): Promise<Uint8Array> {
    if (body.length > limits.messageBytesMax) throw new RequestError("too-large", this.#peer, protocol);
    const deadline = new Deadline(options, this.#closing.signal);
    try {
      return await this.#ask(protocol, body, deadline.signal);
    } catch (error) {
      if (error instanceof RefusedError) throw error;
      if (error instanceof Error && error.name === "UnsupportedProtocolError") {
        throw new RefusedError({ code: "protocol-unknown", protocol });
      }
      const failure = deadline.failure ?? (error instanceof AnswerFailure ? error.failure : "lost");
      throw new RequestError(failure, this.#peer, protocol);
    } finally {
      deadline.clear();
    }
  }

  /** The connection is gone: whoever waits learns so. */
  close(): void {
    this.#closing.abort();
  }

  async #ask(protocol: string, body: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const lane = this.#lane(protocol);
    const leave = await lane.turnstile.enter(signal);
    try {
      const exchange = takeOpen(lane.idle) ?? (await Exchange.open(this.#connection, protocol, signal));
      const answer = await exchange.ask(body, signal);
      lane.idle.push(exchange);
      return readAnswer(answer);
    } finally {
      leave();
    }
  }

  #lane(protocol: string): Lane {
    let lane = this.#lanes.get(protocol);
    if (lane === undefined) {
      lane = { turnstile: new Turnstile(limits.requestsOutstandingMax), idle: [] };
      this.#lanes.set(protocol, lane);
    }
    return lane;
  }
}

/** One stream that stays open, and takes one request at a time. */
class Exchange {
  readonly #stream: Stream;
  readonly #frames: AsyncGenerator<Uint8ArrayList, void>;

  static async open(connection: Connection, protocol: string, signal: AbortSignal): Promise<Exchange> {
    return new Exchange(await connection.newStream(protocol, { signal }));
  }

  private constructor(stream: Stream) {
    this.#stream = stream;
    this.#frames = framesOf(stream, answerFrameBytesMax);
  }

  get isOpen(): boolean {
    return this.#stream.status === "open" && this.#stream.remoteWriteStatus === "writable";
  }

  async ask(body: Uint8Array, signal: AbortSignal): Promise<Uint8ArrayList> {
    const giveUp = (): void => this.#stream.abort(new Error("no answer in time"));
    signal.addEventListener("abort", giveUp);
    try {
      signal.throwIfAborted();
      await sendFrame(this.#stream, body);
      const { value, done } = await this.#frames.next();
      if (done === true) throw new Error("the stream ended without an answer");
      return value;
    } catch (error) {
      this.#stream.abort(new Error("no whole answer"));
      throw isTooLarge(error) ? new AnswerFailure("too-large") : error;
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }
}

class AnswerFailure extends Error {
  readonly failure: RequestFailure;
  constructor(failure: RequestFailure) {
    super(failure);
    this.failure = failure;
  }
}

/** Ends a request by its time limit, its caller or the end of its connection, and knows which it was. */
class Deadline {
  failure: RequestFailure | undefined;
  readonly #controller = new AbortController();
  readonly #clear: () => void;

  constructor(options: RequestOptions, closing: AbortSignal) {
    const end = (failure: RequestFailure): void => {
      this.failure ??= failure;
      this.#controller.abort(new Error(failure));
    };
    const timer = setTimeout(() => end("timeout"), options.timeoutMs);
    const onAbort = (): void => end("aborted");
    const onClosing = (): void => end("lost");
    options.signal?.addEventListener("abort", onAbort);
    closing.addEventListener("abort", onClosing);
    this.#clear = () => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", onAbort);
      closing.removeEventListener("abort", onClosing);
    };
    if (options.signal?.aborted) onAbort();
    if (closing.aborted) onClosing();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  clear(): void {
    this.#clear();
  }
}

/** Streams that were reset while nobody used them are passed over. */
function takeOpen(idle: Exchange[]): Exchange | undefined {
  for (;;) {
    const exchange = idle.pop();
    if (exchange === undefined || exchange.isOpen) return exchange;
  }
}

function readAnswer(answer: Uint8ArrayList): Uint8Array {
  if (answer.byteLength === 0) throw new AnswerFailure("failed");
  const body = plainBytes(answer.subarray(1));
  switch (answer.get(0)) {
    case answerStatus.ok:
      return body;
    case answerStatus.refused: {
      const refused = decodeRefused(body);
      throw refused === undefined ? new AnswerFailure("failed") : new RefusedError(refused);
    }
    case answerStatus.tooLarge:
      throw new AnswerFailure("too-large");
    default:
      throw new AnswerFailure("failed");
  }
}
