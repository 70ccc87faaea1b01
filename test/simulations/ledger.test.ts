/** The ledger and what reads it: a checker that cannot fail would prove nothing. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ContentNames } from "../../simulations/checkers/contents.ts";
import { WriteLedger } from "../../simulations/checkers/ledger.ts";
import { FakeFileSystem } from "../../simulations/world/file-system.ts";
import { FakeUser } from "../../simulations/world/user.ts";

class Desk {
  readonly names = new ContentNames();
  readonly ledger = new WriteLedger(this.names);
  readonly machines = ["one", "other"].map((name) => {
    const fileSystem = new FakeFileSystem({ nowMs: 0 });
    const user = new FakeUser(fileSystem, "/srv/press");
    fileSystem.flushAll();
    return { name, fileSystem, user };
  });

  act(at: number, act: (user: FakeUser) => void): void {
    const machine = this.machines[at];
    assert.ok(machine);
    this.ledger.act(machine, `act on ${machine.name}`, () => act(machine.user));
  }

  /** What arrives at a machine without any user. */
  arrive(at: number, path: string, content: string): void {
    this.machines[at]?.user.write(path, content);
  }

  lost(): readonly string[] {
    return this.ledger.lost(new Set(this.machines.flatMap(({ user }) => [...this.names.everywhere(user)])));
  }

  content(text: string): string {
    return this.names.nameOf(Buffer.from(text));
  }
}

test("S1: a content that vanishes without any user is lost", () => {
  const desk = new Desk();
  desk.act(0, (user) => user.write("page", "mine"));
  assert.deepEqual(desk.lost(), []);
  desk.machines[0]?.user.remove("page");
  assert.deepEqual(desk.lost(), ["act on one"]);
});

test("S1: what a user replaced in sight is owed to nobody; what he could not see is", () => {
  const desk = new Desk();
  desk.act(0, (user) => user.write("page", "mine"));
  desk.arrive(1, "page", "mine");
  desk.act(1, (user) => user.write("page", "seen and replaced"));
  desk.arrive(0, "page", "seen and replaced");
  assert.deepEqual(desk.lost(), []);
  desk.act(0, (user) => user.write("late", "never seen"));
  desk.machines[0]?.user.remove("late");
  desk.act(1, (user) => user.write("late", "another"));
  assert.deepEqual(desk.lost(), ["act on one"]);
});

test("S1: who writes over what a peer takes away again has not seen that go, but his own writes there before", () => {
  const desk = new Desk();
  desk.act(1, (user) => user.write("page", "theirs"));
  const onKept = desk.ledger.placedForAMoment("one", desk.content("theirs"));
  desk.arrive(0, "page", "theirs");
  desk.act(0, (user) => user.write("page", "mine"));
  desk.act(0, (user) => user.write("page", "mine again"));
  onKept(desk.content("mine again"));
  assert.deepEqual(desk.lost(), []);
  desk.machines[1]?.user.remove("page");
  assert.deepEqual(desk.lost(), ["act on other"]);
});

test("S1: what a user of another machine replaces while a peer has it in its hands is gone", () => {
  const desk = new Desk();
  desk.act(1, (user) => user.write("page", "theirs"));
  const onKept = desk.ledger.placedForAMoment("one", desk.content("theirs"));
  desk.arrive(0, "page", "theirs");
  desk.act(1, (user) => user.write("page", "theirs again"));
  desk.act(0, (user) => user.write("page", "mine"));
  onKept(desk.content("mine"));
  assert.deepEqual(desk.lost(), []);
});

test("S1: a content that one user saw go from one of its places and another from the other is owed to nobody", () => {
  const desk = new Desk();
  const [one, other] = desk.machines;
  assert.ok(one && other);
  desk.act(0, (user) => user.write("page", "mine"));
  desk.act(0, (user) => user.rename("page", "moved"));
  one.user.remove("moved");
  assert.deepEqual(desk.lost(), ["act on one"]);
  for (const path of ["page", "moved"]) desk.arrive(1, path, "mine");
  desk.act(1, (user) => user.write("moved", "theirs"));
  other.user.remove("page");
  assert.deepEqual(desk.lost(), []);
});

test("S1: what is in a conflict copy, under another name or among the kept versions is not lost", () => {
  const desk = new Desk();
  desk.act(0, (user) => user.write("page", "mine"));
  desk.machines[0]?.user.rename("page", ".cdmesh/versions/1");
  assert.deepEqual(desk.lost(), []);
});

test("C4: what was removed at every place where it stood has been seen to go; a rename elsewhere keeps it", () => {
  const desk = new Desk();
  desk.act(0, (user) => user.write("page", "mine"));
  desk.arrive(1, "page", "mine");
  desk.act(1, (user) => user.remove("page"));
  assert.equal(desk.ledger.whoSawItGo(desk.content("mine")), "act on other");
  desk.act(0, (user) => user.rename("page", "moved"));
  assert.equal(desk.ledger.whoSawItGo(desk.content("mine")), undefined);
});

test("rule c: what a power cut took from the only machine that had it is owed to nobody, and what others have is", () => {
  const desk = new Desk();
  desk.act(0, (user) => user.write("fresh", "not flushed"));
  desk.act(0, (user) => user.write("shared", "not flushed either"));
  desk.arrive(1, "shared", "not flushed either");
  const [one, other] = desk.machines;
  assert.ok(one && other);
  const before = { everywhere: desk.names.everywhere(one.user), files: desk.names.filesOf(one.user.snapshot()) };
  one.fileSystem.crash();
  assert.deepEqual(one.user.has("fresh"), false);
  desk.ledger.setBack(one, before, desk.names.everywhere(other.user), "a power cut");
  assert.deepEqual(desk.lost(), []);
  other.user.remove("shared");
  assert.deepEqual(desk.lost(), ["act on one"]);
});

test("rule c: what is nowhere may be missing once its only machine lost it, or forgot what it had told; nothing else may", () => {
  const desk = new Desk();
  desk.act(0, (user) => user.write("alone", "lost"));
  desk.act(0, (user) => user.write("page", "replaced"));
  desk.act(0, (user) => user.write("page", "standing"));
  const [one] = desk.machines;
  assert.ok(one);
  const before = { everywhere: desk.names.everywhere(one.user), files: desk.names.filesOf(one.user.snapshot()) };
  const mayBeNowhere = () =>
    ["lost", "replaced", "standing"].filter((text) => desk.ledger.mayBeNowhere(desk.content(text)));
  assert.deepEqual([mayBeNowhere(), desk.ledger.mayBeNowhere(undefined)], [[], false]);
  one.user.remove("alone");
  desk.ledger.setBack(one, before, new Set(), "a power cut");
  assert.deepEqual([mayBeNowhere(), desk.ledger.mayBeNowhere(undefined)], [["lost"], false]);
  desk.ledger.forgets();
  assert.deepEqual([mayBeNowhere(), desk.ledger.mayBeNowhere(undefined)], [["lost", "replaced"], true]);
});

test("S3: a half content in a file that a user wrote is his; in any other file nobody wrote it", () => {
  const desk = new Desk();
  desk.act(0, (user) => user.write("page", "whole"));
  const [one] = desk.machines;
  assert.ok(one);
  const before = { everywhere: desk.names.everywhere(one.user), files: desk.names.filesOf(one.user.snapshot()) };
  one.user.rename("page", ".cdmesh/versions/0/0");
  one.user.write(".cdmesh/versions/0/0", "wh");
  desk.ledger.setBack(one, before, new Set(), "a power cut");
  assert.equal(desk.ledger.isKnown(desk.content("wh")), true, "his peer may have it in its hands");
  one.user.rename(".cdmesh/versions/0/0", "page");
  one.user.write("page", "who");
  one.user.write("strange", "torn");
  desk.ledger.setBack(one, before, new Set(), "a power cut");
  assert.equal(desk.ledger.isKnown(desk.content("who")), true);
  assert.equal(desk.ledger.isKnown(desk.content("torn")), false);
});

test("S5: a user's file that no flush could make durable may be a kept version after a power cut; a peer's may not", () => {
  const desk = new Desk();
  desk.act(0, (user) => user.write("his", "whole"));
  desk.act(1, (user) => user.write("brought", "in"));
  desk.arrive(0, "brought", "in");
  const [one, other] = desk.machines;
  assert.ok(one && other);
  const givenUp = new Set(["his", "brought"]);
  const files = desk.names.filesOf(one.user.snapshot());
  const before = { everywhere: desk.names.everywhere(one.user), files, givenUp };
  for (const path of givenUp) one.user.write(path, "");
  desk.ledger.setBack(one, before, desk.names.everywhere(other.user), "a power cut");
  assert.deepEqual([...desk.ledger.keptVersions], [desk.content("whole")]);
});

test("P6: a name that no user made is foreign, a conflict copy beside one of theirs is not", () => {
  const desk = new Desk();
  desk.act(0, (user) => user.write("news/page.html", "mine"));
  const known = ["news", "news/page.html", "news/page.conflict-0123456789ab.html"];
  assert.deepEqual(
    [...known, "news/other"].filter((path) => desk.ledger.isPath(path)),
    known,
  );
});

test("P6: the path beside a conflict copy is a name of users where they moved the copy's directory, and no other is", () => {
  const desk = new Desk();
  const copy = "page.conflict-6a9e939b3f65";
  desk.act(0, (user) => user.write("news/page", "mine"));
  desk.arrive(0, `news/${copy}`, "another one's");
  desk.act(0, (user) => user.rename("news", "archive"));
  assert.ok(desk.ledger.isPath(`archive/${copy}`) && desk.ledger.isPath("archive/page"));
  desk.arrive(1, `elsewhere/${copy}`, "another one's");
  assert.ok(!desk.ledger.isPath("elsewhere/page"));
});

test("P6: of a copy that a directory took along alone, the path beside it may be made there", () => {
  const desk = new Desk();
  desk.arrive(0, "news/page.conflict-6a9e939b3f65", "another one's");
  desk.act(0, (user) => user.rename("news", "archive"));
  assert.ok(desk.ledger.isPath("archive/page"));
  assert.ok(!desk.ledger.isPath("archive/other"));
});
