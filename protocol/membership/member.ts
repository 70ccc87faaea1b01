/**
 * A member as one other peer sees it: connected, heard of, silent, gone.
 *
 * This is an opinion and changes nothing about membership: a dead peer stays a member, its
 * addresses are kept and dialled for ever, so that a healed partition finds itself. Only a signed
 * document removes a member.
 *
 * Silence is counted in what the observer itself lived through, not read from a clock: a process
 * that was asleep for a minute has heard nothing because it did not listen, and suspects nobody.
 */

import type { Step } from "../step.ts";
import type { Pace } from "./pace.ts";

/** `unknown`: licensed, but not heard of since this process started (FORMATS 30). */
export const peerStates = ["connected", "alive", "suspect", "dead", "left", "unknown"] as const;
export type PeerState = (typeof peerStates)[number];

export type Presence =
  | { readonly phase: "unknown" }
  /** An admitted connection is open and the peer speaks. */
  | { readonly phase: "connected"; readonly seenMs: number; readonly silentMs: number }
  /** It speaks, but others pass it on. */
  | { readonly phase: "alive"; readonly seenMs: number; readonly silentMs: number }
  /** `open`: the connection still stands, but nothing comes. */
  | { readonly phase: "suspect"; readonly seenMs: number; readonly silentMs: number; readonly open: boolean }
  | { readonly phase: "dead"; readonly seenMs: number; readonly open: boolean }
  /** It said goodbye. `open`: its connection is about to close. */
  | { readonly phase: "left"; readonly seenMs: number; readonly open: boolean };

export type PresenceEvent =
  | { readonly kind: "opened"; readonly atMs: number }
  | { readonly kind: "closed" }
  /** A fresh beacon, from the peer itself or passed on. */
  | { readonly kind: "heard"; readonly atMs: number }
  | { readonly kind: "said-goodbye"; readonly atMs: number }
  /** The observer listened for so long. What was heard in that time was told before. */
  | { readonly kind: "listened"; readonly forMs: number };

/** The peer's state is another one now. */
export interface PresenceEffect {
  readonly kind: "state-changed";
  readonly state: PeerState;
  readonly before: PeerState;
}

export function startPresence(): Presence {
  return { phase: "unknown" };
}

export function stepPresence(presence: Presence, event: PresenceEvent, pace: Pace): Step<Presence, PresenceEffect> {
  const next = nextPresence(presence, event, pace);
  if (next.phase === presence.phase) return [next, []];
  return [next, [{ kind: "state-changed", state: next.phase, before: presence.phase }]];
}

/** When the peer was last heard of, on the clock of the events; undefined for never. */
export function seenMsOf(presence: Presence): number | undefined {
  return presence.phase === "unknown" ? undefined : presence.seenMs;
}

/** Whether a connection stands, whatever is thought of the peer. */
export function isOpen(presence: Presence): boolean {
  switch (presence.phase) {
    case "connected":
      return true;
    case "alive":
    case "unknown":
      return false;
    case "suspect":
    case "dead":
    case "left":
      return presence.open;
  }
}

function nextPresence(presence: Presence, event: PresenceEvent, pace: Pace): Presence {
  switch (event.kind) {
    case "opened":
      return { phase: "connected", seenMs: event.atMs, silentMs: 0 };
    case "closed":
      return withoutConnection(presence);
    case "heard":
      return { phase: isOpen(presence) ? "connected" : "alive", seenMs: event.atMs, silentMs: 0 };
    case "said-goodbye":
      return { phase: "left", seenMs: event.atMs, open: isOpen(presence) };
    case "listened":
      return afterSilence(presence, event.forMs, pace);
  }
}

function withoutConnection(presence: Presence): Presence {
  switch (presence.phase) {
    case "unknown":
    case "alive":
      return presence;
    case "connected":
      // A lost connection is no proof of death: the last word of the peer counts.
      return { ...presence, phase: "alive" };
    case "suspect":
    case "dead":
    case "left":
      return presence.open ? { ...presence, open: false } : presence;
  }
}

function afterSilence(presence: Presence, forMs: number, pace: Pace): Presence {
  switch (presence.phase) {
    case "unknown":
    case "dead":
    case "left":
      return presence;
    case "connected":
    case "alive":
    case "suspect": {
      const { seenMs } = presence;
      const silentMs = presence.silentMs + forMs;
      const open = isOpen(presence);
      if (silentMs >= pace.deadAfterMs) return { phase: "dead", seenMs, open };
      if (silentMs >= pace.suspectAfterMs) return { phase: "suspect", seenMs, silentMs, open };
      return { ...presence, silentMs };
    }
  }
}
