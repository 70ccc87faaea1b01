/**
 * Watches over admitted connections for the two ways in which libp2p lets one die unnoticed.
 *
 * Gossip (LIBP2P b): after one reset of a gossip stream nothing passes in either direction, on a
 * connection that is otherwise well. Its streams are opened again; when that does not help the
 * connection is closed, and the dialer makes a new one.
 *
 * Silence (LIBP2P c): libp2p's own monitor kills healthy connections to machines that are busy
 * for some seconds. Ours asks with more patience: a connection is closed when nothing was heard
 * on it for `silenceMs`. A stall of this very process is no silence of the others.
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
  readonly pingMs: number;
  readonly silenceMs: number;
}

export const watchdogTimes: WatchdogTimes = {
  lookMs: 5_000,
  gossipRepairMs: 5_000,
  gossipDeadMs: 20_000,
  pingMs: 10_000,
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
  isGossipAlive(peer: PeerId, connection: Connection): boolean;
  repairGossip(connection: Connection): void;
}

interface Watched<Connection> {
  readonly connection: Connection;
  readonly ended: AbortController;
  /** When gossip was last seen alive. */
  gossipMs: number;
  heardMs: number;
  askedMs: number;
  isAsking: boolean;
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
      heardMs: nowMs,
      askedMs: nowMs,
      isAsking: false,
    });
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
    const silentMs = nowMs - watched.heardMs;
    if (silentMs >= times.silenceMs) this.#close(peer, watched, "peer-silent", silentMs);
    else if (!watched.isAsking && nowMs - watched.askedMs >= times.pingMs) void this.#ask(peer, watched, nowMs);
  }

  async #ask(peer: PeerId, watched: Watched<Connection>, nowMs: number): Promise<void> {
    watched.isAsking = true;
    watched.askedMs = nowMs;
    try {
      await this.#world.ping(peer, watched.ended.signal);
      watched.heardMs = this.#world.clock.monotonicMs();
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
