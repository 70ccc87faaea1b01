/** What is said on a hello stream, and a refusal, as bytes (admission.proto). */

import { limits } from "../limits.ts";
import { describeRefusal, type Refusal } from "../refusal.ts";
import { HelloAnswer as HelloAnswerMessage, Refused as RefusedMessage } from "./generated/admission.js";

/** A refusal as it arrives from another peer: perhaps with a code that this version does not know. */
export interface Refused {
  readonly code: string;
  /** A sentence for an operator. */
  readonly detail: string;
}

export type HelloAnswer =
  | { readonly kind: "hello"; readonly hello: Uint8Array }
  | { readonly kind: "refused"; readonly refused: Refused }
  /** The dialer accepts the listener as well: the connection is open to everything. */
  | { readonly kind: "welcome" }
  /** The two have another connection, and that one stays. */
  | { readonly kind: "already-connected" };

/** What others are told of a refusal. */
export function refusedOf(refusal: Refusal | Refused): Refused {
  const detail = "detail" in refusal ? refusal.detail : describeRefusal(refusal);
  return { code: refusal.code, detail: detail.slice(0, limits.refusalDetailLengthMax) };
}

export function encodeHelloAnswer(answer: HelloAnswer): Uint8Array {
  switch (answer.kind) {
    case "hello":
      return HelloAnswerMessage.encode({ hello: new Uint8Array(answer.hello) });
    case "refused":
      return HelloAnswerMessage.encode({ refused: answer.refused });
    case "welcome":
      return HelloAnswerMessage.encode({ welcome: true });
    case "already-connected":
      return HelloAnswerMessage.encode({ alreadyConnected: true });
  }
}

/** @returns undefined for what is malformed or above its limits */
export function decodeHelloAnswer(bytes: Uint8Array): HelloAnswer | undefined {
  try {
    const message = HelloAnswerMessage.decode(bytes);
    if (message.hello !== undefined) {
      return message.hello.length > limits.helloBytesMax ? undefined : { kind: "hello", hello: message.hello };
    }
    if (message.refused !== undefined) {
      const refused = readRefused(message.refused);
      return refused === undefined ? undefined : { kind: "refused", refused };
    }
    if (message.welcome === true) return { kind: "welcome" };
    return message.alreadyConnected === true ? { kind: "already-connected" } : undefined;
  } catch {
    return undefined;
  }
}

export function encodeRefused(refused: Refused): Uint8Array {
  return RefusedMessage.encode(refused);
}

/** @returns undefined for what is malformed or above its limits */
export function decodeRefused(bytes: Uint8Array): Refused | undefined {
  try {
    return readRefused(RefusedMessage.decode(bytes));
  } catch {
    return undefined;
  }
}

/** Codes are words of small letters; anything else would only confuse a log. */
function readRefused(message: Refused): Refused | undefined {
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(message.code) || message.detail.length > limits.refusalDetailLengthMax) {
    return undefined;
  }
  return { code: message.code, detail: message.detail };
}
