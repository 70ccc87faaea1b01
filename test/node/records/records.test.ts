import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeDeltaAnswer, encodeDeltaAnswer } from "../../../protocol/wire/records-exchange.ts";
import { causesOf } from "../../../protocol/records/record.ts";
import type { RecordsPeer } from "./records-mesh.ts";
import { RecordsMesh } from "./records-mesh.ts";
import { draft, press } from "./replicas.ts";

const here = [{}, {}, {}];
const far = [{}, { group: "db" }, { region: "us" }];

function write(peer: RecordsPeer, keys: readonly string[], payload = Buffer.from("content")) {
  return peer.replica
    .stateMany(keys)
    .then((states) =>
      peer.replica.issue(keys.map((key, index) => draft(key, { payload, causes: causesOf(states[index] ?? []) }))),
    );
}

function keysOf(count: number, prefix = "file"): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix} ${index}`);
}

function timesAsked(peer: RecordsPeer, kind: RecordsPeer["asked"][number]): number {
  return peer.asked.filter((asked) => asked === kind).length;
}

test("a tiny batch travels in its head and is everywhere at once, without a single question", async () => {
  const mesh = await RecordsMesh.start(1, far);
  await mesh.pass(5_000);
  for (const peer of mesh.peers) peer.asked.length = 0;
  await mesh.settle(write(mesh.peer(0), ["a"]));
  await mesh.until("all have it", () => mesh.isConverged() && mesh.peer(2).replica.fingerprint().count === 1, 1_000);
  assert.equal(
    mesh.peers.reduce((sum, peer) => sum + timesAsked(peer, "delta"), 0),
    0,
  );
});

test("a large batch is pulled soon after its head was heard", async () => {
  const mesh = await RecordsMesh.start(2, far);
  await mesh.pass(5_000);
  await mesh.settle(write(mesh.peer(1), keysOf(3_000)));
  await mesh.until(
    "all have it",
    () => mesh.isConverged() && mesh.peer(2).replica.fingerprint().count === 3_000,
    5_000,
  );
});

test("a burst of small writes is everywhere soon, also where it comes out of order", async () => {
  const mesh = await RecordsMesh.start(3, far);
  await mesh.pass(5_000);
  const writes = keysOf(200).map((key) => write(mesh.peer(0), [key]));
  await mesh.settle(Promise.all([...writes, ...keysOf(50, "other").map((key) => write(mesh.peer(1), [key]))]));
  await mesh.until("all have it", () => mesh.isConverged() && mesh.peer(2).replica.fingerprint().count === 250, 5_000);
});

test("C1: what gossip lost is found by the rounds, and a quiet mesh then sends digests only", async () => {
  const mesh = await RecordsMesh.start(4, far);
  mesh.fabric.loseGossip(1);
  await mesh.settle(write(mesh.peer(0), keysOf(20)));
  await mesh.settle(write(mesh.peer(2), keysOf(20, "more")));
  await mesh.converge(120_000);
  await mesh.pass(5_000);
  for (const peer of mesh.peers) peer.asked.length = 0;
  await mesh.pass(300_000);
  for (const peer of mesh.peers) {
    assert.deepEqual([...new Set(peer.asked)], ["digests"]);
    assert.ok(peer.asked.length >= 20 && peer.asked.length <= 60, `${peer.asked.length} rounds in five minutes`);
  }
});

test("a peer that comes up late has everything after its first exchanges, and says when they are finished", async () => {
  const mesh = new RecordsMesh(5, here);
  const [one, two, late] = mesh.peers;
  assert.ok(one && two && late);
  await mesh.settle(Promise.all([one.start(), two.start()]));
  await mesh.settle(write(one, keysOf(500)));
  await mesh.settle(late.start());
  assert.ok(!late.records.exchangedSinceUp(one.id, press));
  await mesh.until("exchanged with both", () => [one, two].every(({ id }) => late.records.exchangedSinceUp(id, press)));
  assert.equal(late.replica.fingerprint().count, 500);
  assert.equal(timesAsked(late, "delta"), 1, "the second holder was only asked for its digests");
  mesh.fabric.isolate(one.id);
  await mesh.until("the line is given up", () => !late.network.connected().includes(one.id), 600_000);
  assert.ok(!late.records.exchangedSinceUp(one.id, press));
});

test("an exchange that fails is tried again while the peer is there", async () => {
  const mesh = new RecordsMesh(6, [{}, {}]);
  mesh.fabric.breakStreams(0.7);
  await mesh.settle(Promise.all(mesh.peers.map((peer) => peer.start())));
  const [one, two] = mesh.peers;
  assert.ok(one && two);
  await mesh.until(
    "both have exchanged",
    () => one.records.exchangedSinceUp(two.id, press) && two.records.exchangedSinceUp(one.id, press),
    300_000,
  );
});

test("P1: what a third peer altered on the way is refused, has no effect, and comes from others all the same", async () => {
  const mesh = new RecordsMesh(7, here);
  const [author, relay, reader] = mesh.peers;
  assert.ok(author && relay && reader);
  await mesh.settle(Promise.all([author.start(), relay.start()]));
  await mesh.settle(write(author, keysOf(10)));
  await mesh.until("the relay has it", () => relay.replica.fingerprint().count === 10);
  await mesh.settle(author.stop());
  relay.tamper = (answer) => {
    const delta = decodeDeltaAnswer(answer);
    const [section] = delta?.writers ?? [];
    const [batch] = section?.batches ?? [];
    if (delta === undefined || section === undefined || batch === undefined) return answer;
    const records = batch.records.map((record, index) =>
      index === 3 ? record.map((byte, at) => (at === 5 ? byte ^ 1 : byte)) : record,
    );
    return encodeDeltaAnswer({ ...delta, writers: [{ ...section, batches: [{ ...batch, records }] }] });
  };
  await mesh.settle(reader.start());
  await mesh.pass(30_000);
  assert.equal(reader.replica.fingerprint().count, 0);
  assert.equal(reader.replica.context().size, 0);
  assert.ok(reader.events("records-refused") > 0);
  await mesh.settle(author.start());
  await mesh.converge();
  assert.equal(reader.replica.fingerprint().count, 10);
});

test("P1: a member that does not hold the folder gets none of its records, whatever it asks", async () => {
  const mesh = new RecordsMesh(8, here);
  const [one, , stranger] = mesh.peers;
  assert.ok(one && stranger);
  mesh.documents.withoutFolder.add(stranger.id);
  await mesh.settle(Promise.all(mesh.peers.map((peer) => peer.start())));
  await mesh.settle(write(one, keysOf(300)));
  await mesh.pass(60_000);
  assert.equal(stranger.replica.fingerprint().count, 0);
  assert.equal(timesAsked(stranger, "delta"), 0);
  mesh.documents.withoutFolder.clear();
  stranger.trust.changed();
  await mesh.converge();
});

test("a writer that waits for a document is taken up as soon as that is there", async () => {
  const mesh = await RecordsMesh.start(9, here);
  const reader = mesh.peer(2);
  reader.trust.knownVersion = 1;
  mesh.documents.version = 2;
  await mesh.settle(write(mesh.peer(0), keysOf(30)));
  await mesh.pass(60_000);
  assert.equal(reader.replica.fingerprint().count, 0);
  assert.equal(reader.replica.heldBack().size, 1);
  reader.trust.knownVersion = 2;
  reader.trust.changed();
  await mesh.until("it is taken up", () => reader.replica.fingerprint().count === 30, 5_000);
});

test("S1: a writer that is held back in the middle of a long pull leaves no gap", async () => {
  const mesh = new RecordsMesh(14, here);
  const [author, , reader] = mesh.peers;
  assert.ok(author && reader);
  await mesh.settle(author.start());
  const payload = Buffer.alloc(2_000, 1);
  const rounds = [1, 2, 1].map((version, round) => async () => {
    mesh.documents.version = version;
    for (const at of [0, 1]) await write(author, keysOf(200, `round ${round} ${at}`), payload);
  });
  for (const round of rounds) await mesh.settle(round());
  mesh.documents.version = 2;
  reader.trust.knownVersion = 1;
  await mesh.settle(reader.start());
  await mesh.pass(30_000);
  assert.equal(reader.replica.fingerprint().count, 400);
  // Whoever waits for the end of an exchange before the first scan would scan without the rest.
  assert.ok(!reader.records.exchangedSinceUp(author.id, press));
  reader.trust.knownVersion = 2;
  reader.trust.changed();
  await mesh.until("all of it is there", () => reader.records.exchangedSinceUp(author.id, press));
  assert.equal(reader.replica.fingerprint().count, 1_200);
  assert.equal(reader.events("divergence-found"), 0);
});

test("a record that a relay withheld is found and healed by the next round, with an alarm", async () => {
  const mesh = new RecordsMesh(10, here);
  const [author, relay, victim] = mesh.peers;
  assert.ok(author && relay && victim);
  await mesh.settle(Promise.all([author.start(), relay.start()]));
  await mesh.settle(write(author, keysOf(40)));
  await mesh.until("the relay has it", () => relay.replica.fingerprint().count === 40);
  await mesh.settle(author.stop());
  // The relay says that the whole batch is dead.
  relay.tamper = (answer) => {
    const delta = decodeDeltaAnswer(answer);
    const [section] = delta?.writers ?? [];
    const [batch] = section?.batches ?? [];
    if (delta === undefined || batch === undefined) return answer;
    return encodeDeltaAnswer({ ...delta, writers: [{ batches: [], tail: batch.head }] });
  };
  await mesh.settle(victim.start());
  await mesh.until("it knows the writer", () => victim.replica.context().size === 1);
  relay.tamper = (answer) => answer;
  await mesh.settle(author.start());
  await mesh.converge(120_000);
  assert.equal(victim.replica.fingerprint().count, 40);
  assert.ok(victim.events("divergence-found") > 0);
});

test("C1: property: under lost gossip, broken streams, crashes and cuts all end with the same records", async () => {
  for (let seed = 20; seed < 26; seed += 1) {
    const mesh = await RecordsMesh.start(seed, [{}, { group: "db" }, { region: "us" }, { region: "us" }]);
    const { chance } = mesh.world;
    mesh.fabric.loseGossip(0.5);
    mesh.fabric.breakStreams(0.2);
    for (let round = 0; round < 12; round += 1) {
      const peer = mesh.peer(chance.integer(4));
      const keys = keysOf(1 + chance.integer(8), `key ${chance.integer(3)}`);
      if (peer.isRunning) void write(peer, keys).catch(() => undefined);
      await mesh.pass(chance.integer(3_000));
      const other = mesh.peer(chance.integer(4));
      if (chance.happens(0.3) && other.isRunning) other.crash();
      else if (chance.happens(0.3) && other.id !== peer.id) mesh.fabric.cut(peer.id, other.id);
      for (const each of mesh.peers) if (!each.isRunning && chance.happens(0.5)) await mesh.settle(each.start());
    }
    mesh.fabric.loseGossip(0);
    mesh.fabric.breakStreams(0);
    for (const one of mesh.peers) for (const other of mesh.peers) if (one !== other) mesh.fabric.heal(one.id, other.id);
    for (const each of mesh.peers) if (!each.isRunning) await mesh.settle(each.start());
    await mesh.converge(600_000);
    for (const peer of mesh.peers) assert.equal(peer.events("divergence-found"), 0, `seed ${seed}`);
  }
});

test("one seed gives one trace (FORMATS 34)", async () => {
  const run = async (): Promise<string> => {
    const mesh = await RecordsMesh.start(30, here);
    mesh.fabric.loseGossip(0.3);
    await mesh.settle(Promise.all(mesh.peers.map((peer, index) => write(peer, keysOf(20 + index)))));
    await mesh.converge();
    return mesh.world.traceHash();
  };
  assert.equal(await run(), await run());
});
