/** The seeds that failed once: run for ever, so that what they found does not come back. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const file = join(import.meta.dirname, "../../simulations/seeds.json");

const keptSeedSchema = z.strictObject({
  scenario: z.string(),
  seed: z.int(),
  /** See `RunOptions`. */
  course: z.int().default(0),
  /** What it broke, in words. */
  broke: z.string(),
  /** What was left out to make its story small. */
  dropped: z.array(z.string()).default([]),
});

export type KeptSeed = z.infer<typeof keptSeedSchema>;

export function readKeptSeeds(): readonly KeptSeed[] {
  return z.array(keptSeedSchema).parse(JSON.parse(readFileSync(file, "utf8")));
}

export function keepSeeds(found: readonly KeptSeed[]): void {
  const lines = [...readKeptSeeds(), ...found].map((seed) => `  ${JSON.stringify(seed)}`);
  writeFileSync(file, `[\n${lines.join(",\n")}\n]\n`);
}
