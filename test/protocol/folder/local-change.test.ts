import assert from "node:assert/strict";
import { test } from "node:test";
import { changeOfCopy, changeOfGone, changeOfStanding } from "../../../protocol/folder/local-change.ts";
import { causesOf } from "../../../protocol/records/record.ts";
import { covers } from "../../../protocol/records/version.ts";
import { file, version } from "./versions.ts";

const before = (text: string, ...versions: ReturnType<typeof version>[]) => ({
  entry: file(text),
  basis: causesOf(versions.map((one) => one.version)),
});

test("a new file at a new path is written without causes", () => {
  assert.deepEqual(changeOfStanding(file("x"), undefined, []), {
    kind: "write",
    entry: file("x"),
    causes: new Map(),
    spared: [],
    rank: "sealed",
  });
});

test("X3: content found on disk that the mesh already has makes no version", () => {
  const twin = version(file("x"), 1, 3);
  assert.deepEqual(changeOfStanding(file("x", { mtimeUs: 77 }), undefined, [twin]), {
    kind: "seen",
    basis: causesOf([twin.version]),
  });
});

test("other content found at a first scan is concurrent to the mesh's and ranks below it (FORMATS 22)", () => {
  const change = changeOfStanding(file("mine"), undefined, [version(file("theirs"), 1, 3)]);
  assert.deepEqual(change, { kind: "write", entry: file("mine"), causes: new Map(), spared: [], rank: "found" });
});

test("C4: a file written where one was deleted has seen the delete", () => {
  const tombstone = version({ kind: "deleted" }, 1, 4);
  const change = changeOfStanding(file("new"), undefined, [tombstone]);
  assert.ok(change.kind === "write" && covers(change.causes, tombstone.version.dot));
});

test("an edit supersedes what its user saw and nothing else", () => {
  const shown = version(file("old"), 1, 1);
  const unseen = version(file("remote"), 2, 1);
  const change = changeOfStanding(file("new"), before("old", shown), [shown, unseen]);
  assert.ok(change.kind === "write");
  assert.ok(covers(change.causes, shown.version.dot));
  assert.ok(!covers(change.causes, unseen.version.dot));
});

test("an edit supersedes every sibling with the content that it started from", () => {
  const shown = version(file("old"), 1, 1);
  const twin = version(file("old"), 2, 1);
  const change = changeOfStanding(file("new"), before("old", shown), [shown, twin]);
  assert.ok(change.kind === "write" && covers(change.causes, twin.version.dot));
});

test("a changed time alone is a version of the same content", () => {
  const shown = version(file("x"), 1, 1);
  const change = changeOfStanding(file("x", { mtimeUs: 99 }), before("x", shown), [shown]);
  assert.equal(change.kind, "write");
});

test("a file that only looked changed makes no version", () => {
  const shown = version(file("x"), 1, 1);
  assert.equal(changeOfStanding(file("x"), before("x", shown), [shown]).kind, "seen");
});

test("X3: an edit that ends in what the mesh has by now makes no version", () => {
  const shown = version(file("old"), 1, 1);
  const newer = version(file("new"), 2, 1, causesOf([shown.version]));
  assert.deepEqual(changeOfStanding(file("new"), before("old", shown), [newer]), {
    kind: "seen",
    basis: causesOf([newer.version]),
  });
});

test("X2: a delete supersedes what stood there, not what had not arrived", () => {
  const shown = version(file("old"), 1, 1);
  const unseen = version(file("edit"), 2, 1);
  const change = changeOfGone(before("old", shown), [shown, unseen]);
  assert.ok(change.kind === "delete");
  assert.ok(covers(change.causes, shown.version.dot));
  assert.ok(!covers(change.causes, unseen.version.dot));
});

test("C4: the removal of what is deleted already makes no version", () => {
  const shown = version(file("old"), 1, 1);
  assert.equal(changeOfGone(before("old", shown), [version({ kind: "deleted" }, 2, 2)]).kind, "seen");
});

test("X4: an edited conflict copy becomes a version of its path that supersedes only the copy", () => {
  const primary = version(file("first"), 2, 1);
  const copy = version(file("second"), 1, 1);
  const change = changeOfCopy(file("third"), before("second", copy), [primary, copy]);
  assert.ok(change.kind === "write" && covers(change.causes, copy.version.dot));
  assert.ok(!covers(change.causes, primary.version.dot));
});

test("X4: a removed conflict copy ends the versions that it showed and none of the others", () => {
  const primary = version(file("first"), 2, 1);
  const copy = version(file("second"), 1, 1);
  const change = changeOfCopy(undefined, before("second", copy), [primary, copy]);
  assert.ok(change.kind === "delete" && covers(change.causes, copy.version.dot));
  assert.ok(!covers(change.causes, primary.version.dot));
});

test("X4: the removal of a copy whose versions are superseded by now makes no version", () => {
  const copy = version(file("second"), 1, 1);
  const newer = version(file("third"), 2, 2, causesOf([copy.version]));
  assert.equal(changeOfCopy(undefined, before("second", copy), [newer]).kind, "seen");
});

test("a write supersedes the deletes beside what it started from: they have no content to lose", () => {
  const shown = version(file("old"), 1, 1);
  const deleted = version({ kind: "deleted" }, 2, 1);
  const change = changeOfStanding(file("new"), before("old", shown), [shown, deleted]);
  assert.ok(change.kind === "write" && covers(change.causes, deleted.version.dot));
});

test("S1: an edit beside this writer's own older conflict copy spares the copy", () => {
  const copy = version(file("mine"), 1, 1);
  const shown = version(file("theirs, edited here"), 1, 2);
  const change = changeOfStanding(file("edited again"), before("theirs, edited here", shown), [shown, copy]);
  assert.ok(change.kind === "write" && covers(change.causes, shown.version.dot));
  assert.deepEqual(change.spared, [copy.version.dot]);
});

test("S1: the removal of a copy spares an older primary of the same writer", () => {
  const primary = version(file("first"), 1, 1);
  const copy = version(file("second"), 1, 2);
  const change = changeOfCopy(undefined, before("second", copy), [primary, copy]);
  assert.ok(change.kind === "delete");
  assert.deepEqual(change.spared, [primary.version.dot]);
});
