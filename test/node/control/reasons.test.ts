import assert from "node:assert/strict";
import { test } from "node:test";
import {
  describeReason,
  type OwnKnowledge,
  type Reason,
  standingOfRecords,
  whyBehind,
} from "../../../node/control/reasons.ts";
import { parseInstant } from "../../../protocol/documents/instant.ts";
import { parseFolderId } from "../../../protocol/ids.ts";
import type { Beacon } from "../../../protocol/membership/beacon.ts";
import { beaconOf, digestOf, keyNumber, summaryOf } from "../../protocol/membership/beacons.ts";

const folder = parseFolderId("press") ?? assert.fail();
const seenAt = parseInstant("2026-11-22T09:30:00Z") ?? assert.fail();
const whole = { state: "idle", missingFiles: 0, missingBytes: 0, blockedFiles: 0, heldBack: 0 } as const;
const summary = summaryOf("folder/press", { progress: whole });
const own: OwnKnowledge = { documentsDigest: digestOf("documents"), policyVersion: 3, summaries: [summary] };

function beacon(fields: Partial<Beacon> = {}): Beacon {
  return beaconOf(keyNumber(1), { policyVersion: 3, collections: [summary], ...fields });
}

test("a connected peer that has everything is not behind", () => {
  assert.deepEqual(whyBehind({ state: "connected", seenAt }, beacon(), own), []);
  assert.deepEqual(whyBehind({ state: "alive", seenAt }, beacon(), own), []);
});

test("a silent peer is told with the last sign of life, and with what it said then", () => {
  assert.deepEqual(whyBehind({ state: "unknown" }, undefined, own), [{ code: "silent", state: "unknown" }]);
  assert.deepEqual(whyBehind({ state: "dead", seenAt }, beacon({ policyVersion: 2 }), own), [
    { code: "silent", state: "dead", seenAt },
    { code: "policy-older", version: 2, newest: 3 },
  ]);
});

const collections = (fields: Partial<typeof summary>) => [{ ...summary, ...fields }];
const cases: readonly (readonly [what: string, said: Partial<Beacon>, reason: Reason])[] = [
  ["an older policy", { policyVersion: 2 }, { code: "policy-older", version: 2, newest: 3 }],
  ["a newer policy", { policyVersion: 4 }, { code: "policy-newer", version: 4, ours: 3 }],
  ["other documents", { documentsDigest: digestOf("others") }, { code: "documents-differ" }],
  [
    "other records",
    { collections: collections({ contextDigest: digestOf("other") }) },
    { code: "records-differ", folder },
  ],
  ["another sum", { collections: collections({ sum: digestOf("other") }) }, { code: "records-diverged", folder }],
  [
    "a scan under way",
    { collections: collections({ progress: { ...whole, state: "scanning" } }) },
    { code: "scanning", folder },
  ],
  [
    "missing files",
    { collections: collections({ progress: { ...whole, state: "syncing", missingFiles: 2, missingBytes: 9 } }) },
    { code: "missing", folder, files: 2, bytes: 9 },
  ],
  [
    "blocked files",
    { collections: collections({ progress: { ...whole, blockedFiles: 2 } }) },
    { code: "blocked", folder, files: 2 },
  ],
  [
    "what is held back",
    { collections: collections({ progress: { ...whole, heldBack: 2 } }) },
    { code: "held-back", folder, files: 2 },
  ],
];

for (const [what, said, reason] of cases) {
  test(`${what} is the one reason why a connected peer is behind: ${reason.code}`, () => {
    assert.deepEqual(whyBehind({ state: "connected", seenAt }, beacon(said), own), [reason]);
  });
}

test("collections that this peer lacks are neither equal nor different", () => {
  assert.equal(standingOfRecords(summaryOf("folder/other"), own.summaries), undefined);
  const other = summaryOf("folder/other", { progress: { ...whole, missingFiles: 1 } });
  assert.deepEqual(
    whyBehind({ state: "connected" }, beacon({ collections: [other] }), own).map((reason) => reason.code),
    ["missing"],
  );
});

test("every reason has a sentence of its own", () => {
  const reasons: { readonly [Code in Reason["code"]]: Extract<Reason, { readonly code: Code }> } = {
    silent: { code: "silent", state: "dead", seenAt },
    "policy-older": { code: "policy-older", version: 1, newest: 2 },
    "policy-newer": { code: "policy-newer", version: 2, ours: 1 },
    "documents-differ": { code: "documents-differ" },
    scanning: { code: "scanning", folder },
    "records-differ": { code: "records-differ", folder },
    "records-diverged": { code: "records-diverged", folder },
    missing: { code: "missing", folder, files: 1, bytes: 2 },
    blocked: { code: "blocked", folder, files: 1 },
    "held-back": { code: "held-back", folder, files: 1 },
    "no-holder-connected": { code: "no-holder-connected", folder, holders: 1 },
    "not-exchanged": { code: "not-exchanged", folder },
    troubled: { code: "troubled", folder, why: "the root has lost its marker" },
    "deletes-wait": { code: "deletes-wait", folder, here: 120, asked: 3 },
  };
  const sentences = new Set(Object.values(reasons).map(describeReason));
  assert.equal(sentences.size, Object.keys(reasons).length);
  assert.ok(!describeReason({ code: "silent", state: "unknown" }).includes("undefined"));
});
