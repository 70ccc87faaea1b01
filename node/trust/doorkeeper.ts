/**
 * The doorkeeper: whoever was let in is judged anew when documents change or a license ends, and
 * shown out with the reason when the right to be here is gone. A peer without a license of its own
 * talks to nobody.
 */

import type { PeerId } from "../../protocol/ids.ts";
import { describeRefusal, type Refusal } from "../../protocol/refusal.ts";
import type { Cancel, Ports } from "../ports.ts";
import type { Switchboard } from "../switchboard.ts";

export interface DoorkeeperOptions {
  readonly ports: Pick<Ports, "clock" | "log">;
  readonly switchboard: Switchboard;
  readonly trust: {
    standing(peer: PeerId): Refusal | undefined;
    ownProblem(): Refusal | undefined;
    onChange(listener: () => void): Cancel;
  };
}

/** Many documents may come at once: look at the connections once for all of them. */
const gatherMs = 10;

export class Doorkeeper {
  readonly #options: DoorkeeperOptions;
  #cancels: readonly Cancel[] = [];
  #cancelCheck: Cancel | undefined;
  /** What was last said in the log of this peer's own license: undefined before the first look. */
  #said: { readonly problem: string | undefined } | undefined;

  constructor(options: DoorkeeperOptions) {
    this.#options = options;
  }

  start(): void {
    const { trust, switchboard } = this.#options;
    this.#cancels = [
      trust.onChange(() => this.#checkSoon()),
      // The documents may have changed between the peer's hello and now.
      switchboard.onEvent((event) => {
        if (event.kind === "up") this.#checkSoon();
      }),
    ];
    this.#check();
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancelCheck?.();
  }

  #checkSoon(): void {
    this.#cancelCheck ??= this.#options.ports.clock.after(gatherMs, () => {
      this.#cancelCheck = undefined;
      this.#check();
    });
  }

  #check(): void {
    const { ports, switchboard, trust } = this.#options;
    const problem = trust.ownProblem();
    const why = problem && describeRefusal(problem);
    if (this.#said === undefined || this.#said.problem !== why) this.#sayOwn(why);
    for (const peer of switchboard.network.connected()) {
      const refusal: Refusal | undefined = why === undefined ? trust.standing(peer) : { code: "self-unlicensed", why };
      if (refusal === undefined) continue;
      ports.log.write("warn", "peer-dismissed", { peer, why: describeRefusal(refusal) });
      switchboard.network.disconnect(peer, refusal);
    }
  }

  #sayOwn(problem: string | undefined): void {
    const { log } = this.#options.ports;
    this.#said = { problem };
    if (problem === undefined) log.write("info", "license-valid");
    else log.write("error", "license-invalid", { why: problem, effect: "this peer neither sends nor receives" });
  }
}
