/** Who may not speak: each refused at the connection, told why, and without any effect. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test, type TestContext } from "node:test";
import { gossipsub, StrictNoSign } from "@chainsafe/libp2p-gossipsub";
import { noise } from "@chainsafe/libp2p-noise";
import { generateKeyPairFromSeed } from "@libp2p/crypto/keys";
import { identify } from "@libp2p/identify";
import type { Stream } from "@libp2p/interface";
import { tcp } from "@libp2p/tcp";
import { yamux } from "@libp2p/yamux";
import { multiaddr } from "@multiformats/multiaddr";
import { encode } from "it-length-prefixed";
import { createLibp2p } from "libp2p";
import { helloProtocol, Talk } from "../../node/adapters/libp2p/hello.ts";
import { verifyProtocol } from "../../node/control/copy-server.ts";
import { recordsProtocol } from "../../node/records/exchange.ts";
import { sealBatches } from "../../node/records/sealing.ts";
import { contentProtocol } from "../../node/sync/fetcher.ts";
import { documentsProtocol } from "../../node/trust/document-sync.ts";
import { decodeEnvelope, encodeEnvelope } from "../../protocol/documents/envelope.ts";
import { encodeEnvelopeFile } from "../../protocol/documents/file.ts";
import { instantOfMs } from "../../protocol/documents/instant.ts";
import { writerIdOf } from "../../protocol/ids.ts";
import { limits } from "../../protocol/limits.ts";
import { recordKinds } from "../../protocol/records/record.ts";
import { emptyVector } from "../../protocol/records/version.ts";
import type { RefusalCode } from "../../protocol/refusal.ts";
import { encodePieceRequest } from "../../protocol/wire/content.ts";
import { encodeDocumentsRequest } from "../../protocol/wire/documents.ts";
import { encodeEntry } from "../../protocol/wire/entry.ts";
import { decodeHello, encodeHello, type Hello } from "../../protocol/wire/hello.ts";
import { encodePart } from "../../protocol/wire/records.ts";
import { encodeRecordsRequest } from "../../protocol/wire/records-exchange.ts";
import { encodeVerifyRequest } from "../../protocol/wire/verify.ts";
import { identityOf, press, pressRecords, type SitePeer, SocketSite, until } from "./socket-site.ts";

const site = new SocketSite("press");
const otherSite = new SocketSite("another");
/** A member that no other peer knows of yet. */
const memberNumber = 4;
const memberLicense = site.license(memberNumber);
const revokedNumber = 9;
const revokedLicense = site.license(revokedNumber);
const revocations = site.revoke(revokedNumber);
const topic = `cdmesh/1/${site.authority.site.slice(0, 16)}/${pressRecords}`;
/** Long enough to try all doors, short enough to wait for. */
const helloTimeoutMs = 2_000;

let first: SitePeer;
let second: SitePeer;

before(async () => {
  const documents = (number: number) => [site.licenseFile(site.license(number)), revocations, site.policy()];
  first = await site.peer(1, { documents: documents(1), times: { helloTimeoutMs } });
  second = await site.peer(2, { documents: documents(2), knows: [first] });
  await mkdir(join(first.root, "before"));
  await until("both are whole", () => existsSync(join(second.root, "before")));
  await until("both are quiet", () => [first, second].every(isIdle));
});

after(async () => {
  // They live on as before.
  await mkdir(join(first.root, "after"));
  await until("both are whole", () => existsSync(join(second.root, "after")));
  await Promise.all([site.stop(), otherSite.stop()]);
});

describe("a whole peer that knocks", () => {
  const cases: readonly {
    readonly sentence: string;
    readonly code: RefusalCode;
    readonly start: () => Promise<SitePeer>;
  }[] = [
    {
      sentence: "P1: an unlicensed peer is refused, which both sides log, and without effect",
      code: "license-missing",
      start: () => strangerWith(11, [encodeEnvelopeFile(site.siteLicense)]),
    },
    {
      sentence: "P1: a peer with a license of another site is refused, which both sides log, and without effect",
      code: "site-foreign",
      start: () => otherSite.peer(12, { knows: [first] }),
    },
    {
      sentence: "P1: a peer whose seat was revoked is refused, which both sides log, and without effect",
      code: "seat-revoked",
      start: () => strangerWith(revokedNumber, [site.licenseFile(revokedLicense)]),
    },
    {
      sentence: "P5: a peer whose license is over is refused, which both sides log, and without effect",
      code: "license-expired",
      start: () => strangerWith(13, [site.licenseFile(site.license(13, ["watch"], { notAfter: anHourAgo() }))]),
    },
  ];
  for (const { sentence, code, start } of cases) {
    test(sentence, async () => {
      const earlier = standing();
      const stranger = await start();
      await mkdir(join(stranger.root, "from a stranger"));
      await until("it was refused", () => stranger.refusals(first).length > 0);
      assert.deepEqual(stranger.refusals(first)[0], ["them", code]);
      assert.deepEqual(first.refusals(stranger)[0], ["us", code]);
      assert.deepEqual(stranger.network.connected(), []);
      assert.ok(!existsSync(join(stranger.root, "before")));
      await stranger.stop();
      assert.deepEqual(standing(), earlier);
    });
  }

  function strangerWith(number: number, licenses: readonly Uint8Array[]): Promise<SitePeer> {
    return site.peer(number, { documents: [...licenses, site.policy()], knows: [first] });
  }
});

describe("a hello that was made by hand", () => {
  const cases: readonly {
    readonly sentence: string;
    readonly code: RefusalCode;
    readonly hello: () => Promise<Uint8Array>;
  }[] = [
    {
      sentence: "P1: a tampered license is refused, which both sides log, and without effect",
      code: "signature-invalid",
      hello: () => helloWith(21, { installLicense: tampered(site.license(21)) }),
    },
    {
      sentence: "P1: a license of another peer is refused",
      code: "license-of-another-peer",
      hello: () => helloWith(22, { installLicense: memberLicense }),
    },
    {
      sentence: "P1: a license of another site under this site's name is refused",
      code: "signature-invalid",
      hello: () => helloWith(23, { installLicense: otherSite.license(23) }),
    },
    {
      sentence: "P1: another authority's site license under this site's name is refused",
      code: "signature-invalid",
      hello: () => helloWith(24, { siteLicense: otherSite.siteLicense }),
    },
    {
      sentence: "P1: a tampered site license is refused",
      code: "signature-invalid",
      hello: () => helloWith(25, { siteLicense: tampered(site.siteLicense) }),
    },
    {
      sentence: "FORMATS 10: a peer of a later protocol only is refused",
      code: "version-unsupported",
      hello: () => helloWith(26, { versionMin: 2, versionMax: 3 }),
    },
  ];
  for (const [at, { sentence, code, hello }] of cases.entries()) {
    test(sentence, async () => {
      const earlier = standing();
      const stranger = await site.outsider(21 + at, { hello: await hello() });
      stranger.calls(first);
      await until("it was refused", () => stranger.refusals(first).length > 0);
      assert.deepEqual(stranger.refusals(first)[0], ["them", code]);
      assert.deepEqual(first.refusals(stranger)[0], ["us", code]);
      await stranger.stop();
      assert.deepEqual(standing(), earlier);
    });
  }

  test("P1: a stranger that is called by an honest peer is refused as well", async () => {
    const stranger = await site.outsider(27, { hello: await helloWith(27, { installLicense: undefined }) });
    const caller = await site.peer(5, { knows: [first, stranger] });
    await until("it was refused", () => stranger.refusals(caller).length > 0);
    assert.deepEqual(stranger.refusals(caller)[0], ["them", "license-missing"]);
    assert.deepEqual(caller.refusals(stranger)[0], ["us", "license-missing"]);
    await until("the caller is in", () => caller.isConnectedTo(first));
    await caller.stop();
  });
});

describe("doors", () => {
  for (const { sentence, sayHello } of [
    {
      sentence: "FORMATS 27: who says no hello gets no gossip, no answer to any request, and has no effect",
      sayHello: false,
    },
    {
      sentence: "FORMATS 27: who was refused gets no gossip, no answer to any request, and has no effect",
      sayHello: true,
    },
  ]) {
    test(sentence, async (t) => {
      const earlier = standing();
      const { host, heard, opened } = await rawHost(t, 31);
      const connection = await host.dial(first.network.addresses().map((address) => multiaddr(address)));
      if (sayHello) {
        const talk = new Talk(await connection.newStream(helloProtocol));
        const hello = await helloWith(31, { installLicense: undefined });
        const outcome = await talk.introduce(first.id, { hello: () => hello, judge: () => undefined });
        assert.ok(outcome.kind === "refused" && outcome.by === "them" && outcome.refusal.code === "license-missing");
      }
      const [asked, answers]: [string[], string[]] = [[], []];
      await Promise.allSettled(
        [...requests()].map(async ([protocol, body]) => {
          const stream = await connection.newStream(protocol);
          stream.addEventListener("message", () => answers.push(protocol));
          stream.send(encode.single(body));
          asked.push(protocol);
        }),
      );
      if (!sayHello) {
        assert.equal(asked.length, requests().size);
        await until("it gossips at the door", () => connection.streams.some(isGossip));
      }
      // Sound in itself: from a member it is taken, as the next test shows.
      await host.services.gossip.publish(topic, batchOfMember("smuggled"));
      await mkdir(join(first.root, `gossip ${sayHello}`));
      await until("the members gossip", () => existsSync(join(second.root, `gossip ${sayHello}`)));
      await until("it is out", () => connection.status !== "open");
      assert.deepEqual([answers, heard, opened], [[], [], []]);
      assert.deepEqual(await first.replica.state("smuggled"), []);
      assert.deepEqual(members(), earlier.members);
    });
  }

  test("a member gets all that: gossip, an answer to each request, and its batches count", async () => {
    assert.deepEqual([...requests().keys()].toSorted(), protocolsOf(first), "each protocol of a peer is tried");
    const member = await site.outsider(memberNumber, { license: memberLicense, topics: [topic] });
    member.calls(first);
    await until("it is in", () => member.network.connected().includes(first.id));
    for (const [protocol, body] of requests()) {
      const answer = await member.network.request(first.id, protocol, body, { timeoutMs: 10_000 });
      assert.ok(answer.length > 0, protocol);
    }
    await mkdir(join(first.root, "told to members"));
    await until("it hears gossip", () => member.partsOf(first).length > 0);
    await member.network.publish(topic, batchOfMember("smuggled"));
    await until("its batch counts", () => existsSync(join(second.root, "smuggled")));
    await member.stop();
  });

  test("P5: a seat that is revoked while its peer is connected is shown out, and told why", async () => {
    const leaving = await site.peer(6, { knows: [first] });
    await until("it is in", () => [first, second].every((peer) => peer.isConnectedTo(leaving)));
    const messenger = await site.peer(7, {
      documents: [site.licenseFile(site.license(7)), site.revoke(6), site.policy()],
      knows: [second],
    });
    await until("it is out", () => [first, second].every((peer) => !peer.isConnectedTo(leaving)));
    for (const peer of [first, second]) {
      await until("both sides say so", () => leaving.refusals(peer).length > 0);
      assert.ok(leaving.refusals(peer).some(([, code]) => code === "seat-revoked" || code === "self-unlicensed"));
      assert.ok(peer.refusals(leaving).some(([, code]) => code === "seat-revoked" || code === "self-unlicensed"));
    }
    assert.ok(!members().includes(leaving.id));
    await leaving.stop();
    await messenger.stop();
  });
});

function isGossip({ protocol }: Stream): boolean {
  return protocol.startsWith("/meshsub/");
}

/** All that a stranger could change. */
/** What a stranger could have changed. The token of store and root is renewed by itself, some time after a change. */
function standing() {
  const rows = [...first.rows()].filter(([key]) => !key.startsWith("fpress"));
  return { members: members(), connected: first.network.connected(), rows };
}

function members() {
  return first.peer.control.status().peers.map(({ peer }) => peer);
}

function isIdle(peer: SitePeer): boolean {
  return peer.peer.control.status().folders.every(({ state }) => state === "idle");
}

function anHourAgo() {
  return instantOfMs(Date.now() - 3_600_000);
}

/** One word of it differs from what was signed. */
function tampered(envelope: Uint8Array): Uint8Array {
  const decoded = decodeEnvelope(envelope, limits.licenseBytesMax);
  assert.ok(!("code" in decoded));
  const payload = Buffer.from(decoded.payload).toString().replace('"company":"Example"', '"company":"Exomple"');
  const changed = payload.replace('"region":"eu"', '"region":"us"');
  assert.notEqual(changed, Buffer.from(decoded.payload).toString());
  return encodeEnvelope({ ...decoded, payload: new Uint8Array(Buffer.from(changed)) });
}

async function helloWith(number: number, changes: Partial<Hello>): Promise<Uint8Array> {
  const hello = decodeHello(await site.helloOf(number, site.license(number)));
  assert.ok(!("code" in hello));
  return encodeHello({ ...hello, ...changes });
}

/** A sound question of each request protocol. */
function requests(): ReadonlyMap<string, Uint8Array> {
  return new Map([
    [recordsProtocol, encodeRecordsRequest({ kind: "delta", collection: pressRecords, context: new Map(), skip: [] })],
    [documentsProtocol, encodeDocumentsRequest([])],
    [
      contentProtocol,
      encodePieceRequest({
        folder: press,
        kind: "file",
        names: ["00".repeat(32)],
        wanted: [],
        doubted: false,
        compression: false,
      }),
    ],
    [verifyProtocol, encodeVerifyRequest({ ask: "state", folder: press })],
  ]);
}

function protocolsOf(peer: SitePeer): readonly string[] {
  const protocols = peer.network.libp2p?.getProtocols() ?? [];
  return protocols.filter((name) => name.startsWith("/cdmesh/") && name !== helloProtocol).toSorted();
}

/** A directory, told of by a member in good standing. */
function batchOfMember(key: string): Uint8Array {
  const identity = identityOf(memberNumber);
  const payload = encodeEntry({ kind: "directory", mode: 0o755 });
  const seal = {
    identity,
    site: site.authority.site,
    collection: pressRecords,
    writer: writerIdOf(identity.signingKey.publicKey.bytes, new Uint8Array(8).fill(1)),
    first: 1,
    policyVersion: 1,
    sealedAtMs: Date.now(),
  };
  const draft = { kind: recordKinds.fileEntry, key, causes: emptyVector, tombstone: false, payload };
  return encodePart(sealBatches([draft], seal)[0]?.part ?? assert.fail());
}

/** A libp2p host with gossip that keeps to no rule of the mesh. */
async function rawHost(t: TestContext, number: number) {
  const host = await createLibp2p({
    privateKey: await generateKeyPairFromSeed("Ed25519", new Uint8Array(32).fill(number)),
    addresses: { listen: ["/ip4/127.0.0.1/tcp/0"] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: {
      identify: identify(),
      gossip: gossipsub({ globalSignaturePolicy: StrictNoSign, allowPublishToZeroTopicPeers: true }),
    },
    connectionMonitor: { enabled: false },
  });
  t.after(() => host.stop());
  const [heard, opened]: [string[], string[]] = [[], []];
  host.services.gossip.subscribe(topic);
  host.services.gossip.addEventListener("message", (event) => heard.push(event.detail.topic));
  await host.handle([...requests().keys()], (stream) => {
    opened.push(stream.protocol);
  });
  return { host, heard, opened };
}
