import assert from "node:assert/strict";
import { test } from "node:test";
import { rowRange } from "../../../node/keys.ts";
import { BucketTable } from "../../../node/records/bucket-table.ts";
import { splitBuckets } from "../../../node/records/buckets.ts";
import { bucketDigits, bucketOf, changeFingerprint } from "../../../protocol/records/audit.ts";
import { sha256 } from "../../../protocol/sha256.ts";
import { encodeBucketsAnswer, encodeSiblingsAnswer } from "../../../protocol/wire/records-exchange.ts";
import { RecordsMesh, type RecordsPeer } from "./records-mesh.ts";
import { assertSound, draft, makeReplica, overwrite, press, pull } from "./replicas.ts";

/** Two peers that know the same, with nothing going on between them but what a test starts. */
async function twoPeers(seed: number, keys: number): Promise<readonly [RecordsMesh, RecordsPeer, RecordsPeer]> {
  const mesh = await RecordsMesh.start(seed, [{}, {}]);
  const [one, two] = mesh.peers;
  assert.ok(one && two);
  for (let at = 0; at < keys; at += 500) {
    const drafts = Array.from({ length: Math.min(500, keys - at) }, (_, index) => draft(`file ${at + index}`));
    await mesh.settle(one.replica.issue(drafts));
  }
  await mesh.converge();
  await mesh.settle(Promise.all([one, two].map((peer) => peer.records.exchange(peer === one ? two.id : one.id))));
  one.asked.length = 0;
  return [mesh, one, two];
}

function times(peer: RecordsPeer, kind: RecordsPeer["asked"][number]): number {
  return peer.asked.filter((asked) => asked === kind).length;
}

/** Removes some of a peer's rows behind its back, and starts it again on what is left. */
async function damage(mesh: RecordsMesh, peer: RecordsPeer, kind: "e" | "b", rows: readonly number[]): Promise<void> {
  await mesh.settle(peer.stop());
  const { from, to } = rowRange(kind, press);
  const all = peer.medium.rows.range(from, to, 100_000);
  for (const index of rows) {
    const row = all[index];
    assert.ok(row !== undefined);
    peer.medium.rows.delete(row[0]);
  }
  await mesh.settle(peer.start());
}

test("two peers that hold the same are found equal with one question", async () => {
  const [mesh, one, two] = await twoPeers(1, 500);
  assert.deepEqual(await mesh.settle(one.records.audit(two.id, press)), { kind: "equal" });
  assert.equal(times(one, "buckets"), 1);
  assert.equal(times(one, "siblings"), 0);
});

test("peers that do not know the same have nothing to compare", async () => {
  const [mesh, one, two] = await twoPeers(2, 10);
  mesh.fabric.loseGossip(1);
  await mesh.settle(one.replica.issue([draft("new")]));
  assert.deepEqual(await mesh.settle(one.records.audit(two.id, press)), { kind: "moved" });
  assert.equal(one.events("divergence-found"), 0);
});

test("a wrong sum is found where the records are equal, and counted again", async () => {
  const [mesh, one, two] = await twoPeers(3, 2_000);
  await damage(mesh, one, "b", [70, 140]);
  await mesh.until("it is back", () => one.network.connected().includes(two.id));
  const result = await mesh.settle(one.records.audit(two.id, press));
  assert.deepEqual(result, { kind: "diverged", buckets: 2, healed: true });
  assert.deepEqual(await mesh.settle(one.records.audit(two.id, press)), { kind: "equal" });
  assert.equal(one.events("sums-corrected"), 1);
  assert.deepEqual(one.replica.fingerprint(), two.replica.fingerprint());
});

test("a difference among thousands costs a few questions, not a transfer of everything", async () => {
  const [mesh, one, two] = await twoPeers(4, 6_000);
  await damage(mesh, one, "b", [100]);
  await mesh.until("it is back", () => one.network.connected().includes(two.id));
  one.asked.length = 0;
  await mesh.settle(one.records.audit(two.id, press));
  assert.ok(times(one, "buckets") <= 4);
  assert.equal(times(one, "siblings"), 1);
});

test("P3: a peer that answers an audit with nonsense makes it fail, and no more", async () => {
  const [mesh, one, two] = await twoPeers(5, 50);
  const before = one.replica.fingerprint();
  two.tamper = () => Uint8Array.of(255, 255);
  assert.deepEqual(await mesh.settle(one.records.audit(two.id, press)), { kind: "failed" });
  two.tamper = () => encodeBucketsAnswer({ contextDigest: one.replica.digest(), fingerprints: [], unsure: false });
  assert.deepEqual(await mesh.settle(one.records.audit(two.id, press)), { kind: "failed" });
  assert.deepEqual(one.replica.fingerprint(), before);
});

test("P3: a peer that claims that everything differs costs a bounded number of questions and changes nothing", async () => {
  const [mesh, one, two] = await twoPeers(6, 300);
  const before = one.replica.fingerprint();
  const sum = new Uint8Array(32).fill(1);
  two.tamper = (answer) => {
    const asked = one.asked.at(-1);
    if (asked === "siblings") return encodeSiblingsAnswer({ batches: [], next: undefined });
    if (asked !== "buckets") return answer;
    const sizes = [16, 256, 1024].find((size) => answer.length <= size * 50) ?? 1024;
    const fingerprints = Array.from({ length: sizes }, () => ({ count: 1_000_000, sum }));
    return encodeBucketsAnswer({ contextDigest: one.replica.digest(), fingerprints, unsure: false });
  };
  const result = await mesh.settle(one.records.audit(two.id, press));
  assert.notEqual(result.kind, "equal");
  assert.ok(one.asked.length < 200);
  assert.deepEqual(one.replica.fingerprint(), before);
});

test("sums that differ are noticed by a plain exchange, whichever side has lost something", async () => {
  const [mesh, one, two] = await twoPeers(7, 200);
  await damage(mesh, two, "b", [0, 1, 2]);
  await mesh.until(
    "they are equal again",
    () => one.replica.fingerprint().sum === two.replica.fingerprint().sum,
    120_000,
  );
  assert.ok(one.events("divergence-found") + two.events("divergence-found") > 0);
});

test("a collection that grows large has more buckets, and compares with one that has not grown yet", async () => {
  const [small, large] = [new BucketTable(bucketDigits.few), new BucketTable(bucketDigits.many)];
  const elements = Array.from({ length: 400 }, (_, index) => sha256(Buffer.from(`element ${index}`)));
  elements.forEach((element, index) => {
    const digits = bucketOf(`file ${index}`);
    for (const table of [small, large]) {
      const bucket = digits.slice(0, table.digits);
      table.set(bucket, changeFingerprint(table.get(bucket), [element], []));
    }
  });
  for (const prefix of ["", "0", "a", "3c", "ff"]) assert.deepEqual(small.sumBelow(prefix), large.sumBelow(prefix));
  assert.deepEqual(small.total, large.total);
  assert.equal(small.total.count, 400);
  assert.ok(!small.isCrowded);
});

test("buckets are split at the crossing, in one write, and stand so in the next life", async () => {
  const one = await makeReplica(1);
  const keys = Array.from({ length: 3_000 }, (_, index) => `file ${index}`);
  await one.replica.issue(keys.map((key) => draft(key)));
  const before = one.replica.fingerprint();
  const writes = one.store.writes;
  await splitBuckets(one.replica.holdings);
  assert.equal(one.store.writes, writes + 1);
  assert.equal(one.replica.holdings.buckets.digits, bucketDigits.many);
  assert.deepEqual(one.replica.fingerprint(), before);
  await overwrite(one, keys.slice(0, 100));
  await assertSound(one);
  // A peer with fewer buckets answers for prefixes below them all the same.
  const two = await makeReplica(2);
  await pull(one, two);
  const prefixes = ["3c7", "000", "fff"];
  const [fine, coarse] = await Promise.all([one, two].map(({ replica }) => replica.childSums(prefixes)));
  assert.deepEqual(fine, coarse);
});
