import assert from "node:assert/strict";
import { test } from "node:test";
import { FolderIndex, type HeldChange } from "../../../node/folder/index.ts";
import type { Held } from "../../../node/folder/held.ts";
import type { KeyState } from "../../../node/records/replica.ts";
import { ManifestBuilder, type ManifestPage } from "../../../protocol/content/manifest-builder.ts";
import type { EntryVersion } from "../../../protocol/folder/conflict.ts";
import type { LiveEntry } from "../../../protocol/folder/entry.ts";
import { conflictCopyPath, type EntryPath, parseStandingPath } from "../../../protocol/folder/path.ts";
import { type FolderId, parseChunkHash, parseFolderId, toHex } from "../../../protocol/ids.ts";
import { causesOf } from "../../../protocol/records/record.ts";
import { sha256 } from "../../../protocol/sha256.ts";
import { file, version } from "../../protocol/folder/versions.ts";
import { MemoryStore } from "../records/memory-store.ts";

const folder = parseFolderId("press");
assert.ok(folder !== undefined);
const press: FolderId = folder;
const path = (text: string): EntryPath => {
  const parsed = parseStandingPath(text);
  assert.ok(parsed !== undefined);
  return parsed;
};
const page = path("news/page.html");

async function openIndex(store = new MemoryStore()) {
  const index = await FolderIndex.open(store, press);
  const write = async (held: readonly HeldChange[], ...states: readonly KeyState[]): Promise<void> => {
    await index.writeContents(held);
    await store.write(await index.rowsFor(held, states));
    await index.sweepContents();
  };
  const wanted = (): Promise<readonly EntryPath[]> => index.wantedAfter(undefined, 10);
  return { store, index, write, wanted };
}

function stateOf(key: EntryPath, ...versions: readonly EntryVersion[]): KeyState {
  return { key, versions: versions.map((one) => one.version) };
}

function heldOf(entry: LiveEntry, ...seen: readonly EntryVersion[]): Held {
  const size = entry.kind === "file" ? entry.size : 0;
  const stat = { kind: entry.kind, size, mode: 0o644, mtimeNs: 1n, ctimeNs: 1n, inode: 1n, bornNs: 0n, device: 0n };
  return { entry, stat, trusted: true, basis: causesOf(seen.map((one) => one.version)) };
}

test("a path is wanted exactly while the disk does not show what its records say", async () => {
  const { index, write, wanted } = await openIndex();
  const first = version(file("one"), 1, 1);
  await write([], stateOf(page, first));
  assert.deepEqual(await wanted(), [page]);
  assert.deepEqual(index.counts(), { files: 0, directories: 0, bytes: 0, missingFiles: 1, missingBytes: 3 });

  await write([{ path: page, after: heldOf(file("one"), first) }], stateOf(page, first));
  assert.deepEqual(await wanted(), []);
  assert.deepEqual(index.counts(), { files: 1, directories: 0, bytes: 3, missingFiles: 0, missingBytes: 0 });

  const gone = version({ kind: "deleted" }, 2, 1, causesOf([first.version]));
  await write([], stateOf(page, gone));
  assert.deepEqual(await wanted(), [page]);
  await write([{ path: page, after: undefined }], stateOf(page, gone));
  assert.deepEqual(await wanted(), []);
  assert.deepEqual(index.counts(), { files: 0, directories: 0, bytes: 0, missingFiles: 0, missingBytes: 0 });
});

test("a mode that differs is wanted and costs no bytes", async () => {
  const { index, write } = await openIndex();
  const changed = version(file("one", { mode: 0o600 }), 1, 2);
  await write([{ path: page, after: heldOf(file("one")) }], stateOf(page, changed));
  assert.deepEqual(index.counts(), { files: 1, directories: 0, bytes: 3, missingFiles: 1, missingBytes: 0 });
});

test("X1: a conflict is whole when the copy stands beside the primary, and goes with it", async () => {
  const { index, write, wanted } = await openIndex();
  const [loser, winner] = [version(file("one"), 1, 1), version(file("two"), 2, 1, new Map(), 5)];
  const copy = conflictCopyPath(page, file("one").root);
  await write([{ path: page, after: heldOf(file("two"), winner) }], stateOf(page, winner, loser));
  assert.deepEqual(await wanted(), [page]);

  await write([{ path: copy, after: { ...heldOf(file("one"), loser), copyOf: page } }], stateOf(page, winner, loser));
  assert.deepEqual(await wanted(), []);
  assert.deepEqual(await index.copiesOf(page), [copy]);

  const next = version(file("three"), 3, 1, causesOf([winner.version, loser.version]));
  await write([{ path: page, after: heldOf(file("three"), next) }], stateOf(page, next));
  assert.deepEqual(await wanted(), [page], "the copy has to go");
  await write([{ path: copy, after: undefined }], stateOf(page, next));
  assert.deepEqual(await wanted(), []);
  assert.deepEqual(await index.copiesOf(page), []);
});

test("who holds a content has seen every version that says the same", async () => {
  const { index, write } = await openIndex();
  const [first, twin] = [version(file("one"), 1, 1), version(file("one"), 2, 4)];
  await write([{ path: page, after: heldOf(file("one"), first) }], stateOf(page, first));
  await write([], stateOf(page, first, twin));
  const held = await index.held(page);
  assert.equal(held?.basis.get(twin.version.dot.writer), 4);
});

test("counts survive a write that failed", async () => {
  const { store, index, write } = await openIndex();
  const first = version(file("one"), 1, 1);
  store.failure = new Error("no space");
  await assert.rejects(write([], stateOf(page, first)));
  await write([], stateOf(page, first));
  assert.equal(index.counts().missingFiles, 1);
  assert.deepEqual((await FolderIndex.open(store, press)).counts(), index.counts());
});

test("a content is found by root, chunk and page for as long as any path holds it", async () => {
  const { index, write } = await openIndex();
  const chunk = parseChunkHash(toHex(sha256(new TextEncoder().encode("a chunk"))));
  assert.ok(chunk !== undefined);
  const pages: ManifestPage[] = [];
  const builder = new ManifestBuilder((made) => pages.push(made));
  builder.add({ hash: chunk, length: 40_000 });
  const { root, size } = builder.finish();
  const entry: LiveEntry = { kind: "file", root, size, mode: 0o644, mtimeUs: 1 };
  const second = path("copy.bin");
  await write([
    { path: page, after: heldOf(entry), pages },
    { path: second, after: heldOf(entry), pages },
  ]);
  assert.deepEqual(await index.contents.pathsOf(root, 5), [second, page].toSorted());
  await write([{ path: second, after: undefined }]);
  assert.deepEqual(await index.contents.findChunks([chunk]), [{ path: page, offset: 0, length: 40_000 }]);
  assert.ok((await index.contents.page(pages[0]?.hash ?? "")) !== undefined);
  await write([{ path: page, after: undefined }]);
  assert.deepEqual(await index.contents.findChunks([chunk]), [undefined]);
  assert.equal(await index.contents.page(pages[0]?.hash ?? ""), undefined);
});

test("a directory that stood only for what lived in it is wanted away with the last of that", async () => {
  const { write, wanted } = await openIndex();
  const news = path("news");
  const implicit: Held = { ...heldOf({ kind: "directory", mode: 0o755 }), implicit: true };
  await write([
    { path: news, after: implicit },
    { path: page, after: heldOf(file("one")) },
  ]);
  assert.deepEqual(await wanted(), []);
  await write([{ path: page, after: undefined }]);
  assert.deepEqual(await wanted(), [news]);
});
