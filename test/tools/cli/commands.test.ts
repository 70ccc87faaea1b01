import assert from "node:assert/strict";
import { chmod, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { envelopesInFile } from "../../../protocol/documents/file.ts";
import { isRefusal } from "../../../protocol/documents/verified.ts";
import { parseSiteId } from "../../../protocol/ids.ts";
import { setOf, writerOf } from "../../protocol/documents/documents.ts";
import { cdmesh, type Finished, temporaryDirectory } from "./process.ts";

const smallestPolicy = 'version: 1\nfolders:\n  - id: press\n    holders: [{region: "*"}]\n';

/** A site's directory and what its commands need; each test has its own. */
class Desk {
  readonly root: string;
  readonly site: string;

  private constructor(root: string) {
    this.root = root;
    this.site = join(root, "site");
  }

  static async open(context: TestContext): Promise<Desk> {
    return new Desk(await temporaryDirectory(context));
  }

  path(...names: readonly string[]): string {
    return join(this.root, ...names);
  }

  create(...words: readonly string[]): Promise<Finished> {
    return cdmesh(["site", "create", "--dir", this.site, "--company", "Example Press", "--site", "example", ...words]);
  }

  init(name: string): Promise<Finished> {
    return cdmesh(["peer", "init", "--data", this.path(name)]);
  }

  admit(name: string, ...words: readonly string[]): Promise<Finished> {
    const request = this.path(name, "peer.request");
    const where = ["--region", "seoul", "--group", "web", "--server", name, "--roles", "watch,serve"];
    const all = ["--dir", this.site, "--request", request, ...where, "--out", this.path(`${name}.license`), ...words];
    return cdmesh(["site", "admit", ...all]);
  }
}

function jsonOf(text: string): Readonly<Record<string, unknown>> {
  const json: unknown = JSON.parse(text);
  assert.ok(typeof json === "object" && json !== null);
  return { ...json };
}

function assertDone(finished: Finished): void {
  assert.equal(finished.exitCode, 0, finished.stderr);
}

/** The documents of a file, all verified under the site that the command named. */
async function documentsIn(path: string, site: unknown): Promise<ReturnType<typeof setOf>> {
  const envelopes = envelopesInFile(await readFile(path));
  const id = parseSiteId(String(site));
  assert.ok(!isRefusal(envelopes) && id !== undefined);
  return setOf({ site: id }, ...envelopes);
}

test("from nothing to licensed peers with a policy: site create, peer init, site admit, policy sign", async (context) => {
  const desk = await Desk.open(context);
  const created = await desk.create("--days", "30", "--servers", "2", "--json");
  assertDone(created);
  const { site, limits } = jsonOf(created.stdout);
  assert.deepEqual(limits, { regions: 16, groups: 128, servers: 2, watchers: 500 });
  for (const name of ["web-1", "web-2"]) assertDone(await desk.init(name));
  assert.equal((await stat(desk.path("web-1"))).mode & 0o777, 0o700);
  assert.equal((await stat(desk.path("web-1", "peer.key"))).mode & 0o777, 0o600);
  const admitted = await desk.admit("web-1", "--json");
  assertDone(admitted);
  const license = jsonOf(admitted.stdout);
  assert.deepEqual([license["seat"], license["serial"], license["roles"]], [1, 2, ["watch", "serve"]]);
  const set = await documentsIn(desk.path("web-1.license"), site);
  assert.deepEqual(
    set.entries().map(({ kind }) => kind),
    ["site-license", "install-license"],
  );
  await writeFile(desk.path("policy.yaml"), smallestPolicy);
  const files = ["--in", desk.path("policy.yaml"), "--out", desk.path("policy.json")];
  assertDone(await cdmesh(["policy", "sign", "--dir", desk.site, ...files]));
  const policies = envelopesInFile(await readFile(desk.path("policy.json")));
  assert.ok(!isRefusal(policies));
  const policy = set.verify(policies[0] ?? new Uint8Array());
  assert.ok(!isRefusal(policy) && policy.kind === "policy" && policy.version === 1);
  assertDone(await desk.admit("web-2"));
});

test("above a limit site admit says which, what is in use and what helps, and issues nothing", async (context) => {
  const desk = await Desk.open(context);
  assertDone(await desk.create("--servers", "1"));
  for (const name of ["web-1", "web-2"]) assertDone(await desk.init(name));
  assertDone(await desk.admit("web-1"));
  const { exitCode, stderr } = await desk.admit("web-2");
  assert.equal(exitCode, 1);
  assert.match(
    stderr,
    /^cdmesh: the site license allows 1 servers, and all are in use\n {2}where: .*peer\.request\n {2}do: {4}revoke a seat/,
  );
  assert.deepEqual((await readdir(join(desk.site, "issued"))).length, 2);
  assert.ok(!(await readdir(desk.root)).includes("web-2.license"));
});

test("a revoked seat is free again, and later license files bring the revocations along", async (context) => {
  const desk = await Desk.open(context);
  const created = await desk.create("--servers", "1", "--json");
  for (const name of ["web-1", "web-2"]) assertDone(await desk.init(name));
  assertDone(await desk.admit("web-1"));
  const foreign = `${writerOf("somebody")}=3`;
  const words = ["site", "revoke", "--dir", desk.site, "--seat", "1", "--out", desk.path("revocations.json")];
  const refused = await cdmesh([...words, "--cut", foreign]);
  assert.equal(refused.exitCode, 1);
  assert.match(refused.stderr, /is none of 12D3KooW.*, who has seat 1/);
  const revoked = await cdmesh([...words, "--json"]);
  assertDone(revoked);
  assert.deepEqual([jsonOf(revoked.stdout)["version"], jsonOf(revoked.stdout)["serial"]], [1, 2]);
  assertDone(await desk.admit("web-2"));
  const set = await documentsIn(desk.path("web-2.license"), jsonOf(created.stdout)["site"]);
  assert.equal(set.newestRevocations()?.version, 1);
});

test("nothing is overwritten: neither a site nor an identity", async (context) => {
  const desk = await Desk.open(context);
  assertDone(await desk.create());
  assertDone(await desk.init("web-1"));
  const key = await readFile(desk.path("web-1", "peer.key"), "utf8");
  for (const again of [await desk.create(), await desk.init("web-1")]) {
    assert.equal(again.exitCode, 1);
    assert.match(again.stderr, /is there already and is not overwritten/);
  }
  assert.equal(await readFile(desk.path("web-1", "peer.key"), "utf8"), key);
});

test("wrong usage is told in words with exit code 64", async (context) => {
  const desk = await Desk.open(context);
  const cases = [
    [["site", "create"], /--dir is needed\n {2}do: {4}give --dir <directory>, set CDMESH_DIR/],
    [
      ["site", "create", "--dir", desk.site, "--company", "C", "--site", "S", "--days", "x"],
      /--days must be a whole number/,
    ],
    [["site", "create", "--dir", desk.site, "--company", " ", "--site", "S"], /--company must be 1 to 200 printable/],
    [["site", "create", "--colour", "red"], /unknown option '--colour'/],
    [["site", "crate"], /unknown command 'crate'/],
    [["site", "admit", "--dir", desk.site, "--roles", "watch,fly"], /is needed/],
    [["site"], /Commands:\n {2}create/],
    [[], /Usage: cdmesh/],
  ] as const;
  for (const [words, said] of cases) {
    const { exitCode, stderr, stdout } = await cdmesh(words);
    assert.equal(exitCode, 64, words.join(" "));
    assert.match(stderr, said);
    assert.equal(stdout, "");
  }
});

test("files that are not what they should be are told in words with exit code 78", async (context) => {
  const desk = await Desk.open(context);
  const missing = await cdmesh(["policy", "sign", "--dir", desk.site, "--in", "x", "--out", "y"]);
  assert.equal(missing.exitCode, 78);
  assert.match(missing.stderr, /is no site's directory: authority.key is missing/);
  assertDone(await desk.create());
  assertDone(await desk.init("web-1"));
  await writeFile(desk.path("policy.yaml"), 'version: 1\nfolders:\n  - id: press\n    holders: [{regoin: "*"}]\n');
  const files = ["--in", desk.path("policy.yaml"), "--out", desk.path("policy.json")];
  const faulty = await cdmesh(["policy", "sign", "--dir", desk.site, ...files]);
  assert.equal(faulty.exitCode, 78);
  assert.match(faulty.stderr, /policy\.yaml:4: folders\[0\]\.holders\[0\]: "regoin" is no field of it/);
  const unread = await desk.admit("nobody");
  assert.equal(unread.exitCode, 78);
  assert.match(unread.stderr, /the request cannot be read: it is not there\n {2}where: .*nobody/);
  await chmod(join(desk.site, "authority.key"), 0o640);
  const open = await desk.admit("web-1");
  assert.equal(open.exitCode, 78);
  assert.match(open.stderr, /authority\.key can be read or changed by others \(mode 640\): close it with chmod 600/);
});

test("P1: a request whose proof was changed is refused", async (context) => {
  const desk = await Desk.open(context);
  assertDone(await desk.create());
  assertDone(await desk.init("web-1"));
  const request = desk.path("web-1", "peer.request");
  const text = await readFile(request, "utf8");
  await writeFile(
    request,
    text.replace(/"sig": "(.)/, (_, first) => `"sig": "${first === "A" ? "B" : "A"}`),
  );
  const { exitCode, stderr } = await desk.admit("web-1");
  assert.equal(exitCode, 1);
  assert.match(stderr, /the request is not proven by the key that it asks for: signature-invalid/);
});

test("options come from a file and from variables too, and flags win", async (context) => {
  const desk = await Desk.open(context);
  const config = desk.path("cdmesh.yaml");
  await writeFile(config, `dir: ${desk.site}\ncompany: From The File\nsite: example\ndays: 10\ndata: unused here\n`);
  const variables = { CDMESH_CONFIG: config, CDMESH_COMPANY: "From A Variable", CDMESH_DAYS: "20" };
  const created = await cdmesh(["site", "create", "--days", "30", "--json"], variables);
  assertDone(created);
  const { company, notAfter, dir } = jsonOf(created.stdout);
  assert.deepEqual([company, dir], ["From A Variable", desk.site]);
  const days = (Date.parse(String(notAfter)) - Date.now()) / 86_400_000;
  assert.ok(days > 29.9 && days <= 30, String(days));
  await writeFile(config, "dirr: x\n");
  const stranger = await cdmesh(["site", "create", "--config", config]);
  assert.equal(stranger.exitCode, 78);
  assert.match(
    stranger.stderr,
    /"dirr" is no setting\n {2}where: .*cdmesh\.yaml\n {2}do: {4}settings are .*company.*dir,/,
  );
});

test("with --json errors are one line of JSON on stderr, and stdout stays empty", async () => {
  const { exitCode, stdout, stderr } = await cdmesh(["peer", "init", "--json"]);
  assert.equal(exitCode, 64);
  assert.equal(stdout, "");
  assert.equal(stderr.split("\n").length, 2);
  assert.match(JSON.stringify(jsonOf(stderr)["error"]), /"what":"--data is needed".*"exitCode":64/);
});

test("every command has help with an example of itself and exit code 0", async () => {
  for (const words of [
    ["site", "create"],
    ["site", "admit"],
    ["site", "revoke"],
    ["peer", "init"],
    ["policy", "sign"],
  ]) {
    const { exitCode, stdout, stderr } = await cdmesh([...words, "--help"]);
    assert.deepEqual([exitCode, stderr], [0, ""]);
    assert.match(stdout, new RegExp(`Usage: cdmesh ${words.join(" ")} \\[options\\]`));
    assert.match(stdout, new RegExp(`Examples:\\n  \\$ cdmesh ${words.join(" ")} --`));
    assert.match(stdout, /--json/);
  }
});
