import assert from "node:assert/strict";
import { test } from "node:test";
import { rowRange } from "../../../node/keys.ts";
import { childrenOf } from "../../../protocol/records/audit.ts";
import type { BatchPart } from "../../../protocol/records/batch.ts";
import { buryLeaves, hashLeaf } from "../../../protocol/records/merkle.ts";
import type { DeltaAnswer } from "../../../protocol/wire/records-exchange.ts";
import { TestDocuments } from "./stub-trust.ts";
import {
  answerTo,
  believing,
  assertSound,
  draft,
  holdingsOf,
  makeReplica,
  overwrite,
  press,
  pull,
  repair,
  type TestReplica,
} from "./replicas.ts";

const keys = Array.from({ length: 20 }, (_, index) => `file ${index}`);

/** The same part without the live record at a position, as a relay could tell it that withholds one. */
function withhold(part: BatchPart, position: number): BatchPart {
  const index = part.cover.live.indexOf(position);
  const record = part.records[index];
  assert.ok(record !== undefined);
  return {
    head: part.head,
    cover: buryLeaves(part.cover, new Map([[position, hashLeaf(record)]])),
    records: part.records.filter((_, at) => at !== index),
  };
}

function withholdFirst(answer: DeltaAnswer): DeltaAnswer {
  const [section, ...others] = answer.writers;
  const [part, ...rest] = section?.batches ?? [];
  assert.ok(section !== undefined && part !== undefined);
  const batches = [withhold(part, part.cover.live[0] ?? 0), ...rest];
  return { ...answer, writers: [{ ...section, batches }, ...others] };
}

/** A machine that was copied with its store: two processes seal under one writer. */
async function clonesOf(documents: TestDocuments): Promise<readonly [TestReplica, TestReplica]> {
  const one = await makeReplica(1, { documents });
  await one.replica.issue([draft("shared")]);
  const other = await makeReplica(1, { documents, store: one.store.copy() });
  return [one, other];
}

test("a withheld record leaves equal contexts with unequal sums, and a repair brings it back with its proof", async () => {
  const [author, victim, honest] = await Promise.all([1, 2, 3].map((number) => makeReplica(number)));
  assert.ok(author && victim && honest);
  await author.replica.issue(keys.map((key) => draft(key)));
  await victim.replica.takeDelta(withholdFirst(await answerTo(author, new Map())));
  await pull(author, honest);
  assert.equal(victim.replica.digest(), honest.replica.digest());
  assert.notEqual(victim.replica.fingerprint().sum, honest.replica.fingerprint().sum);
  await repair(honest, victim);
  assert.deepEqual(await holdingsOf(victim), await holdingsOf(honest));
  await assertSound(victim);
});

test("two peers from whom different records of one batch were withheld make each other whole", async () => {
  const [author, one, two] = await Promise.all([1, 2, 3].map((number) => makeReplica(number)));
  assert.ok(author && one && two);
  await author.replica.issue(keys.map((key) => draft(key)));
  const { writers } = await answerTo(author, new Map());
  const [part] = writers[0]?.batches ?? [];
  assert.ok(part !== undefined);
  for (const [replica, positions] of [
    [one, [0, 3, 4, 19]],
    [two, [1, 3, 7, 8]],
  ] as const) {
    const told = positions.reduce(withhold, part);
    await replica.replica.takeDelta({ writers: [{ batches: [told], tail: undefined }], forks: [], more: false });
  }
  await repair(one, two);
  await repair(two, one);
  assert.deepEqual(await holdingsOf(one), await holdingsOf(two));
  assert.equal(one.replica.fingerprint().count, keys.length - 1);
  await assertSound(one);
  await repair(author, one);
  assert.deepEqual(await holdingsOf(one), await holdingsOf(author));
});

test("a withheld delete is found by the edit that it should have removed, and repaired", async () => {
  const [author, victim] = await Promise.all([makeReplica(1), makeReplica(2)]);
  await author.replica.issue(keys.map((key) => draft(key)));
  await pull(author, victim);
  await overwrite(author, ["file 5", "file 6"], { tombstone: true });
  await victim.replica.takeDelta(withholdFirst(await answerTo(author, victim.replica.context())));
  assert.equal(victim.replica.digest(), author.replica.digest());
  assert.notEqual(victim.replica.fingerprint().sum, author.replica.fingerprint().sum);
  await repair(author, victim);
  assert.deepEqual(await holdingsOf(victim), await holdingsOf(author));
});

test("P7: a repair brings back nothing that was superseded, and a second one changes nothing", async () => {
  const [one, two] = await Promise.all([makeReplica(1), makeReplica(2)]);
  await one.replica.issue(keys.map((key) => draft(key)));
  const old = await answerTo(one, new Map());
  await pull(one, two);
  await overwrite(one, keys);
  await pull(one, two);
  const before = two.store.rows();
  const batches = old.writers.flatMap((section) => section.batches);
  assert.deepEqual(await two.replica.takeRepair(batches, believing), { kind: "taken", moved: false });
  assert.deepEqual(two.store.rows(), before);
});

test("a repair takes nothing that the context does not claim yet", async () => {
  const [one, two] = await Promise.all([makeReplica(1), makeReplica(2)]);
  await one.replica.issue([draft("a")]);
  const batches = (await answerTo(one, new Map())).writers.flatMap((section) => section.batches);
  assert.deepEqual(await two.replica.takeRepair(batches, believing), { kind: "taken", moved: false });
  assert.equal(two.replica.context().size, 0);
});

test("a sum that the store got wrong is counted again", async () => {
  const one = await makeReplica(1);
  await one.replica.issue(keys.map((key) => draft(key)));
  const good = one.replica.fingerprint();
  const rows = await one.store.range({ ...rowRange("b", press), limit: 100 });
  const [, wrong] = rows;
  assert.ok(wrong !== undefined);
  await one.store.write([{ kind: "delete", key: wrong[0] }]);
  const reopened = await makeReplica(1, { store: one.store });
  assert.equal(await reopened.replica.recount(childrenOf("")), true);
  assert.equal(await reopened.replica.recount(childrenOf("")), false);
  assert.deepEqual(reopened.replica.fingerprint(), good);
});

test("S8: a dot with two hashes keeps both versions, freezes the writer before it and raises an alarm", async () => {
  const documents = new TestDocuments();
  const [one, clone] = await clonesOf(documents);
  const reader = await makeReplica(2, { documents });
  await one.replica.issue([draft("a", { payload: Buffer.from("one") })]);
  await clone.replica.issue([draft("a", { payload: Buffer.from("other") }), draft("b")]);
  await pull(one, reader);
  await pull(clone, reader);
  const writer = one.life.current;
  assert.deepEqual(reader.replica.context().get(writer), { sequence: 1, frozenAt: 1 });
  assert.equal((await reader.replica.state("a")).length, 2);
  const alarm = reader.log.lines.find(({ event }) => event === "writer-forked");
  assert.equal(alarm?.level, "error");
  assert.equal(alarm?.facts["frozenAt"], 1);
});

test("S8: the proof of a fork freezes the writer everywhere, and repairs make all equal again", async () => {
  const documents = new TestDocuments();
  const [one, clone] = await clonesOf(documents);
  const [left, right, late] = await Promise.all([2, 3, 4].map((number) => makeReplica(number, { documents })));
  assert.ok(left && right && late);
  await one.replica.issue([draft("a", { payload: Buffer.from("one") })]);
  await one.replica.issue([draft("c")]);
  await clone.replica.issue([draft("a", { payload: Buffer.from("other") }), draft("b")]);
  await pull(one, left);
  await pull(clone, right);
  // Both say the same number and hold something else: an audit shows both heads to one of them,
  await repair(right, left);
  assert.notEqual(left.replica.digest(), right.replica.digest());
  // and whoever asks that one is shown the proof.
  await pull(left, right);
  await pull(left, late);
  const all = [left, right, late];
  for (const each of all) assert.equal(each.replica.digest(), left.replica.digest());
  for (const to of [...all, ...all]) for (const from of all) if (from !== to) await repair(from, to);
  for (const each of all) assert.deepEqual(await holdingsOf(each), await holdingsOf(left));
  assert.equal((await late.replica.state("a")).length, 2);
  for (const key of ["shared", "b", "c"]) assert.equal((await late.replica.state(key)).length, 1);
  for (const each of all) assert.equal(await each.replica.recount(childrenOf("")), false);
});

test("S8: whoever learns that its own writer forked writes on under a new one", async () => {
  const documents = new TestDocuments();
  const [one, clone] = await clonesOf(documents);
  await one.replica.issue([draft("a")]);
  await clone.replica.issue([draft("b")]);
  // Both say the same number, so only an audit shows it.
  await repair(clone, one);
  const before = one.life.current;
  const [version] = await one.replica.issue([draft("c")]);
  assert.ok(version !== undefined);
  assert.notEqual(version.dot.writer, before);
  assert.equal(version.dot.sequence, 1);
});

test("P7: heads of a frozen writer move nothing any more", async () => {
  const documents = new TestDocuments();
  const [one, clone] = await clonesOf(documents);
  const reader = await makeReplica(2, { documents });
  await one.replica.issue([draft("a")]);
  await clone.replica.issue([draft("b"), draft("c")]);
  await pull(one, reader);
  await pull(clone, reader);
  const before = await holdingsOf(reader);
  await one.replica.issue([draft("d")]);
  await pull(one, reader);
  assert.deepEqual(await holdingsOf(reader), before);
});
