import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { rowKey } from "../../../node/keys.ts";
import type { KeyState } from "../../../node/records/replica.ts";
import { causesOf, sparedOf } from "../../../protocol/records/record.ts";
import { limits } from "../../../protocol/limits.ts";
import type { DeltaAnswer } from "../../../protocol/wire/records-exchange.ts";
import {
  answerTo,
  assertSound,
  draft,
  holdingsOf,
  makeReplica,
  overwrite,
  pull,
  type TestReplica,
  tell,
} from "./replicas.ts";

function keysOf(count: number, prefix = "file"): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix} ${index}`);
}

test("what is issued stands in the state, the context and the sums, and in the store of the next life", async () => {
  const one = await makeReplica(1);
  const [version] = await one.replica.issue([draft("a/b")]);
  assert.ok(version !== undefined);
  assert.equal(version.dot.sequence, 1);
  assert.equal(version.dot.writer, one.life.current);
  assert.deepEqual(
    (await one.replica.state("a/b")).map(({ hash }) => hash),
    [version.hash],
  );
  assert.equal(one.replica.fingerprint().count, 1);
  assert.deepEqual(one.replica.context(), new Map([[one.life.current, { sequence: 1, frozenAt: undefined }]]));
  const again = await makeReplica(1, { store: one.store });
  assert.equal(again.life.current, one.life.current);
  assert.deepEqual(await holdingsOf(again), await holdingsOf(one));
  const [next] = await again.replica.issue([draft("c")]);
  assert.equal(next?.dot.sequence, 2);
});

test("C2: property: replicas that write, tell each other and hear old answers again end with equal states and sums", async () => {
  const member = fc.nat({ max: 2 });
  const act = fc.oneof(
    fc.record({
      kind: fc.constant("write" as const),
      by: member,
      keys: fc.uniqueArray(fc.nat({ max: 7 }), { minLength: 1, maxLength: 8 }),
      tombstone: fc.boolean(),
      over: fc.constantFrom("all" as const, "primary" as const, "none" as const),
    }),
    fc.record({ kind: fc.constant("tell" as const), from: member, to: member }),
    fc.record({ kind: fc.constant("replay" as const), to: member, which: fc.nat() }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 30 }), async (acts) => {
      const replicas = await Promise.all([1, 2, 3].map((number) => makeReplica(number)));
      const at = (index: number): TestReplica => replicas[index] ?? assert.fail();
      const told: DeltaAnswer[][] = [[], [], []];
      for (const each of acts) {
        if (each.kind === "replay") {
          const answers = told[each.to] ?? [];
          const answer = answers[each.which % answers.length];
          if (answer !== undefined) assert.equal((await at(each.to).replica.takeDelta(answer)).kind, "taken");
          continue;
        }
        if (each.kind === "tell") {
          if (each.from === each.to) continue;
          told[each.to]?.push(await answerTo(at(each.from), at(each.to).replica.context()));
          await pull(at(each.from), at(each.to));
          continue;
        }
        const keys = each.keys.map((key) => `key ${key}`);
        const { tombstone } = each;
        const states = await at(each.by).replica.stateMany(keys);
        const drafts = keys.map((key, index) => {
          const siblings = states[index] ?? [];
          const seen = siblings.slice(0, { all: siblings.length, primary: 1, none: 0 }[each.over]);
          const causes = causesOf(seen);
          const spared = sparedOf(
            causes,
            siblings.filter((sibling) => !seen.includes(sibling)),
          );
          return draft(key, { causes, spared, tombstone });
        });
        await at(each.by).replica.issue(drafts);
      }
      for (const to of [0, 1, 2, 0, 1]) for (const from of [0, 1, 2]) if (from !== to) await pull(at(from), at(to));
      const expected = await holdingsOf(at(0));
      assert.deepEqual(await holdingsOf(at(1)), expected);
      assert.deepEqual(await holdingsOf(at(2)), expected);
      await assertSound(at(acts.length % 3));
    }),
    { numRuns: 60 },
  );
});

test("C3: the same drafts in one batch or in many give the same state elsewhere", async () => {
  const [one, two, other] = await Promise.all([makeReplica(1), makeReplica(1), makeReplica(2)]);
  const keys = keysOf(40);
  await one.replica.issue(keys.map((key) => draft(key)));
  for (const key of keys) await two.replica.issue([draft(key)]);
  await pull(one, other);
  const whole = await other.replica.stateMany(keys);
  const third = await makeReplica(3);
  await pull(two, third);
  const single = await third.replica.stateMany(keys);
  assert.deepEqual(
    single.map(([version]) => version?.hash),
    whole.map(([version]) => version?.hash),
  );
});

test("a relay that lacks the superseded records still proves the survivors to a newcomer", async () => {
  const [author, relay, newcomer] = await Promise.all([1, 2, 3].map((number) => makeReplica(number)));
  assert.ok(author && relay && newcomer);
  const keys = keysOf(300);
  await author.replica.issue(keys.map((key) => draft(key)));
  await pull(author, relay);
  await overwrite(
    author,
    keys.filter((_, index) => index % 3 !== 0),
  );
  await pull(author, relay);
  await pull(relay, newcomer);
  assert.deepEqual(await holdingsOf(newcomer), await holdingsOf(author));
  await assertSound(newcomer);
});

test("a batch costs nothing any more once all of it is superseded", async () => {
  const one = await makeReplica(1);
  const keys = keysOf(50);
  await one.replica.issue(keys.map((key) => draft(key)));
  const rowsBefore = one.store.rows().size;
  for (let round = 0; round < 5; round += 1) await overwrite(one, keys);
  assert.equal(one.store.rows().size, rowsBefore);
  await assertSound(one);
});

test("a new peer's delta costs the live state, not the history", async () => {
  const one = await makeReplica(1);
  for (let round = 0; round < 30; round += 1) await overwrite(one, keysOf(20));
  const answer = await answerTo(one, new Map());
  const told = answer.writers.flatMap(({ batches }) => batches.flatMap(({ records }) => records));
  assert.equal(told.length, 20);
  assert.equal(answer.writers.length, 1);
});

test("P3: deltas are bounded and go on where the context stands", async () => {
  const [one, two] = await Promise.all([makeReplica(1), makeReplica(2)]);
  const payload = Buffer.alloc(4_000, 1);
  await one.replica.issue(keysOf(400).map((key) => draft(key, { payload })));
  let deltas = 0;
  for (;;) {
    const answer = await answerTo(one, two.replica.context());
    const bytes = answer.writers.flatMap(({ batches }) => batches.flatMap(({ records }) => records));
    assert.ok(bytes.reduce((sum, record) => sum + record.length, 0) <= limits.deltaBytesMax);
    await two.replica.takeDelta(answer);
    deltas += 1;
    if (!answer.more) break;
  }
  assert.ok(deltas >= 7);
  assert.deepEqual(await holdingsOf(two), await holdingsOf(one));
});

test("P7: a delta that was taken already changes nothing, not even the store", async () => {
  const [one, two] = await Promise.all([makeReplica(1), makeReplica(2)]);
  await overwrite(one, keysOf(10));
  const replayed = await answerTo(one, new Map());
  await two.replica.takeDelta(replayed);
  await overwrite(two, keysOf(5));
  const before = two.store.rows();
  assert.deepEqual(await two.replica.takeDelta(replayed), { kind: "taken", moved: false });
  assert.deepEqual(two.store.rows(), before);
});

test("P2: an empty promise moves no context: only heads that the writer signed do", async () => {
  const [one, two] = await Promise.all([makeReplica(1), makeReplica(2)]);
  const keys = keysOf(3);
  await one.replica.issue(keys.map((key) => draft(key)));
  const { writers } = await answerTo(one, new Map());
  await overwrite(one, keys);
  const [section] = (await answerTo(one, new Map())).writers;
  assert.ok(section !== undefined);
  const forged = { ...section.batches[0]?.head, signature: new Uint8Array(64) };
  const head = section.batches[0]?.head;
  assert.ok(head !== undefined && forged.bytes !== undefined);
  const tail = { ...head, signature: forged.signature };
  const taken = await two.replica.takeDelta({ writers: [{ batches: [], tail }], forks: [], more: false });
  assert.equal(taken.kind, "refused");
  assert.equal(two.replica.context().size, 0);
  await two.replica.takeDelta({ writers: [...writers], forks: [], more: false });
  assert.equal(two.replica.context().get(one.life.current)?.sequence, 3);
});

test("a key that comes twice in one issue ends as the later draft", async () => {
  const one = await makeReplica(1);
  const [, second] = await one.replica.issue([draft("a"), draft("a", { tombstone: true })]);
  assert.deepEqual(
    (await one.replica.state("a")).map(({ dot }) => dot),
    [second?.dot],
  );
  await assertSound(one);
});

test("what was found at a first scan ranks below all else, and stays a sibling (FORMATS 22)", async () => {
  const [one, two] = await Promise.all([makeReplica(1), makeReplica(2)]);
  const [early] = await one.replica.issue([draft("a")]);
  await pull(one, two);
  await two.replica.issue([draft("a", { payload: Buffer.from("older content") })], { rank: "found" });
  const state = await two.replica.state("a");
  assert.equal(state.length, 2);
  assert.equal(state[0]?.hash, early?.hash);
});

test("S4: rows of the projection and alongside are in the same write as the records", async () => {
  const marker = rowKey("w", "press", "a");
  const seen: { readonly states: readonly KeyState[]; readonly origin: string }[] = [];
  const one = await makeReplica(1, {
    projection: async (states, origin) => {
      seen.push({ states, origin });
      return [{ kind: "put", key: marker, value: Uint8Array.of(1) }];
    },
  });
  const writes = one.store.writes;
  const beside = rowKey("h", "press", "a");
  await one.replica.issue([draft("a")], {
    alongside: (issued) => [{ kind: "put", key: beside, value: Uint8Array.of(issued.length) }],
  });
  assert.equal(one.store.writes, writes + 1);
  assert.deepEqual(await one.store.getMany([marker, beside]), [Uint8Array.of(1), Uint8Array.of(1)]);
  const two = await makeReplica(2);
  await overwrite(two, ["b"]);
  await pull(two, one);
  assert.equal(one.store.writes, writes + 2);
  assert.deepEqual(
    seen.map(({ origin, states }) => [origin, states.map(({ key }) => key)]),
    [
      ["local", ["a"]],
      ["remote", ["b"]],
    ],
  );
});

test("S4: a write that fails leaves memory and store as they were, and the next one works", async () => {
  const [one, two] = await Promise.all([makeReplica(1), makeReplica(2)]);
  await two.replica.issue([draft("b")]);
  const before = await holdingsOf(one);
  one.store.failure = new Error("no space");
  await assert.rejects(one.replica.issue([draft("a")]), /no space/);
  one.store.failure = new Error("no space");
  await assert.rejects(tell(two, one), /no space/);
  assert.deepEqual(await holdingsOf(one), before);
  await pull(two, one);
  const [version] = await one.replica.issue([draft("a")]);
  assert.equal(version?.dot.sequence, 1);
  await assertSound(one);
});

test("listeners hear of each change after it was written, in order", async () => {
  const one = await makeReplica(1);
  const heard: string[] = [];
  const cancel = one.replica.onChange((changed, origin) => heard.push(`${origin} ${changed.map(({ key }) => key)}`));
  await Promise.all(["a", "b", "c"].map((key) => one.replica.issue([draft(key)])));
  cancel();
  await one.replica.issue([draft("d")]);
  assert.deepEqual(heard, ["local a", "local b", "local c"]);
});
