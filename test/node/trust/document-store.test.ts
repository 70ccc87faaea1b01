import assert from "node:assert/strict";
import { test } from "node:test";
import { rowKey } from "../../../node/keys.ts";
import { DocumentStore } from "../../../node/trust/document-store.ts";
import { FakeAuthority } from "../../../simulations/world/authority.ts";
import { FakeLog } from "../../../simulations/world/log.ts";
import { World } from "../../../simulations/world/world.ts";
import { assertRefused, peerOf } from "../../protocol/documents/documents.ts";
import { everywhere, far, MemoryStore, web1 } from "./bench.ts";

function bench(): { site: FakeAuthority; store: MemoryStore; log: FakeLog; open: () => Promise<DocumentStore> } {
  const site = new FakeAuthority("s");
  const store = new MemoryStore();
  const log = new FakeLog(new World(1));
  return { site, store, log, open: () => DocumentStore.open({ store, log, site: site.site }) };
}

test("P4: what was answered with new is there after a crash, with the same digest and versions", async () => {
  const { site, store, open } = bench();
  const before = await open();
  const documents = [
    site.siteLicense(),
    site.admit(peerOf("a"), web1, ["watch"]),
    site.admit(peerOf("a"), far, ["watch"]),
    site.revoke(peerOf("b")),
    site.policy({ version: 1, folders: everywhere }),
    site.policy({ version: 900, folders: everywhere }),
    // Far more than one page of rows.
    ...Array.from({ length: 100 }, (_, at) => site.admit(peerOf(`peer ${at}`), web1, ["serve"])),
  ];
  for (const document of documents) assert.equal(await before.offer(document), "new");
  store.crash();
  const after = await open();
  assert.equal(after.set.digest(), before.set.digest());
  assert.equal(after.set.policy()?.version, 900);
  assert.equal(after.set.newestIssuedAtMs(), before.set.newestIssuedAtMs());
  for (const document of documents) assert.equal(await after.offer(document), "known");
});

test("P4: a document that could not be made durable has no effect, and can be offered again", async () => {
  const { site, store, open } = bench();
  const documents = await open();
  let heard = 0;
  documents.onStored(() => {
    heard += 1;
  });
  store.isBroken = true;
  await assert.rejects(documents.offer(site.siteLicense()), /EIO/);
  assert.equal(documents.set.siteLicense(), undefined);
  assert.equal(heard, 0);
  store.isBroken = false;
  assert.equal(await documents.offer(site.siteLicense()), "new");
  assert.equal(heard, 1);
});

test("P4: what a document replaces goes in the same write, and does not come back after a crash", async () => {
  const { site, store, open } = bench();
  const documents = await open();
  const old = site.admit(peerOf("a"), web1, ["watch"]);
  const renewed = site.admit(peerOf("a"), web1, ["watch", "serve"]);
  await documents.offer(old);
  await documents.offer(renewed);
  assert.equal(store.size, 1);
  store.crash();
  const after = await open();
  assert.equal(after.set.licensesOf(peerOf("a")).length, 1);
  assertRefused(await after.offer(old), "document-older");
});

test("P4: equal version with other content: the first is kept, the second is proof, and an alarm is raised", async () => {
  const { site, store, log, open } = bench();
  const documents = await open();
  await documents.offer(site.siteLicense());
  await documents.offer(site.policy({ version: 1, folders: everywhere }));
  const second = site.policy({ version: 1, folders: [] });
  assertRefused(await documents.offer(second), "document-equivocation");
  assertRefused(
    await documents.offer(site.policy({ version: 1, folders: [{ id: "third", holders: [{ group: "g" }] }] })),
    "document-equivocation",
  );
  store.crash();
  const after = await open();
  assert.equal(after.set.policy()?.document.folders.length, 1);
  assert.deepEqual(await store.get(rowKey("d", "proof", "policy", "site", 1)), second);
  const alarms = log.lines.filter((line) => line.event === "document-equivocation");
  assert.equal(alarms.length, 2);
  assert.equal(alarms[0]?.level, "error");
});

test("a document that was damaged at rest is not acted on, said so, and can be had again", async () => {
  const { site, store, log, open } = bench();
  const documents = await open();
  await documents.offer(site.siteLicense());
  store.damage("d");
  const after = await open();
  assert.equal(after.set.siteLicense(), undefined);
  assert.equal(log.lines.filter((line) => line.event === "document-unreadable").length, 1);
  assert.equal(await after.offer(site.siteLicense()), "new");
  assert.ok((await open()).set.siteLicense() !== undefined);
});

test("documents that are offered at once are judged one after the other", async () => {
  const { site, open } = bench();
  const documents = await open();
  const policy = site.policy({ version: 1, folders: everywhere });
  const outcomes = await Promise.all([site.siteLicense(), policy, policy].map((document) => documents.offer(document)));
  assert.deepEqual(outcomes, ["new", "new", "known"]);
});
