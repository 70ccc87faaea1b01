import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { foldName, type NameFolding, stepsTo, twinsAmong } from "../../../protocol/folder/fold.ts";
import { type EntryPath, parseEntryPath } from "../../../protocol/folder/path.ts";

const all: NameFolding = { case: true, normalization: true };
const caseOnly: NameFolding = { case: true, normalization: false };
const formOnly: NameFolding = { case: false, normalization: true };
const foldings = [all, caseOnly, formOnly];

const pairs: readonly (readonly [name: string, one: string, other: string, by: readonly NameFolding[]])[] = [
  ["case", "page", "PAGE", [all, caseOnly]],
  ["the Unicode form", "caf\u00e9", "cafe\u0301", [all, formOnly]],
  ["both", "CAF\u00c9", "cafe\u0301", [all]],
  ["the two small sigmas", "\u03bf\u03b4\u03bf\u03c2", "\u03bf\u03b4\u03bf\u03c3", [all, caseOnly]],
  ["nothing but a letter", "page", "pace", []],
];

for (const [name, one, other, by] of pairs) {
  test(`C5: names that differ in ${name} are one exactly where that is folded`, () => {
    const equal = foldings.filter((folding) => foldName(one, folding) === foldName(other, folding));
    assert.deepEqual(equal, by);
  });
}

const folding = fc.constantFrom(...foldings);
const part = fc.oneof(
  fc.constantFrom("a", "A", "b", "B", "\u00e9", "e\u0301", "\u00c9"),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 4 }),
);
const path = fc
  .array(part, { minLength: 1, maxLength: 3 })
  .map((parts) => parseEntryPath(parts.join("/")))
  .filter((parsed) => parsed !== undefined);

test("property: C5: a fold is equal for what it made equal", () => {
  fc.assert(
    fc.property(part, folding, (name, by) => {
      const folded = foldName(name, by);
      assert.equal(foldName(folded, by), folded);
    }),
  );
});

test("property: C5: of paths that come together the same ones stand in whatever order they come", () => {
  fc.assert(
    fc.property(fc.uniqueArray(path), folding, fc.func(fc.nat()), (paths, by, rank) => {
      const shuffled = paths.toSorted((one, other) => rank(one) - rank(other));
      assert.deepEqual([...twinsAmong(shuffled, by)].toSorted(), [...twinsAmong(paths, by)].toSorted());
    }),
  );
});

test("property: C5: no two spellings of one name stand together, and what gives way names what stands", () => {
  fc.assert(
    fc.property(fc.uniqueArray(path), folding, (paths, by) => {
      const twins = twinsAmong(paths, by);
      const standing = paths.filter((each) => !twins.has(each)).flatMap(stepsTo);
      const spellings = new Map<string, EntryPath>();
      for (const step of standing) {
        const folded = step
          .split("/")
          .map((name) => foldName(name, by))
          .join("/");
        assert.equal(spellings.get(folded) ?? step, step);
        spellings.set(folded, step);
      }
      for (const twin of twins.values()) assert.ok(standing.includes(twin));
    }),
  );
});
