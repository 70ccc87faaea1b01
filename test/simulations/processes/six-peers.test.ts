/**
 * Six real peers in six network namespaces keep ten thousand real files identical, while one is
 * killed and restarted and one seed goes for good. Runs as root on Linux only.
 */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { NamespaceBridge } from "../../../simulations/processes/namespaces.ts";
import type { PeerStatusReport } from "../../../simulations/processes/peer-process.ts";
import { chooseRealFiles, copyRealFiles } from "../../../simulations/processes/real-files.ts";
import { ProcessSite } from "../../../simulations/processes/site.ts";
import { compareListings, listTree } from "../../../simulations/processes/tree-listing.ts";

const problem = NamespaceBridge.problem();
const places = [
  { name: "eu-a-1", region: "eu", group: "a" },
  { name: "eu-a-2", region: "eu", group: "a", isSeed: true },
  { name: "eu-b-1", region: "eu", group: "b", isSeed: true },
  { name: "us-a-1", region: "us", group: "a" },
  { name: "us-a-2", region: "us", group: "a" },
  { name: "us-b-1", region: "us", group: "b" },
] as const;

if (problem === undefined)
  test("six peers, a kill and a lost seed: all trees are identical (S3, S4, S6, C1)", sixPeers);
else test(`six peers in namespaces are left out: ${problem}`, () => assert.ok(problem));

async function sixPeers(context: TestContext): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "cdmesh-six-"));
  const bridge = NamespaceBridge.create(places.length);
  const { site, peers } = await ProcessSite.create(
    directory,
    "press",
    places.map((place, at) => {
      const { name = "", address = "" } = bridge.namespaces[at] ?? {};
      return { isSeed: false, ...place, namespace: name, listen: `/ip4/${address}/tcp/4240` };
    }),
  );
  const [source, , lostSeed, killed] = peers;
  assert.ok(source && lostSeed && killed);
  try {
    for (const peer of peers) peer.start();
    for (const peer of peers) await peer.until((status) => connectedIn(status) === places.length - 1, 60_000);
    const real = chooseRealFiles(10_000);
    const startMs = performance.now();
    copyRealFiles(real, site.rootOf("eu-a-1"));

    await killed.until((status) => (status.folders[0]?.files ?? 0) > real.files / 10, 120_000);
    await killed.kill();
    await lostSeed.stop();
    killed.start();

    const left = peers.filter((peer) => peer !== lostSeed);
    for (const peer of left) await peer.until((status) => isWhole(status, real.files), 240_000);
    const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
    const memory = left.map((peer) => `${peer.options.name} ${Math.round((peer.memoryPeakBytes() ?? 0) / 1_000_000)}`);
    context.diagnostic(`${real.files} files, ${real.bytes} bytes, whole after ${seconds} s`);
    context.diagnostic(`peak resident memory in MB: ${memory.join(", ")}`);
    const expected = await listTree(site.rootOf("eu-a-1"));
    assert.ok(expected.length > real.files);
    for (const peer of left) {
      const difference = compareListings(expected, await listTree(site.rootOf(peer.options.name)));
      assert.deepEqual(difference.slice(0, 10), [], `${peer.options.name} differs in ${difference.length} lines`);
    }
    for (const peer of left) assert.equal(await peer.stop(), 0);
  } finally {
    await Promise.all(peers.map((peer) => peer.kill()));
    bridge.delete();
    rmSync(directory, { recursive: true, force: true });
  }
}

function connectedIn(status: PeerStatusReport): number {
  return status.peers.filter(({ state }) => state === "connected").length;
}

/** Entries are files and the directories that they stand in. */
function isWhole({ folders: [folder] }: PeerStatusReport, files: number): boolean {
  return folder !== undefined && folder.state === "idle" && folder.missingFiles === 0 && folder.files >= files;
}
