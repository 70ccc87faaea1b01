/**
 * Speaks this peer's beacon at the mesh's pace and hears those of the others.
 *
 * A received beacon passes from the cheap questions to the dear one: is it a beacon of this site,
 * of a member, newer than the last of that member, not one of a flood, and only then: is the
 * signature right. Replays and duplicates end at the third question and are not passed on (P7).
 * What is heard is a hint to the listeners; nothing is lost when a beacon is.
 *
 * A peer that has just started remembers nobody's last beacon, so it can be shown an old one. That
 * lasts until the next real one, and moves nothing but the opinion whom to ask.
 */

import type { PublicKey } from "../../protocol/ed25519.ts";
import type { PeerId, SiteId } from "../../protocol/ids.ts";
import { limits } from "../../protocol/limits.ts";
import { type Beacon, isNewer } from "../../protocol/membership/beacon.ts";
import type { Pace } from "../../protocol/membership/pace.ts";
import { describeRefusal } from "../../protocol/refusal.ts";
import { decodeBeacon, isGenuine, keyOfBeacons, type SealedBeacon, sealBeacon } from "../../protocol/wire/beacon.ts";
import type { Identity } from "../identity.ts";
import type { Cancel, Ports, Verdict } from "../ports.ts";
import type { Switchboard } from "../switchboard.ts";

/** What the parts of a peer have to say of themselves, each time anew. */
export type BeaconContribution = Pick<Beacon, "documentsDigest" | "policyVersion" | "collections" | "load">;

/** @param atMs on this peer's monotonic clock */
export type BeaconListener = (peer: PeerId, beacon: Beacon, atMs: number) => void;

export interface BeaconsOptions {
  readonly ports: Pick<Ports, "clock" | "random" | "log">;
  readonly identity: Identity;
  readonly switchboard: Switchboard;
  readonly site: SiteId;
  /** Above that of every earlier start of this peer. */
  readonly life: number;
  readonly isMember: (peer: PeerId) => boolean;
  readonly pace: () => Pace;
  readonly contribute: () => BeaconContribution;
}

interface Received {
  readonly beacon: Beacon;
  readonly atMs: number;
  readonly isClockOff: boolean;
}

export class Beacons {
  readonly #options: BeaconsOptions;
  readonly #topic: string;
  readonly #received = new Map<PeerId, Received>();
  readonly #keys = new Map<PeerId, PublicKey>();
  readonly #listeners = new Set<BeaconListener>();
  readonly #cancelHearing: Cancel;
  #sequence = 0;
  #cancelNext: Cancel | undefined;

  /** Hears from now on; speaks from `start` on. */
  constructor(options: BeaconsOptions) {
    this.#options = options;
    this.#topic = `cdmesh/1/${options.site.slice(0, 16)}/beacon`;
    this.#cancelHearing = options.switchboard.hear(this.#topic, (_from, data) => this.#hear(data));
  }

  start(): void {
    this.#scheduleNext();
  }

  /** Says goodbye and falls silent. */
  async stop(): Promise<void> {
    this.#cancelNext?.();
    // Subscribed to the end: what is published to a topic that was just left may reach nobody.
    await this.#speak(true);
    this.#cancelHearing();
  }

  onBeacon(listener: BeaconListener): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The last beacon of a member in this life of the process. */
  last(peer: PeerId): Beacon | undefined {
    return this.#received.get(peer)?.beacon;
  }

  /** Lets go of what was heard of peers that are no members any more. */
  forgetStrangers(): void {
    for (const peer of this.#keys.keys()) {
      if (this.#options.isMember(peer)) continue;
      this.#keys.delete(peer);
      this.#received.delete(peer);
    }
  }

  #scheduleNext(): void {
    const { clock, random } = this.#options.ports;
    const jitter = 1 + limits.beaconJitter * (2 * random.unit() - 1);
    this.#cancelNext = clock.after(this.#options.pace().beaconMs * jitter, () => {
      this.#scheduleNext();
      void this.#speak(false);
    });
  }

  async #speak(leaving: boolean): Promise<void> {
    const { ports, identity, switchboard, site, life } = this.#options;
    this.#sequence += 1;
    const beacon: Beacon = {
      ...this.#options.contribute(),
      site,
      peer: identity.peer,
      life,
      sequence: this.#sequence,
      sealedAtMs: Math.max(0, ports.clock.wallMs()),
      total: undefined,
      leaving,
    };
    try {
      await switchboard.network.publish(this.#topic, sealBeacon(beacon, identity.signingKey));
    } catch (error) {
      // The next one follows soon.
      ports.log.write("debug", "beacon-unpublished", { why: String(error) });
    }
  }

  #hear(data: Uint8Array): Verdict {
    const { ports, identity, site, isMember } = this.#options;
    const sealed = decodeBeacon(data);
    if ("code" in sealed) {
      ports.log.write("debug", "beacon-refused", { why: describeRefusal(sealed) });
      return "reject";
    }
    const { beacon } = sealed;
    const { peer } = beacon;
    if (beacon.site !== site) return "reject";
    // A license that is not here yet may be there soon, so its peer is not to blame.
    if (peer === identity.peer || !isMember(peer)) return "ignore";
    const atMs = ports.clock.monotonicMs();
    const before = this.#received.get(peer);
    if (before !== undefined && (!isNewer(beacon, before.beacon) || isFlood(beacon, atMs, before))) return "ignore";
    if (!this.#isGenuine(sealed)) {
      ports.log.write("debug", "beacon-refused", { peer, why: "signature-invalid" });
      return "reject";
    }
    this.#received.set(peer, { beacon, atMs, isClockOff: this.#judgeClock(beacon, before) });
    for (const listener of this.#listeners) listener(peer, beacon, atMs);
    return "accept";
  }

  /** Importing a key takes 50 us, verifying with it 140 us (measured), so the keys of members are kept. */
  #isGenuine(sealed: SealedBeacon): boolean {
    const { peer } = sealed.beacon;
    const key = this.#keys.get(peer) ?? keyOfBeacons(peer);
    if (key === undefined) return false;
    this.#keys.set(peer, key);
    return isGenuine(sealed, key);
  }

  /** Told to the operator when it starts and when it ends; nothing else follows from it (FORMATS 6). */
  #judgeClock(beacon: Beacon, before: Received | undefined): boolean {
    const { clock, log } = this.#options.ports;
    const aheadMs = beacon.sealedAtMs - clock.wallMs();
    const isOff = Math.abs(aheadMs) > limits.clockOffMs;
    if (isOff && before?.isClockOff !== true) log.write("warn", "peer-clock-off", { peer: beacon.peer, aheadMs });
    if (!isOff && before?.isClockOff === true) log.write("info", "peer-clock-right", { peer: beacon.peer });
    return isOff;
  }
}

/** A goodbye may follow close on the last beacon, once. */
function isFlood(beacon: Beacon, atMs: number, before: Received): boolean {
  return atMs - before.atMs < limits.beaconGapMsMin && !(beacon.leaving && !before.beacon.leaving);
}
