/**
 * A hostile peer: it holds a valid license and key, runs the same program as all others, and lies.
 *
 * Behind the program stands a liar (`LyingNetwork`) who alters its answers, withholds what it says,
 * and says other things in its name, each properly signed with the key that it has. By the seed it
 * does only some of what it could. What it does by rights of its license, such as deleting, is
 * named apart: honest peers cannot tell that from a user's work.
 */

import type { Identity } from "../../node/identity.ts";
import type { Network } from "../../node/ports.ts";
import { instantOfMs } from "../../protocol/documents/instant.ts";
import { decodeHello, encodeHello } from "../../protocol/wire/hello.ts";
import type { Chance } from "./chance.ts";
import { worldEpochMs } from "./clock.ts";
import { type HeardMessage, hostileDeeds, type Liar, vandalDeeds } from "./hostile-acts.ts";
import { hostileAnswers } from "./hostile-answers.ts";
import { nonsense } from "./hostile-bytes.ts";
import { type Lies, LyingNetwork } from "./lying-network.ts";
import { SimulatedMachine } from "./machine.ts";
import type { SimulatedSite } from "./site.ts";

const others = ["slow-drip", "withheld-gossip", "nonsense-hellos", "expired-license"] as const;
type OtherAct = (typeof others)[number];
const deeds = { ...hostileDeeds, ...vandalDeeds };

export type HostileAct = keyof typeof hostileAnswers | keyof typeof deeds | OtherAct;

function namesOf<Table extends object>(table: Table): readonly (keyof Table)[] {
  return Object.keys(table).filter((name): name is Extract<keyof Table, string> => name in table);
}

/** Lies: none of them may change what honest peers hold. */
export const hostileActs: readonly HostileAct[] = [...namesOf(hostileAnswers), ...namesOf(hostileDeeds), ...others];
/** What a license allows and nobody wants. */
export const vandalActs: readonly HostileAct[] = namesOf(vandalDeeds);

export interface HostileOptions {
  readonly site: SimulatedSite;
  readonly name: string;
  readonly chance: Chance;
  /** What it may do; each seed takes a part of it. Default: all lies. */
  readonly acts?: readonly HostileAct[];
  /** Hears of what it does. */
  readonly onAct?: (act: HostileAct) => void;
}

/** Just before those who asked give up. */
const dripMs = 4_800;
const heardMax = 200;
const actEveryMs = 400;

export class HostilePeer implements Lies {
  readonly machine: SimulatedMachine;
  /** What this one does. */
  readonly acts: readonly HostileAct[];
  readonly #options: HostileOptions;
  readonly #chance: Chance;
  readonly #heard: HeardMessage[] = [];
  readonly #sealed = new Map<string, number>();
  readonly #expired: Uint8Array;
  #network: Network | undefined;
  #untilMs = 0;

  constructor(options: HostileOptions) {
    const { site, name, chance, acts = hostileActs } = options;
    this.#options = options;
    this.#chance = chance.fork("lies");
    const drawn = acts.filter((act) => chance.fork(act).happens(0.4));
    this.acts = drawn.length === 0 ? [...acts] : drawn;
    this.machine = new SimulatedMachine(site, {
      name,
      disguise: (network) => {
        this.#network = network;
        return new LyingNetwork(network, this);
      },
    });
    const past = instantOfMs(worldEpochMs - 1_000);
    const standing = { region: "eu", group: "web", server: name };
    const dates = { serial: 1, notAfter: past };
    this.#expired = site.authority.admit(this.machine.identity.peer, standing, ["serve"], dates);
  }

  get #liar(): Liar | undefined {
    if (this.#network === undefined) return undefined;
    const identity: Identity = this.machine.identity;
    return {
      site: this.#options.site,
      chance: this.#chance,
      identity,
      network: this.#network,
      heard: this.#heard,
      sealed: this.#sealed,
    };
  }

  /** Joins the site, and lies until `untilMs`. From then on it is as honest as its program. */
  async start(untilMs: number): Promise<void> {
    this.#untilMs = untilMs;
    await this.machine.start();
    this.#planNext();
  }

  // --- The lies -----------------------------------------------------------------------------------

  hello(truth: Uint8Array): Uint8Array {
    if (this.#does("nonsense-hellos", 0.3)) return nonsense(truth, this.#chance);
    const hello = this.#does("expired-license", 0.3) ? decodeHello(truth) : undefined;
    return hello === undefined || "code" in hello ? truth : encodeHello({ ...hello, installLicense: this.#expired });
  }

  async answer(_peer: unknown, protocol: string, body: Uint8Array, truth: Uint8Array): Promise<Uint8Array> {
    if (this.#does("slow-drip", 0.3)) {
      await new Promise<void>((resolve) => this.machine.life?.schedule(dripMs, resolve));
    }
    let answer = truth;
    for (const name of namesOf(hostileAnswers)) {
      if (!this.#may(name) || !this.#chance.happens(0.5)) continue;
      const altered = hostileAnswers[name]({ protocol, body, truth: answer, chance: this.#chance });
      if (altered === undefined) continue;
      this.#options.onAct?.(name);
      answer = altered;
    }
    return answer;
  }

  publish(_topic: string, truth: Uint8Array): Uint8Array | undefined {
    return this.#does("withheld-gossip", 0.7) ? undefined : truth;
  }

  heard(topic: string, data: Uint8Array): void {
    this.#heard.push({ topic, data: Uint8Array.from(data) });
    if (this.#heard.length > heardMax) this.#heard.shift();
  }

  // --- Inside -------------------------------------------------------------------------------------

  #planNext(): void {
    const { world } = this.#options.site;
    if (world.nowMs >= this.#untilMs) return;
    world.schedule(this.#chance.exponential(actEveryMs), () => {
      const own = namesOf(deeds).filter((name) => this.#may(name));
      const liar = this.#liar;
      if (own.length > 0 && liar !== undefined && this.machine.isRunning) {
        const name = this.#chance.pick(own);
        world.trace(`lie ${name}`);
        deeds[name](liar);
        this.#options.onAct?.(name);
      }
      this.#planNext();
    });
  }

  #may(act: HostileAct): boolean {
    return this.#options.site.world.nowMs < this.#untilMs && this.acts.includes(act);
  }

  #does(act: HostileAct, probability: number): boolean {
    if (!this.#may(act) || !this.#chance.happens(probability)) return false;
    this.#options.onAct?.(act);
    return true;
  }
}
