import assert from "node:assert/strict";
import { test } from "node:test";
import { RecordsMesh, type RecordsPeer } from "./records-mesh.ts";
import { draft, makeReplica, overwrite, pull } from "./replicas.ts";

async function issue(peer: RecordsPeer, key: string): Promise<{ readonly writer: string; readonly sequence: number }> {
  const [version] = await peer.replica.issue([draft(key)]);
  assert.ok(version !== undefined);
  return version.dot;
}

test("S8: a peer that comes back with its store as it left it writes on under the same writer", async () => {
  const mesh = await RecordsMesh.start(1, [{}, {}]);
  const [one] = mesh.peers;
  assert.ok(one !== undefined);
  const before = await mesh.settle(issue(one, "a"));
  await mesh.converge();
  await mesh.settle(one.stop());
  await mesh.settle(one.start());
  const after = await mesh.settle(issue(one, "b"));
  assert.deepEqual(after, { writer: before.writer, sequence: before.sequence + 1 });
  await mesh.converge();
});

test("S8: a peer whose store was set back to a snapshot takes a new writer before its first write", async () => {
  const mesh = await RecordsMesh.start(2, [{}, {}, {}]);
  const [one, two] = mesh.peers;
  assert.ok(one && two);
  const before = await mesh.settle(issue(one, "a"));
  const snapshot = one.snapshot();
  await mesh.settle(issue(one, "b"));
  await mesh.settle(issue(one, "c"));
  await mesh.converge();
  await mesh.settle(one.stop());
  one.medium = snapshot;
  await mesh.settle(one.start());
  const after = await mesh.settle(issue(one, "d"));
  assert.notEqual(after.writer, before.writer);
  assert.equal(after.sequence, 1);
  await mesh.converge();
  assert.equal(two.replica.fingerprint().count, 4);
  for (const peer of mesh.peers) assert.equal(peer.events("writer-forked"), 0);
});

test("S8: a peer that was set back and is told its own records before its first write takes a new writer too", async () => {
  const mesh = await RecordsMesh.start(8, [{}, {}]);
  const [one] = mesh.peers;
  assert.ok(one !== undefined);
  const before = await mesh.settle(issue(one, "a"));
  const snapshot = one.snapshot();
  await mesh.settle(issue(one, "b"));
  await mesh.converge();
  await mesh.settle(one.stop());
  one.medium = snapshot;
  await mesh.settle(one.start());
  await mesh.converge();
  // What it wrote last may be known to somebody alone who cannot be reached.
  const after = await mesh.settle(issue(one, "c"));
  assert.notEqual(after.writer, before.writer);
  await mesh.converge();
});

test("P2: a peer of which a record claims to have seen later numbers writes on under a new writer, and is not covered", async () => {
  const [liar, victim] = [await makeReplica(1), await makeReplica(2)];
  await victim.replica.issue([draft("a")]);
  const before = victim.life.current;
  const lie = draft("a", { tombstone: true, causes: new Map([[before, 2 ** 40]]) });
  await liar.replica.issue([lie]);
  await pull(liar, victim);
  const [written] = await overwrite(victim, ["a"]);
  assert.notEqual(written?.dot.writer, before);
  await pull(victim, liar);
  assert.deepEqual(await liar.replica.state("a"), await victim.replica.state("a"));
  assert.deepEqual(
    (await victim.replica.state("a")).map(({ dot }) => dot),
    [written?.dot],
  );
});

test("S8: a peer that can ask nobody although others are licensed waits half a minute and takes a new writer", async () => {
  const mesh = await RecordsMesh.start(3, [{}, {}]);
  const [one, two] = mesh.peers;
  assert.ok(one && two);
  const before = await mesh.settle(issue(one, "a"));
  await mesh.settle(two.stop());
  await mesh.settle(one.stop());
  await mesh.settle(one.start());
  const startedMs = mesh.world.nowMs;
  const after = await mesh.settle(issue(one, "b"));
  assert.notEqual(after.writer, before.writer);
  assert.ok(mesh.world.nowMs - startedMs >= 29_000 && mesh.world.nowMs - startedMs < 32_000);
  await mesh.settle(two.start());
  await mesh.converge();
  assert.equal(two.replica.fingerprint().count, 2);
});

test("a peer whose site has no other members, or none that share the folder, waits for nobody", async () => {
  const mesh = await RecordsMesh.start(4, [{}, {}]);
  const [one, two] = mesh.peers;
  assert.ok(one && two);
  const before = await mesh.settle(issue(one, "a"));
  await mesh.settle(two.stop());
  mesh.documents.withoutFolder.add(two.id);
  await mesh.settle(one.stop());
  await mesh.settle(one.start());
  const startedMs = mesh.world.nowMs;
  const after = await mesh.settle(issue(one, "b"));
  assert.ok(mesh.world.nowMs - startedMs < 1_000);
  assert.deepEqual(after, { writer: before.writer, sequence: 2 });
});

test("a new store has a new writer at once, and keeps it", async () => {
  const mesh = await RecordsMesh.start(5, [{}, {}]);
  const [one, two] = mesh.peers;
  assert.ok(one && two);
  await mesh.settle(two.stop());
  const startedMs = mesh.world.nowMs;
  const first = await mesh.settle(issue(one, "a"));
  assert.ok(mesh.world.nowMs - startedMs < 1_000);
  assert.equal((await mesh.settle(issue(one, "b"))).writer, first.writer);
});

test("S8: two processes with copies of one store are found out, frozen, and go on under writers of their own", async () => {
  const mesh = new RecordsMesh(6, [{}, {}, {}]);
  const [one, two, three] = mesh.peers;
  assert.ok(one && two && three);
  await mesh.settle(Promise.all([one.start(), two.start(), three.start()]));
  const shared = await mesh.settle(issue(one, "shared"));
  await mesh.converge();
  // Only one of the clones is in the network at a time; nobody tells the second how far the first came.
  const clone = one.snapshot();
  await mesh.settle(three.stop());
  await mesh.settle(issue(one, "from the first"));
  await mesh.until("the second peer has it", () => two.replica.fingerprint().count === 2);
  await mesh.settle(one.stop());
  await mesh.settle(two.stop());
  one.medium = clone;
  await mesh.settle(Promise.all([one.start(), three.start()]));
  const again = await mesh.settle(issue(one, "from the second"));
  assert.equal(again.writer, shared.writer, "nobody it could ask knew better");
  await mesh.until("the third peer has it", () => three.replica.fingerprint().count === 2, 120_000);
  await mesh.settle(two.start());
  await mesh.converge(600_000);
  for (const peer of mesh.peers) assert.equal(peer.replica.fingerprint().count, 3);
  assert.ok(mesh.peers.reduce((sum, peer) => sum + peer.events("writer-forked"), 0) > 0);
  const after = await mesh.settle(issue(one, "after"));
  assert.notEqual(after.writer, shared.writer);
  await mesh.converge();
});

test("a peer that stops while it waits for answers gives the write up", async () => {
  const mesh = await RecordsMesh.start(7, [{}, {}]);
  const [one, two] = mesh.peers;
  assert.ok(one && two);
  await mesh.settle(issue(one, "a"));
  await mesh.settle(two.stop());
  await mesh.settle(one.stop());
  await mesh.settle(one.start());
  const write = issue(one, "b");
  const outcome = assert.rejects(write, /stopping/);
  await mesh.pass(1_000);
  await mesh.settle(one.stop());
  await mesh.settle(outcome);
});
