import assert from "node:assert/strict";
import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { KeyFileError } from "../../../node/adapters/key-file.ts";
import { encodeEnvelopeFile, envelopesInFile } from "../../../protocol/documents/file.ts";
import { instantOfMs } from "../../../protocol/documents/instant.ts";
import { requestType } from "../../../protocol/documents/request.ts";
import { signDocument } from "../../../protocol/documents/verified.ts";
import { folderCollection, parseFolderId } from "../../../protocol/ids.ts";
import { admit } from "../../../tools/authority/admit.ts";
import { createSite } from "../../../tools/authority/create.ts";
import { readPolicyFile, signPolicy } from "../../../tools/authority/policy-file.ts";
import { parseCut, revoke } from "../../../tools/authority/revoke.ts";
import {
  SiteDirectory,
  SiteDirectoryError,
  type SiteDirectoryProblem,
} from "../../../tools/authority/site-directory.ts";
import { keyOf, peerOf, setOf, writerOf } from "../../protocol/documents/documents.ts";
import { temporaryDirectory } from "../cli/process.ts";

const nowMs = Date.UTC(2026, 10, 22);
const dayMs = 86_400_000;
const limits = { regions: 2, groups: 3, servers: 4, watchers: 2 };
const press = folderCollection(parseFolderId("press") ?? assert.fail());

function create(path: string, days = 365): Promise<SiteDirectory> {
  return createSite({ path, company: "Example", name: "example", days, limits }, nowMs);
}

function requestOf(label: string): Uint8Array {
  return signDocument(requestType, { peer: peerOf(label), requestedAt: instantOfMs(nowMs) }, [keyOf(label)]);
}

function wishOf(label: string, server = label): Parameters<typeof admit>[1] {
  const place = { region: "seoul", group: "web", server };
  return { request: requestOf(label), place, roles: ["watch", "serve"], seat: undefined, days: undefined };
}

async function admitted(
  site: SiteDirectory,
  wish: Parameters<typeof admit>[1],
): Promise<Exclude<Awaited<ReturnType<typeof admit>>, { readonly problem: string }>> {
  const answer = await admit(site, wish, nowMs);
  if ("problem" in answer) assert.fail(answer.problem);
  return answer;
}

function fails(act: Promise<unknown>, problem: SiteDirectoryProblem): Promise<void> {
  return assert.rejects(act, (error) => error instanceof SiteDirectoryError && error.problem === problem);
}

test("a new site has two keys for its owner alone and a license for as long as asked", async (context) => {
  const path = join(await temporaryDirectory(context), "sites", "example");
  const site = await create(path, 30);
  assert.deepEqual((await readdir(path)).toSorted(), [
    "administrator.key",
    "authority.key",
    "issued",
    "policies",
    "revocations",
  ]);
  for (const key of ["administrator.key", "authority.key"])
    assert.equal((await stat(join(path, key))).mode & 0o777, 0o600);
  assert.equal((await stat(path)).mode & 0o777, 0o700);
  const license = site.documents.siteLicense()?.document;
  assert.equal(license?.notAfter, instantOfMs(nowMs + 30 * dayMs));
  assert.deepEqual(license?.limits, limits);
});

test("a directory that is there is never overwritten, an empty one is taken over", async (context) => {
  const root = await temporaryDirectory(context);
  const path = join(root, "site");
  const before = await create(path);
  await fails(create(path), "exists");
  assert.equal((await SiteDirectory.open(path)).documents.site, before.documents.site);
  await writeFile(join(root, "file"), "");
  await fails(create(join(root, "file")), "exists");
  await mkdir(join(root, "empty"));
  await create(join(root, "empty"));
  assert.deepEqual((await readdir(root)).toSorted(), ["empty", "file", "site"]);
});

test("what was issued is there at the next opening, with the next number free", async (context) => {
  const path = join(await temporaryDirectory(context), "site");
  const site = await create(path);
  const { license } = await admitted(site, wishOf("a"));
  assert.equal(license.serial, 2);
  const again = await SiteDirectory.open(path);
  assert.equal(again.nextSerial(), 3);
  assert.deepEqual(
    again.licensesInForce().map(({ document }) => document),
    [license],
  );
  const renewed = await admitted(again, wishOf("a"));
  assert.deepEqual([renewed.license.seat, renewed.license.serial], [1, 3]);
});

test("a license file is all that a peer needs, and ends with its site license or sooner", async (context) => {
  const site = await create(join(await temporaryDirectory(context), "site"), 30);
  await admitted(site, wishOf("b"));
  await revoke(site, { seat: 1, cuts: undefined }, nowMs);
  const { file, license } = await admitted(site, wishOf("a"));
  const envelopes = envelopesInFile(file);
  assert.ok(!("code" in envelopes));
  const set = setOf({ site: site.documents.site }, ...envelopes);
  assert.deepEqual(
    set
      .entries()
      .map(({ kind }) => kind)
      .toSorted(),
    ["install-license", "revocations", "site-license"],
  );
  assert.equal(license.notAfter, instantOfMs(nowMs + 30 * dayMs));
  assert.equal((await admitted(site, { ...wishOf("c"), days: 7 })).license.notAfter, instantOfMs(nowMs + 7 * dayMs));
  assert.equal((await admitted(site, { ...wishOf("c"), days: 99 })).license.notAfter, instantOfMs(nowMs + 30 * dayMs));
  const late = await admit(site, wishOf("d"), nowMs + 31 * dayMs);
  assert.match("problem" in late ? late.problem : "admitted", /the site license ended/);
});

test("P1: a request that its key does not prove, or that was changed on its way, is refused", async (context) => {
  const site = await create(join(await temporaryDirectory(context), "site"));
  const stolen = signDocument(requestType, { peer: peerOf("a"), requestedAt: instantOfMs(nowMs) }, [keyOf("b")]);
  const changed = Uint8Array.from(requestOf("a"));
  changed[60] = (changed[60] ?? 0) ^ 1;
  for (const request of [stolen, changed, Buffer.from("{}"), new Uint8Array()]) {
    const answer = await admit(site, { ...wishOf("a"), request }, nowMs);
    assert.match("problem" in answer ? answer.problem : "admitted", /^the request/);
  }
  assert.equal(site.nextSerial(), 2);
});

test("a revoked seat is free for another machine, and its next license is newer than the revocation", async (context) => {
  const path = join(await temporaryDirectory(context), "site");
  const site = await create(path);
  await admitted(site, wishOf("a"));
  const cut = parseCut(`${writerOf("a")}/folder/press=12`) ?? assert.fail();
  const revoked = await revoke(site, { seat: 1, cuts: [cut] }, nowMs);
  assert.ok(!("problem" in revoked));
  assert.deepEqual(revoked.entry, {
    seat: 1,
    peer: peerOf("a"),
    serial: 2,
    cuts: [{ writer: writerOf("a"), collection: press, lastValid: 12 }],
  });
  const again = await SiteDirectory.open(path);
  assert.deepEqual(again.licensesInForce(), []);
  const { license } = await admitted(again, wishOf("b"));
  assert.deepEqual([license.seat, license.serial], [1, 3]);
  const back = await admitted(again, wishOf("a"));
  assert.deepEqual([back.license.seat, back.license.serial], [2, 4]);
});

test("P9: revoking again keeps every cut, adds new ones and only ever tightens", async (context) => {
  const site = await create(join(await temporaryDirectory(context), "site"));
  await admitted(site, wishOf("a"));
  await admitted(site, wishOf("b"));
  const [one, two] = [writerOf("a", 1), writerOf("a", 2)];
  await revoke(site, { seat: 1, cuts: undefined }, nowMs);
  await revoke(site, { seat: 1, cuts: [{ writer: one, lastValid: 9 }] }, nowMs);
  await revoke(site, { seat: 2, cuts: undefined }, nowMs);
  await revoke(
    site,
    {
      seat: 1,
      cuts: [
        { writer: one, lastValid: 12 },
        { writer: two, lastValid: 3 },
      ],
    },
    nowMs,
  );
  const revoked = await revoke(site, { seat: 1, cuts: undefined }, nowMs);
  assert.ok(!("problem" in revoked));
  assert.deepEqual(
    [...(revoked.entry.cuts ?? [])],
    [
      { writer: one, lastValid: 9 },
      { writer: two, lastValid: 3 },
    ],
  );
  assert.equal(revoked.version, 5);
  assert.equal(site.documents.newestRevocations()?.document.revoked.length, 2);
});

test("a cut of a writer of somebody else, and a seat that nobody had, are refused", async (context) => {
  const site = await create(join(await temporaryDirectory(context), "site"));
  await admitted(site, wishOf("a"));
  for (const wish of [
    { seat: 1, cuts: [{ writer: writerOf("b"), lastValid: 1 }] },
    { seat: 9, cuts: undefined },
  ]) {
    assert.ok("problem" in (await revoke(site, wish, nowMs)));
  }
  for (const text of [
    "",
    "x=1",
    `${writerOf("a")}=-1`,
    `${writerOf("a")}=`,
    `${writerOf("a")}/../x=1`,
    `${writerOf("a")}=99999999999999999`,
  ]) {
    assert.equal(parseCut(text), undefined, text);
  }
});

test("P4: policy versions only rise; the same policy again is the same document", async (context) => {
  const site = await create(join(await temporaryDirectory(context), "site"));
  const sign = async (version: number, folders: string): ReturnType<typeof signPolicy> => {
    const draft = readPolicyFile(`version: ${version}\nfolders: ${folders}`, site.documents.site);
    return "json" in draft ? signPolicy(site, draft) : assert.fail(JSON.stringify(draft));
  };
  const folders = '[{id: press, holders: [{region: "*"}]}]';
  const first = await sign(2, folders);
  assert.ok(first instanceof Uint8Array);
  assert.deepEqual(await sign(2, folders), first);
  const refusals = [
    [await sign(2, "[]"), /was signed with other content/],
    [await sign(1, folders), /is older than 2/],
    [await sign(1_003, folders), /more than 1000 above 2/],
  ] as const;
  for (const [answer, problem] of refusals) assert.match("problem" in answer ? answer.problem : "signed", problem);
  assert.ok((await sign(1_002, folders)) instanceof Uint8Array);
  assert.deepEqual(await readdir(join(site.path, "policies")), ["00000002.json", "00001002.json"]);
});

test("two commands at the same time never issue one number twice", async (context) => {
  const path = join(await temporaryDirectory(context), "site");
  await create(path);
  const [one, other] = [await SiteDirectory.open(path), await SiteDirectory.open(path)];
  const outcomes = await Promise.allSettled([admit(one, wishOf("a"), nowMs), admit(other, wishOf("b"), nowMs)]);
  const busy = outcomes.filter((outcome) => outcome.status === "rejected");
  assert.equal(busy.length, 1);
  assert.ok(busy[0]?.reason instanceof SiteDirectoryError && busy[0].reason.problem === "busy");
  assert.equal((await SiteDirectory.open(path)).licensesInForce().length, 1);
});

test("a damaged document, an open key and a directory that is no site are refused in words", async (context) => {
  const root = await temporaryDirectory(context);
  const path = join(root, "site");
  const site = await create(path);
  await fails(SiteDirectory.open(root), "missing");
  await chmod(join(path, "authority.key"), 0o644);
  await assert.rejects(SiteDirectory.open(path), KeyFileError);
  await chmod(join(path, "authority.key"), 0o600);
  const file = join(path, "issued", "00000001.json");
  const sound = await readFile(file, "utf8");
  await writeFile(file, sound.replace('"sig": "', '"sig": "A'));
  await fails(SiteDirectory.open(path), "damaged");
  await writeFile(file, "{}");
  await fails(SiteDirectory.open(path), "damaged");
  await writeFile(file, encodeEnvelopeFile(site.documents.siteLicense()?.envelope ?? assert.fail()));
  await writeFile(join(path, "issued", ".00000002.json.unfinished"), "half");
  await SiteDirectory.open(path);
});
