import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DocumentSet } from "../../../protocol/documents/document-set.ts";
import { sealEnvelope } from "../../../protocol/documents/envelope.ts";
import { siteLicenseType } from "../../../protocol/documents/license.ts";
import { policyType } from "../../../protocol/documents/policy.ts";
import { revocationsType } from "../../../protocol/documents/revocations.ts";
import { signDocument } from "../../../protocol/documents/verified.ts";
import { toHex } from "../../../protocol/ids.ts";
import { limits } from "../../../protocol/limits.ts";
import { FakeAuthority } from "../../../simulations/world/authority.ts";
import {
  assertRefused,
  far,
  fieldsOf,
  keyOf,
  offer,
  opened,
  peerOf,
  setOf,
  verified,
  web1,
  web2,
  writerOf,
} from "./documents.ts";

const press = [{ id: "press", holders: [{ region: "seoul" }] }];

test("a document is new once and known ever after", () => {
  const site = new FakeAuthority("s");
  const set = new DocumentSet(site.site);
  const license = site.siteLicense();
  assert.equal(offer(set, license), "new");
  assert.equal(offer(set, license), "known");
  assert.equal(set.siteLicense()?.document.name, "example");
});

test("P1: documents of another site are refused, whoever signed them", () => {
  const site = new FakeAuthority("s");
  const other = new FakeAuthority("t");
  const set = setOf(site, site.siteLicense());
  assertRefused(offer(set, other.siteLicense()), "signature-invalid");
  assertRefused(offer(set, other.admit(peerOf("a"), web1, [])), "signature-invalid");
  // One administrator of two sites: a policy of the one is none of the other.
  const foreign = signDocument(policyType, { site: other.site, version: 1, folders: [] }, [site.administratorKey]);
  assertRefused(offer(set, foreign), "site-foreign");
});

test("P1: a policy counts when an administrator of the site license or the authority signed it", () => {
  const site = new FakeAuthority("s");
  const set = new DocumentSet(site.site);
  const draft = { version: 1, folders: press };
  // Nobody has said yet who the administrators are.
  assertRefused(offer(set, site.policy(draft)), "signature-invalid");
  assert.equal(offer(set, site.siteLicense()), "new");
  assertRefused(offer(set, site.policy(draft, keyOf("stranger"))), "signature-invalid");
  assert.equal(offer(set, site.policy(draft)), "new");
  assert.equal(offer(set, site.policy({ ...draft, version: 2 }, site.key)), "new");
  assert.equal(set.policy()?.version, 2);
});

test("P1: an administrator may sign no licenses and no revocations", () => {
  const site = new FakeAuthority("s");
  const set = setOf(site, site.siteLicense());
  for (const envelope of [site.admit(peerOf("a"), web1, []), site.revoke(peerOf("a"))]) {
    const { payloadType, payload } = opened(envelope);
    assertRefused(offer(set, sealEnvelope(payloadType, payload, [site.administratorKey])), "signature-invalid");
  }
});

test("an administrator who left signed what counts up to the version that the site license names", () => {
  const site = new FakeAuthority("s");
  const administrator = { name: "left", publicKey: toHex(site.administratorKey.publicKey.bytes) };
  const licenses = [
    site.siteLicense(),
    site.issueSiteLicense({ administrators: [{ ...administrator, lastPolicyVersion: 2 }] }),
  ];
  const policies = [1, 2, 3].map((version) => site.policy({ version, folders: press }));
  const before = setOf(site, ...licenses.slice(0, 1), ...policies);
  assert.equal(before.policy()?.version, 3);
  assert.equal(offer(before, licenses[1] ?? assert.fail()), "new");
  const after = setOf(site, ...licenses, ...policies.slice(0, 2));
  assertRefused(offer(after, policies[2] ?? assert.fail()), "signature-invalid");
  for (const set of [before, after]) {
    assert.equal(set.policy()?.version, 2);
    assert.equal(set.policyAt(3), undefined);
    assert.ok(set.policyAt(2) !== undefined);
  }
  assert.equal(before.digest(), after.digest());
});

test("P4: the current version never falls; older policies are kept for the batches that name them", () => {
  const site = new FakeAuthority("s");
  const set = setOf(site, site.siteLicense(), site.policy({ version: 5, folders: press }));
  assert.equal(offer(set, site.policy({ version: 3, folders: [] })), "new");
  assert.equal(set.policy()?.version, 5);
  assert.deepEqual(set.policyAt(3)?.folders, []);
  const [older, newer] = [site.issueSiteLicense({ name: "older" }), site.issueSiteLicense({ name: "newer" })];
  assert.equal(offer(set, newer), "new");
  assert.equal(offer(set, older), "new");
  assert.equal(set.siteLicense()?.document.name, "newer");
});

test("P4: older revocations are refused, for the newer ones repeat them", () => {
  const site = new FakeAuthority("s");
  site.admit(peerOf("a"), web1, []);
  const first = site.revoke(peerOf("a"));
  site.admit(peerOf("b"), web2, []);
  const second = site.revoke(peerOf("b"));
  const set = setOf(site, second);
  assertRefused(offer(set, first), "document-older");
  assert.deepEqual(
    set.entries().map(({ kind, version }) => [kind, version]),
    [["revocations", 2]],
  );
});

test("P9: revocations that jump or take something back are refused", () => {
  const site = new FakeAuthority("s");
  site.admit(peerOf("a"), web1, []);
  const first = site.revoke(peerOf("a"), [{ writer: writerOf("a"), lastValid: 3 }]);
  const set = setOf(site, first);
  const reissue = (changes: object): Uint8Array =>
    signDocument(revocationsType, { ...fieldsOf(first), ...changes }, [site.key]);
  assertRefused(offer(set, reissue({ version: 2, revoked: [] })), "document-malformed", /takes back/);
  assertRefused(offer(set, reissue({ version: 2 + limits.documentVersionJumpMax })), "document-version-jump");
  assert.equal(offer(set, reissue({ version: 1 + limits.documentVersionJumpMax })), "new");
});

test("P3: a license as large as a policy may be is refused", () => {
  const site = new FakeAuthority("s");
  const large = sealEnvelope(
    siteLicenseType.payloadType,
    Buffer.from(JSON.stringify({ ...fieldsOf(site.siteLicense()), filler: "x".repeat(limits.licenseBytesMax) })),
    [site.key],
  );
  assertRefused(new DocumentSet(site.site).verify(large), "document-too-large");
});

test("P4: equal version with other content: the first is kept and both are told apart from a repetition", () => {
  const site = new FakeAuthority("s");
  const first = site.policy({ version: 1, folders: press });
  const set = setOf(site, site.siteLicense(), first);
  const second = verified(set, site.policy({ version: 1, folders: [] }));
  const decision = set.decide(second);
  assert.ok(decision.kind === "equivocation");
  assertRefused(decision.refusal, "document-equivocation");
  assert.deepEqual(decision.first.envelope, first);
  assert.deepEqual(set.policyAt(1)?.folders.length, 1);
});

test("equal content is known whoever signed it", () => {
  const site = new FakeAuthority("s");
  const set = setOf(site, site.siteLicense(), site.policy({ version: 1, folders: press }));
  assert.equal(offer(set, site.policy({ version: 1, folders: press }, site.key)), "known");
});

test("P3: a version that jumps further than the limit is refused, exactly the limit is not", () => {
  const site = new FakeAuthority("s");
  const set = setOf(site, site.siteLicense(), site.policy({ version: 7, folders: press }));
  const furthest = 7 + limits.documentVersionJumpMax;
  assertRefused(offer(set, site.policy({ version: furthest + 1, folders: press })), "document-version-jump");
  assert.equal(offer(set, site.policy({ version: furthest, folders: press })), "new");
});

test("the first policy of a newcomer may have any version", () => {
  const site = new FakeAuthority("s");
  const set = setOf(site, site.siteLicense());
  assert.equal(offer(set, site.policy({ version: 123_456, folders: press })), "new");
});

test("a policy that asks for unknown features is kept and passed on, and the one before stays in force", () => {
  const site = new FakeAuthority("s");
  const later = signDocument(policyType, { site: site.site, version: 2, critical: ["later"], folders: {} }, [
    site.administratorKey,
  ]);
  const set = setOf(site, site.siteLicense(), site.policy({ version: 1, folders: press }), later);
  assert.equal(set.policy()?.version, 1);
  assert.deepEqual(set.find({ kind: "policy", name: "site", version: 2 })?.envelope, later);
});

test("a renewed license replaces its elder; one that moved or lost a role leaves it, for batches that it covers", () => {
  const site = new FakeAuthority("s");
  const a = peerOf("a");
  const first = site.admit(a, web1, ["watch"]);
  const renewed = site.admit(a, web1, ["watch", "serve"]);
  const moved = site.admit(a, far, ["watch", "serve"]);
  const narrowed = site.admit(a, far, ["serve"]);
  const set = setOf(site, site.siteLicense(), first, renewed, moved, narrowed);
  assert.deepEqual(
    set.licensesOf(a).map((license) => license.version),
    [4, 3, 2],
  );
  assertRefused(offer(set, first), "document-older");
  assert.equal(set.newestOf(1)?.version, 4);
});

test("C2: property: any order of documents ends in the same set", () => {
  const site = new FakeAuthority("s");
  const [a, b] = [peerOf("a"), peerOf("b")];
  const licenses = [site.siteLicense(), site.issueSiteLicense({ name: "renewed" })];
  const documents = [
    ...licenses,
    site.admit(a, web1, ["watch"]),
    site.admit(a, web1, ["watch", "serve"]),
    site.admit(a, far, ["serve"]),
    site.admit(b, web2, ["watch"]),
    site.admit(b, web1, ["watch"], { seat: 1 }),
    site.revoke(b, [{ writer: writerOf("b"), lastValid: 3 }]),
    site.revoke(a),
    site.policy({ version: 1, folders: press }),
    site.policy({ version: 2, folders: [] }),
  ];
  const all = setOf(site, licenses[0] ?? assert.fail());
  for (const document of documents) offer(all, document);
  fc.assert(
    fc.property(fc.shuffledSubarray(documents, { minLength: documents.length }), (shuffled) => {
      const set = new DocumentSet(site.site);
      // Policies before the site license are refused at first and come again, as they do on the wire.
      for (const document of [...shuffled, ...shuffled]) offer(set, document);
      assert.equal(set.digest(), all.digest());
      assert.equal(set.policy()?.version, 2);
      assert.equal(set.siteLicense()?.version, all.siteLicense()?.version);
      for (const peer of [a, b]) {
        assert.deepEqual(
          set.licensesOf(peer).map(({ version }) => version),
          all.licensesOf(peer).map(({ version }) => version),
        );
      }
    }),
    { numRuns: 40 },
  );
});

test("the digest tells sets apart that differ in one document", () => {
  const site = new FakeAuthority("s");
  const one = setOf(site, site.siteLicense());
  const other = setOf(site, site.siteLicense(), site.policy({ version: 1, folders: press }));
  assert.notEqual(one.digest(), other.digest());
  assert.equal(offer(one, site.policy({ version: 1, folders: press })), "new");
  assert.equal(one.digest(), other.digest());
});

test("P3: more documents than the limit are refused", () => {
  const site = new FakeAuthority("s");
  const set = setOf(site, site.siteLicense());
  const counted = new DocumentSet(site.site);
  const sample = verified(set, site.policy({ version: 1, folders: press }));
  for (let version = 1; version <= limits.documentsMax; version += 1) {
    if (sample.kind === "policy") counted.add({ ...sample, version }, []);
  }
  assertRefused(offer(counted, site.siteLicense()), "documents-full");
});
