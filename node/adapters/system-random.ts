/** The randomness of this machine. */

import { randomBytes } from "node:crypto";
import type { Random } from "../ports.ts";

export class SystemRandom implements Random {
  bytes(length: number): Uint8Array {
    return new Uint8Array(randomBytes(length));
  }

  /** Predictable to whoever saw enough of it: good for jitter, never for secrets. */
  unit(): number {
    return Math.random();
  }
}
