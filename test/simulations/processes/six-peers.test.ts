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
import type { PeerProcess, PeerStatusReport } from "../../../simulations/processes/peer-process.ts";
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
  const undo = new AsyncDisposableStack();
  try {
    const directory = mkdtempSync(join(tmpdir(), "cdmesh-six-"));
    undo.defer(() => rmSync(directory, { recursive: true, force: true }));
    const bridge = NamespaceBridge.create(places.length);
    undo.defer(() => bridge.delete());
    const { site, peers } = await ProcessSite.create(
      directory,
      "press",
      places.map((place, at) => {
        const { name = "", address = "" } = bridge.namespaces[at] ?? {};
        return { isSeed: false, ...place, namespace: name, listen: `/ip4/${address}/tcp/4240` };
      }),
    );
    undo.defer(async () => {
      await Promise.all(peers.map((peer) => peer.kill()));
    });
    await rehearse(context, site, peers);
  } finally {
    await undo.disposeAsync();
  }
}

async function rehearse(context: TestContext, site: ProcessSite, peers: readonly PeerProcess[]): Promise<void> {
  const [source, , lostSeed, killed] = peers;
  assert.ok(source && lostSeed && killed);
  for (const peer of peers) peer.start();
  for (const peer of peers) await peer.until((status) => connectedIn(status) === places.length - 1, 60_000);
  const real = chooseRealFiles(10_000);
  const startMs = performance.now();
  copyRealFiles(real, site.rootOf("eu-a-1"));
  const expected = await listTree(site.rootOf("eu-a-1"));
  assert.ok(expected.length > real.files);

  await killed.until((status) => (status.folders[0]?.files ?? 0) > real.files / 10, 120_000);
  await killed.kill();
  assert.equal(await lostSeed.stop(), 0);
  killed.start();

  const left = peers.filter((peer) => peer !== lostSeed);
  for (const peer of left) await peer.until((status) => isWhole(status, expected.length), 240_000);
  const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
  const memory = left.map((peer) => `${peer.options.name} ${Math.round((peer.memoryPeakBytes() ?? 0) / 1_000_000)}`);
  context.diagnostic(`${real.files} files, ${real.bytes} bytes, whole after ${seconds} s`);
  context.diagnostic(`peak resident memory in MB: ${memory.join(", ")}`);
  for (const peer of left) {
    const difference = compareListings(expected, await listTree(site.rootOf(peer.options.name)));
    assert.deepEqual(difference.slice(0, 10), [], `${peer.options.name} differs in ${difference.length} lines`);
  }
  for (const peer of left) assert.equal(await peer.stop(), 0);
}

function connectedIn(status: PeerStatusReport): number {
  return status.peers.filter(({ state }) => state === "connected").length;
}

/** @param entries files, symlinks and directories. A peer may well be idle before the last of them is announced. */
function isWhole({ folders: [folder] }: PeerStatusReport, entries: number): boolean {
  return folder !== undefined && folder.state === "idle" && folder.missingFiles === 0 && folder.files === entries;
}
