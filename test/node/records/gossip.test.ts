import assert from "node:assert/strict";
import { test } from "node:test";
import type { Verdict } from "../../../node/ports.ts";
import { KeyRing } from "../../../node/records/acceptance.ts";
import { Gossip } from "../../../node/records/gossip.ts";
import { membersCollection, type PeerId } from "../../../protocol/ids.ts";
import { limits } from "../../../protocol/limits.ts";
import type { BatchPart } from "../../../protocol/records/batch.ts";
import { encodePart } from "../../../protocol/wire/records.ts";
import { FakeClock } from "../../../simulations/world/clock.ts";
import { World } from "../../../simulations/world/world.ts";
import { TestDocuments } from "./stub-trust.ts";
import { draft, makeReplica, sealedBy, type TestReplica } from "./replicas.ts";

interface Hearer {
  readonly author: TestReplica;
  readonly reader: TestReplica;
  readonly pulls: readonly PeerId[];
  readonly published: readonly Uint8Array[];
  readonly hear: (data: Uint8Array) => Verdict;
}

/** A reader with only its gossip running, and what it does about what it hears. */
async function setUp(): Promise<Hearer> {
  const documents = new TestDocuments();
  const [author, reader] = await Promise.all([1, 2].map((number) => makeReplica(number, { documents })));
  assert.ok(author && reader);
  for (const { identity } of [author, reader]) {
    documents.members.set(identity.peer, { region: "eu", group: "web", server: identity.peer });
  }
  const pulls: PeerId[] = [];
  const published: Uint8Array[] = [];
  const hears = new Map<string, (data: Uint8Array) => Verdict>();
  const world = new World(1);
  const network = {
    connected: () => [author.identity.peer],
    publish: async (_topic: string, data: Uint8Array) => void published.push(data),
  };
  for (const tested of [author, reader]) {
    const gossip = new Gossip({
      switchboard: {
        hear: (topic: string, handler: (from: PeerId, data: Uint8Array) => Verdict) => {
          if (tested === reader) hears.set(topic, (data) => handler(author.identity.peer, data));
          return () => undefined;
        },
      },
      network,
      clock: new FakeClock(world),
      log: tested.log,
      trust: tested.trust,
      keys: new KeyRing(),
      pull: async (peer) => void pulls.push(peer),
    });
    gossip.join(tested.replica);
  }
  const [hear] = [...hears.values()];
  assert.ok(hear !== undefined);
  return { author, reader, pulls, published, hear };
}

/** What is under way comes to its end: nothing here waits for a timer first. */
async function drain(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

function flipped(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte));
}

function batchOf(tested: TestReplica, keys: readonly string[], first: number): BatchPart {
  const [batch] = sealedBy(
    tested,
    keys.map((key) => draft(key)),
    { first },
  );
  assert.ok(batch !== undefined);
  return batch.part;
}

test("a whole batch right behind what is known is merged, and the newest head is passed on, once more as well", async () => {
  const { author, reader, hear, pulls } = await setUp();
  const [one, two] = [batchOf(author, ["a"], 1), batchOf(author, ["b"], 2)];
  assert.equal(hear(encodePart(one)), "accept");
  assert.equal(hear(encodePart(two)), "accept");
  await drain();
  assert.equal(reader.replica.fingerprint().count, 2);
  assert.equal(hear(encodePart(two)), "accept");
  assert.deepEqual(pulls, []);
});

test("P7: the head of a batch that is long known is not passed on", async () => {
  const { author, reader, hear } = await setUp();
  const [one, two] = [batchOf(author, ["a"], 1), batchOf(author, ["b"], 2)];
  hear(encodePart(one));
  hear(encodePart(two));
  await drain();
  const before = reader.store.rows();
  assert.equal(hear(encodePart(one)), "ignore");
  await drain();
  assert.deepEqual(reader.store.rows(), before);
});

test("a batch behind a gap, or without its records, is asked for and not merged", async () => {
  const { author, reader, hear, pulls } = await setUp();
  assert.equal(hear(encodePart(batchOf(author, ["b"], 2))), "accept");
  const head = batchOf(author, ["a"], 1);
  const bare = { head: head.head, cover: { count: 1, live: [], dead: [] }, records: [] };
  assert.equal(hear(encodePart(bare)), "accept");
  await drain();
  assert.deepEqual(pulls, [author.identity.peer]);
  assert.equal(reader.replica.context().size, 0);
});

test("S1: a batch that waits behind one that could not be merged leaves no gap", async () => {
  const { author, reader, hear } = await setUp();
  reader.store.failure = new Error("no space");
  for (const first of [1, 2, 3]) hear(encodePart(batchOf(author, [`key ${first}`], first)));
  await drain();
  assert.equal(reader.log.lines.filter(({ event }) => event === "records-failed").length, 1);
  assert.equal(reader.replica.context().size, 0);
  assert.equal(hear(encodePart(batchOf(author, ["key 1"], 1))), "accept");
  await drain();
  assert.equal(reader.replica.context().get(author.life.current)?.sequence, 1);
});

test("P1: what is malformed, altered, of another collection or partly there is refused and blamed on its sender", async () => {
  const { author, reader, hear } = await setUp();
  const part = batchOf(author, ["a", "b"], 1);
  const [elsewhere] = sealedBy(author, [draft("a")], { collection: membersCollection });
  assert.ok(elsewhere !== undefined);
  const messages: readonly Uint8Array[] = [
    Uint8Array.of(1, 2, 3),
    encodePart(elsewhere.part),
    new Uint8Array(limits.gossipBytesMax + 1),
    encodePart({ ...part, records: part.records.map(flipped) }),
    encodePart({ ...part, head: { ...part.head, signature: flipped(part.head.signature) } }),
    encodePart({ ...part, cover: { ...part.cover, live: [0] }, records: part.records.slice(0, 1) }),
  ];
  for (const message of messages) assert.equal(hear(message), "reject");
  await drain();
  assert.equal(reader.replica.context().size, 0);
});

test("P1: a head whose author has no right, or not yet, is not passed on", async () => {
  const { author, reader, hear } = await setUp();
  const part = batchOf(author, ["a"], 1);
  reader.trust.knownVersion = 0;
  assert.equal(hear(encodePart(part)), "ignore");
  reader.trust.knownVersion = undefined;
  reader.trust.documents.judge = ({ peer }) => ({
    kind: "refuse",
    refusal: { code: "role-missing", peer, role: "watch" },
  });
  assert.equal(hear(encodePart(part)), "ignore");
  await drain();
  assert.equal(reader.replica.context().size, 0);
});

test("S8: a second head over the newest sequence number freezes the writer", async () => {
  const { author, reader, hear } = await setUp();
  hear(encodePart(batchOf(author, ["a"], 1)));
  await drain();
  assert.equal(hear(encodePart(batchOf(author, ["b"], 1))), "accept");
  await drain();
  assert.deepEqual(reader.replica.context().get(author.life.current), { sequence: 0, frozenAt: 0 });
  assert.equal(hear(encodePart(batchOf(author, ["c"], 2))), "ignore");
});

test("records ride along only while they fit, and of many batches only the last head is told (FORMATS 7)", async () => {
  const { author, published } = await setUp();
  await author.replica.issue([draft("small")]);
  await author.replica.issue([draft("large", { payload: Buffer.alloc(limits.headRecordsBytesMax, 1) })]);
  await author.replica.issue(Array.from({ length: 600 }, (_, index) => draft(`file ${index}`)));
  assert.equal(published.length, 3);
  const [small, large, many] = published;
  assert.ok(small && large && many);
  assert.ok(Buffer.from(small).includes("small"));
  assert.ok(large.length < 400 && many.length < 400);
});
