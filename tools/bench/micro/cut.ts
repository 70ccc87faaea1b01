/**
 * What cutting, naming and manifests cost on one thread. One JSON line for each case.
 *
 *     node tools/bench/micro/cut.ts
 */

import { randomFillSync } from "node:crypto";
import { chunkEnd, cutChunks } from "../../../protocol/content/cut.ts";
import { openPage, openTopPage, type PageSlot } from "../../../protocol/content/manifest.ts";
import { buildManifest, rootOfChunks } from "../../../protocol/content/manifest-builder.ts";
import { chunkHashOf } from "../../../protocol/ids.ts";
import { sha256 } from "../../../protocol/sha256.ts";

const mib = 1024 * 1024;
const noise = randomFillSync(new Uint8Array(64 * mib));
const zeros = new Uint8Array(64 * mib);

for (const [what, bytes] of Object.entries({ noise, zeros })) {
  perMib(`cut ${what}`, bytes, () => {
    for (let end = chunkEnd(bytes, 0, true); end !== undefined; end = chunkEnd(bytes, end, true));
  });
  perMib(`cut and name ${what}`, bytes, () => cutChunks(bytes, true));
}

const chunks = Array.from({ length: 16_384 }, (_, at) => ({
  hash: chunkHashOf(sha256(new TextEncoder().encode(`${at}`))),
  length: 65_536,
}));
const manifest = buildManifest(chunks);
perCall("root of a file of one chunk", 100_000, () => rootOfChunks(chunks.slice(0, 1)));
perCall("manifest of 1 GiB", 20, () => buildManifest(chunks));
perCall("verify the pages of 1 GiB", 20, () => {
  const pages = new Map<string, Uint8Array>(manifest.pages.map(({ hash, bytes }) => [hash, bytes]));
  const descend = (slot: PageSlot | undefined): void => {
    const bytes = pages.get(slot?.hash ?? manifest.root) ?? new Uint8Array();
    const page = slot === undefined ? openTopPage(manifest.root, manifest.size, bytes) : openPage(slot, bytes);
    if ("code" in page) throw new Error(page.code);
    if (page.kind === "pages") page.slots.forEach(descend);
  };
  descend(undefined);
});

/** The best of some rounds: the first ones are those of a cold compiler. */
function perMib(what: string, bytes: Uint8Array, act: () => unknown): void {
  const seconds = Math.min(...Array.from({ length: 5 }, () => secondsOf(act)));
  print({ what, mibPerSecond: Math.round(bytes.length / mib / seconds) });
}

function perCall(what: string, calls: number, act: () => unknown): void {
  const seconds = secondsOf(() => {
    for (let call = 0; call < calls; call += 1) act();
  });
  print({ what, microseconds: Math.round((seconds / calls) * 1e8) / 100 });
}

function secondsOf(act: () => unknown): number {
  const startMs = performance.now();
  act();
  return (performance.now() - startMs) / 1000;
}

function print(line: Readonly<Record<string, string | number>>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
