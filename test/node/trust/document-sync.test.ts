import assert from "node:assert/strict";
import { test } from "node:test";
import { documentsProtocol } from "../../../node/trust/document-sync.ts";
import { instantOfMs } from "../../../protocol/documents/instant.ts";
import { hashOfEnvelope } from "../../../protocol/documents/verified.ts";
import { limits } from "../../../protocol/limits.ts";
import {
  encodeAnnouncement,
  encodeDocumentsAnswer,
  encodeDocumentsRequest,
  decodeDocumentsAnswer,
} from "../../../protocol/wire/documents.ts";
import { FakeAuthority } from "../../../simulations/world/authority.ts";
import { worldEpochMs } from "../../../simulations/world/clock.ts";
import { keyOf, peerOf } from "../../protocol/documents/documents.ts";
import { Bench, everywhere, far, type Machine, web1, web2 } from "./bench.ts";

/** A row of peers, each connected to the next one only. */
async function row(bench: Bench, count: number): Promise<readonly Machine[]> {
  const peers: Machine[] = [];
  for (let at = 0; at < count; at += 1) {
    const peer = await bench.peer(`peer ${at}`, { ...web1, server: `web-${at}` });
    const former = peers.at(-1);
    if (former !== undefined) peer.want(former);
    peers.push(peer);
  }
  await bench.until("all are connected", () =>
    peers.every((peer, at) => peers[at + 1] === undefined || peer.isUpWith(peers[at + 1] ?? peer)),
  );
  return peers;
}

function isOneSet(peers: readonly Machine[]): boolean {
  return new Set(peers.map((peer) => peer.trust.documentsDigest())).size === 1;
}

for (const seed of [1, 2, 3]) {
  test(`C1: a policy offered to one peer is in force on a row of eight within seconds (seed ${seed})`, async () => {
    const bench = new Bench(seed);
    const peers = await row(bench, 8);
    await bench.until("all know each other", () => peers.every((peer) => peer.trust.members().length === 8));
    await peers[0]?.offer(bench.authority.policy({ version: 1, folders: everywhere }));
    await bench.until("it is in force", () => peers.every((peer) => peer.trust.policyVersion() === 1), 3_000);
    assert.ok(isOneSet(peers));
  });
}

test("C1: once all documents are everywhere nobody asks for documents any more", async () => {
  const bench = new Bench();
  const peers = await row(bench, 4);
  await bench.until("all are equal", () => isOneSet(peers));
  await bench.pass(10_000);
  const asked: string[] = [];
  for (const peer of peers) {
    const { network } = peer;
    const request = network.request.bind(network);
    network.request = (to, protocol, body, options) => {
      asked.push(protocol);
      return request(to, protocol, body, options);
    };
    // Beacons go on saying what is known.
    for (const other of peers) peer.sync.hint(other.peer, other.trust.documentsDigest());
  }
  await bench.pass(600_000);
  assert.deepEqual(asked, []);
});

test("C1: a peer that was cut off while documents changed gets them when it is back", async () => {
  const bench = new Bench();
  const [a, b] = await row(bench, 2);
  assert.ok(a !== undefined && b !== undefined);
  bench.fabric.cut(a.peer, b.peer);
  await bench.pass(300_000);
  for (let version = 1; version <= 5; version += 1)
    await a.offer(bench.authority.policy({ version, folders: everywhere }));
  await b.offer(bench.authority.admit(peerOf("c"), far, ["serve"]));
  bench.fabric.heal(a.peer, b.peer);
  await bench.until("both know all", () => isOneSet([a, b]), 600_000);
  assert.equal(b.trust.policyVersion(), 5);
  assert.ok(b.trust.policyAt(1) !== undefined);
  assert.ok(a.trust.member(peerOf("c")) !== undefined);
});

test("C1: a lost announcement is made good by the digest in a beacon", async () => {
  const bench = new Bench();
  const [a, b] = await row(bench, 2);
  assert.ok(a !== undefined && b !== undefined);
  await bench.until("both are equal", () => isOneSet([a, b]));
  bench.fabric.loseGossip(1);
  await a.offer(bench.authority.policy({ version: 1, folders: everywhere }));
  await bench.pass(60_000);
  assert.equal(b.trust.policyVersion(), 0);
  b.sync.hint(a.peer, a.trust.documentsDigest());
  await bench.until("it came", () => b.trust.policyVersion() === 1, 3_000);
});

test("a newcomer gets hundreds of documents, and bothers nobody with announcements of them", async () => {
  const bench = new Bench();
  const a = await bench.peer("a");
  for (let at = 0; at < 600; at += 1) await a.offer(bench.authority.admit(peerOf(`peer ${at}`), far, ["serve"]));
  const b = await bench.peer("b", web2);
  let published = 0;
  const { network } = b;
  const publish = network.publish.bind(network);
  network.publish = (topic, data) => {
    published += 1;
    return publish(topic, data);
  };
  b.want(a);
  await bench.until("it knows all", () => b.trust.members().length === 602, 10_000);
  await bench.pass(10_000);
  assert.ok(published <= 1, String(published));
});

test("the largest policies travel, one in each answer", async () => {
  const bench = new Bench();
  const [a, b] = await row(bench, 2);
  assert.ok(a !== undefined && b !== undefined);
  const folders = Array.from({ length: 900 }, (_, at) => ({
    id: `folder-${at}`,
    holders: Array.from({ length: 15 }, (_unused, holder) => ({ region: `region-${"x".repeat(30)}-${holder}` })),
  }));
  const policies = [1, 2, 3].map((version) => bench.authority.policy({ version, folders }));
  assert.ok(
    policies.every((policy) => policy.length > 0.9 * limits.policyBytesMax && policy.length <= limits.policyBytesMax),
  );
  bench.fabric.cut(a.peer, b.peer);
  for (const policy of policies) assert.equal(await a.offer(policy), "new");
  bench.fabric.heal(a.peer, b.peer);
  await bench.until("all came", () => isOneSet([a, b]), 600_000);
  assert.equal(b.trust.policyVersion(), 3);
});

// --- The doorkeeper ------------------------------------------------------------------------------

test("P5: a revoked peer is shown out by everybody with the reason, and not let in again", async () => {
  const bench = new Bench();
  const [a, b, c] = await row(bench, 3);
  assert.ok(a !== undefined && b !== undefined && c !== undefined);
  c.want(a, b);
  await bench.until("all are equal", () => c.isUpWith(a) && isOneSet([a, b, c]));
  await a.offer(bench.authority.revoke(b.peer));
  await bench.until("b is out", () => !a.isUpWith(b) && !c.isUpWith(b), 10_000);
  assert.match(String(a.logged("peer-dismissed")[0]?.facts["why"]), /^seat-revoked/);
  b.want(a, c);
  await bench.pass(120_000);
  assert.deepEqual([a.network.connected(), c.network.connected()], [[c.peer], [a.peer]]);
  assert.match(JSON.stringify(b.logged("peer-refused")), /seat-revoked/);
  assert.equal(a.trust.member(b.peer), undefined);
});

test("P5: when a seat moves to another machine the old one is shown out", async () => {
  const bench = new Bench();
  const [a, b] = await row(bench, 2);
  assert.ok(a !== undefined && b !== undefined);
  const seat = a.trust.member(b.peer)?.seat ?? assert.fail();
  await a.offer(bench.authority.admit(peerOf("new machine"), web2, ["watch"], { seat }));
  await bench.until("b is out", () => !a.isUpWith(b), 10_000);
  assert.match(String(a.logged("peer-dismissed")[0]?.facts["why"]), /^license-superseded/);
});

test("a renewed license reaches its peer over the mesh and takes effect without a restart", async () => {
  const bench = new Bench();
  const [a, b] = await row(bench, 2);
  assert.ok(a !== undefined && b !== undefined);
  await a.offer(bench.authority.admit(b.peer, far, ["watch", "console"]));
  await bench.until("b has it", () => b.trust.own()?.place.region === "busan", 10_000);
  assert.ok(a.isUpWith(b));
});

test("P5: a license that runs out closes its connections, on both sides, and the end is said in the log", async () => {
  const bench = new Bench();
  const [a, b] = await row(bench, 2);
  assert.ok(a !== undefined && b !== undefined);
  const notAfter = instantOfMs(worldEpochMs + bench.world.nowMs + 600_000);
  await a.offer(bench.authority.admit(b.peer, web2, ["watch"], { notAfter }));
  await bench.until("b has it", () => isOneSet([a, b]));
  await bench.pass(500_000);
  assert.ok(a.isUpWith(b));
  await bench.pass(200_000);
  assert.deepEqual([a.network.connected(), b.network.connected()], [[], []]);
  assert.match(String(b.logged("license-invalid")[0]?.facts["why"]), /^license-expired/);
  assert.equal(b.logged("license-valid").length, 1);
});

test("P5: a peer that was revoked between its hello and its admission is shown out all the same", async () => {
  const bench = new Bench();
  const [a, b] = [await bench.peer("a"), await bench.peer("b", web2)];
  bench.fabric.setLatency(() => 500);
  b.want(a);
  await bench.until("a has judged b", () => a.trust.shownDigest(b.peer) !== undefined);
  await a.offer(bench.authority.revoke(b.peer));
  assert.deepEqual(a.network.connected(), []);
  await bench.until("b came in", () => a.network.connected().length > 0);
  await bench.until("b is out", () => a.network.connected().length === 0, 1_000);
  assert.match(String(a.logged("peer-dismissed")[0]?.facts["why"]), /^seat-revoked/);
});

test("P5: a peer that loses its license shows everybody out itself, and says that it is no fault of theirs", async () => {
  const bench = new Bench();
  const [a, b] = await row(bench, 2);
  assert.ok(a !== undefined && b !== undefined);
  const seat = b.trust.own()?.seat ?? assert.fail();
  await b.offer(bench.authority.admit(peerOf("new machine"), web2, ["watch"], { seat }));
  await bench.until("both are alone", () => !a.isUpWith(b) && !b.isUpWith(a), 10_000);
  assert.match(String(b.logged("peer-dismissed")[0]?.facts["why"]), /^self-unlicensed/);
});

test("a peer of another site is refused in both directions, with no effect", async () => {
  const bench = new Bench();
  const a = await bench.peer("a");
  const b = bench.machine("b", new FakeAuthority("other"));
  await b.start([b.authority.licenseFile(b.peer, web1, ["watch"])]);
  const digests = [a.trust.documentsDigest(), b.trust.documentsDigest()];
  a.want(b);
  b.want(a);
  await bench.pass(120_000);
  assert.deepEqual([a.network.connected(), b.network.connected()], [[], []]);
  assert.deepEqual([a.trust.documentsDigest(), b.trust.documentsDigest()], digests);
});

// --- Hostile peers -------------------------------------------------------------------------------

test("P3: a licensed peer that announces what it does not have is asked seldom, and others still get through", async () => {
  const bench = new Bench();
  const [a, liar] = await row(bench, 2);
  assert.ok(a !== undefined && liar !== undefined);
  await bench.until("both are equal", () => isOneSet([a, liar]));
  let asked = 0;
  const { network } = a;
  const request = network.request.bind(network);
  network.request = (to, protocol, body, options) => {
    asked += 1;
    return request(to, protocol, body, options);
  };
  const topic = `cdmesh/1/${a.site.slice(0, 16)}/documents`;
  for (let round = 0; round < 200; round += 1) {
    const invented = { kind: "policy", name: "site", version: round + 1, hash: round.toString(16).padStart(64, "0") };
    void liar.network.publish(topic, encodeAnnouncement(liar.peer, [invented]));
    await bench.pass(100);
  }
  assert.ok(asked > 0 && asked < 20, String(asked));
  const honest = await bench.peer("honest", far);
  await honest.offer(bench.authority.policy({ version: 1, folders: everywhere }));
  honest.want(a);
  await bench.until("the policy came", () => a.trust.policyVersion() === 1, 10_000);
});

test("P3: a licensed peer that answers with what was not asked for, or with forgeries, is left alone for longer each time", async () => {
  const bench = new Bench();
  const [a, liar] = await row(bench, 2);
  assert.ok(a !== undefined && liar !== undefined);
  await bench.until("both are equal", () => isOneSet([a, liar]));
  const forged = bench.authority.policy({ version: 1, folders: everywhere }, keyOf("stranger"));
  const answers = [[bench.authority.siteLicense()], [forged], [Uint8Array.of(1, 2, 3)]];
  let asked = 0;
  const { network } = a;
  network.request = async () => {
    asked += 1;
    return encodeDocumentsAnswer({ envelopes: answers[asked % answers.length] ?? [] });
  };
  const topic = `cdmesh/1/${a.site.slice(0, 16)}/documents`;
  for (let round = 0; round < 600; round += 1) {
    const version = round + 1;
    const hash = hashOfEnvelope(forged) ?? assert.fail();
    void liar.network.publish(topic, encodeAnnouncement(liar.peer, [{ kind: "policy", name: "site", version, hash }]));
    await bench.pass(100);
  }
  // 4, 8, 16 and 32 seconds of rest: in a minute there is time for four questions.
  assert.equal(asked, 4);
  assert.equal(a.trust.policyVersion(), 0);
  assert.equal(a.logged("documents-unsound").length, 4);
});

test("P3: a request that is none is refused, and one for documents that are not there has an empty answer", async () => {
  const bench = new Bench();
  const [a, b] = await row(bench, 2);
  assert.ok(a !== undefined && b !== undefined);
  const ask = (body: Uint8Array): Promise<Uint8Array> =>
    bench.world.settle(a.network.request(b.peer, documentsProtocol, body, { timeoutMs: 5_000 }));
  await assert.rejects(ask(Uint8Array.of(255, 255)), /message-malformed/);
  const unknown = { kind: "policy", name: "site", version: 9, hash: "ab".repeat(32) };
  assert.deepEqual(decodeDocumentsAnswer(await ask(encodeDocumentsRequest([unknown]))), {
    documents: [],
    envelopes: [],
  });
});

test("one seed, one story: two runs of a world have one trace hash", async () => {
  const hashes: string[] = [];
  for (let run = 0; run < 2; run += 1) {
    const bench = new Bench(7);
    const peers = await row(bench, 3);
    await peers[2]?.offer(bench.authority.policy({ version: 1, folders: everywhere }));
    await peers[0]?.offer(bench.authority.revoke(peers[1]?.peer ?? assert.fail()));
    await bench.pass(60_000);
    hashes.push(bench.world.traceHash());
  }
  assert.equal(hashes[0], hashes[1]);
});
