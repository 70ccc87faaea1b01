/** The randomness of one simulated peer: a stream of the world's seed. */

import type { Random } from "../../node/ports.ts";
import type { Chance } from "./chance.ts";

export class FakeRandom implements Random {
  readonly #chance: Chance;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  bytes(length: number): Uint8Array {
    return this.#chance.bytes(length);
  }

  unit(): number {
    return this.#chance.unit();
  }
}
