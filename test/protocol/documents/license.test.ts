import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeEnvelope, sealEnvelope } from "../../../protocol/documents/envelope.ts";
import { installLicenseType, rolesOf, siteLicenseType } from "../../../protocol/documents/license.ts";
import { type DocumentType, isRefusal, signDocument, verify } from "../../../protocol/documents/verified.ts";
import { peerIdOfPublicKey } from "../../../protocol/ids.ts";
import { limits } from "../../../protocol/limits.ts";
import { assertRefused, authority, fieldsOf, keyOf, opened, peerOf, web1 } from "./documents.ts";

type Fields = Readonly<Record<string, unknown>>;

const authorityKeys = [authority.key.publicKey];
const siteLicense = fieldsOf(authority.siteLicense());
const installLicense = fieldsOf(authority.admit(peerOf("a"), web1, ["watch", "serve"]));

/** Signs any JSON, as an authority with a faulty program would. */
function sealed(payloadType: string, json: unknown, key = authority.key): Uint8Array {
  return sealEnvelope(payloadType, Buffer.from(JSON.stringify(json)), [key]);
}

/** Every leaf of a JSON value, by its path. */
function leavesOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([name, field]) => leavesOf(field, [...path, name]));
}

function withLeaf(value: unknown, [step, ...rest]: readonly string[], change: (leaf: unknown) => unknown): unknown {
  if (step === undefined) return change(value);
  if (Array.isArray(value)) return value.map((item, at) => (String(at) === step ? withLeaf(item, rest, change) : item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, name === step ? withLeaf(field, rest, change) : field]),
  );
}

/** A value of the same type, near to the old one. */
function nearby(leaf: unknown): unknown {
  if (typeof leaf === "number") return leaf + 1;
  return typeof leaf === "string" ? leaf.replace(/[a-z0-8]/, (letter) => (letter === "a" ? "b" : "a")) : leaf;
}

function assertEveryFieldSigned<Document>(type: DocumentType<string, Document>, fields: Fields): void {
  const envelope = signDocument(type, fields, [authority.key]);
  assert.ok(!isRefusal(verify(type, envelope, authorityKeys)));
  for (const path of leavesOf(fields)) {
    const changed = withLeaf(fields, path, nearby);
    assert.notDeepEqual(changed, fields, path.join("."));
    const tampered = encodeEnvelope({ ...opened(envelope), payload: Buffer.from(JSON.stringify(changed)) });
    assertRefused(verify(type, tampered, authorityKeys), "signature-invalid");
  }
}

test("P1: a site license with any one field changed after signing is refused", () => {
  assertEveryFieldSigned(siteLicenseType, siteLicense);
});

test("P1: an install license with any one field changed after signing is refused", () => {
  assertEveryFieldSigned(installLicenseType, installLicense);
});

test("P1: a license that another key signed is refused", () => {
  const stranger = keyOf("stranger");
  assertRefused(
    verify(siteLicenseType, sealed(siteLicenseType.payloadType, siteLicense, stranger), authorityKeys),
    "signature-invalid",
  );
  assertRefused(
    verify(installLicenseType, sealed(installLicenseType.payloadType, installLicense, stranger), authorityKeys),
    "signature-invalid",
  );
});

test("P1: what was signed under another type is no license, however it reads", () => {
  for (const payloadType of [installLicenseType.payloadType, siteLicenseType.payloadType.replace("v1", "v2")]) {
    const result = verify(siteLicenseType, sealed(payloadType, siteLicense), authorityKeys);
    assertRefused(result, "document-malformed", /is of type application\/vnd.cdmesh/);
  }
});

test("P1: a license of one kind never passes for one of the other", () => {
  assertRefused(verify(siteLicenseType, authority.admit(peerOf("a"), web1, []), authorityKeys), "document-malformed");
  assertRefused(
    verify(siteLicenseType, sealed(siteLicenseType.payloadType, installLicense), authorityKeys),
    "document-malformed",
  );
});

/** What an authority's faulty program may sign, and what the refusal says of it. */
const faults: readonly (readonly [type: "site" | "install", change: Fields, why: RegExp])[] = [
  ["site", { site: "12" }, /site: must be a site's id/],
  ["site", { site: `01${"00".repeat(31)}` }, /site: must be a site's id/],
  ["site", { company: "" }, /company: must be 1 to 200 printable characters/],
  ["site", { company: "a\u001b[31m" }, /company: must be/],
  ["site", { company: "x".repeat(201) }, /company: must be/],
  ["site", { name: " padded" }, /name: must be/],
  [
    "site",
    { administrators: [{ name: "a", publicKey: `01${"00".repeat(31)}` }] },
    /administrators\[0\].publicKey: must be a sound/,
  ],
  [
    "site",
    { administrators: Array(limits.administratorsMax + 1).fill({ name: "a", publicKey: "ab" }) },
    /administrators/,
  ],
  [
    "site",
    { limits: { regions: 0, groups: 1, servers: 1, watchers: 1 } },
    /limits.regions: must be a whole number from 1/,
  ],
  ["site", { limits: { regions: 1, groups: 1, servers: 1.5, watchers: 1 } }, /limits.servers: must be a whole number/],
  ["site", { limits: { regions: 1, groups: 1, servers: 1 } }, /limits.watchers: must be a whole number/],
  ["site", { serial: 0 }, /serial: must be a whole number from 1/],
  ["site", { serial: -1 }, /serial/],
  ["site", { serial: "1" }, /serial: must be a whole number/],
  ["site", { serial: 2 ** 53 }, /serial/],
  ["site", { notAfter: "2026-02-30T00:00:00Z" }, /notAfter: must be a UTC time/],
  ["site", { notBefore: undefined }, /notBefore: must be a UTC time/],
  ["site", { issuedAt: 1_767_225_600_000 }, /issuedAt: must be a UTC time/],
  ["install", { peer: "12D3KooW" }, /peer: must be a peer's name/],
  ["install", { peer: peerIdOfPublicKey(Uint8Array.of(1, ...new Uint8Array(31))) }, /peer: must be a peer's name/],
  ["install", { seat: 0 }, /seat: must be a whole number from 1/],
  ["install", { regionIndex: 0 }, /regionIndex/],
  ["install", { groupIndex: 1.5 }, /groupIndex/],
  ["install", { watcherIndex: undefined }, /watcherIndex: must be there exactly when the role watch is/],
  ["install", { roles: ["serve"] }, /watcherIndex: must be there exactly when the role watch is/],
  ["install", { roles: ["Watch"] }, /roles\[0\]: must be a role's name/],
  ["install", { roles: Array(limits.rolesPerLicenseMax + 1).fill("serve") }, /roles/],
  ["install", { region: "*" }, /region: must be a name/],
  ["install", { group: "a/b" }, /group: must be a name/],
  ["install", { server: "" }, /server: must be a name/],
  ["install", { server: "x".repeat(limits.placeNameCharactersMax + 1) }, /server: must be a name/],
  ["install", { region: "서울".normalize("NFD") }, /region: must be a name/],
];

test("a signed license with a fault in it is refused, and the refusal says where and what", () => {
  for (const [kind, change, why] of faults) {
    const [type, fields] =
      kind === "site" ? ([siteLicenseType, siteLicense] as const) : ([installLicenseType, installLicense] as const);
    const result = verify<string, unknown>(type, sealed(type.payloadType, { ...fields, ...change }), authorityKeys);
    assertRefused(result, "document-malformed", why);
  }
});

test("what is valid at the very ends is read", () => {
  const ends: readonly Fields[] = [
    { serial: limits.integerMax, seat: limits.integerMax },
    { region: "서울", group: "Zürich-2", server: "x".repeat(limits.placeNameCharactersMax) },
    { roles: [], watcherIndex: undefined },
  ];
  for (const change of ends) {
    const envelope = sealed(installLicenseType.payloadType, { ...installLicense, ...change });
    const result = verify(installLicenseType, envelope, authorityKeys);
    assert.ok(!isRefusal(result), JSON.stringify(result));
  }
});

test("a license of a later version is read: fields and roles that are not known here are left alone", () => {
  const later = { ...installLicense, colour: { of: ["badge"] }, roles: ["watch", "enrol"] };
  const result = verify(installLicenseType, sealed(installLicenseType.payloadType, later), authorityKeys);
  assert.ok(!isRefusal(result), JSON.stringify(result));
  assert.deepEqual([...rolesOf(result.document)], ["watch"]);
  assert.deepEqual(fieldsOf(result.envelope), later);
});

test("P3: a license above its size is refused although a policy may be as large", () => {
  const filler = { ...siteLicense, filler: "x".repeat(limits.licenseBytesMax) };
  assertRefused(
    verify(siteLicenseType, sealed(siteLicenseType.payloadType, filler), authorityKeys),
    "document-too-large",
  );
});
