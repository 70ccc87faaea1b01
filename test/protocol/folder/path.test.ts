import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  conflictCopyPath,
  isConflictCopyName,
  isWithin,
  joinPath,
  nameOf,
  parentOf,
  parseEntryPath,
  parseStandingPath,
  pathProblem,
} from "../../../protocol/folder/path.ts";

const problems: readonly (readonly [path: string, problem: ReturnType<typeof pathProblem>])[] = [
  ["", "empty"],
  ["/etc/passwd", "absolute"],
  ["a\0b", "nul"],
  ["a/\ud800", "not-unicode"],
  ["a//b", "part-empty"],
  ["a/", "part-empty"],
  [".", "part-dots"],
  ["a/../b", "part-dots"],
  ["..", "part-dots"],
  ["x".repeat(256), "part-too-long"],
  ["é".repeat(128), "part-too-long"],
  [Array.from({ length: 600 }, () => "abcdefg").join("/"), "too-long"],
  [".cdmesh", "reserved"],
  [".cdmesh/staging/in-1", "reserved"],
  ["page.conflict-0123456789ab.html", "reserved"],
  ["a/b.conflict-0123456789ab", "reserved"],
];

for (const [path, problem] of problems) {
  test(`P6: ${JSON.stringify(path.slice(0, 40))} is refused as ${problem}`, () => {
    assert.equal(pathProblem(path), problem);
    assert.equal(parseEntryPath(path), undefined);
  });
}

for (const path of [
  "a:b",
  "aux.c",
  "name. ",
  "日本/語.txt",
  "e\u0301",
  "\u00e9",
  "x".repeat(255),
  "a/.cdmesh",
  "...",
  "-rf",
  "a\\b",
]) {
  test(`P6: ${JSON.stringify(path.slice(0, 40))} is valid in the mesh, wherever it can live`, () => {
    assert.equal(pathProblem(path), undefined);
  });
}

test("property: P6: the validator answers for every text, and what it takes has one spelling", () => {
  const part = fc.oneof(fc.string(), fc.constantFrom(".", "..", "", ".cdmesh", "a"));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
      const text = parts.join("/");
      const path = parseEntryPath(text);
      if (path === undefined) return;
      assert.equal(
        path
          .split("/")
          .filter((one) => one !== "" && one !== "." && one !== "..")
          .join("/"),
        text,
      );
      assert.equal(joinPath(parentOf(path), nameOf(path)), path);
      assert.ok(isWithin(path, parentOf(path)));
    }),
  );
});

test("property: X1: a conflict copy stands beside its path, under a reserved name that no part makes too long", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 260, unit: "grapheme" }), (name) => {
      const path = parseEntryPath(`a/${name}`);
      if (path === undefined) return;
      const copy = conflictCopyPath(path, "0123456789abcdef");
      assert.equal(parseEntryPath(copy), undefined);
      assert.equal(parseStandingPath(copy), copy);
      assert.equal(parentOf(copy), parentOf(path));
      assert.ok(isConflictCopyName(nameOf(copy)));
    }),
  );
});

test("X1: a conflict copy keeps its extension, so that it opens as what it is", () => {
  const path = parseEntryPath("press/photo.jpg");
  assert.ok(path);
  assert.equal(conflictCopyPath(path, "0123456789abcdef"), "press/photo.conflict-0123456789ab.jpg");
});
