import assert from "node:assert/strict";
import { test } from "node:test";
import { RefusedError } from "../../../node/ports.ts";
import { membersCollection, siteIdOfPublicKey } from "../../../protocol/ids.ts";
import { recordKinds } from "../../../protocol/records/record.ts";
import { answerTo, assertSound, draft, holdingsOf, makeReplica, overwrite, pull, sealedBy } from "./replicas.ts";
import { TestDocuments } from "./stub-trust.ts";

function keysOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `file ${index}`);
}

test("P1: a batch that a relay altered is refused whole, whatever was altered, and changes nothing", async () => {
  const [author, relay, victim] = await Promise.all([1, 2, 3].map((number) => makeReplica(number)));
  assert.ok(author && relay && victim);
  await author.replica.issue(keysOf(6).map((key) => draft(key)));
  await pull(author, relay);
  await overwrite(author, ["file 2"]);
  await pull(author, relay);
  const { writers } = await answerTo(relay, new Map());
  const [section] = writers;
  const part = section?.batches[0];
  assert.ok(section && part && part.cover.dead.length > 0);
  const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte));
  const altered = [
    { ...part, records: part.records.map((record, index) => (index === 1 ? flip(record) : record)) },
    { ...part, records: part.records.toReversed() },
    { ...part, cover: { ...part.cover, dead: part.cover.dead.map(flip) } },
    { ...part, cover: { ...part.cover, live: [1, 2, 3, 4, 5] } },
    { ...part, head: { ...part.head, bytes: flip(part.head.bytes) } },
    { ...part, head: { ...part.head, signature: flip(part.head.signature) } },
  ];
  for (const batch of altered) {
    const rest = section.batches.slice(1);
    const taken = await victim.replica.takeDelta({
      writers: [{ ...section, batches: [batch, ...rest] }],
      forks: [],
      more: false,
    });
    assert.equal(taken.kind, "refused");
  }
  assert.equal(victim.store.writes, 1); // Its writer.
  await pull(relay, victim);
  assert.deepEqual(await holdingsOf(victim), await holdingsOf(author));
});

test("P1: batches of another site or collection are refused, however well they are signed", async () => {
  const [one, two] = await Promise.all([makeReplica(1), makeReplica(2)]);
  const site = siteIdOfPublicKey(new Uint8Array(32).fill(1));
  for (const [fields, code] of [
    [{ site }, "site-foreign"],
    [{ collection: membersCollection }, "collection-unknown"],
  ] as const) {
    const batches = sealedBy(one, [draft("a")], fields).map(({ part }) => part);
    const taken = await two.replica.takeDelta({ writers: [{ batches, tail: undefined }], forks: [], more: false });
    assert.equal(taken.kind === "refused" && taken.refusal.code, code);
  }
});

test("P1: a record that breaks a rule has no effect anywhere, and the rest of its batch stands", async () => {
  const documents = new TestDocuments();
  const [author, relay, reader] = await Promise.all([1, 2, 3].map((number) => makeReplica(number, { documents })));
  assert.ok(author && relay && reader);
  const drafts = [draft("good"), draft("bad/../path"), draft("also good")];
  await assert.rejects(author.replica.issue(drafts), /would have no effect: part-dots/);
  const batches = sealedBy(author, drafts).map(({ part }) => part);
  await relay.replica.takeDelta({ writers: [{ batches, tail: undefined }], forks: [], more: false });
  await pull(relay, reader);
  for (const { replica } of [relay, reader]) {
    assert.deepEqual(
      (await replica.page(undefined, 10)).map(({ key }) => key),
      ["also good", "good"],
    );
    assert.equal(replica.context().get(author.life.current)?.sequence, 3);
  }
  await assertSound(reader);
});

test("FORMATS 10: records of kinds that this version does not know are kept and passed on as they are", async () => {
  const [author, relay, reader] = await Promise.all([1, 2, 3].map((number) => makeReplica(number)));
  assert.ok(author && relay && reader);
  const [made] = await author.replica.issue([draft("x", { kind: 4_000, payload: Uint8Array.of(1, 2, 3) })]);
  await pull(author, relay);
  await pull(relay, reader);
  const [version] = await reader.replica.state("x");
  assert.equal(version?.hash, made?.hash);
  assert.equal(version?.record.kind, 4_000);
});

test("FORMATS 1: a batch under a policy that is not here holds its writer back, and nobody else", async () => {
  const documents = new TestDocuments();
  const [one, two, reader] = await Promise.all([1, 2, 3].map((number) => makeReplica(number, { documents })));
  assert.ok(one && two && reader);
  reader.trust.knownVersion = 1;
  await one.replica.issue([draft("before")]);
  documents.version = 2;
  await one.replica.issue([draft("after")]);
  await pull(one, reader);
  await pull(two, reader);
  assert.equal(reader.replica.context().get(one.life.current)?.sequence, 1);
  assert.deepEqual([...reader.replica.heldBack()], [[one.life.current, "policy 2"]]);
  assert.equal((await reader.replica.state("after")).length, 0);
  reader.trust.knownVersion = 2;
  reader.replica.releaseHeld();
  await pull(one, reader);
  assert.equal((await reader.replica.state("after")).length, 1);
  assert.equal(reader.replica.heldBack().size, 0);
});

test("P9: a refused batch counts as seen and has no effect, so all refuse the same and stay equal", async () => {
  const documents = new TestDocuments();
  const replicas = await Promise.all([1, 2, 3].map((number) => makeReplica(number, { documents })));
  const [one, two, three] = replicas;
  assert.ok(one && two && three);
  await one.replica.issue([draft("a")]);
  await one.replica.issue([draft("b")]);
  documents.judge = ({ writer, first }) =>
    writer === one.life.current && first > 1
      ? { kind: "refuse", refusal: { code: "writer-cut", writer, lastValid: 1 } }
      : { kind: "accept" };
  await pull(one, two);
  await pull(two, three);
  assert.equal(two.replica.context().get(one.life.current)?.sequence, 2);
  assert.deepEqual(await holdingsOf(two), await holdingsOf(three));
  assert.equal((await three.replica.state("b")).length, 0);
  assert.ok(two.log.lines.some(({ event }) => event === "batch-without-effect"));
});

test("what no honest peer would accept is not issued", async () => {
  const documents = new TestDocuments();
  const one = await makeReplica(1, { documents });
  documents.judge = ({ peer }) => ({ kind: "refuse", refusal: { code: "role-missing", peer, role: "watch" } });
  await assert.rejects(one.replica.issue([draft("a")]), RefusedError);
  assert.equal(one.replica.context().size, 0);
  await assert.rejects(one.replica.issue([draft("")]), /would have no effect/);
});

test("members speak for themselves only", async () => {
  const documents = new TestDocuments();
  const collection = membersCollection;
  const [one, two] = await Promise.all([1, 2].map((number) => makeReplica(number, { documents, collection })));
  assert.ok(one && two);
  const drafts = [
    draft(`address/${one.identity.peer}`, { kind: recordKinds.address }),
    draft(`address/${two.identity.peer}`, { kind: recordKinds.address }),
    draft(`address/${two.identity.peer}`, { kind: 99 }),
    draft(`later/${one.identity.peer}`, { kind: 99 }),
  ];
  const batches = sealedBy(one, drafts).map(({ part }) => part);
  await two.replica.takeDelta({ writers: [{ batches, tail: undefined }], forks: [], more: false });
  assert.deepEqual(
    (await two.replica.page(undefined, 10)).map(({ key }) => key),
    [`address/${one.identity.peer}`, `later/${one.identity.peer}`],
  );
});
