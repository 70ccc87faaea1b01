/**
 * The talk at the door: one stream per connection on which both sides show who they are.
 *
 *   dialer    hello ->
 *   listener           <- hello | refused | already-connected
 *   dialer    welcome | refused ->
 *
 * so each side knows that the other one accepted it before it opens up. The stream then stays
 * open: a side that closes the connection for a reason says it there.
 */

import type { Stream } from "@libp2p/interface";
import type { Uint8ArrayList } from "uint8arraylist";
import { limits } from "../../../protocol/limits.ts";
import type { PeerId } from "../../../protocol/ids.ts";
import type { Refusal } from "../../../protocol/refusal.ts";
import {
  decodeHelloAnswer,
  encodeHelloAnswer,
  type HelloAnswer,
  type Refused,
  refusedOf,
} from "../../../protocol/wire/admission.ts";
import type { Admission } from "../../ports.ts";
import { framesOf, plainBytes, sendFrame } from "./frames.ts";

export const helloProtocol = "/cdmesh/1/hello";

/** Room for the tags around a hello. */
const frameBytesMax = limits.helloBytesMax + 1_024;

/** How a talk ended. */
export type HelloOutcome =
  | { readonly kind: "welcome" }
  | { readonly kind: "refused"; readonly by: "us"; readonly refusal: Refusal }
  | { readonly kind: "refused"; readonly by: "them"; readonly refusal: Refused }
  | { readonly kind: "already-connected" };

export class Talk {
  readonly #stream: Stream;
  readonly #frames: AsyncGenerator<Uint8ArrayList, void>;

  constructor(stream: Stream) {
    this.#stream = stream;
    this.#frames = framesOf(stream, frameBytesMax);
  }

  /** The dialer's part. @throws when the stream breaks or the other side does not keep to the talk */
  async introduce(peer: PeerId, admission: Admission): Promise<HelloOutcome> {
    await this.#say(helloOf(admission));
    const answer = await this.#hear();
    switch (answer.kind) {
      case "refused":
        return { kind: "refused", by: "them", refusal: answer.refused };
      case "already-connected":
        return { kind: "already-connected" };
      case "hello": {
        const refusal = admission.judge(peer, answer.hello);
        if (refusal !== undefined) return await this.refuse(refusal);
        await this.#say({ kind: "welcome" });
        return { kind: "welcome" };
      }
      case "welcome":
        throw new Error("a listener says hello first");
    }
  }

  /**
   * The listener's part.
   * @param isTaken asked once the dialer's hello is there: shall another connection stay instead?
   * @throws when the stream breaks or the other side does not keep to the talk
   */
  async receive(peer: PeerId, admission: Admission, isTaken: () => boolean): Promise<HelloOutcome> {
    const first = await this.#hear();
    if (first.kind !== "hello") throw new Error(`a dialer says hello first, not ${first.kind}`);
    const refusal = admission.judge(peer, first.hello);
    if (refusal !== undefined) return await this.refuse(refusal);
    if (isTaken()) {
      await this.#say({ kind: "already-connected" });
      return { kind: "already-connected" };
    }
    await this.#say(helloOf(admission));
    const last = await this.#hear();
    if (last.kind === "refused") return { kind: "refused", by: "them", refusal: last.refused };
    if (last.kind !== "welcome") throw new Error(`a dialer answers welcome or refused, not ${last.kind}`);
    return { kind: "welcome" };
  }

  async refuse(refusal: Refusal): Promise<HelloOutcome> {
    await this.#say({ kind: "refused", refused: refusedOf(refusal) });
    return { kind: "refused", by: "us", refusal };
  }

  /** Waits for the other side's reason to close; undefined when the connection ends without one. */
  async farewell(): Promise<Refused | undefined> {
    try {
      const last = await this.#hear();
      return last.kind === "refused" ? last.refused : undefined;
    } catch {
      return undefined;
    }
  }

  #say(answer: HelloAnswer): Promise<void> {
    return sendFrame(this.#stream, encodeHelloAnswer(answer));
  }

  async #hear(): Promise<HelloAnswer> {
    const { value, done } = await this.#frames.next();
    if (done === true) throw new Error("the hello stream ended");
    const answer = decodeHelloAnswer(plainBytes(value.subarray()));
    if (answer === undefined) throw new Error("a malformed answer on the hello stream");
    return answer;
  }
}

function helloOf(admission: Admission): HelloAnswer {
  const hello = admission.hello();
  if (hello.length > limits.helloBytesMax) throw new Error(`our own hello has ${hello.length} bytes`);
  return { kind: "hello", hello };
}
