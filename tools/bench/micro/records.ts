/**
 * What records cost: issued in groups as the folder does, told to another replica as bytes, merged
 * there; new ones and overwritten ones. Both replicas share this process and one disk. One JSON line for each case.
 *
 *     node tools/bench/micro/records.ts [RECORDS] [DIRECTORY]
 */

import { randomFillSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLevelStore } from "../../../node/adapters/level-store.ts";
import { SystemClock } from "../../../node/adapters/system-clock.ts";
import { SystemRandom } from "../../../node/adapters/system-random.ts";
import { identityOfSeed } from "../../../node/identity.ts";
import type { Log, Store } from "../../../node/ports.ts";
import { KeyRing } from "../../../node/records/acceptance.ts";
import { Replica } from "../../../node/records/replica.ts";
import type { RecordsTrust } from "../../../node/records/trust-view.ts";
import { WriterLife } from "../../../node/records/writer.ts";
import { folderCollection, parseFolderId, siteIdOfPublicKey } from "../../../protocol/ids.ts";
import { childrenOf } from "../../../protocol/records/audit.ts";
import { causesOf } from "../../../protocol/records/record.ts";
import { decodeDeltaAnswer, encodeDeltaAnswer } from "../../../protocol/wire/records-exchange.ts";

const records = Number(process.argv[2] ?? 20_000);
const recordsPerIssue = 256;
const payload = randomFillSync(new Uint8Array(110));
const clock = new SystemClock();
const random = new SystemRandom();
const directory = await mkdtemp(join(process.argv[3] ?? tmpdir(), "cdmesh-bench-"));
const stores: Store[] = [];
const author = await openReplica(1);
const reader = await openReplica(2);
const keys = Array.from({ length: records }, (_, at) => `projects/site-${at % 100}/assets/images/file-${at}.html`);

for (const round of ["new", "overwritten"]) {
  await measure(`issue ${round}, ${recordsPerIssue} to a write`, records, () => issueAll(recordsPerIssue));
  const frames: Uint8Array[] = [];
  await measure(`tell and merge ${round}`, records, () => pull(frames));
  const bytes = frames.reduce((sum, frame) => sum + frame.length, 0);
  console.log(JSON.stringify({ what: "bytes on the wire for each", bytes: Math.round(bytes / records) }));
}
await measure("issue one by one", 300, async () => {
  for (const key of keys.slice(0, 300)) await issue([key]);
});
await measure("count all buckets again", records, async () => {
  await reader.replica.recount(childrenOf(""));
});
for (const store of stores) await store.close();
await rm(directory, { recursive: true });

async function issueAll(group: number): Promise<void> {
  for (let at = 0; at < records; at += group) await issue(keys.slice(at, at + group));
}

async function issue(some: readonly string[]): Promise<void> {
  const states = await author.replica.stateMany(some);
  await author.replica.issue(
    some.map((key, at) => ({ kind: 1, key, causes: causesOf(states[at] ?? []), tombstone: false, payload })),
  );
}

async function pull(frames: Uint8Array[]): Promise<void> {
  for (;;) {
    const frame = encodeDeltaAnswer(await author.replica.delta(reader.replica.context(), new Set()));
    frames.push(frame);
    const answer = decodeDeltaAnswer(frame);
    if (answer === undefined || (await reader.replica.takeDelta(answer)).kind === "refused") {
      throw new Error("a delta was refused");
    }
    if (!answer.more) return;
  }
}

async function openReplica(number: number) {
  const store = await openLevelStore(join(directory, String(number)));
  stores.push(store);
  const identity = identityOfSeed(new Uint8Array(32).fill(number));
  const { peer } = identity;
  const log: Log = { write: () => undefined, with: () => log };
  const trust: RecordsTrust = {
    site: siteIdOfPublicKey(new Uint8Array(32)),
    self: peer,
    member: () => undefined,
    members: () => [],
    holds: () => true,
    licensedAtMs: () => 0,
    tombstoneDays: () => 90,
    policyVersion: () => 1,
    judgeBatch: () => ({ kind: "accept" }),
    onChange: () => () => undefined,
  };
  const life = await WriterLife.open({ ports: { store, random, clock, log }, identity, isShared: () => false });
  const folder = parseFolderId("press");
  if (folder === undefined) throw new Error("press is a folder id");
  const collection = folderCollection(folder);
  const parts = { collection, store, clock, log, identity, trust, life, keys: new KeyRing(), projection: undefined };
  return { replica: await Replica.open(parts) };
}

async function measure(what: string, count: number, act: () => Promise<void>): Promise<void> {
  const cpuBefore = process.cpuUsage();
  const startMs = performance.now();
  await act();
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const cpuUs = Math.round((user + system) / count);
  console.log(JSON.stringify({ what, records: count, perSecond: Math.round(count / seconds), cpuUsEach: cpuUs }));
}
