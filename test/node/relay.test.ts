/** Records that reach a peer only through a third one: taken when they are the author's, else not. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { verifyProtocol } from "../../node/control/copy-server.ts";
import { RefusedError } from "../../node/ports.ts";
import { recordsProtocol } from "../../node/records/exchange.ts";
import { sealBatches } from "../../node/records/sealing.ts";
import { contentProtocol } from "../../node/sync/fetcher.ts";
import { documentsProtocol } from "../../node/trust/document-sync.ts";
import { membersCollection, type PeerId, peerOfWriter } from "../../protocol/ids.ts";
import { type BatchPart, lastOf } from "../../protocol/records/batch.ts";
import { recordKinds } from "../../protocol/records/record.ts";
import { emptyVector } from "../../protocol/records/version.ts";
import type { RefusalCode } from "../../protocol/refusal.ts";
import { decodePieceAnswer, decodePieceRequest, encodePieceAnswer, piecesOf } from "../../protocol/wire/content.ts";
import { encodeHeader, encodePart } from "../../protocol/wire/records.ts";
import {
  decodeDeltaAnswer,
  decodeRecordsRequest,
  type DeltaAnswer,
  encodeDeltaAnswer,
} from "../../protocol/wire/records-exchange.ts";
import { identityOf, type Outsider, pressRecords, type SitePeer, SocketSite, until } from "./socket-site.ts";

const protocols = [recordsProtocol, documentsProtocol, contentProtocol, verifyProtocol];
const timeoutMs = 5_000;
/** The keys of an album: its directory and its files. */
const albumKeys = ["album", "album/four", "album/one", "album/three", "album/two"];

describe("through a third peer", { concurrency: true }, () => {
  const site = new SocketSite("relayed");
  after(() => site.stop());
  const author = authorWithHistory(site);

  test("P1: records and files of a peer reach another one that was never connected to it", async () => {
    const [from, others] = [await author, { isHidden: true }];
    const relay = await site.peer(10, { ...others, knows: [from] });
    const receiver = await site.peer(11, { ...others, knows: [relay] });
    await until("all is there", () => isWhole(receiver, from));
    assert.deepEqual(receiver.network.connected(), [relay.id]);
    assert.deepEqual(
      receiver.told("peer-up").map(({ facts }) => facts["peer"]),
      [relay.id],
    );
    // Each version still is its author's, with the bytes that the author signed.
    assert.deepEqual(await hashes(receiver), await hashes(from));
    assert.deepEqual(await authors(receiver), [from.id]);
  });

  for (const [at, { sentence, code, alter }] of alterations().entries()) {
    test(sentence, async () => {
      const from = await author;
      const lies = new Lies(alter);
      const relay = await relayOf(site, 20 + at, from, lies);
      const receiver = await site.peer(40 + at, { isHidden: true, knows: [relay] });
      await until("it was refused", () => receiver.told("records-refused").length > 0);
      const { facts, level } = receiver.told("records-refused")[0] ?? assert.fail();
      assert.deepEqual([level, facts["peer"], facts["collection"]], ["error", relay.id, pressRecords]);
      assert.match(String(facts["why"]), new RegExp(`^${code} `));
      // One altered thing, and nothing of the whole answer is believed.
      assert.deepEqual(await hashes(receiver), []);
      assert.equal(receiver.replica.context().size, 0);
      assert.deepEqual(await readdir(receiver.root), [".cdmesh"]);
      assert.ok(receiver.isConnectedTo(relay), "others may have what this answer spoilt");
      lies.areOver = true;
      await until("the true records are there", () => isWhole(receiver, from));
      assert.deepEqual(await hashes(receiver), await hashes(from));
      assert.deepEqual(await authors(receiver), [from.id]);
    });
  }

  test("P1: who was told nothing but lies takes the truth from the author when it comes", async () => {
    const from = await authorWithHistory(site, 2);
    const lies = new Lies(alterations()[0]?.alter ?? assert.fail());
    const relay = await relayOf(site, 12, from, lies);
    const receiver = await site.peer(13, { isHidden: true, knows: [relay] });
    await until("it was refused", () => receiver.told("records-refused").length > 0);
    await from.stop();
    await from.start([receiver]);
    await until("all is there", () => isWhole(receiver, from));
    assert.ok(receiver.isConnectedTo(relay));
    assert.deepEqual(await authors(receiver), [from.id]);
  });

  test("P1: a head that was altered on its way through gossip is refused, and the true one taken", async () => {
    const from = await authorWithHistory(site, 3);
    const topic = `cdmesh/1/${site.authority.site.slice(0, 16)}/${pressRecords}`;
    const lies = new Lies((answer) => answer);
    const relay = await relayOf(site, 14, from, lies, [topic]);
    const receiver = await site.peer(15, { isHidden: true, knows: [relay] });
    await until("all is there", () => isWhole(receiver, from));
    lies.isSilent = true;
    // Whoever is heard has said before what it hears itself.
    await receiver.directory("mine");
    await until("the receiver is heard", () => relay.partsOf(receiver).length > 0);
    await writeFile(join(from.root, "late.txt"), "late");
    await until("the author is heard", () => relay.partsOf(from).length > 0);
    const part = relay.partsOf(from)[0] ?? assert.fail();
    assert.equal(part.records.length, 1, "a tiny batch travels in its head");
    await relay.network.publish(topic, encodePart({ ...part, records: part.records.map(withFlippedEnd) }));
    await until("it was refused", () => receiver.told("head-refused").length > 0);
    const { facts } = receiver.told("head-refused")[0] ?? assert.fail();
    assert.equal(facts["from"], relay.id);
    assert.match(String(facts["why"]), /^batch-root-mismatch /);
    assert.deepEqual(await receiver.replica.state("late.txt"), []);
    assert.ok(!existsSync(join(receiver.root, "late.txt")));
    lies.isSilent = false;
    relay.verdict = "accept";
    await writeFile(join(from.root, "last.txt"), "last");
    await until("all is there", () => isWhole(receiver, from));
    for (const key of ["late.txt", "last.txt"]) {
      assert.deepEqual(
        (await receiver.replica.state(key)).map(({ dot }) => peerOfWriter(dot.writer)),
        [from.id],
      );
    }
  });

  test("S6: content that a relay altered never becomes a file, and the true one does", async () => {
    const from = await author;
    const lies = new Lies((answer) => answer);
    lies.alterContent = true;
    const relay = await relayOf(site, 16, from, lies);
    const receiver = await site.peer(17, { isHidden: true, knows: [relay] });
    await until("it was offered", () => lies.contents > 1);
    assert.deepEqual(await hashes(receiver), await hashes(from), "of the records nothing was altered");
    assert.deepEqual(await files(receiver), []);
    lies.areOver = true;
    await until("all is there", () => isWhole(receiver, from));
  });
});

interface Alteration {
  readonly sentence: string;
  readonly code: RefusalCode;
  readonly alter: (answer: DeltaAnswer) => DeltaAnswer;
}

function alterations(): readonly Alteration[] {
  return [
    {
      sentence: "P1: a record that a relay altered is refused, and the true one taken when the relay behaves",
      code: "batch-root-mismatch",
      alter: (answer) => withPart(answer, (part) => ({ ...part, records: part.records.map(withFlippedEnd) })),
    },
    {
      sentence: "P1: a record that a relay put in the place of another is refused",
      code: "batch-root-mismatch",
      alter: (answer) => withPart(answer, (part) => ({ ...part, records: part.records.toReversed() })),
    },
    {
      sentence: "P1: a multiproof that a relay altered is refused",
      code: "batch-root-mismatch",
      alter: (answer) =>
        withPart(answer, (part) => ({ ...part, cover: { ...part.cover, dead: part.cover.dead.map(withFlippedEnd) } })),
    },
    {
      sentence: "P1: a head that a relay altered is refused",
      code: "signature-invalid",
      alter: (answer) =>
        withPart(answer, (part) => {
          const header = { ...part.head.header, sealedAtMs: part.head.header.sealedAtMs + 1 };
          return { ...part, head: { ...part.head, header, bytes: encodeHeader(header) } };
        }),
    },
    {
      sentence: "P1: a batch that a relay forged under another peer's name is refused",
      code: "signature-invalid",
      alter: (answer) => ({ ...answer, writers: [{ batches: [forgedBehind(partIn(answer))], tail: undefined }] }),
    },
    {
      sentence: "P1: a proof of a fork that never was is refused, and freezes nobody",
      code: "signature-invalid",
      alter: (answer) => {
        const { head } = partIn(answer);
        const header = { ...head.header, sealedAtMs: head.header.sealedAtMs + 1 };
        return { ...answer, forks: [{ one: head, other: { ...head, header, bytes: encodeHeader(header) } }] };
      },
    },
    {
      sentence: "P1: a batch of one collection that a relay passes off as another's is refused",
      code: "collection-unknown",
      alter: (answer) => ({ ...answer, writers: [{ batches: [ofMembers(partIn(answer))], tail: undefined }] }),
    },
  ];
}

/** What a relay does to what passes through it, for as long as it does. */
class Lies {
  areOver = false;
  /** It refuses to tell of records at all. */
  isSilent = false;
  alterContent = false;
  /** Answers with content that were altered. */
  contents = 0;
  readonly #alter: (answer: DeltaAnswer) => DeltaAnswer;

  constructor(alter: (answer: DeltaAnswer) => DeltaAnswer) {
    this.#alter = alter;
  }

  apply(protocol: string, request: Uint8Array, answer: Uint8Array): Uint8Array {
    if (this.areOver) return answer;
    if (protocol === contentProtocol && this.alterContent) {
      this.contents += 1;
      return alteredPieces(request, answer);
    }
    if (protocol !== recordsProtocol) return answer;
    if (this.isSilent) throw new RefusedError({ code: "license-missing" });
    const asked = decodeRecordsRequest(request);
    const delta = asked?.kind === "delta" && asked.collection === pressRecords ? decodeDeltaAnswer(answer) : undefined;
    return delta === undefined || delta.writers.length === 0 ? answer : encodeDeltaAnswer(this.#alter(delta));
  }
}

/** Answers all that it is asked with what the author answers to it, and lies about it. */
async function relayOf(
  site: SocketSite,
  number: number,
  author: SitePeer,
  lies: Lies,
  topics: readonly string[] = [],
): Promise<Outsider> {
  const relay = await site.outsider(number, { protocols, topics });
  relay.answer = async (_peer, protocol, body) =>
    lies.apply(protocol, body, await relay.network.request(author.id, protocol, body, { timeoutMs }));
  relay.calls(author);
  await until("the relay is up", () => relay.network.connected().includes(author.id));
  return relay;
}

/** A peer with a batch of which one record is superseded, so that its survivors need a multiproof. */
async function authorWithHistory(site: SocketSite, number = 1): Promise<SitePeer> {
  const author = await site.peer(number, { isHidden: true });
  // It comes into the folder in one step, so that one batch has it all.
  const album = join(author.root, "..", `album of ${number}`);
  await mkdir(album);
  for (const name of ["one", "two", "three", "four"]) await writeFile(join(album, name), `${name} of ${number}`);
  await rename(album, join(author.root, "album"));
  await until("the album is known", async () => (await states(author)).length === albumKeys.length);
  await writeFile(join(author.root, "album", "two"), "two, second edition");
  await until("the second edition is known", async () =>
    (await states(author)).some(({ versions }) => versions[0]?.dot.sequence === albumKeys.length + 1),
  );
  return author;
}

/** The part of an answer of which most lives: that of the album. */
function partIn(answer: DeltaAnswer): BatchPart {
  const parts = answer.writers.flatMap(({ batches }) => batches);
  const [part] = parts.toSorted((one, other) => other.records.length - one.records.length);
  assert.ok(part !== undefined && part.records.length > 1 && part.cover.dead.length > 0);
  return part;
}

function withPart(answer: DeltaAnswer, change: (part: BatchPart) => BatchPart): DeltaAnswer {
  const changed = partIn(answer);
  return {
    ...answer,
    writers: answer.writers.map((delta) => ({
      ...delta,
      batches: delta.batches.map((part) => (part === changed ? change(part) : part)),
    })),
  };
}

/** Sound in all but the key that signed it. */
function forgedBehind({ head }: BatchPart): BatchPart {
  const { site, collection, writer, policyVersion, sealedAtMs } = head.header;
  const draft = {
    kind: recordKinds.fileEntry,
    key: "album/one",
    causes: emptyVector,
    tombstone: true,
    payload: new Uint8Array(),
  };
  const first = lastOf(head.header) + 1;
  const seal = { identity: identityOf(99), site, collection, writer, first, policyVersion, sealedAtMs };
  return sealBatches([draft], seal)[0]?.part ?? assert.fail();
}

/** The same, said to be of the collection "members", and signed by nobody: that is looked at later. */
function ofMembers(part: BatchPart): BatchPart {
  const header = { ...part.head.header, collection: membersCollection };
  return { ...part, head: { ...part.head, header, bytes: encodeHeader(header) } };
}

function withFlippedEnd(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte));
}

function alteredPieces(request: Uint8Array, answer: Uint8Array): Uint8Array {
  const opened = decodePieceAnswer(answer, decodePieceRequest(request)?.names.length ?? 0) ?? assert.fail();
  return encodePieceAnswer(
    piecesOf(opened, opened.data).map((piece) =>
      piece.state === "sent" ? { ...piece, bytes: withFlippedEnd(piece.bytes) } : piece,
    ),
  );
}

async function states(peer: SitePeer) {
  return await peer.replica.page(undefined, 100);
}

/** Each version that a peer knows, by the hash of its signed bytes. */
async function hashes(peer: SitePeer): Promise<readonly string[]> {
  return (await states(peer)).flatMap(({ key, versions }) => versions.map(({ hash }) => `${key} ${hash}`));
}

async function authors(peer: SitePeer): Promise<readonly PeerId[]> {
  const versions = (await states(peer)).flatMap((state) => state.versions);
  return [...new Set(versions.map(({ dot }) => peerOfWriter(dot.writer)))];
}

/** Files of a folder, by path, with what is in them. */
async function files(peer: SitePeer): Promise<readonly string[]> {
  const entries = await readdir(peer.root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const own = paths.filter((path) => !path.includes(".cdmesh/"));
  return await Promise.all(
    own.toSorted().map(async (path) => `${path.slice(peer.root.length)} ${await readFile(path, "utf8")}`),
  );
}

async function isWhole(peer: SitePeer, like: SitePeer): Promise<boolean> {
  const [held, wanted] = [await files(peer), await files(like)];
  return wanted.length > 0 && held.join("\n") === wanted.join("\n");
}
