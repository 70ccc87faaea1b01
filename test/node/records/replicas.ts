/** Replicas of one collection without a network: what one says goes to another by hand, as bytes. */

import assert from "node:assert/strict";
import { type Identity, identityOfSeed } from "../../../node/identity.ts";
import { KeyRing } from "../../../node/records/acceptance.ts";
import { type Draft, type Projection, Replica, type Taken } from "../../../node/records/replica.ts";
import type { Testimony } from "../../../node/records/repair.ts";
import { type Seal, type SealedBatch, sealBatches } from "../../../node/records/sealing.ts";
import { WriterLife } from "../../../node/records/writer.ts";
import { type CollectionId, folderCollection, parseFolderId, type WriterId } from "../../../protocol/ids.ts";
import { childrenOf } from "../../../protocol/records/audit.ts";
import type { Context } from "../../../protocol/records/context.ts";
import { causesOf, recordKinds, type Version } from "../../../protocol/records/record.ts";
import {
  type DeltaAnswer,
  decodeDeltaAnswer,
  decodeSiblingsAnswer,
  encodeDeltaAnswer,
  encodeSiblingsAnswer,
} from "../../../protocol/wire/records-exchange.ts";
import { FakeClock } from "../../../simulations/world/clock.ts";
import { FakeLog } from "../../../simulations/world/log.ts";
import { FakeRandom } from "../../../simulations/world/random.ts";
import { World } from "../../../simulations/world/world.ts";
import { MemoryStore } from "./memory-store.ts";
import { StubTrust, TestDocuments } from "./stub-trust.ts";

const folder = parseFolderId("press");
assert.ok(folder !== undefined);
export const press: CollectionId = folderCollection(folder);

export interface TestReplica {
  readonly identity: Identity;
  readonly trust: StubTrust;
  readonly store: MemoryStore;
  readonly log: FakeLog;
  readonly life: WriterLife;
  readonly replica: Replica;
}

export interface TestReplicaOptions {
  readonly documents?: TestDocuments;
  readonly store?: MemoryStore;
  readonly collection?: CollectionId;
  readonly projection?: Projection;
}

/** The same number gives the same peer, with another writer unless its store is given. */
export async function makeReplica(number: number, options: TestReplicaOptions = {}): Promise<TestReplica> {
  const world = new World(number);
  const identity = identityOfSeed(new Uint8Array(32).fill(number));
  const store = options.store ?? new MemoryStore();
  const log = new FakeLog(world);
  const clock = new FakeClock(world);
  const trust = new StubTrust(identity.peer, options.documents ?? new TestDocuments());
  const ports = { store, random: new FakeRandom(world.chance), clock, log };
  const life = await WriterLife.open({ ports, identity, isShared: () => false });
  const collection = options.collection ?? press;
  const keys = new KeyRing();
  const replica = await Replica.open({
    collection,
    store,
    clock,
    log,
    identity,
    trust,
    keys,
    life,
    projection: options.projection,
  });
  return { identity, trust, store, log, life, replica };
}

export function draft(key: string, fields: Partial<Draft> = {}): Draft {
  const body = { kind: recordKinds.fileEntry, causes: new Map(), tombstone: false, payload: Buffer.from("content") };
  return { ...body, key, ...fields };
}

/** Batches as a peer could seal them that keeps to no rule of records. */
export function sealedBy(
  { identity, life, replica, trust }: TestReplica,
  drafts: readonly Draft[],
  fields: Partial<Seal> = {},
): readonly SealedBatch[] {
  const first = (replica.context().get(life.current)?.sequence ?? 0) + 1;
  const { site } = trust;
  const { collection } = replica;
  const seal = { identity, site, collection, writer: life.current, first, policyVersion: 1, sealedAtMs: 1_000 };
  return sealBatches(drafts, { ...seal, ...fields });
}

/** Writes over all that the replica shows of these keys. */
export async function overwrite(
  { replica }: TestReplica,
  keys: readonly string[],
  fields: Partial<Draft> = {},
): Promise<readonly Version[]> {
  const states = await replica.stateMany(keys);
  return replica.issue(keys.map((key, index) => draft(key, { causes: causesOf(states[index] ?? []), ...fields })));
}

/** What a replica answers to a context, through the wire. */
export async function answerTo(
  from: TestReplica,
  context: Context,
  skip: readonly WriterId[] = [],
): Promise<DeltaAnswer> {
  const answer = decodeDeltaAnswer(encodeDeltaAnswer(await from.replica.delta(context, new Set(skip))));
  assert.ok(answer !== undefined);
  return answer;
}

/** One answer, whatever becomes of it. */
export async function tell(from: TestReplica, to: TestReplica): Promise<Taken> {
  return to.replica.takeDelta(await answerTo(from, to.replica.context(), [...to.replica.heldBack().keys()]));
}

/** All that `from` has more. */
export async function pull(from: TestReplica, to: TestReplica): Promise<void> {
  for (let turn = 0; turn < 1_000; turn += 1) {
    const answer = await answerTo(from, to.replica.context(), [...to.replica.heldBack().keys()]);
    const taken = await to.replica.takeDelta(answer);
    assert.deepEqual({ ...taken, moved: undefined }, { kind: "taken", moved: undefined });
    if (!answer.more) return;
  }
  assert.fail("a pull that does not end");
}

/** One peer is enough for this one. */
export const believing: Testimony = {
  prefixes: childrenOf(""),
  after: undefined,
  upTo: undefined,
  isUnsure: false,
  speakFor: () => true,
  speakAgainst: () => true,
};

/** All that `from` holds of these buckets, merged as an audit does. */
export async function repair(
  from: TestReplica,
  to: TestReplica,
  testimony: Testimony = believing,
  prefixes = childrenOf(""),
): Promise<void> {
  let after: string | undefined;
  do {
    const answer = await from.replica.siblingsBelow(prefixes, after);
    const read = decodeSiblingsAnswer(encodeSiblingsAnswer(answer));
    assert.ok(read !== undefined);
    const taken = await to.replica.takeRepair(read.batches, { ...testimony, prefixes, after, upTo: read.next });
    assert.deepEqual({ ...taken, moved: undefined }, { kind: "taken", moved: undefined });
    after = read.next;
  } while (after !== undefined);
}

/** Everything that a replica holds, comparable between peers. */
export async function holdingsOf({ replica }: TestReplica): Promise<unknown> {
  const states = [];
  let after: string | undefined;
  for (;;) {
    const page = await replica.page(after, 100);
    states.push(
      ...page.map(({ key, versions }) => [
        key,
        versions.map(({ dot, hash }) => `${dot.writer} ${dot.sequence} ${hash}`),
      ]),
    );
    after = page.at(-1)?.key;
    if (after === undefined) return { states, digest: replica.digest(), ...replica.fingerprint() };
  }
}

/** The rows agree with each other, and everything held can be proven to a peer that has nothing. */
export async function assertSound(tested: TestReplica): Promise<void> {
  assert.equal(await tested.replica.recount(childrenOf("")), false, "stored sums are those of the sibling sets");
  const { documents } = tested.trust;
  const stranger = await makeReplica(250, { documents, collection: tested.replica.collection });
  await pull(tested, stranger);
  assert.deepEqual(await holdingsOf(stranger), await holdingsOf(tested));
  const reopened = await makeReplica(251, {
    documents,
    collection: tested.replica.collection,
    store: tested.store.copy(),
  });
  assert.deepEqual(await holdingsOf(reopened), await holdingsOf(tested));
}
