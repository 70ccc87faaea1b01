/**
 * Stays connected to the wanted peers, and never gives up on one (LIBP2P d: libp2p's own
 * reconnecting forgets a peer 31 s after its death).
 *
 * A peer is wanted by name, or by an address whose owner is learnt by connecting. First tries are
 * quick, then delays double up to five minutes, drawn with full jitter [Brooker, Exponential
 * Backoff And Jitter, 2015], so that a mesh that lost its power does not come back in step.
 * Whoever refused us, or was refused, is tried slowly: a license may be mended.
 *
 * It knows ports only, so the simulated network runs this very code.
 */

import { type PeerAddress, readAddress } from "../../protocol/membership/address.ts";
import type { PeerId } from "../../protocol/ids.ts";
import type { Cancel, Clock, Random, WantedPeer } from "../ports.ts";

/** How one try ended. */
export type DialOutcome =
  /** There is an admitted connection to `peer` now, this one or another; it may be a silent one. */
  | { readonly kind: "up"; readonly peer: PeerId }
  /** That address is our own. */
  | { readonly kind: "self" }
  | { readonly kind: "refused"; readonly peer: PeerId }
  | { readonly kind: "failed" };

export interface DialerWorld {
  readonly self: PeerId;
  readonly clock: Clock;
  readonly random: Random;
  /** One try, the addresses in their order. `peer` undefined: whoever answers there. Never rejects. */
  dial(peer: PeerId | undefined, addresses: readonly PeerAddress[]): Promise<DialOutcome>;
  /** Is there an admitted connection on which it is heard? */
  isUp(peer: PeerId): boolean;
  /** Where this peer itself listens, to be left out. */
  ownAddresses(): readonly string[];
}

/** The first failure is followed by a delay of up to this. */
const firstDelayMs = 1_000;
const delayMsMax = 300_000;
/** After a refusal: half of this at least, doubling up to `delayMsMax`. */
const refusedDelayMs = 30_000;
/** A connection that lasted so long was a good one: the next tries are quick again. */
const goodConnectionMs = 30_000;

type Phase =
  | { readonly kind: "resting" }
  | { readonly kind: "waiting"; readonly cancel: Cancel }
  | { readonly kind: "dialing" };

interface Target {
  /** The name it is wanted by, or the one learnt at its address. */
  peer: PeerId | undefined;
  readonly isNamed: boolean;
  addresses: readonly PeerAddress[];
  phase: Phase;
  failures: number;
  refusals: number;
  upSinceMs: number;
  /** The addresses changed while a dial was under way. */
  isStale: boolean;
}

export class Dialer {
  readonly #world: DialerWorld;
  readonly #targets = new Map<string, Target>();
  #isStopped = false;

  constructor(world: DialerWorld) {
    this.#world = world;
  }

  /** Replaces what is wanted. Who stays keeps its place in the back-off, unless its addresses changed. */
  want(peers: readonly WantedPeer[]): void {
    const wanted = this.#wantedByKey(peers);
    for (const [key, target] of this.#targets) {
      if (wanted.has(key)) continue;
      this.#rest(target);
      this.#targets.delete(key);
    }
    for (const [key, { peer, addresses }] of wanted) {
      const target = this.#targets.get(key);
      if (target === undefined) this.#add(key, peer, addresses);
      else if (addresses.join() !== target.addresses.join()) this.#move(target, addresses);
    }
  }

  onUp(peer: PeerId): void {
    for (const target of this.#targetsOf(peer)) {
      target.upSinceMs = this.#world.clock.monotonicMs();
      target.refusals = 0;
      if (target.phase.kind === "waiting") this.#rest(target);
    }
  }

  /** Its connection is gone, or silent. */
  onDown(peer: PeerId): void {
    for (const target of this.#targetsOf(peer)) {
      if (target.phase.kind !== "resting") continue;
      const lastedMs = this.#world.clock.monotonicMs() - target.upSinceMs;
      target.failures = lastedMs >= goodConnectionMs ? 0 : target.failures + 1;
      this.#retry(target);
    }
  }

  /** An open connection was refused by either side: what comes next comes slowly. */
  onRefused(peer: PeerId): void {
    for (const target of this.#targetsOf(peer)) {
      if (target.phase.kind !== "dialing") this.#retrySlowly(target);
    }
  }

  stop(): void {
    this.#isStopped = true;
    for (const target of this.#targets.values()) this.#rest(target);
    this.#targets.clear();
  }

  #wantedByKey(
    peers: readonly WantedPeer[],
  ): Map<string, { readonly peer: PeerId | undefined; addresses: readonly PeerAddress[] }> {
    const wanted = new Map<string, { readonly peer: PeerId | undefined; addresses: readonly PeerAddress[] }>();
    const add = (peer: PeerId | undefined, addresses: readonly PeerAddress[]): void => {
      if (peer === this.#world.self || addresses.length === 0) return;
      const key = peer ?? `at ${addresses.join(" ")}`;
      const known = wanted.get(key)?.addresses ?? [];
      wanted.set(key, { peer, addresses: [...new Set([...known, ...addresses])] });
    };
    for (const { peer, addresses } of peers) {
      const nameless: PeerAddress[] = [];
      for (const text of addresses) {
        const read = readAddress(text);
        if ("problem" in read) continue;
        const name = peer ?? read.peer;
        if (name === undefined) nameless.push(read.address);
        // An address that names somebody else than the peer that it shall lead to leads nowhere.
        else if (read.peer === undefined || read.peer === name) add(name, [read.address]);
      }
      add(undefined, nameless);
    }
    return wanted;
  }

  #add(key: string, peer: PeerId | undefined, addresses: readonly PeerAddress[]): void {
    const target: Target = {
      peer,
      isNamed: peer !== undefined,
      addresses,
      phase: { kind: "resting" },
      failures: 0,
      refusals: 0,
      upSinceMs: this.#world.clock.monotonicMs(),
      isStale: false,
    };
    this.#targets.set(key, target);
    this.#wait(target, 0);
  }

  #move(target: Target, addresses: readonly PeerAddress[]): void {
    target.addresses = addresses;
    target.failures = 0;
    target.refusals = 0;
    if (target.phase.kind === "waiting") this.#wait(target, 0);
    else if (target.phase.kind === "dialing") target.isStale = true;
  }

  #wait(target: Target, delayMs: number): void {
    this.#rest(target);
    target.phase = { kind: "waiting", cancel: this.#world.clock.after(delayMs, () => void this.#dial(target)) };
  }

  #rest(target: Target): void {
    if (target.phase.kind === "waiting") target.phase.cancel();
    target.phase = { kind: "resting" };
  }

  #retry(target: Target): void {
    const delayMs = Math.min(delayMsMax, firstDelayMs * 2 ** Math.max(0, target.failures - 1));
    this.#wait(target, delayMs * this.#world.random.unit());
  }

  #retrySlowly(target: Target): void {
    const delayMs = Math.min(delayMsMax, refusedDelayMs * 2 ** target.refusals);
    target.refusals += 1;
    this.#wait(target, delayMs * (0.5 + this.#world.random.unit() / 2));
  }

  async #dial(target: Target): Promise<void> {
    target.phase = { kind: "resting" };
    if (target.peer !== undefined && this.#world.isUp(target.peer)) return;
    const own = new Set(this.#world.ownAddresses());
    const addresses = target.addresses.filter((address) => !own.has(address));
    if (addresses.length === 0) {
      this.#wait(target, delayMsMax);
      return;
    }
    const dialing: Phase = { kind: "dialing" };
    target.phase = dialing;
    target.isStale = false;
    const outcome = await this.#world.dial(target.isNamed ? target.peer : undefined, addresses);
    // Not wanted any more.
    if (this.#isStopped || target.phase !== dialing) return;
    target.phase = { kind: "resting" };
    this.#conclude(target, outcome);
  }

  #conclude(target: Target, outcome: DialOutcome): void {
    switch (outcome.kind) {
      case "up":
        target.peer = outcome.peer;
        target.refusals = 0;
        target.upSinceMs = this.#world.clock.monotonicMs();
        // It may have gone again before we heard of it.
        if (!this.#world.isUp(outcome.peer)) this.onDown(outcome.peer);
        return;
      case "self":
        // Asked again at the slowest pace: the name of a machine may move to another one.
        this.#wait(target, delayMsMax);
        return;
      case "refused":
        target.peer = outcome.peer;
        if (target.isStale) this.#wait(target, 0);
        else this.#retrySlowly(target);
        return;
      case "failed":
        target.failures += 1;
        if (target.isStale) this.#wait(target, 0);
        else this.#retry(target);
        return;
    }
  }

  #targetsOf(peer: PeerId): readonly Target[] {
    return [...this.#targets.values()].filter((target) => target.peer === peer);
  }
}
