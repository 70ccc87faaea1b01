import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { DocumentSet } from "../../../protocol/documents/document-set.ts";
import { DocumentSet as Documents } from "../../../protocol/documents/document-set.ts";
import { policyType } from "../../../protocol/documents/policy.ts";
import { type BatchFacts, judgeBatch } from "../../../protocol/documents/rights.ts";
import { signDocument } from "../../../protocol/documents/verified.ts";
import { folderCollection, membersCollection, parseCollectionId, parseFolderId } from "../../../protocol/ids.ts";
import { FakeAuthority } from "../../../simulations/world/authority.ts";
import { far, offer, otherAuthority, peerOf, setOf, web1, writerOf } from "./documents.ts";

const press = folderCollection(parseFolderId("press") ?? assert.fail());
const pressInSeoul = [{ id: "press", holders: [{ region: "seoul" }] }];
const a = peerOf("a");

function batch(site: FakeAuthority, changes: Partial<BatchFacts> = {}): BatchFacts {
  return {
    site: site.site,
    collection: press,
    peer: a,
    writer: writerOf("a"),
    first: 1,
    count: 5,
    policyVersion: 1,
    ...changes,
  };
}

/** "accept", "hold" or the code of the refusal. */
function outcome(set: DocumentSet, facts: BatchFacts): string {
  const judgement = judgeBatch(facts, set);
  return judgement.kind === "refuse" ? judgement.refusal.code : judgement.kind;
}

test("P1: a batch of a licensed watcher who holds the folder under the named policy is accepted", () => {
  const site = new FakeAuthority("s");
  const set = setOf(
    site,
    site.siteLicense(),
    site.admit(a, web1, ["watch"]),
    site.policy({ version: 1, folders: pressInSeoul }),
  );
  assert.equal(outcome(set, batch(site)), "accept");
  assert.equal(outcome(set, batch(site, { collection: membersCollection, policyVersion: 0 })), "accept");
});

test("P1: a batch is held while a document that it needs is missing, and accepted once it came", () => {
  const site = new FakeAuthority("s");
  const documents = [
    site.siteLicense(),
    site.admit(a, web1, ["watch"]),
    site.policy({ version: 1, folders: pressInSeoul }),
  ];
  for (const missing of documents.slice(1)) {
    const set = setOf(site, ...documents.filter((document) => document !== missing));
    assert.equal(outcome(set, batch(site)), "hold");
    offer(set, missing);
    assert.equal(outcome(set, batch(site)), "accept");
  }
  assert.equal(outcome(setOf(site), batch(site)), "hold");
});

test("P1: a batch of another site, or under another peer's writer, is refused", () => {
  const site = new FakeAuthority("s");
  const set = setOf(
    site,
    site.siteLicense(),
    site.admit(a, web1, ["watch"]),
    site.policy({ version: 1, folders: pressInSeoul }),
  );
  assert.equal(outcome(set, batch(site, { site: otherAuthority.site })), "site-foreign");
  assert.equal(outcome(set, batch(site, { writer: writerOf("b") })), "batch-malformed");
});

test("P1: without the role to watch, or at a place that does not hold the folder, nothing is accepted", () => {
  const site = new FakeAuthority("s");
  const policy = site.policy({ version: 1, folders: pressInSeoul });
  const roleless = setOf(
    site,
    site.siteLicense(),
    policy,
    site.admit(a, web1, ["serve", "backup", "console", "master"]),
  );
  assert.equal(outcome(roleless, batch(site)), "hold");
  const elsewhere = setOf(site, site.siteLicense(), policy, site.admit(a, far, ["watch"]));
  assert.equal(outcome(elsewhere, batch(site)), "hold");
});

test("P1: a folder that the named policy version does not have is refused, whatever later versions say", () => {
  const site = new FakeAuthority("s");
  const set = setOf(
    site,
    site.siteLicense(),
    site.admit(a, web1, ["watch"]),
    site.policy({ version: 1, folders: [] }),
    site.policy({ version: 2, folders: pressInSeoul }),
  );
  assert.equal(outcome(set, batch(site, { policyVersion: 1 })), "folder-not-held");
  assert.equal(outcome(set, batch(site, { policyVersion: 2 })), "accept");
  assert.equal(outcome(set, batch(site, { policyVersion: 3 })), "hold");
});

test("a batch stays accepted when a later policy takes the folder away, and when the license expires or is renewed elsewhere", () => {
  const site = new FakeAuthority("s");
  const set = setOf(
    site,
    site.siteLicense(),
    site.admit(a, web1, ["watch"], { notAfter: site.notBefore }),
    site.policy({ version: 1, folders: pressInSeoul }),
  );
  assert.equal(outcome(set, batch(site)), "accept");
  offer(set, site.policy({ version: 2, folders: [] }));
  offer(set, site.admit(a, far, ["serve"]));
  assert.equal(outcome(set, batch(site)), "accept");
});

test("kinds of collections and policies of a later version are held, not refused", () => {
  const site = new FakeAuthority("s");
  const later = { site: site.site, version: 1, critical: ["later"], folders: [] };
  const set = setOf(
    site,
    site.siteLicense(),
    site.admit(a, web1, ["watch"]),
    signDocument(policyType, later, [site.key]),
  );
  assert.equal(outcome(set, batch(site)), "hold");
  assert.equal(outcome(set, batch(site, { collection: parseCollectionId("jobs") ?? assert.fail() })), "hold");
});

test("P9: rights end at the cut: what ends there or before stays, what reaches beyond is refused", () => {
  const site = new FakeAuthority("s");
  const set = setOf(
    site,
    site.siteLicense(),
    site.admit(a, web1, ["watch"]),
    site.policy({ version: 1, folders: pressInSeoul }),
  );
  offer(set, site.revoke(a, [{ writer: writerOf("a"), collection: press, lastValid: 5 }]));
  assert.equal(outcome(set, batch(site, { first: 1, count: 5 })), "accept");
  assert.equal(outcome(set, batch(site, { first: 5, count: 2 })), "writer-cut");
  assert.equal(outcome(set, batch(site, { first: 6, count: 1 })), "writer-cut");
});

test("P9: a revoked peer gains nothing by a new writer, nor in a collection that its cuts do not name", () => {
  const site = new FakeAuthority("s");
  const set = setOf(
    site,
    site.siteLicense(),
    site.admit(a, web1, ["watch"]),
    site.policy({ version: 1, folders: pressInSeoul }),
  );
  offer(set, site.revoke(a, [{ writer: writerOf("a"), collection: press, lastValid: 5 }]));
  assert.equal(outcome(set, batch(site, { writer: writerOf("a", 2) })), "writer-cut");
  assert.equal(outcome(set, batch(site, { collection: membersCollection })), "writer-cut");
});

test("S1: a revocation that names no cuts yet takes nothing back of what its peer wrote", () => {
  const site = new FakeAuthority("s");
  const set = setOf(
    site,
    site.siteLicense(),
    site.admit(a, web1, ["watch"]),
    site.policy({ version: 1, folders: pressInSeoul }),
    site.revoke(a),
  );
  assert.equal(outcome(set, batch(site)), "accept");
  offer(set, site.revoke(a, []));
  assert.equal(outcome(set, batch(site)), "writer-cut");
});

test("a peer that is licensed again after a revocation writes with a new writer; the old one stays cut", () => {
  const site = new FakeAuthority("s");
  const set = setOf(
    site,
    site.siteLicense(),
    site.admit(a, web1, ["watch"]),
    site.policy({ version: 1, folders: pressInSeoul }),
  );
  offer(set, site.revoke(a, [{ writer: writerOf("a"), lastValid: 5 }]));
  offer(set, site.admit(a, web1, ["watch"]));
  assert.equal(outcome(set, batch(site, { first: 1, count: 5 })), "accept");
  assert.equal(outcome(set, batch(site, { first: 6 })), "writer-cut");
  assert.equal(outcome(set, batch(site, { writer: writerOf("a", 2) })), "accept");
});

test("a seat above every limit that the site ever had covers no batch; a larger site license makes it count", () => {
  const site = new FakeAuthority("s");
  const limits = { regions: 9, groups: 9, servers: 1, watchers: 9 };
  const set = setOf(
    site,
    site.issueSiteLicense({ limits }),
    site.admit(a, web1, ["watch"], { seat: 2 }),
    site.policy({ version: 1, folders: pressInSeoul }),
  );
  assert.equal(outcome(set, batch(site)), "hold");
  offer(set, site.issueSiteLicense({ limits: { ...limits, servers: 2 } }));
  assert.equal(outcome(set, batch(site)), "accept");
  offer(set, site.issueSiteLicense({ limits }));
  assert.equal(outcome(set, batch(site)), "accept");
});

test("P9: property: whatever the order of documents, all judge alike in the end, and what was refused on the way stays refused unless its peer is licensed again", () => {
  const site = new FakeAuthority("s");
  const writers = [writerOf("a", 1), writerOf("a", 2)];
  const first = site.siteLicense();
  const documents = [
    site.admit(a, web1, ["watch"]),
    site.admit(a, far, ["watch"]),
    site.policy({ version: 1, folders: pressInSeoul }),
    site.policy({ version: 2, folders: [{ id: "press", holders: [{ region: "busan" }] }] }),
    site.policy({ version: 3, folders: [] }),
    site.revoke(a, [{ writer: writers[0] ?? assert.fail(), collection: press, lastValid: 6 }]),
    site.admit(a, web1, ["watch", "serve"]),
  ];
  const isNamed = ({ writer, collection }: BatchFacts): boolean => writer === writers[0] && collection === press;
  const facts = writers.flatMap((writer) =>
    [membersCollection, press].flatMap((collection) =>
      [1, 2, 3].flatMap((policyVersion) =>
        [1, 6].map((sequence) => batch(site, { writer, collection, policyVersion, first: sequence, count: 3 })),
      ),
    ),
  );
  const all = setOf(site, first, ...documents);
  const verdicts = facts.map((batchFacts) => outcome(all, batchFacts));
  assert.deepEqual(new Set(verdicts), new Set(["accept", "hold", "folder-not-held", "writer-cut"]));
  fc.assert(
    fc.property(fc.shuffledSubarray(documents, { minLength: documents.length }), (shuffled) => {
      const set = new Documents(site.site);
      offer(set, first);
      for (const document of shuffled) {
        offer(set, document);
        for (const [at, batchFacts] of facts.entries()) {
          const now = outcome(set, batchFacts);
          const final = verdicts[at];
          // Only the revocation takes back: what passed before it was known may end cut.
          if (now === "accept") assert.notEqual(final, "folder-not-held", JSON.stringify(batchFacts));
          else if (now === "writer-cut" && !isNamed(batchFacts)) continue;
          else if (now !== "hold") assert.ok(final !== "accept" && final !== "hold", JSON.stringify(batchFacts));
        }
      }
      assert.deepEqual(
        facts.map((batchFacts) => outcome(set, batchFacts)),
        verdicts,
      );
    }),
  );
});
