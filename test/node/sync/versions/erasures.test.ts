/** ERASE (FORMATS 24): an administrator's delete takes what is kept along, everywhere. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { RefusedError } from "../../../../node/ports.ts";
import { erasureType } from "../../../../protocol/documents/erasure.ts";
import { signDocument } from "../../../../protocol/documents/verified.ts";
import { encodeEntry } from "../../../../protocol/wire/entry.ts";
import { causesOf, recordKinds } from "../../../../protocol/records/record.ts";
import type { SigningKey } from "../../../../protocol/ed25519.ts";
import { FakeAuthority } from "../../../../simulations/world/authority.ts";
import type { SimulatedMachine } from "../../../../simulations/world/machine.ts";
import type { SimulatedSite } from "../../../../simulations/world/site.ts";
import { pathsOf, textsOf, twoMachines, untilIdle } from "../two-machines.ts";
import { keptTextsOf, keptVersionsOf } from "./kept-versions.ts";

/** Pruning gathers for a moment before it looks at what was erased. */
const prunedWithinMs = 3_000;

async function erase(
  site: SimulatedSite,
  { peer }: SimulatedMachine,
  path: string,
  key: SigningKey = site.authority.administratorKey,
): Promise<void> {
  const { world, folder } = site;
  const erasable = await world.settle(peer.control.erasing.look({ folder, path }));
  const erasure = { ...erasable, issuedAt: site.authority.notBefore };
  const envelope = Buffer.from(signDocument(erasureType, erasure, [key])).toString("base64");
  await world.settle(peer.control.erasing.erase({ erasure: envelope }));
}

async function untilPruned(site: SimulatedSite): Promise<void> {
  await untilIdle(site);
  await site.world.run(site.world.nowMs + prunedWithinMs);
}

test("ERASE removes the file and all that is kept of it, on every machine, and nothing else", async () => {
  const { site, one, other } = await twoMachines(1, ({ user }) => {
    user.write("secret", "first secret");
    user.write("page", "first page");
  });
  for (const path of ["secret", "page"]) one.user.write(path, `second ${path}`);
  await untilIdle(site);
  assert.deepEqual(keptTextsOf(other), ["first page", "first secret"]);
  await erase(site, one, "secret");
  await untilPruned(site);
  for (const machine of [one, other]) assert.deepEqual(pathsOf(machine), ["page"]);
  assert.deepEqual(keptTextsOf(other), ["first page"]);
  assert.deepEqual(
    (await keptVersionsOf(site, other)).map(({ path }) => path),
    ["page"],
  );
});

test("ERASE takes what is kept of a path that was deleted long before", async () => {
  const { site, one, other } = await twoMachines(2, ({ user }) => user.write("secret", "secret"));
  one.user.remove("secret");
  await untilIdle(site);
  assert.deepEqual(keptTextsOf(other), ["secret"]);
  await erase(site, one, "secret");
  await untilPruned(site);
  assert.deepEqual(keptTextsOf(other), []);
});

test("ERASE reaches a machine that was away, also after the path was written anew", async () => {
  const { site, one, other } = await twoMachines(3, ({ user }) => user.write("secret", "first secret"));
  one.user.write("secret", "second secret");
  await untilIdle(site);
  await site.world.settle(other.stop());
  await erase(site, one, "secret");
  await site.world.run(site.world.nowMs + prunedWithinMs);
  assert.equal(one.user.has("secret"), false);
  one.user.write("secret", "harmless");
  await site.world.run(site.world.nowMs + prunedWithinMs);
  await site.world.settle(other.start());
  await untilPruned(site);
  assert.deepEqual(textsOf(other), ["harmless"]);
  assert.deepEqual(keptTextsOf(other), []);
  one.user.write("secret", "harmless too");
  await untilPruned(site);
  assert.deepEqual(keptTextsOf(other), ["harmless"], "what came later is not what was erased");
});

test("X2: an edit that is concurrent to an ERASE survives it", async () => {
  const { site, one, other } = await twoMachines(4, ({ user }) => user.write("secret", "at first"));
  await site.world.settle(other.stop());
  other.user.write("secret", "an edit meanwhile");
  await erase(site, one, "secret");
  await site.world.run(site.world.nowMs + prunedWithinMs);
  await site.world.settle(other.start());
  await untilPruned(site);
  for (const machine of [one, other]) assert.deepEqual(textsOf(machine), ["an edit meanwhile"]);
});

test("P1: an erasure that no administrator of the site signed is refused, and erases nothing", async () => {
  const { site, one, other } = await twoMachines(5, ({ user }) => user.write("page", "first"));
  one.user.write("page", "second");
  await untilIdle(site);
  await assert.rejects(
    erase(site, one, "page", new FakeAuthority("another site").administratorKey),
    (error: unknown) => error instanceof RefusedError && error.refusal.code === "erasure-refused",
  );
  const { world, folder } = site;
  const erasable = await world.settle(one.peer.control.erasing.look({ folder, path: "page" }));
  const forged = { ...erasable, issuedAt: site.authority.notBefore };
  await deleteWith(site, one, signDocument(erasureType, forged, [new FakeAuthority("another site").administratorKey]));
  await untilPruned(site);
  assert.deepEqual(textsOf(other), [], "it is a delete like any other");
  assert.deepEqual(keptTextsOf(other), ["first", "second"]);
});

test("P7: an erasure that is replayed erases nothing more than it did", async () => {
  const { site, one, other } = await twoMachines(6, ({ user }) => user.write("page", "first"));
  const { world, folder, authority } = site;
  const erasable = await world.settle(one.peer.control.erasing.look({ folder, path: "page" }));
  const envelope = signDocument(erasureType, { ...erasable, issuedAt: authority.notBefore }, [
    authority.administratorKey,
  ]);
  const erasure = Buffer.from(envelope).toString("base64");
  await world.settle(one.peer.control.erasing.erase({ erasure }));
  await untilPruned(site);
  for (const text of ["second", "third"]) {
    one.user.write("page", text);
    await untilIdle(site);
  }
  await assert.rejects(world.settle(one.peer.control.erasing.erase({ erasure })), /erasure-refused/);
  // A member that sends it along with a delete of its own gets no more than the delete.
  await deleteWith(site, one, envelope);
  await untilPruned(site);
  assert.deepEqual(textsOf(other), []);
  assert.deepEqual(keptTextsOf(other), ["second", "third"]);
});

/** What only a hostile member does: a delete with whatever erasure it likes. */
async function deleteWith(site: SimulatedSite, { peer }: SimulatedMachine, envelope: Uint8Array): Promise<void> {
  const replica = peer.folders.get(site.folder)?.replica;
  assert.ok(replica);
  const versions = await site.world.settle(replica.state("page"));
  const payload = encodeEntry({ kind: "deleted" }, {}, [envelope]);
  const draft = { kind: recordKinds.fileEntry, key: "page", causes: causesOf(versions), tombstone: true, payload };
  await site.world.settle(replica.issue([draft]));
}
