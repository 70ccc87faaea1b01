/**
 * What patches cost on one thread: the list of a chunk, and the search for its blocks in old bytes.
 * One JSON line for each case.
 *
 *     node tools/bench/micro/patch.ts
 */

import { randomFillSync } from "node:crypto";
import { applyPatch, describeBlocks, findBlocks, missingBlocks } from "../../../protocol/content/patch.ts";

const mib = 1024 * 1024;
const chunkBytes = 64 * 1024;
const noise = randomFillSync(new Uint8Array(mib));
const strange = randomFillSync(new Uint8Array(chunkBytes));
const moved = noise.subarray(300_001, 300_001 + chunkBytes);
const list = { bytes: describeBlocks(moved), length: chunkBytes };
const strangeList = { bytes: describeBlocks(strange), length: chunkBytes };

perMib("describe a chunk", chunkBytes, () => describeBlocks(moved));
perMib("search old bytes that have nothing of it", mib, () => findBlocks(strangeList, noise));
perMib("search old bytes that have all of it", mib, () => findBlocks(list, noise));
const sources = findBlocks(list, noise);
if (missingBlocks(sources).some((bits) => bits !== 0)) throw new Error("a chunk that moved was not found");
perMib("put a chunk together", chunkBytes, () => applyPatch(sources, chunkBytes, noise, new Uint8Array(0)));

/** The best of some rounds: the first ones are those of a cold compiler. */
function perMib(what: string, bytes: number, act: () => unknown): void {
  const calls = Math.ceil((16 * mib) / bytes);
  const seconds = Math.min(
    ...Array.from({ length: 8 }, () => {
      const startMs = performance.now();
      for (let call = 0; call < calls; call += 1) act();
      return (performance.now() - startMs) / 1_000;
    }),
  );
  process.stdout.write(`${JSON.stringify({ what, mibPerSecond: Math.round((bytes * calls) / mib / seconds) })}\n`);
}
