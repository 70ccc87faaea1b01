/**
 * Requests over simulated connections: the limits, time limits and failures of the real network.
 * Each request is on a stream of its own, so answers may come in another order than the questions.
 */

import { Turnstile } from "../../node/network/turnstile.ts";
import {
  type Cancel,
  type Log,
  type NetworkHandlers,
  RefusedError,
  RequestError,
  type RequestFailure,
  type RequestOptions,
} from "../../node/ports.ts";
import { limits } from "../../protocol/limits.ts";
import { refusedOf } from "../../protocol/wire/admission.ts";
import type { End } from "./network-connection.ts";
import type { Lines } from "./network-lines.ts";
import type { Answer } from "./network-message.ts";
import type { Stage } from "./world.ts";

interface Pending {
  readonly end: End;
  readonly settle: (answer: Answer) => void;
  readonly fail: (failure: RequestFailure) => void;
}

export class FakeRequests {
  readonly #lines: Lines;
  readonly #stage: Stage;
  readonly #log: Log;
  readonly #pending = new Map<number, Pending>();
  /** By connection and protocol. */
  readonly #queues = new WeakMap<End, Map<string, Turnstile>>();
  readonly #served = new WeakMap<End, Turnstile>();
  #serial = 0;

  constructor(lines: Lines, stage: Stage, log: Log) {
    this.#lines = lines;
    this.#stage = stage;
    this.#log = log;
  }

  async ask(end: End, protocol: string, body: Uint8Array, options: RequestOptions): Promise<Uint8Array> {
    if (body.length > limits.messageBytesMax) throw new RequestError("too-large", end.peer, protocol);
    const id = this.#serial;
    this.#serial += 1;
    const controller = new AbortController();
    const answered = Promise.withResolvers<Answer>();
    let failure: RequestFailure | undefined;
    const fail = (why: RequestFailure): void => {
      failure ??= why;
      const error = new Error(failure);
      controller.abort(error);
      answered.reject(error);
    };
    // A request that still waits in line is told by the signal only.
    answered.promise.catch(() => undefined);
    this.#pending.set(id, { end, settle: answered.resolve, fail });
    const stopWaiting = this.#limitTime(options, fail);
    try {
      const leave = await this.#queue(end, protocol).enter(controller.signal);
      try {
        end.send({ kind: "request", id, protocol, body: Uint8Array.from(body) }, body.length);
        return bodyOf(await answered.promise, end, protocol);
      } finally {
        leave();
      }
    } catch (error) {
      if (failure === undefined) throw error;
      throw new RequestError(failure, end.peer, protocol);
    } finally {
      stopWaiting();
      this.#pending.delete(id);
    }
  }

  onAnswer(id: number, answer: Answer): void {
    this.#pending.get(id)?.settle(answer);
  }

  onClosed(end: End): void {
    for (const pending of [...this.#pending.values()]) if (pending.end === end) pending.fail("lost");
  }

  async serve(end: End, handlers: NetworkHandlers, id: number, protocol: string, body: Uint8Array): Promise<void> {
    let turnstile = this.#served.get(end);
    if (turnstile === undefined) {
      turnstile = new Turnstile(limits.requestsServedPerPeerMax);
      this.#served.set(end, turnstile);
    }
    const leave = await turnstile.enter();
    try {
      if (!end.isOpen) return;
      let answer: Answer = { kind: "lost" };
      if (!this.#lines.breaksStream()) answer = await this.#answer(end, handlers, protocol, body);
      if (this.#lines.breaksStream()) answer = { kind: "lost" };
      end.send({ kind: "answer", id, answer }, answer.kind === "ok" ? answer.body.length : 64);
    } finally {
      leave();
    }
  }

  async #answer(end: End, handlers: NetworkHandlers, protocol: string, body: Uint8Array): Promise<Answer> {
    try {
      if (!handlers.protocols.includes(protocol)) throw new RefusedError({ code: "protocol-unknown", protocol });
      const answer = await handlers.onRequest(end.peer, protocol, body);
      if (answer.length <= limits.messageBytesMax) return { kind: "ok", body: Uint8Array.from(answer) };
      this.#log.write("error", "answer-too-large", { peer: end.peer, protocol, bytes: answer.length });
      return { kind: "too-large" };
    } catch (error) {
      if (error instanceof RefusedError) return { kind: "refused", refused: refusedOf(error.refusal) };
      const why = error instanceof Error ? error.message : String(error);
      this.#log.write("error", "request-failed", { peer: end.peer, protocol, why });
      return { kind: "failed" };
    }
  }

  #limitTime(options: RequestOptions, fail: (failure: RequestFailure) => void): Cancel {
    const cancel = this.#stage.schedule(options.timeoutMs, () => fail("timeout"));
    const onAbort = (): void => fail("aborted");
    options.signal?.addEventListener("abort", onAbort);
    if (options.signal?.aborted) onAbort();
    return () => {
      cancel();
      options.signal?.removeEventListener("abort", onAbort);
    };
  }

  #queue(end: End, protocol: string): Turnstile {
    const queues = this.#queues.get(end) ?? new Map<string, Turnstile>();
    this.#queues.set(end, queues);
    const queue = queues.get(protocol) ?? new Turnstile(limits.requestsOutstandingMax);
    queues.set(protocol, queue);
    return queue;
  }
}

function bodyOf(answer: Answer, end: End, protocol: string): Uint8Array {
  switch (answer.kind) {
    case "ok":
      return answer.body;
    case "refused":
      throw new RefusedError(answer.refused);
    case "failed":
    case "too-large":
    case "lost":
      throw new RequestError(answer.kind, end.peer, protocol);
  }
}
