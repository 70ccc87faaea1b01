import assert from "node:assert/strict";
import { test } from "node:test";
import { acknowledgementKey } from "../../../node/records/retention.ts";
import { membersCollection } from "../../../protocol/ids.ts";
import { causesOf } from "../../../protocol/records/record.ts";
import { decodeAcknowledgement } from "../../../protocol/wire/acknowledgement.ts";
import { RecordsMesh, type RecordsPeer } from "./records-mesh.ts";
import { draft, press } from "./replicas.ts";

const hourMs = 3_600_000;
/** Sealed at time 0, so that no day has to pass before it may go. */
const found = { rank: "found" } as const;

async function meshOf(seed: number, count: number): Promise<RecordsMesh> {
  const mesh = await RecordsMesh.start(
    seed,
    Array.from({ length: count }, () => ({})),
  );
  for (const peer of mesh.peers) await mesh.settle(peer.records.openReplica(membersCollection));
  return mesh;
}

async function acknowledgements(mesh: RecordsMesh, at: RecordsPeer): Promise<readonly number[]> {
  const members = await mesh.settle(at.records.openReplica(membersCollection));
  const states = await mesh.settle(members.stateMany(mesh.peers.map(({ id }) => acknowledgementKey(press, id))));
  return states.map(([version]) =>
    version === undefined ? 0 : Math.max(0, ...(decodeAcknowledgement(version.record.payload)?.values() ?? [])),
  );
}

test("C4: members acknowledge what they agree on within two hours, and no oftener when nothing changes", async () => {
  const mesh = await meshOf(1, 3);
  const [one, two] = [mesh.peer(0), mesh.peer(1)];
  await mesh.settle(one.replica.issue([draft("a"), draft("b")]));
  await mesh.converge();
  assert.deepEqual(await acknowledgements(mesh, one), [0, 0, 0]);
  await mesh.pass(2 * hourMs);
  assert.deepEqual(await acknowledgements(mesh, two), [2, 2, 2]);
  const members = await mesh.settle(one.records.openReplica(membersCollection));
  const said = [...members.context().values()].map(({ sequence }) => sequence);
  await mesh.pass(2 * hourMs);
  assert.deepEqual(
    [...members.context().values()].map(({ sequence }) => sequence),
    said,
  );
  await mesh.settle(two.replica.issue([draft("c")]));
  await mesh.pass(2 * hourMs);
  assert.equal(Math.max(...(await acknowledgements(mesh, one))), 2);
  assert.equal(
    [...members.context().values()].reduce((sum, { sequence }) => sum + sequence, 0),
    6,
  );
});

test("C4: a tombstone goes everywhere once all members have it, and the report says whom it waited for", async () => {
  const mesh = await meshOf(2, 2);
  const [one, two] = [mesh.peer(0), mesh.peer(1)];
  await mesh.settle(one.replica.issue([draft("a"), draft("b")]));
  await mesh.converge();
  const [a] = await mesh.settle(two.replica.stateMany(["a"]));
  await mesh.settle(two.replica.issue([draft("a", { tombstone: true, causes: causesOf(a ?? []) })], found));
  await mesh.converge();
  assert.equal(one.records.retention(press)?.tombstones, 1);
  await mesh.until(
    "all are gone",
    () => mesh.peers.every((peer) => peer.records.retention(press)?.tombstones === 0),
    6 * hourMs,
  );
  assert.equal(one.records.retention(press)?.behind?.peer, two.id);
  for (const peer of mesh.peers) {
    assert.equal(peer.records.retention(press)?.tombstones, 0);
    assert.deepEqual(await mesh.settle(peer.replica.state("a")), []);
    assert.equal((await mesh.settle(peer.replica.state("b"))).length, 1);
    assert.equal(peer.events("divergence-found"), 0);
  }
  // What was forgotten stays so over a restart.
  await mesh.settle(one.stop());
  await mesh.settle(one.start());
  assert.equal(one.records.retention(press)?.tombstones, 0);
  assert.deepEqual(await mesh.settle(one.replica.state("a")), []);
});

test("C4: a peer whose store is older than what the others forgot catches up over the network", async () => {
  const mesh = await meshOf(3, 3);
  const [one, two, away] = [mesh.peer(0), mesh.peer(1), mesh.peer(2)];
  await mesh.settle(one.replica.issue([draft("a"), draft("b")]));
  await mesh.converge();
  const before = away.snapshot();
  const [a] = await mesh.settle(two.replica.stateMany(["a"]));
  await mesh.settle(two.replica.issue([draft("a", { tombstone: true, causes: causesOf(a ?? []) })], found));
  await mesh.converge();
  await mesh.until(
    "it is forgotten",
    () => [one, two].every((peer) => peer.records.retention(press)?.tombstones === 0),
    6 * hourMs,
  );
  await mesh.settle(away.stop());
  away.medium = before;
  await mesh.settle(away.start());
  await mesh.settle(away.records.openReplica(membersCollection));
  await mesh.until("it has caught up", () => away.events("caught-up") > 0, hourMs);
  assert.equal(away.events("catching-up"), 1);
  assert.equal(away.records.retention(press)?.isCatchingUp, false);
  assert.deepEqual(await mesh.settle(away.replica.state("a")), []);
  await mesh.converge();
  for (const peer of [one, two]) assert.deepEqual(await mesh.settle(peer.replica.state("a")), []);
});
