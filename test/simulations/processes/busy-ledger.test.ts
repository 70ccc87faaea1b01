/** The ledger of busy users says what is lost, and nothing else: on a real disk, with no peer. */

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type Act, drawActs } from "../../../simulations/processes/busy-acts.ts";
import { BusyLedger, hashOf } from "../../../simulations/processes/busy-ledger.ts";
import { BusyUser } from "../../../simulations/processes/busy-user.ts";
import { hashesOf } from "../../../simulations/processes/tree-look.ts";
import { listTree } from "../../../simulations/processes/tree-listing.ts";
import { Chance } from "../../../simulations/world/chance.ts";

const act: Act = {
  atMs: 0,
  kind: "overwrite",
  name: "alpha.txt",
  other: "beta.md",
  directory: "notes",
  otherDirectory: "archive",
  swapped: "swap",
  fillBytes: 10,
};

interface Desk {
  readonly root: string;
  readonly user: BusyUser;
  readonly ledger: BusyLedger;
}

function desk(context: TestContext): Desk {
  const directory = mkdtempSync(join(tmpdir(), "cdmesh-desk-"));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  const ledger = new BusyLedger();
  const root = mkdtempSync(join(directory, "root-"));
  let nowMs = 0;
  const user = new BusyUser({ name: "ann", root, trash: join(directory, "trash"), ledger, nowMs: () => (nowMs += 1) });
  return { root, user, ledger };
}

async function lost({ root, ledger }: Desk): Promise<readonly string[]> {
  return ledger.judge(hashesOf([await listTree(root)])).lost.map(({ title }) => title);
}

test("a user alone loses nothing, whatever he does, and keeps busy", async (context) => {
  const one = desk(context);
  for (const drawn of drawActs(Chance.ofSeed(1), 60_000)) one.user.act(drawn);
  assert.ok(one.ledger.contents > 200, `${one.ledger.contents} contents`);
  assert.deepEqual(await lost(one), []);
  assert.deepEqual(
    one.ledger.diary.filter(({ remark }) => remark?.includes("gave up")),
    [],
  );
  const kinds = new Set(one.ledger.diary.map(({ what }) => what));
  assert.equal(kinds.size, 9);
});

test("what was replaced behind a user's back is lost, unless it is kept", async (context) => {
  const one = desk(context);
  one.user.act(act);
  const written = readFileSync(join(one.root, "alpha.txt"));
  writeFileSync(join(one.root, "alpha.txt"), "another's");
  assert.deepEqual(await lost(one), ["ann 1 alpha.txt"]);
  assert.deepEqual(one.ledger.judge(new Set([hashOf(written)])).lost, []);
});

test("what a user replaces with it in sight is not lost", async (context) => {
  const one = desk(context);
  for (const kind of ["overwrite", "append", "save-by-rename", "append-same-time", "delete"] as const) {
    one.user.act({ ...act, kind });
    assert.deepEqual(await lost(one), []);
  }
  assert.equal(one.ledger.contents, 4);
});

test("an append with the same time leaves the time as it was, to the nanosecond", (context) => {
  const { root, user } = desk(context);
  user.act(act);
  const before = statSync(join(root, "alpha.txt"), { bigint: true });
  user.act({ ...act, kind: "append-same-time" });
  const after = statSync(join(root, "alpha.txt"), { bigint: true });
  assert.equal(after.mtimeNs, before.mtimeNs);
  assert.ok(after.size > before.size);
});

test("a seed gives the same acts again", () => {
  assert.deepEqual(drawActs(Chance.ofSeed(7), 10_000), drawActs(Chance.ofSeed(7), 10_000));
  assert.notDeepEqual(drawActs(Chance.ofSeed(7), 10_000), drawActs(Chance.ofSeed(8), 10_000));
});
