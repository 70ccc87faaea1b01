/**
 * Watches over admitted connections for the two ways in which libp2p lets one die unnoticed.
 *
 * Gossip (LIBP2P b): after one reset of a gossip stream nothing passes in either direction, on a
 * connection that is otherwise well. Its streams are opened again; when that does not help the
 * connection is closed, and the dialer makes a new one.
 *
 * Silence (LIBP2P c): libp2p's own monitor kills healthy connections to machines that are busy
 * for some seconds. Ours has more patience. Whatever comes in is a sign of life, for an answer to a
 * ping waits behind all that is under way; who says nothing is asked. A silent connection stays open
 * while the dialer tries to make another one beside it: after a cut, TCP may leave the old one silent
 * for long after the cable is in again. Silence for `silenceMs` ends it. A stall of this very process
 * is no silence of the others.
 */

import type { PeerId } from "../../../protocol/ids.ts";
import type { Cancel, Clock, Log } from "../../ports.ts";

export interface WatchdogTimes {
  /** Between two looks. */
  readonly lookMs: number;
  /** Gossip dead for so long: its streams are opened again, at every look. */
  readonly gossipRepairMs: number;
  /** Gossip dead for so long: the connection is closed. */
  readonly gossipDeadMs: number;
  /** Nothing heard for so long: the other side is asked. */
  readonly pingMs: number;
  /** Nothing heard for so long: another connection is tried. */
  readonly doubtMs: number;
  /** Nothing heard for so long: the connection is closed. */
  readonly silenceMs: number;
}

export const watchdogTimes: WatchdogTimes = {
  lookMs: 2_000,
  gossipRepairMs: 5_000,
  gossipDeadMs: 20_000,
  pingMs: 4_000,
  doubtMs: 8_000,
  silenceMs: 45_000,
};

/** All that is asked of a connection here. */
export interface Closable {
  abort(error: Error): void;
}

export interface WatchdogWorld<Connection extends Closable> {
  readonly clock: Clock;
  readonly log: Log;
  readonly times: WatchdogTimes;
  /** Resolves when the other side answered; may take for ever. */
  ping(peer: PeerId, signal: AbortSignal): Promise<unknown>;
  /** How many bytes came in on it so far. */
  heardBytes(connection: Connection): number;
  /** The connection fell silent: is there a better one to be had? */
  onSilent(peer: PeerId): void;
  isGossipAlive(peer: PeerId, connection: Connection): boolean;
  repairGossip(connection: Connection): void;
}

interface Watched<Connection> {
  readonly connection: Connection;
  readonly ended: AbortController;
  /** When gossip was last seen alive. */
  gossipMs: number;
  heardBytes: number;
  heardMs: number;
  isAsking: boolean;
  isDoubted: boolean;
}

export class Watchdog<Connection extends Closable> {
  readonly #world: WatchdogWorld<Connection>;
  readonly #watched = new Map<PeerId, Watched<Connection>>();
  #lookedMs: number;
  #stopLooking: Cancel;

  constructor(world: WatchdogWorld<Connection>) {
    this.#world = world;
    this.#lookedMs = world.clock.monotonicMs();
    this.#stopLooking = this.#lookLater();
  }

  watch(peer: PeerId, connection: Connection): void {
    const nowMs = this.#world.clock.monotonicMs();
    this.#watched.set(peer, {
      connection,
      ended: new AbortController(),
      gossipMs: nowMs,
      heardBytes: this.#world.heardBytes(connection),
      heardMs: nowMs,
      isAsking: false,
      isDoubted: false,
    });
  }

  /** Nothing was heard of it for long, and nothing since. */
  isSilent(peer: PeerId): boolean {
    const watched = this.#watched.get(peer);
    return watched?.isDoubted === true && this.#world.heardBytes(watched.connection) === watched.heardBytes;
  }

  forget(peer: PeerId): void {
    this.#watched.get(peer)?.ended.abort();
    this.#watched.delete(peer);
  }

  stop(): void {
    this.#stopLooking();
    for (const peer of [...this.#watched.keys()]) this.forget(peer);
  }

  #lookLater(): Cancel {
    return this.#world.clock.after(this.#world.times.lookMs, () => {
      this.#look();
      this.#stopLooking = this.#lookLater();
    });
  }

  #look(): void {
    const { clock, times } = this.#world;
    const nowMs = clock.monotonicMs();
    const stalledMs = Math.max(0, nowMs - this.#lookedMs - times.lookMs);
    this.#lookedMs = nowMs;
    for (const [peer, watched] of [...this.#watched]) {
      watched.gossipMs += stalledMs;
      watched.heardMs += stalledMs;
      this.#lookAtGossip(peer, watched, nowMs);
      this.#lookForSilence(peer, watched, nowMs);
    }
  }

  #lookAtGossip(peer: PeerId, watched: Watched<Connection>, nowMs: number): void {
    const { times } = this.#world;
    if (this.#world.isGossipAlive(peer, watched.connection)) watched.gossipMs = nowMs;
    const deadMs = nowMs - watched.gossipMs;
    if (deadMs >= times.gossipDeadMs) this.#close(peer, watched, "gossip-dead", deadMs);
    else if (deadMs >= times.gossipRepairMs) {
      this.#world.log.write("info", "gossip-reopened", { peer, deadMs });
      this.#world.repairGossip(watched.connection);
    }
  }

  #lookForSilence(peer: PeerId, watched: Watched<Connection>, nowMs: number): void {
    const { times } = this.#world;
    const heardBytes = this.#world.heardBytes(watched.connection);
    if (heardBytes !== watched.heardBytes) {
      watched.heardBytes = heardBytes;
      watched.heardMs = nowMs;
      watched.isDoubted = false;
    }
    const silentMs = nowMs - watched.heardMs;
    if (silentMs >= times.silenceMs) this.#close(peer, watched, "peer-silent", silentMs);
    else if (silentMs >= times.doubtMs && !watched.isDoubted) {
      watched.isDoubted = true;
      this.#world.onSilent(peer);
    } else if (silentMs >= times.pingMs && !watched.isAsking) void this.#ask(peer, watched);
  }

  /** The answer is heard as bytes. */
  async #ask(peer: PeerId, watched: Watched<Connection>): Promise<void> {
    watched.isAsking = true;
    try {
      await this.#world.ping(peer, watched.ended.signal);
    } catch {
      // Asked again at the next look, until the silence has lasted too long.
    } finally {
      watched.isAsking = false;
    }
  }

  #close(peer: PeerId, watched: Watched<Connection>, event: string, forMs: number): void {
    this.#world.log.write("warn", event, { peer, forMs });
    this.forget(peer);
    watched.connection.abort(new Error(event));
  }
}
