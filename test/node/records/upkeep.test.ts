import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { limits } from "../../../protocol/limits.ts";
import { noFloor } from "../../../protocol/records/floor.ts";
import { writerNumber } from "../../protocol/records/history.ts";
import {
  answerTo,
  assertSound,
  believing,
  draft,
  holdingsOf,
  makeReplica,
  overwrite,
  pull,
  repair,
  type TestReplica,
} from "./replicas.ts";
import { TestDocuments } from "./stub-trust.ts";

const keys = Array.from({ length: 20 }, (_, index) => `file ${index}`);
const silent = { ...believing, speakFor: () => false, speakAgainst: () => false };

function knownTo({ replica }: TestReplica): Map<TestReplica["life"]["current"], number> {
  return new Map([...replica.context()].map(([writer, { sequence }]) => [writer, sequence]));
}

/** Lets go of what lies below all that the replica knows. */
async function forget(tested: TestReplica): Promise<void> {
  const { upkeep } = tested.replica;
  await upkeep.raiseFloor(knownTo(tested));
  for (let after = await upkeep.collect(undefined, Infinity); after !== undefined; ) {
    after = await upkeep.collect(after, Infinity);
  }
}

test("C4: what tombstones leave behind is sound, also after a restart: rows, sums, proofs and counts", async () => {
  const one = await makeReplica(1);
  const many = Array.from({ length: limits.batchRecordsMax + 50 }, (_, index) => `file ${index}`);
  await one.replica.issue(many.map((key) => draft(key)));
  await overwrite(one, many.slice(10), { tombstone: true });
  assert.equal(one.replica.holdings.tombstones, many.length - 10);
  const before = one.replica.fingerprint();
  await forget(one);
  assert.equal(one.replica.holdings.tombstones, 0);
  assert.deepEqual(one.replica.fingerprint(), before);
  assert.equal((await one.replica.page(undefined, 1_000)).length, 10);
  await assertSound(one);
  const again = await makeReplica(1, { store: one.store.copy() });
  assert.equal(again.replica.holdings.tombstones, 0);
  assert.deepEqual(again.replica.upkeep.standing, one.replica.upkeep.standing);
});

test("a key that was forgotten can be written again, and others hear of it", async () => {
  const [one, two] = await Promise.all([makeReplica(1), makeReplica(2)]);
  await overwrite(one, ["a"]);
  await overwrite(one, ["a"], { tombstone: true });
  await pull(one, two);
  await forget(one);
  await overwrite(one, ["a"]);
  await pull(one, two);
  assert.deepEqual(two.replica.fingerprint(), one.replica.fingerprint());
  // The other one forgets it in its own time.
  await forget(two);
  assert.deepEqual(await holdingsOf(two), await holdingsOf(one));
});

test("a tombstone beside a live sibling goes, and the sibling stays", async () => {
  const [one, two] = await Promise.all([makeReplica(1), makeReplica(2)]);
  await overwrite(one, ["a"]);
  await pull(one, two);
  await overwrite(one, ["a"], { tombstone: true });
  await overwrite(two, ["a"], { payload: Buffer.from("edit") });
  await pull(two, one);
  assert.equal((await one.replica.state("a")).length, 2);
  await forget(one);
  const [only, ...others] = await one.replica.state("a");
  assert.deepEqual([Buffer.from(only?.record.payload ?? []).toString(), others.length], ["edit", 0]);
  await assertSound(one);
});

test("P7: a repair does not bring back a tombstone that was forgotten, nor what it ended, on one peer's word", async () => {
  const [one, two] = await Promise.all([makeReplica(1), makeReplica(2)]);
  await one.replica.issue(keys.map((key) => draft(key)));
  const live = (await answerTo(one, new Map())).writers.flatMap(({ batches }) => batches);
  await overwrite(one, keys.slice(5), { tombstone: true });
  await pull(one, two);
  await forget(two);
  const before = await holdingsOf(two);
  await repair(one, two, silent);
  assert.deepEqual(await holdingsOf(two), before);
  assert.deepEqual(await two.replica.takeRepair(live, silent), { kind: "taken", moved: false });
  assert.deepEqual(await holdingsOf(two), before);
  await assertSound(two);
});

test("S1: below the floor a live version that was withheld comes back once enough peers hold it", async () => {
  const [one, two] = await Promise.all([makeReplica(1), makeReplica(2)]);
  await one.replica.issue(keys.map((key) => draft(key)));
  const { writers } = await answerTo(one, new Map());
  const tail = writers[0]?.batches[0]?.head;
  await two.replica.takeDelta({ writers: [{ batches: [], tail }], forks: [], more: false });
  await forget(two);
  await repair(one, two, silent);
  assert.equal(two.replica.fingerprint().count, 0);
  await repair(one, two);
  assert.deepEqual(two.replica.fingerprint(), one.replica.fingerprint());
  await assertSound(two);
});

test("a delete that was withheld is taken also below the floor while it has something to end", async () => {
  const [one, two] = await Promise.all([makeReplica(1), makeReplica(2)]);
  await overwrite(one, ["a"]);
  await pull(one, two);
  await overwrite(one, ["a"], { tombstone: true });
  const { writers } = await answerTo(one, two.replica.context());
  const tail = writers[0]?.batches[0]?.head;
  await two.replica.takeDelta({ writers: [{ batches: [], tail }], forks: [], more: false });
  await forget(two);
  await repair(one, two, silent);
  assert.equal(two.replica.fingerprint().count, 0);
});

test("C4: who is not catching up loses nothing by what others say", async () => {
  const [one, two] = await Promise.all([makeReplica(1), makeReplica(2)]);
  await one.replica.issue(keys.map((key) => draft(key)));
  await forget(one);
  assert.deepEqual(await one.replica.takeRepair([], believing), { kind: "taken", moved: false });
  assert.equal(one.replica.fingerprint().count, keys.length);
  assert.equal(two.replica.fingerprint().count, 0);
});

test("C4: who catches up keeps what it does not know the end of: what lies above the goal, and before it is reached", async () => {
  const one = await makeReplica(1);
  const writer = one.life.current;
  await one.replica.issue(keys.map((key) => draft(key)));
  await one.replica.upkeep.catchUp(new Map([[writer, keys.length + 1]]), []);
  await one.replica.takeRepair([], believing);
  assert.equal(one.replica.fingerprint().count, keys.length);
  await one.replica.issue([draft("new")]);
  await one.replica.issue([draft("newer")]);
  await one.replica.takeRepair([], silent);
  assert.equal(one.replica.fingerprint().count, keys.length + 2);
  await one.replica.takeRepair([], believing);
  assert.deepEqual(
    (await one.replica.page(undefined, 10)).map(({ key }) => key),
    ["newer"],
  );
  await one.replica.upkeep.caughtUp();
  assert.deepEqual(one.replica.upkeep.standing, { ...noFloor, floor: new Map([[writer, keys.length + 1]]) });
  await assertSound(one);
});

test("a floor only rises, and not while a peer is catching up", async () => {
  const { replica, life } = await makeReplica(1);
  const at = (sequence: number) => new Map([[life.current, sequence]]);
  await replica.upkeep.raiseFloor(at(5));
  await replica.upkeep.raiseFloor(at(4));
  assert.deepEqual(replica.upkeep.standing.floor, at(5));
  await replica.upkeep.catchUp(at(7), []);
  await replica.upkeep.raiseFloor(at(6));
  assert.deepEqual(replica.upkeep.standing, { floor: at(5), goal: at(7), claimants: [] });
});

test("S1: what more members wrote than a record can name is refused with its reason, and goes once they acknowledged", async () => {
  const one = await makeReplica(1);
  const causes = new Map(
    Array.from({ length: limits.vectorEntriesMax + 1 }, (_, at) => [writerNumber(at), 1] as const),
  );
  const before = await holdingsOf(one);
  await assert.rejects(one.replica.issue([draft("a", { causes })]), {
    refusal: { code: "path-written-by-too-many", detail: "a: too many causes" },
  });
  assert.deepEqual(await holdingsOf(one), before);
  await one.replica.upkeep.raiseFloor(new Map([...causes.keys()].slice(1).map((writer) => [writer, 1])));
  const [version] = await one.replica.issue([draft("a", { causes })]);
  assert.equal(version?.record.causes.size, 1);
});

/** Refuses all batches that reach beyond the cut. */
function cut(documents: TestDocuments, writer: TestReplica["life"]["current"], lastValid: number): void {
  documents.judge = (facts) =>
    facts.writer === writer && facts.first + facts.count - 1 > lastValid
      ? { kind: "refuse", refusal: { code: "writer-cut", writer, lastValid } }
      : { kind: "accept" };
}

test("P9: a cut that comes late takes back what was taken above it, and what that superseded is had from others", async () => {
  const known = new TestDocuments();
  const unknown = new TestDocuments();
  const author = await makeReplica(1, { documents: unknown });
  const [early, late] = await Promise.all([
    makeReplica(2, { documents: known }),
    makeReplica(3, { documents: unknown }),
  ]);
  await author.replica.issue(["a", "b", "c"].map((key) => draft(key)));
  for (const reader of [early, late]) await pull(author, reader);
  cut(known, author.life.current, 3);
  await overwrite(author, ["a"], { payload: Buffer.from("above the cut") });
  await overwrite(author, ["b"], { tombstone: true });
  await author.replica.issue([draft("d")]);
  for (const reader of [early, late]) await pull(author, reader);
  assert.equal(late.replica.digest(), early.replica.digest());
  assert.notEqual(late.replica.fingerprint().sum, early.replica.fingerprint().sum);
  cut(unknown, author.life.current, 3);
  assert.equal(await late.replica.upkeep.rejudge(), 3);
  assert.equal(await late.replica.upkeep.rejudge(), 0);
  // Also where all of it lies below the floor by now: this peer knows itself what the cut reopened.
  await late.replica.upkeep.raiseFloor(knownTo(late));
  await repair(early, late, silent);
  assert.deepEqual(await holdingsOf(late), await holdingsOf(early));
  assert.equal(late.replica.fingerprint().count, 3);
  await assertSound(late);
});

test("P9: a cut that comes while records above it are being taken in takes them back as well", async () => {
  const documents = new TestDocuments();
  const author = await makeReplica(1, { documents: new TestDocuments() });
  const reader = await makeReplica(2, { documents });
  await author.replica.issue(["a", "b"].map((key) => draft(key)));
  await pull(author, reader);
  await overwrite(author, ["a"], { payload: Buffer.from("above the cut") });
  const answer = await answerTo(author, reader.replica.context());
  // It is held only some time after it was judged, once it is written.
  const judged = Promise.withResolvers<void>();
  documents.judge = () => {
    judged.resolve();
    return { kind: "accept" };
  };
  const taking = reader.replica.takeDelta(answer);
  await judged.promise;
  cut(documents, author.life.current, 2);
  assert.equal(await reader.replica.upkeep.rejudge(), 1);
  assert.equal((await taking).kind, "taken");
});

test("P9: what was refused until its peer was licensed again is had by an audit from who took it later", async () => {
  const [unlicensed, licensed] = [new TestDocuments(), new TestDocuments()];
  const author = await makeReplica(1, { documents: licensed });
  const early = await makeReplica(2, { documents: unlicensed });
  const late = await makeReplica(3, { documents: licensed });
  cut(unlicensed, author.life.current, 0);
  await author.replica.issue([draft("a")]);
  for (const reader of [early, late]) await pull(author, reader);
  assert.deepEqual([early.replica.fingerprint().count, late.replica.fingerprint().count], [0, 1]);
  unlicensed.judge = () => ({ kind: "accept" });
  await repair(late, early);
  assert.deepEqual(await holdingsOf(early), await holdingsOf(late));
  await assertSound(early);
});

test("P9: what an honest member wrote over a record above the cut stays, everywhere", async () => {
  const documents = new TestDocuments();
  const [author, honest, other] = await Promise.all([1, 2, 3].map((number) => makeReplica(number, { documents })));
  assert.ok(author && honest && other);
  await author.replica.issue([draft("a")]);
  await pull(author, other);
  await overwrite(author, ["a"], { payload: Buffer.from("above the cut") });
  await pull(author, honest);
  await overwrite(honest, ["a"], { payload: Buffer.from("honest") });
  cut(documents, author.life.current, 1);
  await honest.replica.upkeep.rejudge();
  await pull(honest, other);
  await pull(author, other);
  assert.deepEqual(await holdingsOf(other), await holdingsOf(honest));
  assert.equal(Buffer.from((await other.replica.state("a"))[0]?.record.payload ?? []).toString(), "honest");
});

test("P9: property: in whatever order records and the cut arrive, all end with the same", async () => {
  const step = fc.record({
    kind: fc.constantFrom("write", "delete", "reply", "tell", "hear of the cut"),
    key: fc.constantFrom("a", "b"),
    peer: fc.nat({ max: 2 }),
  });
  const scripts = fc.tuple(fc.array(step, { minLength: 3, maxLength: 14 }), fc.nat({ max: 4 }));
  await fc.assert(
    fc.asyncProperty(scripts, async ([script, lastValid]) => {
      const each = [new TestDocuments(), new TestDocuments(), new TestDocuments()];
      const author = await makeReplica(9, { documents: new TestDocuments() });
      const readers = await Promise.all(each.map((documents, at) => makeReplica(at + 1, { documents })));
      const hear = async (at: number): Promise<void> => {
        const [documents, reader] = [each[at], readers[at]];
        assert.ok(documents && reader);
        cut(documents, author.life.current, lastValid);
        await reader.replica.upkeep.rejudge();
      };
      for (const { kind, key, peer } of script) {
        const reader = readers[peer];
        assert.ok(reader);
        if (kind === "write") await overwrite(author, [key]);
        else if (kind === "delete") await overwrite(author, [key], { tombstone: true });
        else if (kind === "reply") await overwrite(reader, [key], { payload: Buffer.from(`reply ${peer}`) });
        else if (kind === "tell") await pull(author, reader);
        else await hear(peer);
      }
      for (const at of [0, 1, 2]) await hear(at);
      for (const reader of readers) await pull(author, reader);
      for (const to of readers) for (const from of readers) if (from !== to) await pull(from, to);
      for (const to of [...readers, ...readers]) for (const from of readers) if (from !== to) await repair(from, to);
      const [first, ...others] = readers;
      assert.ok(first);
      for (const other of others) assert.deepEqual(await holdingsOf(other), await holdingsOf(first));
    }),
    { numRuns: 40 },
  );
});

test("C4: causes below the floor are left out of very long vectors, and what is written over goes all the same", async () => {
  const one = await makeReplica(1);
  const others = await Promise.all(
    Array.from({ length: limits.vectorEntriesKept + 1 }, (_, at) => makeReplica(at + 10)),
  );
  for (const other of others) {
    await pull(one, other);
    await overwrite(other, ["a"]);
    await pull(other, one);
  }
  const [before] = await one.replica.state("a");
  assert.equal(before?.record.causes.size, limits.vectorEntriesKept);
  await one.replica.upkeep.raiseFloor(knownTo(one));
  const [version] = await overwrite(one, ["a"]);
  assert.deepEqual(version?.record.causes, new Map([[before.dot.writer, before.dot.sequence]]));
  const [last] = others.slice(-1);
  assert.ok(last);
  await pull(one, last);
  assert.equal((await last.replica.state("a")).length, 1);
});
