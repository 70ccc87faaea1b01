/**
 * What a hostile peer does of its own accord: it gossips, asks and offers. All of it is in the table
 * of faults (PROMISES), and nothing of it may have any effect on what honest peers hold, but for the
 * acts of a vandal at the end: those are rights that a license gives.
 */

import type { Identity } from "../../node/identity.ts";
import type { Network } from "../../node/ports.ts";
import { verifyProtocol } from "../../node/control/copy-server.ts";
import { recordsProtocol } from "../../node/records/exchange.ts";
import { contentProtocol } from "../../node/sync/fetcher.ts";
import { documentsProtocol } from "../../node/trust/document-sync.ts";
import { limits } from "../../protocol/limits.ts";
import {
  folderCollection,
  membersCollection,
  type PeerId,
  toHex,
  type WriterId,
  writerIdOf,
} from "../../protocol/ids.ts";
import type { Entry } from "../../protocol/folder/entry.ts";
import { type RecordBody, recordKinds } from "../../protocol/records/record.ts";
import { emptyVector } from "../../protocol/records/version.ts";
import { decodeBeacon, sealBeacon } from "../../protocol/wire/beacon.ts";
import { blockSetBytes } from "../../protocol/content/patch.ts";
import { encodePieceRequest, pieceKinds } from "../../protocol/wire/content.ts";
import { encodeAnnouncement } from "../../protocol/wire/documents.ts";
import { encodeEntry } from "../../protocol/wire/entry.ts";
import { contentRootOf } from "../../protocol/ids.ts";
import { decodePart, decodeRecord, encodePart } from "../../protocol/wire/records.ts";
import { encodeRecordsRequest } from "../../protocol/wire/records-exchange.ts";
import type { Chance } from "./chance.ts";
import { worldEpochMs } from "./clock.ts";
import { flipped, nonsense } from "./hostile-bytes.ts";
import { sealAnything } from "./hostile-records.ts";
import type { SimulatedSite } from "./site.ts";

export interface HeardMessage {
  readonly topic: string;
  readonly data: Uint8Array;
}

/** What a liar has at hand. */
export interface Liar {
  readonly site: SimulatedSite;
  readonly chance: Chance;
  readonly identity: Identity;
  readonly network: Network;
  /** The latest that it heard in gossip. */
  readonly heard: readonly HeardMessage[];
  /** How many records each of its own writers has sealed, by the name of the life. */
  readonly sealed: Map<string, number>;
}

type Act = (liar: Liar) => void;

const protocols: readonly string[] = [recordsProtocol, documentsProtocol, contentProtocol, verifyProtocol];

export const hostileDeeds = {
  "malformed-requests": (liar) => {
    for (const protocol of protocols) ask(liar, protocol, nonsense(liar.chance.bytes(40), liar.chance));
  },
  "unknown-protocols": (liar) => ask(liar, "/cdmesh/9/anything", liar.chance.bytes(20)),
  "flood-of-requests": (liar) => {
    const body = encodeRecordsRequest({ kind: "delta", collection: folderOf(liar), context: new Map(), skip: [] });
    for (let times = 0; times < 60; times += 1) ask(liar, recordsProtocol, body);
  },
  "huge-contexts": (liar) => {
    const context = new Map(
      Array.from({ length: 500 }, () => [
        writerIdOf(liar.chance.bytes(32), liar.chance.bytes(8)),
        { sequence: 2 ** 52, frozenAt: undefined },
      ]),
    );
    ask(liar, recordsProtocol, encodeRecordsRequest({ kind: "delta", collection: folderOf(liar), context, skip: [] }));
  },
  "chunk-guessing": (liar) => {
    const names = Array.from({ length: 20 }, () => toHex(liar.chance.bytes(32)));
    const kind = liar.chance.pick(pieceKinds);
    // Whether it says that what it got was wrong: looking again must not cost more than it is worth.
    const doubted = liar.chance.happens(0.5);
    const wanted = kind === "blocks" ? names.map(() => liar.chance.bytes(blockSetBytes)) : [];
    const request = { folder: liar.site.folder, kind, names, wanted, doubted, compression: liar.chance.happens(0.5) };
    ask(liar, contentProtocol, encodePieceRequest(request));
  },
  "flood-of-gossip": (liar) => {
    for (let times = 0; times < 60; times += 1) gossip(liar, topicOfFolder(liar), liar.chance.bytes(100));
  },
  "malformed-gossip": (liar) => {
    const message = heardMessage(liar);
    if (message !== undefined) gossip(liar, message.topic, nonsense(message.data, liar.chance));
  },
  "altered-gossip": (liar) => {
    const message = heardMessage(liar);
    if (message !== undefined) gossip(liar, message.topic, flipped(message.data, liar.chance));
  },
  /** Gossip hears a message only once in two minutes, so it is made a little longer. */
  "replayed-gossip": (liar) => {
    const message = heardMessage(liar);
    if (message !== undefined) gossip(liar, message.topic, Buffer.concat([message.data, Uint8Array.of(0x98, 0x06, 1)]));
  },
  "largest-gossip": (liar) => gossip(liar, topicOfFolder(liar), new Uint8Array(limits.gossipBytesMax)),
  /** Under the writer of somebody else, with the liar's own signature. */
  "foreign-counters": (liar) => {
    const writer = heardWriter(liar);
    if (writer !== undefined)
      publish(liar, writer, 2 ** 30, [tombstoneOf(heardKey(liar) ?? "a", new Map([[writer, 2 ** 40]]))]);
  },
  /** Names that reach out of the folder, or into what the peer keeps for itself. */
  "impossible-names": (liar) => {
    const names = [
      "../out",
      "/etc/cron.d/x",
      ".cdmesh/staging/x",
      "a/../../x",
      "a//b",
      "",
      "x".repeat(300),
      "a/.",
      "b\\..\\c\0",
    ];
    publishOwn(
      liar,
      "names",
      names.map((key) => fileOf(key, liar.chance.bytes(32))),
    );
  },
  "impossible-entries": (liar) => {
    const payloads = [
      new Uint8Array(0),
      liar.chance.bytes(50),
      encodeEntry(fileEntry(liar.chance.bytes(32), Number.MAX_SAFE_INTEGER)).subarray(3),
    ];
    const records = payloads.map(
      (payload, at): RecordBody => ({ ...fileOf(`impossible ${at}`, new Uint8Array(32)), payload }),
    );
    publishOwn(liar, "entries", records);
  },
  /** Records of later versions are kept and mean nothing, whatever they look like. */
  "unknown-kinds": (liar) => {
    const records = ["what is that", "../out"].map((key) => ({ ...fileOf(key, new Uint8Array(32)), kind: 77 }));
    publishOwn(liar, "kinds", records);
  },
  /** A number far ahead, so that no later one may be left. */
  "sequence-jumps": (liar) =>
    publish(liar, ownWriter(liar, "jumps"), Number.MAX_SAFE_INTEGER - liar.chance.integer(9) - 1, [
      tombstoneOf("never there", emptyVector),
    ]),
  "far-future": (liar) => publishOwn(liar, "future", [tombstoneOf("never there", emptyVector)], 2 ** 45),
  /** Two batches with one number. */
  "double-dots": (liar) => {
    const writer = ownWriter(liar, `double ${liar.site.world.nowMs}`);
    for (const name of ["one", "other"]) publish(liar, writer, 1, [tombstoneOf(`never there ${name}`, emptyVector)]);
  },
  /** It says where somebody else can be reached. */
  "foreign-addresses": (liar) => {
    const record = { ...tombstoneOf(`address/${somebody(liar) ?? ""}`, emptyVector), kind: recordKinds.address };
    const part = sealAnything([record], {
      ...sealOf(liar),
      collection: membersCollection,
      writer: ownWriter(liar, `address ${liar.site.world.nowMs}`),
      first: 1,
      sealedAtMs: worldEpochMs,
    });
    gossip(liar, topicOf(liar, membersCollection), encodePart(part));
  },
  "false-beacons": (liar) => speak(liar, liar.identity.peer),
  /** In the name of somebody else, with the liar's own signature. */
  "borrowed-beacons": (liar) => speak(liar, somebody(liar) ?? liar.identity.peer),
  "false-announcements": (liar) => {
    const documents = ["policy", "site-license", "revocations", "anything"].map((kind) => ({
      kind,
      name: "site",
      version: 1 + liar.chance.integer(9),
      hash: toHex(liar.chance.bytes(32)),
    }));
    gossip(
      liar,
      `cdmesh/1/${liar.site.authority.site.slice(0, 16)}/documents`,
      encodeAnnouncement(liar.identity.peer, documents),
    );
  },
} as const satisfies Record<string, Act>;

/** Rights that a license gives, used to do harm: what comes of them stays, and honest peers agree on it. */
export const vandalDeeds = {
  /** It deletes what others have, in their sight. */
  deletes: (liar) => {
    const [key, writer] = [heardKey(liar), heardWriter(liar)];
    if (key === undefined || writer === undefined) return;
    publishOwn(liar, "deletes", [tombstoneOf(key, new Map([[writer, 2 ** 20]]))]);
  },
  /** Files whose content nobody has. */
  "content-of-nobody": (liar) =>
    publishOwn(liar, "nobody", [fileOf(`nobody has ${liar.chance.integer(4)}`, liar.chance.bytes(32))]),
  /** Causes beyond all that their writers have written so far. */
  "inflated-causes": (liar) => {
    const [key, writer] = [heardKey(liar), heardWriter(liar)];
    if (key === undefined || writer === undefined) return;
    publishOwn(liar, "causes", [tombstoneOf(key, new Map([[writer, 2 ** 50]]))]);
  },
} as const satisfies Record<string, Act>;

// --- Words of a liar ---------------------------------------------------------------------------------

function ask({ network, chance }: Liar, protocol: string, body: Uint8Array): void {
  const peers = network.connected();
  if (peers.length === 0) return;
  network.request(chance.pick(peers), protocol, body, { timeoutMs: 5_000 }).catch(() => undefined);
}

function gossip({ network }: Liar, topic: string, data: Uint8Array): void {
  network.publish(topic, data).catch(() => undefined);
}

function publish(liar: Liar, writer: WriterId, first: number, records: readonly RecordBody[], aheadMs = 0): void {
  const collection = folderOf(liar);
  const sealedAtMs = Math.floor(worldEpochMs + liar.site.world.nowMs + aheadMs);
  const part = sealAnything(records, { ...sealOf(liar), collection, writer, first, sealedAtMs });
  gossip(liar, topicOf(liar, collection), encodePart(part));
}

/** Under a writer of the liar's own, a life for each kind of lie, so that none spoils another: numbers without a gap. */
function publishOwn(liar: Liar, life: string, records: readonly RecordBody[], aheadMs = 0): void {
  const sealed = liar.sealed.get(life) ?? 0;
  liar.sealed.set(life, sealed + records.length);
  publish(liar, ownWriter(liar, life), sealed + 1, records, aheadMs);
}

function speak(liar: Liar, peer: PeerId): void {
  const { site, chance, identity } = liar;
  const topic = topicOf(liar, "beacon");
  const heard = liar.heard.findLast((message) => message.topic === topic);
  const sealed = heard && decodeBeacon(heard.data);
  if (sealed === undefined || "code" in sealed) return;
  const collections = sealed.beacon.collections.map((summary) => ({
    ...summary,
    contextDigest: toHex(chance.bytes(32)),
    count: chance.integer(99),
  }));
  const lie = {
    peer,
    life: 2 ** 40,
    sequence: Math.floor(site.world.nowMs),
    sealedAtMs: 2 ** 45,
    documentsDigest: toHex(chance.bytes(32)),
    policyVersion: 999,
    leaving: chance.happens(0.2),
  };
  gossip(liar, topic, sealBeacon({ ...sealed.beacon, ...lie, collections }, identity.signingKey));
}

function topicOf({ site }: Liar, what: string): string {
  return `cdmesh/1/${site.authority.site.slice(0, 16)}/${what}`;
}

function topicOfFolder(liar: Liar): string {
  return topicOf(liar, folderOf(liar));
}

function folderOf({ site }: Liar): ReturnType<typeof folderCollection> {
  return folderCollection(site.folder);
}

function sealOf({ identity, site }: Liar): {
  readonly identity: Identity;
  readonly site: typeof site.authority.site;
  readonly policyVersion: number;
} {
  return { identity, site: site.authority.site, policyVersion: 1 };
}

/** Each lie under a life of its own, so that none spoils another. */
function ownWriter({ identity, chance }: Liar, life: string): WriterId {
  return writerIdOf(identity.signingKey.publicKey.bytes, chance.fork(life).bytes(8));
}

function somebody({ network, chance }: Liar): PeerId | undefined {
  const peers = network.connected();
  return peers.length === 0 ? undefined : chance.pick(peers);
}

function heardMessage({ heard, chance }: Liar): HeardMessage | undefined {
  return heard.length === 0 ? undefined : chance.pick(heard);
}

function heardWriter(liar: Liar): WriterId | undefined {
  return heardPart(liar)?.head.header.writer;
}

/** A path that an honest peer wrote. */
function heardKey(liar: Liar): string | undefined {
  const part = heardPart(liar);
  const record = part?.records[0];
  return part && record && decodeRecord(record, part.head.header.writer)?.key;
}

function heardPart(liar: Liar): ReturnType<typeof decodePart> {
  const parts = liar.heard.filter(({ topic }) => topic === topicOfFolder(liar)).map(({ data }) => decodePart(data));
  return parts.findLast((part) => part !== undefined && part.records.length > 0);
}

function tombstoneOf(key: string, causes: RecordBody["causes"]): RecordBody {
  return { kind: recordKinds.fileEntry, key, causes, tombstone: true, payload: encodeEntry({ kind: "deleted" }) };
}

function fileOf(key: string, root: Uint8Array): RecordBody {
  return {
    kind: recordKinds.fileEntry,
    key,
    causes: emptyVector,
    tombstone: false,
    payload: encodeEntry(fileEntry(root, 1_000)),
  };
}

function fileEntry(root: Uint8Array, size: number): Entry {
  return { kind: "file", size, mode: 0o644, mtimeUs: 1, root: contentRootOf(root) };
}
