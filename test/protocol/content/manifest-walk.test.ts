import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { openTopPage, type Page } from "../../../protocol/content/manifest.ts";
import { buildManifest, type Manifest } from "../../../protocol/content/manifest-builder.ts";
import { ManifestWalk } from "../../../protocol/content/manifest-walk.ts";
import { chunkHashOf } from "../../../protocol/ids.ts";
import { sha256 } from "../../../protocol/sha256.ts";

const large = buildManifest(madeChunks("large", 30_000));

test("a content of one page needs no further page", () => {
  const manifest = buildManifest(madeChunks("small", 3));
  const walk = new ManifestWalk(topOf(manifest));
  assert.deepEqual(walk.wanted(10), []);
  assert.deepEqual(walk.take(), manifest.pages[0]?.chunks);
  assert.ok(walk.finished);
  assert.deepEqual(walk.take(), []);
});

test("an empty content is finished once taken", () => {
  const walk = new ManifestWalk(topOf(buildManifest([])));
  assert.deepEqual(walk.take(), []);
  assert.ok(walk.finished);
});

test("property: however far ahead one asks and in whatever order pages come, the chunks come in order", () => {
  const bytesOf = bytesByHash(large);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.infiniteStream(fc.nat()), (ahead, picks) => {
      const walk = new ManifestWalk(topOf(large));
      const chunks = [];
      while (!walk.finished) {
        const wanted = walk.wanted(ahead);
        assert.ok(wanted.length <= ahead);
        const slot = wanted[(picks.next().value ?? 0) % wanted.length];
        if (slot !== undefined) assert.equal(walk.give(slot, bytesOf.get(slot.hash) ?? new Uint8Array()), undefined);
        chunks.push(...walk.take());
      }
      assert.deepEqual(
        chunks,
        large.pages.flatMap((page) => page.chunks),
      );
    }),
    { numRuns: 5 },
  );
});

test("a changed version asks for no page that the old one had", () => {
  const chunks = madeChunks("large", 30_000);
  const changed = buildManifest(chunks.toSpliced(12_345, 1, ...madeChunks("another", 1)));
  const known = bytesByHash(large);
  const fetchable = bytesByHash(changed);
  const walk = new ManifestWalk(topOf(changed));
  let fetched = 0;
  while (!walk.finished) {
    for (const slot of walk.wanted(16)) {
      const local = known.get(slot.hash);
      if (local === undefined) fetched += 1;
      assert.equal(walk.give(slot, local ?? fetchable.get(slot.hash) ?? new Uint8Array()), undefined);
    }
    walk.take();
  }
  assert.ok(fetched >= 1 && fetched <= 4, `${fetched} pages were fetched`);
});

test("S6: a wrong page is refused and stays wanted", () => {
  const walk = new ManifestWalk(topOf(large));
  const [slot] = walk.wanted(1);
  assert.ok(slot);
  assert.deepEqual(walk.give(slot, Uint8Array.of(1, 0)), { code: "page-hash-mismatch", page: slot.hash });
  assert.deepEqual(walk.wanted(1), [slot]);
  assert.deepEqual(walk.take(), []);
});

test("a page that stands at many places is opened at one at a time, so that memory stays bounded", () => {
  const chunk = { hash: chunkHashOf(new Uint8Array(32).fill(0xff)), length: 256 * 1024 };
  const repeated = buildManifest(Array.from({ length: 512 * 100 }, () => chunk));
  const bytesOf = bytesByHash(repeated);
  const walk = new ManifestWalk(topOf(repeated));
  for (const slot of walk.wanted(2)) walk.give(slot, bytesOf.get(slot.hash) ?? new Uint8Array());
  assert.equal(walk.take().length, 1024);
  assert.equal(walk.take().length, 0);
});

test("a page that is not wanted is a mistake of the caller", () => {
  const walk = new ManifestWalk(topOf(large));
  const [slot] = walk.wanted(1);
  assert.ok(slot);
  assert.throws(() => walk.give({ ...slot }, new Uint8Array()), /not wanted/);
});

function madeChunks(label: string, count: number) {
  return Array.from({ length: count }, (_, at) => ({
    hash: chunkHashOf(sha256(new TextEncoder().encode(`${label} ${at}`))),
    length: 65_536,
  }));
}

function bytesByHash(manifest: Manifest): ReadonlyMap<string, Uint8Array> {
  return new Map(manifest.pages.map(({ hash, bytes }) => [hash, bytes]));
}

function topOf({ root, size, pages }: Manifest): Page {
  const page = openTopPage(root, size, pages.at(-1)?.bytes ?? new Uint8Array());
  assert.ok("kind" in page);
  return page;
}
