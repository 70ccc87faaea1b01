import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type CopyDifference, type CopyItem, compareCopies } from "../../../protocol/folder/copy.ts";
import { arbitraryItems, entryFile, itemAt } from "./copies.ts";

test("property: a copy equals itself, in whatever order it is told", () => {
  fc.assert(
    fc.property(arbitraryItems, (items) => {
      const readable = items.filter((item) => item.entry !== undefined);
      assert.deepEqual(compareCopies(readable, readable.toReversed()), []);
    }),
  );
});

test("property: what is missing there is surplus here, and all other differences are seen from both sides", () => {
  const mirrored = (difference: CopyDifference): CopyDifference =>
    difference === "missing" ? "surplus" : difference === "surplus" ? "missing" : difference;
  fc.assert(
    fc.property(arbitraryItems, arbitraryItems, (ours, theirs) => {
      const here = compareCopies(ours, theirs).map(({ path, difference }) => `${path} ${mirrored(difference)}`);
      const there = compareCopies(theirs, ours).map(({ path, difference }) => `${path} ${difference}`);
      assert.deepEqual(here.toSorted(), there.toSorted());
    }),
  );
});

const base = entryFile("a", { mode: 0o644, mtimeUs: 1 });
const cases: readonly (readonly [what: string, ours: CopyItem["entry"], theirs: CopyItem["entry"], CopyDifference])[] =
  [
    ["other bytes", base, entryFile("b", { mode: 0o600, mtimeUs: 2 }), "content"],
    ["another mode", base, entryFile("a", { mode: 0o600, mtimeUs: 2 }), "mode"],
    ["another time", base, entryFile("a", { mode: 0o644, mtimeUs: 2 }), "time"],
    ["a directory for a file", base, { kind: "directory", mode: 0o755 }, "kind"],
    ["a symlink for a directory", { kind: "directory", mode: 0o755 }, { kind: "symlink", target: "a" }, "kind"],
    ["a directory's mode", { kind: "directory", mode: 0o755 }, { kind: "directory", mode: 0o700 }, "mode"],
    ["a symlink's target", { kind: "symlink", target: "a" }, { kind: "symlink", target: "b" }, "content"],
    ["what cannot be read there", base, undefined, "unreadable"],
    ["what cannot be read here", undefined, base, "unreadable"],
  ];

for (const [what, ours, theirs, difference] of cases) {
  test(`${what} is told as "${difference}"`, () => {
    const path = itemAt("dir/name", base).path;
    assert.deepEqual(compareCopies([{ path, entry: ours }], [{ path, entry: theirs }]), [{ path, difference }]);
  });
}
