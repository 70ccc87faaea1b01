/**
 * Chance from a seed: the only source of accident in a simulated world.
 *
 * `fork` gives a stream of its own to each peer, port or fault. It depends on the seed and the
 * labels alone, not on how many numbers were drawn before: a new draw in one place then shifts
 * no other, and a seed keeps its meaning as the code around it grows.
 *
 * The generator is sfc32 [Doty-Humphrey, PractRand], seeded from a SHA-256 of the labels.
 */

import { sha256 } from "../../protocol/sha256.ts";

export class Chance {
  readonly #key: Uint8Array;
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  private constructor(key: Uint8Array) {
    const words = new DataView(key.buffer, key.byteOffset, key.byteLength);
    this.#key = key;
    this.#a = words.getUint32(0);
    this.#b = words.getUint32(4);
    this.#c = words.getUint32(8);
    this.#counter = words.getUint32(12) | 1;
  }

  /** @param seed an integer */
  static ofSeed(seed: number): Chance {
    if (!Number.isSafeInteger(seed)) throw new Error(`a seed is an integer, not ${seed}`);
    return new Chance(sha256(encoder.encode(`cdmesh-simulation-${seed}`)));
  }

  /** A stream of its own. The same label gives the same stream again. */
  fork(label: string): Chance {
    return new Chance(sha256(this.#key, encoder.encode(label)));
  }

  /** A number in [0, 1) with 53 random bits. */
  unit(): number {
    return (this.#word() * 0x20_0000 + (this.#word() >>> 11)) / 2 ** 53;
  }

  /** An integer in [0, below), for `below` up to 2^32. */
  integer(below: number): number {
    if (!Number.isInteger(below) || below < 1 || below > 2 ** 32) throw new Error(`no integer below ${below}`);
    return Math.floor((this.#word() * below) / 2 ** 32);
  }

  /** True in `probability` of the cases. */
  happens(probability: number): boolean {
    return this.unit() < probability;
  }

  /** From an exponential distribution: mostly less than the mean, now and then far more. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.unit());
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.integer(choices.length)];
    if (choice === undefined) throw new Error("a choice may not be undefined");
    return choice;
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += 4) {
      const word = this.#word();
      for (let shift = 0; shift < 4 && at + shift < length; shift += 1) bytes[at + shift] = word >>> (8 * shift);
    }
    return bytes;
  }

  /** The next 32 bits, as an unsigned integer. */
  #word(): number {
    const word = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + word) | 0;
    return word >>> 0;
  }
}

const encoder = new TextEncoder();
