/** What simulated peers send each other over a connection. */

import type { HelloAnswer, Refused } from "../../protocol/wire/admission.ts";

export type Answer =
  | { readonly kind: "ok"; readonly body: Uint8Array }
  | { readonly kind: "refused"; readonly refused: Refused }
  | { readonly kind: "failed" }
  | { readonly kind: "too-large" }
  /** The stream was reset: word of it, not an answer. */
  | { readonly kind: "lost" };

export type Message =
  | { readonly kind: "talk"; readonly answer: HelloAnswer }
  | { readonly kind: "request"; readonly id: number; readonly protocol: string; readonly body: Uint8Array }
  | { readonly kind: "answer"; readonly id: number; readonly answer: Answer }
  | Gossip;

export interface Gossip {
  readonly kind: "gossip";
  readonly topic: string;
  /** Equal for equal data on one topic. The message passes through many hands, and nobody changes it. */
  readonly name: string;
  readonly data: Uint8Array;
}
