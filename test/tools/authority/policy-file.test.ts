import assert from "node:assert/strict";
import { test } from "node:test";
import { readPolicyFile } from "../../../tools/authority/policy-file.ts";
import { authority, otherAuthority } from "../../protocol/documents/documents.ts";

/** "LINE WHERE: WHAT" of each fault. */
function faultsOf(text: string): readonly string[] {
  const draft = readPolicyFile(text, authority.site);
  return "json" in draft ? [] : draft.map(({ line, where, what }) => `${line} ${where}: ${what}`);
}

test("the smallest policy is taken, and bound to its site", () => {
  const draft = readPolicyFile('version: 1\nfolders:\n  - id: press\n    holders: [{region: "*"}]\n', authority.site);
  assert.deepEqual(draft, {
    version: 1,
    json: { site: authority.site, version: 1, folders: [{ id: "press", holders: [{ region: "*" }] }] },
  });
});

test("every fault is told with its line", () => {
  const text = [
    "version: 0",
    "folders:",
    "  - id: press",
    "    holders:",
    '      - {regoin: "*"}',
    "  - id: Press",
    "links:",
    "  international:",
    "    compression: 12",
    "retention: 3",
  ].join("\n");
  const faults = faultsOf(text);
  for (const expected of [
    /^1 version: must be a whole number from 1$/,
    /^5 folders\[0\].holders\[0\]: "regoin" is no field of it/,
    /^6 folders\[1\].id: must be a folder's id/,
    /^6 folders\[1\].holders: must be a list of holders/,
    /^9 links.international.compression: must be 0 to 9$/,
    /^1 document: "retention" is no field of it/,
  ]) {
    assert.ok(
      faults.some((fault) => expected.test(fault)),
      `${expected} in ${faults.join("\n")}`,
    );
  }
});

test("what is no YAML, or no mapping, is told with its line", () => {
  assert.match(faultsOf("version: 1\nfolders: [")[0] ?? "", /^2 file: /);
  assert.match(faultsOf("version: 1\nversion: 2\nfolders: []")[0] ?? "", /^2 file: .*unique/);
  assert.deepEqual(faultsOf("just text"), ["1 file: must be a mapping with version and folders"]);
  assert.deepEqual(faultsOf(""), ["1 file: must be a mapping with version and folders"]);
  assert.deepEqual(faultsOf("[1, 2]"), ["1 file: must be a mapping with version and folders"]);
});

test("P3: a policy whose aliases would unfold into a huge one is refused", () => {
  const lines = ["a: &a [x, x, x, x, x, x, x, x, x]"];
  for (let at = 0; at < 8; at += 1) {
    const [former, next] = ["abcdefghi"[at], "abcdefghi"[at + 1]];
    lines.push(`${next}: &${next} [${Array(9).fill(`*${former}`).join(", ")}]`);
  }
  assert.match(faultsOf(lines.join("\n"))[0] ?? "", /file: .*alias/i);
});

test("aliases save writing the same holders twice", () => {
  const text = "version: 1\nfolders:\n  - {id: a, holders: &all [{region: seoul}]}\n  - {id: b, holders: *all}\n";
  const draft = readPolicyFile(text, authority.site);
  assert.match(JSON.stringify(draft), /"id":"b","holders":\[\{"region":"seoul"\}\]/);
});

test("a policy that names another site is refused", () => {
  const text = `site: ${otherAuthority.site}\nversion: 1\nfolders: []`;
  assert.deepEqual(faultsOf(text), ["1 site: names another site; leave it out"]);
});
