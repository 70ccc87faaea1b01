/**
 * The table of all licensed members: who is connected, heard of, silent, gone.
 *
 * It keeps a presence for each peer that ever gave a sign in this life of the process; a member
 * without one is unknown. The rules are in protocol/membership/member.ts; here they meet the
 * network's events, beacons and the clock.
 */

import { type Instant, instantOfMs } from "../../protocol/documents/instant.ts";
import type { PeerId } from "../../protocol/ids.ts";
import { limits } from "../../protocol/limits.ts";
import {
  isOpen,
  type PeerState,
  type Presence,
  type PresenceEvent,
  seenMsOf,
  startPresence,
  stepPresence,
} from "../../protocol/membership/member.ts";
import type { Pace } from "../../protocol/membership/pace.ts";
import type { Place } from "../../protocol/membership/place.ts";
import type { Cancel, Ports } from "../ports.ts";

/** A member as `status` shows it. */
export interface PeerStatus {
  readonly peer: PeerId;
  readonly region: string;
  readonly group: string;
  readonly server: string;
  readonly state: PeerState;
  /** The last sign of life; left out for a peer that gave none since this process started. */
  readonly seenAt?: Instant;
}

export type PresenceListener = (peer: PeerId, state: PeerState, before: PeerState) => void;

export interface PresenceOptions {
  readonly ports: Pick<Ports, "clock" | "log">;
  readonly self: PeerId;
  readonly members: () => readonly { readonly peer: PeerId; readonly place: Place }[];
  readonly pace: () => Pace;
}

export class PresenceTable {
  readonly #options: PresenceOptions;
  readonly #presences = new Map<PeerId, Presence>();
  readonly #listeners = new Set<PresenceListener>();
  #listenedUntilMs = 0;
  #cancelTick: Cancel | undefined;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  start(): void {
    this.#listenedUntilMs = this.#options.ports.clock.monotonicMs();
    this.#scheduleTick();
  }

  stop(): void {
    this.#cancelTick?.();
  }

  /** After the change. */
  onChange(listener: PresenceListener): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  opened(peer: PeerId): void {
    this.#step(peer, { kind: "opened", atMs: this.#options.ports.clock.monotonicMs() });
  }

  closed(peer: PeerId): void {
    this.#step(peer, { kind: "closed" });
  }

  heard(peer: PeerId, atMs: number): void {
    this.#step(peer, { kind: "heard", atMs });
  }

  saidGoodbye(peer: PeerId, atMs: number): void {
    this.#step(peer, { kind: "said-goodbye", atMs });
  }

  /** This peer itself is alive: it has no connection to itself. */
  state(peer: PeerId): PeerState {
    return peer === this.#options.self ? "alive" : this.#presenceOf(peer).phase;
  }

  /** All licensed members, this peer among them, by region, group and server. */
  peers(): readonly PeerStatus[] {
    return this.#options
      .members()
      .map(({ peer, place: { region, group, server } }): PeerStatus => {
        const seenAt = this.#seenAt(peer);
        const status = { peer, region, group, server, state: this.state(peer) };
        return seenAt === undefined ? status : { ...status, seenAt };
      })
      .toSorted((one, other) => compareTexts(orderOf(one), orderOf(other)));
  }

  /** Lets go of peers that are no members any more, unless they are still connected. */
  forgetStrangers(): void {
    const members = new Set(this.#options.members().map((member) => member.peer));
    for (const [peer, presence] of this.#presences) {
      if (!members.has(peer) && !isOpen(presence)) this.#presences.delete(peer);
    }
  }

  #seenAt(peer: PeerId): Instant | undefined {
    const { clock } = this.#options.ports;
    const seenMs = peer === this.#options.self ? clock.monotonicMs() : seenMsOf(this.#presenceOf(peer));
    return seenMs === undefined ? undefined : instantOfMs(clock.wallMs() - (clock.monotonicMs() - seenMs));
  }

  #presenceOf(peer: PeerId): Presence {
    return this.#presences.get(peer) ?? startPresence();
  }

  #scheduleTick(): void {
    this.#cancelTick = this.#options.ports.clock.after(limits.presenceTickMs, () => {
      this.#scheduleTick();
      this.#tick();
    });
  }

  /** A process that was held up or asleep did not listen meanwhile: a late tick counts as two at most. */
  #tick(): void {
    const nowMs = this.#options.ports.clock.monotonicMs();
    const forMs = Math.min(nowMs - this.#listenedUntilMs, 2 * limits.presenceTickMs);
    this.#listenedUntilMs = nowMs;
    for (const peer of [...this.#presences.keys()]) this.#step(peer, { kind: "listened", forMs });
  }

  #step(peer: PeerId, event: PresenceEvent): void {
    const presence = this.#presenceOf(peer);
    const [next, effects] = stepPresence(presence, event, this.#options.pace());
    if (next !== presence) this.#presences.set(peer, next);
    for (const { state, before } of effects) {
      const level = state === "dead" || state === "suspect" ? "warn" : "info";
      this.#options.ports.log.write(level, `peer-${state}`, { peer, before });
      for (const listener of this.#listeners) listener(peer, state, before);
    }
  }
}

function orderOf(status: PeerStatus): string {
  return [status.region, status.group, status.server, status.peer].join("\0");
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
