import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { cutChunks } from "../../../protocol/content/cut.ts";
import {
  type ChunkRef,
  encodePage,
  nameOfPage,
  nameOfTopPage,
  openPage,
  openTopPage,
  type PageSlot,
} from "../../../protocol/content/manifest.ts";
import { buildManifest, type Manifest, rootOfChunks } from "../../../protocol/content/manifest-builder.ts";
import { chunkHashOf } from "../../../protocol/ids.ts";
import { limits } from "../../../protocol/limits.ts";
import { sha256 } from "../../../protocol/sha256.ts";
import { generatedBytes } from "./generated-bytes.ts";

const kib = 1024;

/** Chunks with hashes that look random; the last may be small. */
const someChunks = fc
  .record({ count: fc.nat({ max: 3000 }), salt: fc.nat(), tail: fc.integer({ min: 1, max: 256 * kib }) })
  .map(({ count, salt, tail }) => madeChunks(`${salt}`, count, tail));

// These names were computed apart from this code, too.
test("algorithm 1 is frozen: contents have the names they always had", () => {
  const bytes = generatedBytes("golden 1", 1024 * kib);
  assert.equal(rootOfChunks([]), "7bd47a59fcd4ffbc3f5e291eab9ab1f2af97cc958f8406614cbf7fcbbbf16b6a");
  assert.equal(
    rootOfChunks(cutChunks(new TextEncoder().encode("cdmesh\n"), true).chunks),
    "53c22782bef09ce336c22cd8e9eb136c7f6fd594d112c24648d84cabb7efb70b",
  );
  assert.equal(
    rootOfChunks(cutChunks(bytes, true).chunks),
    "993c3954df3949eee82a9089894694adea685afe7caadc09701bfae163be6894",
  );
  assert.equal(
    rootOfChunks(madeChunks("golden", 20_000)),
    "4f646951c33610e37edd6eb52ae2da0e4bf14f475609067691cf870a80a3cce7",
  );
});

test("an empty file has a name and a page without entries", () => {
  const { root, size, pages } = buildManifest([]);
  assert.equal(size, 0);
  assert.deepEqual(pages, [{ hash: root, bytes: Uint8Array.of(1, 0), chunks: [] }]);
  assert.deepEqual(openTopPage(root, 0, Uint8Array.of(1, 0)), { kind: "chunks", chunks: [] });
});

test("a file of one chunk has one page of 38 bytes, which names it", () => {
  const [chunk] = madeChunks("one", 1, 700);
  assert.ok(chunk);
  const { root, pages } = buildManifest([chunk]);
  assert.equal(pages.length, 1);
  assert.equal(pages[0]?.bytes.length, 38);
  assert.equal(rootOfChunks([chunk]), root);
  assert.deepEqual(openTopPage(root, 700, pages[0]?.bytes ?? new Uint8Array()), {
    kind: "chunks",
    chunks: [{ ...chunk, offset: 0 }],
  });
});

test("pages of a long list have 128 entries on average and 32 to 512 but the last", () => {
  const { pages } = buildManifest(madeChunks("pages", 40_000));
  const counts = pages.filter(({ chunks }) => chunks.length > 0).map(({ chunks }) => chunks.length);
  const average = 40_000 / counts.length;
  assert.ok(average > 115 && average < 142, `${average} entries on average`);
  counts.pop();
  assert.ok(counts.every((count) => count >= 32 && count <= 512));
});

test("a list without any entry to end a page at fills its pages", () => {
  const chunk = { hash: chunkHashOf(new Uint8Array(32).fill(0xff)), length: limits.chunkBytesMax };
  const { root, size, pages } = buildManifest(Array.from({ length: 1025 }, () => chunk));
  const counts = pages.map(({ chunks }) => chunks.length);
  assert.deepEqual(counts, [512, 512, 1, 0]);
  assert.equal(pages[0]?.hash, pages[1]?.hash);
  assert.equal(chunksOf({ root, size, pages }).length, 1025);
});

test("a list that ends where a page ends has that page as its top", () => {
  const ending = { hash: chunkHashOf(new Uint8Array(32)), length: limits.chunkBytesMin };
  const { pages } = buildManifest([...madeChunks("ends", 40).slice(0, 31), ending]);
  assert.equal(pages.length, 1);
});

test("property: what was built opens again to the same chunks, at their places", () => {
  fc.assert(
    fc.property(someChunks, (chunks) => {
      const manifest = buildManifest(chunks);
      let offset = 0;
      const places = chunks.map((chunk) => {
        const place = { ...chunk, offset };
        offset += chunk.length;
        return place;
      });
      assert.equal(manifest.size, offset);
      assert.deepEqual(chunksOf(manifest), places);
      assert.deepEqual(
        manifest.pages.flatMap((page) => page.chunks),
        places,
      );
      assert.equal(rootOfChunks(chunks), manifest.root);
    }),
    { numRuns: 40 },
  );
});

test("property: two versions of a list share all pages but those on the path to the change", () => {
  const chunks = madeChunks("shared", 30_000);
  const known = new Set(buildManifest(chunks).pages.map(({ hash }) => hash));
  fc.assert(
    fc.property(fc.nat({ max: 29_999 }), fc.nat({ max: 3 }), fc.nat({ max: 3 }), fc.nat(), (at, gone, put, salt) => {
      const changed = chunks.toSpliced(at, gone, ...madeChunks(`put ${salt}`, put));
      const { pages } = buildManifest(changed);
      const fresh = pages.filter(({ hash }) => !known.has(hash));
      // A page or two on each level, one more for each end that the change made or took away.
      assert.ok(fresh.length <= 3 * 4, `${fresh.length} of ${pages.length} pages are new`);
    }),
    { numRuns: 25 },
  );
});

test("one changed chunk in 1 GiB costs two or three small pages", () => {
  const chunks = madeChunks("1 GiB", 16_384);
  const known = new Set(buildManifest(chunks).pages.map(({ hash }) => hash));
  const changed = chunks.toSpliced(9_000, 1, ...madeChunks("another", 1));
  const fresh = buildManifest(changed).pages.filter(({ hash }) => !known.has(hash));
  assert.ok(fresh.length <= 3);
  assert.ok(fresh.reduce((sum, { bytes }) => sum + bytes.length, 0) < 20_000);
});

test("S6: any changed byte of any page is refused", () => {
  const { root, size, pages } = buildManifest(madeChunks("changed", 700));
  const slots = slotsOf({ root, size, pages });
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (pick, place, flip) => {
      const page = pages[pick % pages.length];
      assert.ok(page);
      const bytes = Uint8Array.from(page.bytes);
      const at = place % bytes.length;
      bytes[at] = (bytes[at] ?? 0) ^ flip;
      const slot = slots.get(page.hash);
      const answer = slot === undefined ? openTopPage(root, size, bytes) : openPage(slot, bytes);
      assert.deepEqual(answer, { code: "page-hash-mismatch", page: page.hash });
    }),
  );
  for (const { hash, bytes } of pages) {
    const slot = slots.get(hash);
    for (const cut of [bytes.subarray(1), bytes.subarray(0, -1), new Uint8Array()]) {
      const answer = slot === undefined ? openTopPage(root, size, cut) : openPage(slot, cut);
      assert.ok("code" in answer);
    }
  }
});

test("a top page does not pass for a page below, nor the other way round", () => {
  const bytes = encodePage(0, madeChunks("tags", 40));
  assert.notEqual(String(nameOfPage(bytes)), String(nameOfTopPage(bytes)));
});

test("S6: a top page whose lengths are not those of the entry is refused", () => {
  const { root, size, pages } = buildManifest(madeChunks("sizes", 20));
  const bytes = pages[0]?.bytes ?? new Uint8Array();
  for (const wrong of [0, size - 1, size + 1, Number.MAX_SAFE_INTEGER])
    assertMalformed(openTopPage(root, wrong, bytes));
  assert.ok("kind" in openTopPage(root, size, bytes));
});

test("P3: a correctly named page that no builder makes is refused", () => {
  const chunks = madeChunks("invalid", 40);
  const ending = { hash: chunkHashOf(new Uint8Array(32)), length: limits.chunkBytesMin };
  const endless = { hash: chunkHashOf(new Uint8Array(32).fill(0xff)), length: limits.chunkBytesMin };
  const pages = madePages(40);
  const invalid: Readonly<Record<string, Uint8Array>> = {
    "no header": new Uint8Array(),
    "half a header": Uint8Array.of(1),
    "an unknown algorithm": encodePage(0, chunks).with(0, 2),
    "a level above the highest": encodePage(limits.manifestLevelsMax, pages),
    "part of an entry": encodePage(0, chunks).subarray(0, -1),
    "a chunk of no bytes": encodePage(0, [...chunks, { ...endless, length: 0 }]),
    "a chunk above the maximum": encodePage(0, [{ ...endless, length: limits.chunkBytesMax + 1 }, ...chunks]),
    "a small chunk before the last": encodePage(0, [{ ...endless, length: limits.chunkBytesMin - 1 }, ...chunks]),
    "too many entries": encodePage(
      0,
      Array.from({ length: 513 }, () => endless),
    ),
    "an entry that should have ended the page": encodePage(0, [...Array(31).fill(endless), ending, endless]),
    "a top page of one page": encodePage(1, pages.slice(0, 1)),
    "a top page of no pages": encodePage(1, []),
    "a page of no bytes": encodePage(1, [...pages, { hash: nameOfPage(Uint8Array.of(1)), length: 0 }]),
    "a length beyond all files": encodePage(1, [...pages, { hash: nameOfPage(Uint8Array.of(1)), length: 2 ** 53 }]),
  };
  for (const [what, bytes] of Object.entries(invalid)) {
    assertMalformed(openTopPage(nameOfTopPage(bytes), sumOfLengths(bytes), bytes), what);
  }
});

test("P3: a page below is held to what its parent says of it", () => {
  const ending = { hash: chunkHashOf(new Uint8Array(32)), length: limits.chunkBytesMin };
  const endless = { hash: chunkHashOf(new Uint8Array(32).fill(0xff)), length: limits.chunkBytesMin };
  const entries = [...Array<ChunkRef>(31).fill(endless), ending];
  const slot = slotFor(encodePage(0, entries), { length: 32 * limits.chunkBytesMin });
  assert.ok("kind" in openPage(slot, encodePage(0, entries)));
  assertMalformed(openPage({ ...slot, length: slot.length + 1 }, encodePage(0, entries)), "another length");
  assertMalformed(openPage({ ...slot, level: 1 }, encodePage(0, entries)), "another level");

  const early = encodePage(0, entries.slice(0, 31));
  const earlySlot = slotFor(early, { length: 31 * limits.chunkBytesMin });
  assertMalformed(openPage(earlySlot, early), "an end without a reason");
  assert.ok("kind" in openPage({ ...earlySlot, last: true }, early), "the content may end anywhere");

  const small = encodePage(0, [...Array<ChunkRef>(31).fill(endless), { ...ending, length: 5 }]);
  const smallSlot = slotFor(small, { length: 31 * limits.chunkBytesMin + 5 });
  assertMalformed(openPage(smallSlot, small), "a small chunk inside the content");
  assert.ok("kind" in openPage({ ...smallSlot, last: true }, small), "the last chunk may be small");

  const empty = encodePage(0, []);
  assertMalformed(openPage({ ...slotFor(empty, { length: 0 }), last: true }, empty), "an empty page");
});

function madeChunks(label: string, count: number, tail = 64 * kib): readonly ChunkRef[] {
  const encoder = new TextEncoder();
  return Array.from({ length: count }, (_, at) => {
    const digest = sha256(encoder.encode(`${label} ${at}`));
    const inner = limits.chunkBytesMin + (((digest[0] ?? 0) * 256 + (digest[1] ?? 0)) % (240 * kib));
    return { hash: chunkHashOf(digest), length: at === count - 1 ? tail : inner };
  });
}

function madePages(count: number) {
  return madeChunks("pages", count).map((chunk) => ({
    hash: nameOfPage(encodePage(0, [chunk])),
    length: chunk.length,
  }));
}

function chunksOf({ root, size, pages }: Manifest) {
  const bytesOf = new Map<string, Uint8Array>(pages.map(({ hash, bytes }) => [hash, bytes]));
  const opened = (slot: PageSlot | undefined): ReturnType<typeof openPage> => {
    const bytes = bytesOf.get(slot?.hash ?? root) ?? new Uint8Array();
    return slot === undefined ? openTopPage(root, size, bytes) : openPage(slot, bytes);
  };
  const descend = (slot: PageSlot | undefined): readonly unknown[] => {
    const page = opened(slot);
    if ("code" in page) throw new Error(JSON.stringify(page));
    return page.kind === "chunks" ? page.chunks : page.slots.flatMap(descend);
  };
  return descend(undefined);
}

/** What the top page says of the pages below it, for a manifest of two levels. */
function slotsOf({ root, size, pages }: Manifest): ReadonlyMap<string, PageSlot> {
  const top = openTopPage(root, size, pages.at(-1)?.bytes ?? new Uint8Array());
  assert.ok("kind" in top && top.kind === "pages");
  return new Map(top.slots.map((slot) => [slot.hash, slot]));
}

function slotFor(bytes: Uint8Array, { length }: { readonly length: number }): PageSlot {
  return { hash: nameOfPage(bytes), level: 0, offset: 0, length, last: false };
}

function sumOfLengths(bytes: Uint8Array): number {
  const level = bytes[1] ?? 0;
  const view = Buffer.from(bytes);
  let sum = 0;
  for (let at = 34; at + (level === 0 ? 4 : 8) <= bytes.length; at += level === 0 ? 36 : 40) {
    sum += level === 0 ? view.readUInt32BE(at) : Number(view.readBigUInt64BE(at));
  }
  return sum;
}

function assertMalformed(answer: ReturnType<typeof openPage>, what?: string): void {
  assert.equal("code" in answer ? answer.code : "opened", "page-malformed", what);
}
