/** The page of promises names nothing that is not there, and leaves out nothing that is said on the wire. */

import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { limits } from "../../protocol/limits.ts";

const root = new URL("../../", import.meta.url).pathname;
const spec = read("protocol/SPEC.md");
const lines = spec.split("\n");

test("every file that SPEC.md names is there", () => {
  const named = [...spec.matchAll(/`((?:protocol|node|simulations|test|tools)\/[^`]*\.[a-z]+)`/g)].map(
    ([, path = ""]) => path,
  );
  assert.ok(named.length > 50);
  assert.deepEqual(
    named.filter((path) => globSync(path, { cwd: root }).length === 0),
    [],
  );
});

test("every test that SPEC.md names is in the file that it names, word by word", () => {
  const named = lines.flatMap((line) => {
    const [, path, sentence] = /^- `(test\/[^`]+)`: "(.+)"$/.exec(line) ?? [];
    return path === undefined || sentence === undefined ? [] : [{ path, sentence }];
  });
  assert.ok(named.length > 50);
  assert.deepEqual(
    named.filter(({ path, sentence }) => !read(path).includes(`"${sentence}"`)),
    [],
  );
});

test("every name that SPEC.md says enforces something is in its file", () => {
  const named = lines.flatMap((line) => {
    const [, path, names] = /^- `((?:protocol|node)\/[^`]+)`: (`.+`)$/.exec(line) ?? [];
    return path === undefined ? [] : [...(names ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => ({ path, name }));
  });
  assert.ok(named.length > 30);
  assert.deepEqual(
    named.filter(({ path, name }) => !new RegExp(`(^|[^\\w#])${name}\\b`, "m").test(read(path))),
    [],
  );
});

test("every limit that SPEC.md names is one", () => {
  const named = [...spec.matchAll(/`limits\.(\w+)`/g)].map(([, name = ""]) => name);
  assert.ok(named.length > 20);
  assert.deepEqual(
    named.filter((name) => !Object.hasOwn(limits, name)),
    [],
  );
});

test("each promise has its number once, what enforces it and what shows it", () => {
  const sections = spec.split(/^### /m).slice(1);
  const promises = sections.filter((section) => /^[SCXPEA]\d+ /.test(section));
  assert.ok(promises.length > 20);
  const numbers = promises.map((section) => section.split(" ")[0]);
  assert.deepEqual(numbers, [...new Set(numbers)]);
  for (const section of promises) {
    assert.match(section, /\nEnforced by\n- `/, section);
    assert.match(section, /\nShown by\n- `test\//, section);
  }
});

describe("what is said on the wire stands in the tables", () => {
  const sources = globSync("node/**/*.ts", { cwd: root }).map(read).join("\n");
  for (const [what, named] of [
    ["request protocols", matches(sources, /"(\/cdmesh\/1\/[a-z-]+)"/g)],
    ["topics", matches(sources, /`cdmesh\/1\/\$\{[^}]+\}\/([a-z-]+)`/g)],
    ["formats", globSync("protocol/wire/*.proto", { cwd: root })],
  ] as const) {
    test(`all ${what} do`, () => {
      assert.ok(named.length > 1);
      assert.deepEqual(
        named.filter((name) => !spec.includes(`\`${name}\``)),
        [],
      );
    });
  }
});

function matches(text: string, pattern: RegExp): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, name = ""]) => name))];
}

function read(path: string): string {
  return readFileSync(`${root}${path}`, "utf8");
}
