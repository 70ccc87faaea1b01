import assert from "node:assert/strict";
import { test } from "node:test";
import { TrustError } from "../../../node/trust/trust.ts";
import { encodeLicenseFile } from "../../../protocol/documents/file.ts";
import { instantOfMs } from "../../../protocol/documents/instant.ts";
import { encodeEnvelopeFile } from "../../../protocol/documents/file.ts";
import { folderCollection, parseFolderId } from "../../../protocol/ids.ts";
import { decodeHello, encodeHello } from "../../../protocol/wire/hello.ts";
import { FakeAuthority } from "../../../simulations/world/authority.ts";
import { worldEpochMs } from "../../../simulations/world/clock.ts";
import { assertRefused, peerOf, writerOf } from "../../protocol/documents/documents.ts";
import { Bench, everywhere, far, type Machine, web1, web2 } from "./bench.ts";

const dayMs = 86_400_000;
const press = parseFolderId("press") ?? assert.fail();

async function refusesToStart(machine: Machine, files: readonly Uint8Array[], code: string): Promise<void> {
  await assert.rejects(machine.start(files), (error) => error instanceof TrustError && error.refusal.code === code);
}

/** What a peer would show, were it honest or not. */
function shown(machine: Machine, changes: Partial<Parameters<typeof encodeHello>[0]> = {}): Uint8Array {
  const hello = decodeHello(machine.trust.hello());
  assert.ok(!("code" in hello));
  return encodeHello({ ...hello, ...changes });
}

// --- First trust ---------------------------------------------------------------------------------

test("the first start pins the site of the license file, and later ones need no file", async () => {
  const a = await new Bench().peer("a");
  assert.equal(a.trust.site, a.authority.site);
  a.crash();
  await a.start();
  assert.equal(a.trust.site, a.authority.site);
  assert.equal(a.trust.own()?.place.server, "web-1");
});

test("a first start without a license has no site to belong to", async () => {
  const bench = new Bench();
  await refusesToStart(bench.machine("a"), [], "license-missing");
  await refusesToStart(bench.machine("a"), [bench.authority.policy({ version: 1, folders: [] })], "license-missing");
});

test("P1: a license file of another site is refused once a site is pinned", async () => {
  const bench = new Bench();
  const a = await bench.peer("a");
  const other = new FakeAuthority("other");
  const file = other.licenseFile(a.peer, web1, ["watch"]);
  a.crash();
  await refusesToStart(a, [file], "site-foreign");
  await a.start();
  assert.equal(a.trust.site, bench.authority.site);
});

test("P1: a file that was tampered with pins nothing and starts nothing", async () => {
  const bench = new Bench();
  const a = bench.machine("a");
  const file = Buffer.from(bench.authority.licenseFile(a.peer, web1, ["watch"])).toString();
  const siteSignature = file.indexOf('"sig"') + 10;
  const tampered = `${file.slice(0, siteSignature)}${file[siteSignature] === "A" ? "B" : "A"}${file.slice(siteSignature + 1)}`;
  await refusesToStart(a, [Buffer.from(tampered)], "signature-invalid");
  await refusesToStart(a, [Buffer.from("{}")], "document-malformed");
  assert.equal(a.store.size, 0);
});

test("P1: a license file of another peer starts nothing, whether this peer has one of its own or not", async () => {
  const bench = new Bench();
  const mixedUp = bench.authority.licenseFile(peerOf("someone"), web1, ["watch"]);
  await refusesToStart(bench.machine("a"), [mixedUp], "license-of-another-peer");
  const b = await bench.peer("b", web2);
  b.crash();
  await refusesToStart(b, [mixedUp], "license-of-another-peer");
  await b.start([]);
  assert.equal(b.trust.ownProblem(), undefined);
});

test("P4: a policy file older than what is stored is ignored with a line", async () => {
  const bench = new Bench();
  const a = await bench.peer("a");
  await a.offer(bench.authority.policy({ version: 4, folders: everywhere }));
  a.crash();
  await a.start([encodeEnvelopeFile(bench.authority.policy({ version: 3, folders: [] }))]);
  assert.equal(a.trust.policyVersion(), 4);
  assert.equal(a.trust.policyAt(3), undefined);
  assert.deepEqual(a.logged("file-older")[0]?.facts, { kind: "policy", version: 3, current: 4 });
});

test("P4: an older license file than the stored one is ignored with a line, a newer one takes effect", async () => {
  const bench = new Bench();
  const a = bench.machine("a");
  const [older, newer] = [web1, far].map((place) => bench.authority.licenseFile(a.peer, place, ["watch"]));
  const same = bench.authority.licenseFile(a.peer, far, ["watch", "serve"]);
  await a.start([newer ?? assert.fail()]);
  assert.equal(a.trust.own()?.place.region, "busan");
  a.crash();
  await a.start([older ?? assert.fail()]);
  assert.equal(a.trust.own()?.place.region, "busan");
  assert.equal(a.logged("file-older").length, 1);
  a.crash();
  await a.start([same]);
  assert.ok(a.trust.own()?.roles.has("serve"));
  a.crash();
  await a.start([newer ?? assert.fail()]);
  assert.equal(a.logged("file-older").length, 1);
  assert.ok(a.trust.own()?.roles.has("serve"));
});

// --- Questions -----------------------------------------------------------------------------------

test("the policy in force says who holds what; folders of nobody are held by nobody", async () => {
  const bench = new Bench();
  const a = await bench.peer("a");
  await a.offer(bench.authority.admit(peerOf("b"), far, ["serve"]));
  assert.deepEqual(a.trust.ownFolders(), []);
  assert.equal(a.trust.policyVersion(), 0);
  await a.offer(
    bench.authority.policy({ version: 1, folders: [...everywhere, { id: "far", holders: [{ region: "busan" }] }] }),
  );
  assert.deepEqual(a.trust.ownFolders(), ["press"]);
  assert.deepEqual(
    a.trust
      .holders(press)
      .map(({ peer }) => peer)
      .toSorted(),
    [a.peer, peerOf("b")].toSorted(),
  );
  assert.deepEqual(
    a.trust.holders(parseFolderId("far") ?? assert.fail()).map(({ peer }) => peer),
    [peerOf("b")],
  );
  assert.deepEqual(a.trust.holders(parseFolderId("none") ?? assert.fail()), []);
  assert.ok(a.trust.holds(peerOf("b"), press) && !a.trust.holds(peerOf("stranger"), press));
  await a.offer(bench.authority.policy({ version: 2, folders: [{ id: "press", holders: [{ region: "busan" }] }] }));
  assert.deepEqual(a.trust.ownFolders(), []);
  assert.equal(a.trust.policyAt(1)?.folders.length, 2);
});

test("P1: a batch that was held is accepted once its documents are here, and listeners hear of it", async () => {
  const bench = new Bench();
  const a = await bench.peer("a");
  const collection = folderCollection(press);
  const facts = { site: a.site, peer: peerOf("b"), writer: writerOf("b"), first: 1, count: 1, policyVersion: 1 };
  const batch = { ...facts, collection };
  let heard = 0;
  a.trust.onChange(() => {
    heard += 1;
  });
  assert.equal(a.trust.judgeBatch(batch).kind, "hold");
  await a.offer(bench.authority.admit(peerOf("b"), web2, ["watch"]));
  await bench.pass(1_000);
  assert.equal(heard, 1);
  await a.offer(bench.authority.policy({ version: 1, folders: everywhere }));
  assert.equal(heard, 2);
  assert.equal(a.trust.judgeBatch(batch).kind, "accept");
  await a.offer(bench.authority.revoke(peerOf("b"), [{ writer: writerOf("b"), lastValid: 0 }]));
  assert.equal(a.trust.judgeBatch(batch).kind, "refuse");
  assert.equal(a.trust.lastValid(writerOf("b"), collection), 0);
});

test("documents that come in a row are told of together", async () => {
  const bench = new Bench();
  const a = await bench.peer("a");
  await bench.pass(1_000);
  let heard = 0;
  a.trust.onChange(() => {
    heard += 1;
  });
  for (let at = 0; at < 50; at += 1) await a.offer(bench.authority.admit(peerOf(`peer ${at}`), web2, []));
  await bench.pass(1_000);
  assert.equal(heard, 2);
  assert.equal(a.trust.members().length, 51);
});

// --- Admission -----------------------------------------------------------------------------------

test("a peer of the site is welcome, and a member from that moment on", async () => {
  const bench = new Bench();
  const [a, b] = [await bench.peer("a"), await bench.peer("b", web2)];
  assert.equal(a.trust.member(b.peer), undefined);
  assert.equal(a.trust.judge(b.peer, b.trust.hello()), undefined);
  assert.deepEqual(a.trust.member(b.peer)?.place, web2);
  assert.equal(a.trust.shownDigest(b.peer), b.trust.documentsDigest());
  await bench.pass(100);
  assert.deepEqual(a.trust.members().length, 2);
  a.crash();
  await a.start();
  assert.deepEqual(a.trust.member(b.peer)?.place, web2);
});

test("P1: each fault of a hello is refused with its reason, and nothing of it is kept", async () => {
  const bench = new Bench();
  const [a, b] = [await bench.peer("a"), await bench.peer("b", web2)];
  const other = new FakeAuthority("other");
  const flipped = (envelope: Uint8Array): Uint8Array => envelope.map((byte, at) => (at === 60 ? byte ^ 1 : byte));
  const { authority } = bench;
  const elder = authority.issueSiteLicense({ name: "elder" });
  const limits = { regions: 1, groups: 1, servers: 2, watchers: 2 };
  const cases = [
    [new Uint8Array([255]), "message-malformed"],
    [shown(b, { versionMin: 2, versionMax: 3 }), "version-unsupported"],
    [shown(b, { versionMin: 0, versionMax: 0 }), "version-unsupported"],
    [shown(b, { site: other.site }), "site-foreign"],
    [shown(b, { siteLicense: new Uint8Array() }), "document-malformed"],
    [shown(b, { siteLicense: other.siteLicense() }), "signature-invalid"],
    [shown(b, { siteLicense: flipped(authority.siteLicense()) }), "document-malformed"],
    [shown(b, { installLicense: undefined }), "license-missing"],
    [shown(b, { installLicense: other.admit(b.peer, web2, []) }), "signature-invalid"],
    [shown(b, { installLicense: elder }), "document-malformed"],
    [shown(b, { siteLicense: authority.admit(b.peer, web2, []) }), "document-malformed"],
    [shown(b, { installLicense: authority.admit(peerOf("c"), web2, []) }), "license-of-another-peer"],
    [a.trust.hello(), "license-of-another-peer"],
    [
      shown(b, { installLicense: authority.admit(b.peer, web2, [], { notAfter: authority.notBefore }) }),
      "license-expired",
    ],
    [
      shown(b, { installLicense: authority.admit(b.peer, web2, [], { notBefore: authority.notAfter }) }),
      "license-not-yet-valid",
    ],
    [shown(b, { installLicense: authority.admit(b.peer, web2, [], { seat: 1_001 }) }), "seat-above-limit"],
    [
      shown(b, {
        siteLicense: authority.issueSiteLicense({ limits }),
        installLicense: authority.admit(b.peer, far, []),
      }),
      "seat-above-limit",
    ],
  ] as const;
  const digest = a.trust.documentsDigest();
  for (const [hello, code] of cases) {
    assertRefused(a.trust.judge(b.peer, hello), code);
    assert.equal(a.trust.member(b.peer), undefined);
  }
  await bench.pass(1_000);
  assert.equal(a.trust.documentsDigest(), digest);
});

test("P4: a second license under one number is refused, and kept as proof", async () => {
  const bench = new Bench();
  const [a, b] = [await bench.peer("a"), await bench.peer("b", web2)];
  const first = bench.authority.admit(b.peer, web2, []);
  await a.offer(first);
  const serial = a.trust.documents.set.licensesOf(b.peer)[0]?.version ?? assert.fail();
  const second = bench.authority.admit(b.peer, far, [], { serial });
  assertRefused(a.trust.judge(b.peer, shown(b, { installLicense: second })), "document-equivocation");
  await bench.pass(1_000);
  assert.equal(a.logged("document-equivocation").length, 1);
});

test("a peer that shows an older license than the one known of it is welcome: the renewal is on its way", async () => {
  const bench = new Bench();
  const [a, b] = [await bench.peer("a"), await bench.peer("b", web2)];
  await a.offer(bench.authority.admit(b.peer, far, ["serve"]));
  assert.equal(a.trust.judge(b.peer, b.trust.hello()), undefined);
  assert.deepEqual(a.trust.member(b.peer)?.place, far);
});

test("a license that was issued this minute is welcome at a peer whose clock is behind", async () => {
  const bench = new Bench();
  const [a, b] = [await bench.peer("a"), await bench.peer("b", web2)];
  const issuedAt = instantOfMs(worldEpochMs + 60_000);
  const fresh = bench.authority.admit(b.peer, web2, [], { issuedAt, notBefore: issuedAt });
  assert.equal(a.trust.judge(b.peer, shown(b, { installLicense: fresh })), undefined);
  await bench.pass(100);
  assert.deepEqual(a.trust.member(b.peer)?.serial, 4);
});

test("P5: a license that ended is refused by a clock set back, once the authority is known to have spoken later", async () => {
  const bench = new Bench();
  const a = await bench.peer("a");
  const b = bench.machine("b");
  const notAfter = instantOfMs(worldEpochMs + dayMs);
  const installLicense = bench.authority.admit(b.peer, web2, [], { notAfter });
  await b.start([
    encodeLicenseFile({ siteLicense: bench.authority.siteLicense(), installLicense, revocations: undefined }),
  ]);
  assert.equal(a.trust.judge(b.peer, b.trust.hello()), undefined);
  // A newer document of the authority, of whatever kind, says how late it is at least.
  await a.offer(bench.authority.admit(peerOf("c"), far, [], { issuedAt: instantOfMs(worldEpochMs + 2 * dayMs) }));
  a.clock.stepWall(-10 * dayMs);
  assertRefused(a.trust.judge(b.peer, b.trust.hello()), "license-expired");
  assertRefused(a.trust.standing(b.peer), "license-expired");
  a.skewMs = -30 * dayMs;
  a.crash();
  await a.start();
  assertRefused(a.trust.judge(b.peer, b.trust.hello()), "license-expired");
});

test("P5: a license that ends by the time alone is told of, and its peer is no member any more", async () => {
  const bench = new Bench();
  const a = await bench.peer("a");
  await a.offer(bench.authority.admit(peerOf("b"), web2, [], { notAfter: instantOfMs(worldEpochMs + 3_600_000) }));
  await bench.pass(1_000);
  let heard = 0;
  a.trust.onChange(() => {
    heard += 1;
  });
  await bench.pass(3_500_000);
  assert.equal(a.trust.members().length, 2);
  assert.equal(heard, 0);
  await bench.pass(110_000);
  assert.equal(heard, 1);
  assert.equal(a.trust.members().length, 1);
  // Somebody sets the calendar back: the license lives again, for nothing later is known.
  a.clock.stepWall(-1_800_000);
  await bench.pass(60_000);
  assert.equal(heard, 2);
  assert.equal(a.trust.members().length, 2);
});
