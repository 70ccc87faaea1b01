/**
 * Answering: the requests that other peers send on their streams.
 *
 * Each stream is one pipeline from its frames to its answers and back, so a peer that does not
 * take its answers is not asked for its next request. All requests of one peer share a number of
 * places; a place is held until the answer has left, which bounds what a slow peer can keep here.
 */

import type { Stream } from "@libp2p/interface";
import { pipe } from "it-pipe";
import { Uint8ArrayList } from "uint8arraylist";
import { limits } from "../../../protocol/limits.ts";
import type { PeerId } from "../../../protocol/ids.ts";
import { encodeRefused, refusedOf } from "../../../protocol/wire/admission.ts";
import { type Log, type NetworkHandlers, RefusedError } from "../../ports.ts";
import { framesOf, isTooLarge, plainBytes, sendFrame } from "./frames.ts";
import { answerFrameBytesMax, answerStatus } from "./streams.ts";
import { Turnstile } from "../../network/turnstile.ts";

export class Serving {
  readonly #onRequest: NetworkHandlers["onRequest"];
  readonly #log: Log;
  /** Only of peers with a stream open. */
  readonly #guests = new Map<PeerId, { readonly turnstile: Turnstile; streams: number }>();

  constructor(onRequest: NetworkHandlers["onRequest"], log: Log) {
    this.#onRequest = onRequest;
    this.#log = log;
  }

  /** Answers what comes on one stream until it ends. */
  async serve(peer: PeerId, protocol: string, stream: Stream): Promise<void> {
    const guest = this.#guests.get(peer) ?? {
      turnstile: new Turnstile(limits.requestsServedPerPeerMax),
      streams: 0,
    };
    this.#guests.set(peer, guest);
    guest.streams += 1;
    try {
      await pipe(
        framesOf(stream, limits.messageBytesMax),
        (requests) => this.#answers(peer, protocol, stream, guest.turnstile, requests),
        (answers) => sendAll(stream, answers),
      );
      await stream.close();
    } catch (error) {
      if (isTooLarge(error)) await refuseTooLarge(stream);
      else stream.abort(error instanceof Error ? error : new Error(String(error)));
    } finally {
      guest.streams -= 1;
      if (guest.streams === 0) this.#guests.delete(peer);
    }
  }

  async *#answers(
    peer: PeerId,
    protocol: string,
    stream: Stream,
    turnstile: Turnstile,
    requests: AsyncIterable<Uint8ArrayList>,
  ): AsyncGenerator<Uint8ArrayList> {
    for await (const request of requests) {
      const leave = await turnstile.enter();
      try {
        // Whoever gave up while waiting for its turn needs no answer.
        if (stream.status !== "open") return;
        yield await this.#answer(peer, protocol, plainBytes(request.subarray()));
      } finally {
        leave();
      }
    }
  }

  async #answer(peer: PeerId, protocol: string, request: Uint8Array): Promise<Uint8ArrayList> {
    try {
      const body = await this.#onRequest(peer, protocol, request);
      if (body.length + 1 <= answerFrameBytesMax) return frame(answerStatus.ok, body);
      this.#log.write("error", "answer-too-large", { peer, protocol, bytes: body.length });
      return frame(answerStatus.tooLarge);
    } catch (error) {
      if (error instanceof RefusedError) return frame(answerStatus.refused, encodeRefused(refusedOf(error.refusal)));
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#log.write("error", "request-failed", { peer, protocol, why });
      return frame(answerStatus.failed);
    }
  }
}

async function sendAll(stream: Stream, answers: AsyncIterable<Uint8ArrayList>): Promise<void> {
  for await (const answer of answers) await sendFrame(stream, answer);
}

/** The rest of the request is on its way and will not be read, so the stream ends with this answer. */
async function refuseTooLarge(stream: Stream): Promise<void> {
  try {
    await sendFrame(stream, frame(answerStatus.tooLarge));
    await stream.close();
    await stream.closeRead();
  } catch {
    // It had gone already.
  }
}

function frame(status: number, body: Uint8Array = new Uint8Array()): Uint8ArrayList {
  return new Uint8ArrayList(Uint8Array.of(status), body);
}
