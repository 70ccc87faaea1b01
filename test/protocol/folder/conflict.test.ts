import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { viewOf } from "../../../protocol/folder/conflict.ts";
import { conflictCopyPath, parseEntryPath } from "../../../protocol/folder/path.ts";
import { orderSiblings } from "../../../protocol/records/merge.ts";
import { covers } from "../../../protocol/records/version.ts";
import { file, version } from "./versions.ts";

const path = parseEntryPath("press/a.txt");
assert.ok(path);

test("one version shows itself in its place", () => {
  const one = version(file("x"), 1, 1);
  const view = viewOf(path, [one], false);
  assert.equal(view.primary?.path, path);
  assert.deepEqual(view.primary?.entry, one.entry);
  assert.deepEqual(view.copies, []);
});

test("a deleted path shows nothing", () => {
  assert.deepEqual(viewOf(path, [version({ kind: "deleted" }, 1, 2)], false), { primary: undefined, copies: [] });
});

test("X3: equal bytes of two writers show one entry and no conflict", () => {
  const view = viewOf(
    path,
    [version(file("x", { mtimeUs: 9 }), 2, 1), version(file("x", { mtimeUs: 5 }), 1, 1)],
    false,
  );
  assert.equal(view.primary?.entry.kind === "file" && view.primary.entry.mtimeUs, 9);
  assert.deepEqual(view.copies, []);
});

test("X3: who sees merged versions has seen them all", () => {
  const versions = [version(file("x"), 2, 4), version(file("x"), 1, 7)];
  const basis = viewOf(path, versions, false).primary?.basis;
  assert.ok(basis && versions.every(({ version: one }) => covers(basis, one.dot)));
});

test("X2: of an edit and a concurrent delete the edit is shown", () => {
  const view = viewOf(path, [version(file("x"), 1, 2), version({ kind: "deleted" }, 2, 2)], false);
  assert.deepEqual(view.primary?.entry, file("x"));
  assert.deepEqual(view.copies, []);
});

test("C6: a directory takes the place before a newer file, which stands beside it", () => {
  const view = viewOf(path, [version(file("x"), 1, 9), version({ kind: "directory", mode: 0o755 }, 2, 1)], false);
  assert.equal(view.primary?.entry.kind, "directory");
  assert.equal(view.copies.length, 1);
  assert.deepEqual(view.copies[0]?.entry, file("x"));
});

test("C6: where something lives below a path, all its files and symlinks stand beside it", () => {
  const versions = [version(file("x"), 1, 9), version({ kind: "symlink", target: "y" }, 2, 1)];
  const view = viewOf(path, versions, true);
  assert.equal(view.primary, undefined);
  assert.deepEqual(
    view.copies.map(({ entry }) => entry),
    [file("x"), { kind: "symlink", target: "y" }],
  );
  assert.equal(view.copies[0]?.path, conflictCopyPath(path, file("x").root));
  assert.equal(view.copies[1]?.path, viewOf(path, versions, false).copies[0]?.path, "a copy keeps its name");
});

test("C6: a directory that somebody spoke for stays in its place, whatever lives below it", () => {
  const versions = [version(file("x"), 1, 9), version({ kind: "directory", mode: 0o755 }, 2, 1)];
  assert.deepEqual(viewOf(path, versions, true), viewOf(path, versions, false));
});

test("property: X1: k distinct contents show one primary and k-1 copies with distinct names, in any order", () => {
  const contents = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"), { minLength: 1 });
  fc.assert(
    fc.property(contents, fc.infiniteStream(fc.nat()), (texts, order) => {
      const versions = texts.map((text, at) => version(file(text), at + 1, 1, new Map(), at));
      const shuffled = versions
        .map((one) => ({ one, at: order.next().value }))
        .toSorted((one, other) => (one.at ?? 0) - (other.at ?? 0))
        .map(({ one }) => one.version);
      const byVersion = new Map(versions.map((one) => [one.version, one]));
      const ordered = orderSiblings(shuffled).flatMap((one) => byVersion.get(one) ?? []);
      const view = viewOf(path, ordered, false);
      assert.equal(view.copies.length, texts.length - 1);
      assert.equal(new Set([view.primary?.path, ...view.copies.map((copy) => copy.path)]).size, texts.length);
      assert.deepEqual(view, viewOf(path, versions.toReversed(), false));
    }),
  );
});
