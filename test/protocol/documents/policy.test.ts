import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import * as z from "zod";
import {
  type Policy,
  folderOf,
  isHolder,
  isUnderstood,
  linkRule,
  policySchema,
  policyType,
} from "../../../protocol/documents/policy.ts";
import { readWith } from "../../../protocol/documents/schema.ts";
import { isRefusal } from "../../../protocol/documents/verified.ts";
import { limits } from "../../../protocol/limits.ts";
import { linkClasses, type Place } from "../../../protocol/membership/place.ts";
import { assertRefused, authority, far, web1, web2 } from "./documents.ts";

const smallest = { site: authority.site, version: 1, folders: [{ id: "press", holders: [{ region: "*" }] }] };

function policyOf(json: unknown): Policy {
  const policy = policyType.read(json);
  if (isRefusal(policy)) assert.fail(JSON.stringify(policy));
  return policy;
}

function holds(holders: readonly unknown[], place: Place): boolean {
  const folder = folderOf(policyOf({ ...smallest, folders: [{ id: "press", holders }] }), "press");
  assert.ok(folder !== undefined);
  return isHolder(folder, place);
}

const near = { copy: "patch", encryption: "noise" } as const;
/** Narrow links are far ones. */
const compressionOf = { "same-group": 0, "same-region": 1, international: 3 } as const;

test("the smallest policy gives its folder to every server, with the default rules for links", () => {
  const policy = policyOf(smallest);
  const folder = folderOf(policy, "press");
  assert.ok(folder !== undefined && isHolder(folder, web1) && isHolder(folder, far));
  assert.equal(folderOf(policy, "other"), undefined);
  for (const linkClass of linkClasses) {
    assert.deepEqual(linkRule(policy, linkClass), { ...near, compression: compressionOf[linkClass] });
  }
});

test("rules of a link class are taken as they stand, what is left out of one has its default", () => {
  const policy = policyOf({
    ...smallest,
    links: { "same-group": { copy: "dump", compression: 0, encryption: "none" }, international: { compression: 9 } },
  });
  assert.deepEqual(linkRule(policy, "same-group"), { copy: "dump", compression: 0, encryption: "none" });
  assert.deepEqual(linkRule(policy, "same-region"), { ...near, compression: 1 });
  assert.deepEqual(linkRule(policy, "international"), { copy: "patch", compression: 9, encryption: "noise" });
});

test("a holder matches when each name that it has matches; one matching holder is enough", () => {
  assert.ok(holds([{ region: "seoul" }], web1));
  assert.ok(!holds([{ region: "seoul" }], far));
  assert.ok(holds([{ region: "seoul", server: "web-2" }], web2));
  assert.ok(!holds([{ region: "seoul", server: "web-2" }], web1));
  assert.ok(holds([{ region: "nowhere" }, { group: "web" }], far));
  assert.ok(!holds([{ region: "seou" }], web1));
  assert.ok(!holds([{ region: "Seoul" }], web1));
});

test("a star stands for any run of characters, also for none", () => {
  assert.ok(holds([{ server: "web-*" }], web1));
  assert.ok(holds([{ server: "*-1" }], web1));
  assert.ok(holds([{ server: "w*b*1" }], web1));
  assert.ok(holds([{ server: "web-1*" }], web1));
  assert.ok(holds([{ server: "**" }], web1));
  assert.ok(!holds([{ server: "*-2" }], web1));
  assert.ok(!holds([{ server: "web-*1*1" }], web1));
});

test("property: stars match as a regular expression does", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 12 });
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*"), minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(pattern, letters, (server, name) => {
      const expected = new RegExp(`^${server.replaceAll("*", ".*")}$`).test(name);
      assert.equal(holds([{ server }], { region: "r", group: "g", server: name }), expected);
    }),
    { numRuns: 500 },
  );
});

test("P3: the worst pattern takes no longer than its length allows", () => {
  const server = `${"a*".repeat(31)}b`;
  const place = { region: "r", group: "g", server: "a".repeat(limits.placeNameCharactersMax) };
  const folder = folderOf(policyOf({ ...smallest, folders: [{ id: "press", holders: [{ server }] }] }), "press");
  assert.ok(folder !== undefined);
  // A matcher that tries every split would not be done with one of these before the test runner gives up.
  for (let round = 0; round < 1_000; round += 1) assert.ok(!isHolder(folder, place));
});

const faults: readonly (readonly [change: Readonly<Record<string, unknown>>, why: RegExp])[] = [
  [{ version: 0 }, /version: must be a whole number from 1/],
  [{ version: 2 ** 53 }, /version/],
  [{ site: undefined }, /site: must be a site's id/],
  [{ folders: undefined }, /folders: /],
  [{ folders: [{ id: "Press", holders: [{ region: "*" }] }] }, /folders\[0\].id: must be a folder's id/],
  [{ folders: [{ id: "press", holders: [] }] }, /folders\[0\].holders: must have at least one holder/],
  [{ folders: [{ id: "press", holders: [{}] }] }, /folders\[0\].holders\[0\]: must name a region, group or server/],
  [{ folders: [{ id: "press", holders: [{ region: "a/b" }] }] }, /folders\[0\].holders\[0\].region: must be a name/],
  [{ folders: [...smallest.folders, ...smallest.folders] }, /folders\[1\].id: the folder press stands here twice/],
  [
    { folders: Array(limits.policyFoldersMax + 1).fill(smallest.folders[0]) },
    /folders: must have at most 1024 folders/,
  ],
  [
    { folders: [{ id: "press", holders: Array(limits.policyHoldersMax + 1).fill({ region: "*" }) }] },
    /at most 256 holders/,
  ],
  [{ links: { international: { copy: "zip" } } }, /links.international.copy: must be "dump" or "patch"/],
  [{ links: { international: { compression: 10 } } }, /links.international.compression: must be 0 to 9/],
  [{ links: { international: { compression: -1 } } }, /links.international.compression: must be 0 to 9/],
  [{ links: { international: { encryption: "rot13" } } }, /links.international.encryption: must be "noise"/],
];

test("a policy with a fault in it is refused, and the refusal says where and what", () => {
  for (const [change, why] of faults)
    assertRefused(policyType.read({ ...smallest, ...change }), "document-malformed", why);
});

test("who writes a policy hears of every misspelt field; a peer reads on, for the field may be a later version's", () => {
  const misspelt = {
    ...smallest,
    retention: { days: 3 },
    folders: [{ id: "press", mode: "manual", holders: [{ region: "*", weight: 2 }] }],
    links: { "same-city": {}, international: { copy: "dump", colour: "red" } },
  };
  const strict = readWith(policySchema, misspelt, "policy", "refused");
  assertRefused(strict, "document-malformed", /folders\[0\]: "mode" is no field of it/);
  assertRefused(strict, "document-malformed", /links: "same-city"/);
  const policy = policyOf(misspelt);
  assert.equal(linkRule(policy, "international").copy, "dump");
  assert.deepEqual(policy.folders, policyOf(smallest).folders);
});

test("what a folder keeps and where its brake stands have defaults, each field for itself", () => {
  const [press] = policyOf(smallest).folders;
  assert.deepEqual(press?.versions, { count: 5, days: 30, bytes: 10 * 1024 ** 3 });
  assert.deepEqual(press?.deleteBrake, { files: 100, percent: 50 });
  const folder = { id: "press", holders: [{ region: "*" }], versions: { count: 0 }, deleteBrake: { percent: 100 } };
  const [other] = policyOf({ ...smallest, folders: [folder] }).folders;
  assert.deepEqual(other?.versions, { count: 0, days: 30, bytes: 10 * 1024 ** 3 });
  assert.deepEqual(other?.deleteBrake, { files: 100, percent: 100 });
});

test("unknown fields hide no fault: what is known is judged all the same", () => {
  const both = { ...smallest, later: 1, folders: [{ id: "press", later: 2, holders: [{ region: 5, later: 3 }] }] };
  assertRefused(policyType.read(both), "document-malformed", /folders\[0\].holders\[0\].region: must be a name/);
});

test("a version that asks for unknown features is read as far as its number, and not obeyed", () => {
  const later = { ...smallest, version: 7, critical: ["read-only-holders"], folders: "in another form" };
  const policy = policyOf(later);
  assert.equal(policy.version, 7);
  assert.ok(!isUnderstood(policy));
  assert.deepEqual(policy.folders, []);
  assert.ok(isUnderstood(policyOf(smallest)));
});

test("the schema can be published for editors of policies", () => {
  const published = JSON.stringify(z.toJSONSchema(policySchema, { io: "input", unrepresentable: "any" }));
  for (const field of ["version", "folders", "holders", "same-group", "compression"])
    assert.ok(published.includes(field));
});
