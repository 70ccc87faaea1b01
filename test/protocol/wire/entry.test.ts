import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Entry } from "../../../protocol/folder/entry.ts";
import { parseEntryPath } from "../../../protocol/folder/path.ts";
import { contentRootOf } from "../../../protocol/ids.ts";
import { decodeEntry, encodeEntry } from "../../../protocol/wire/entry.ts";

const mode = fc.nat({ max: 0o777 });
const entries: fc.Arbitrary<Entry> = fc.oneof(
  fc.constant({ kind: "deleted" } as const),
  mode.map((bits) => ({ kind: "directory", mode: bits }) as const),
  fc
    .string({ minLength: 1, unit: "grapheme" })
    .filter((target) => !target.includes("\0"))
    .map((target) => ({ kind: "symlink", target }) as const),
  fc
    .record({
      size: fc.maxSafeNat(),
      mode,
      mtimeUs: fc.maxSafeInteger(),
      root: fc.uint8Array({ minLength: 32, maxLength: 32 }).map(contentRootOf),
    })
    .map((file) => ({ kind: "file", ...file }) as const),
);

test("property: an entry comes out of its bytes as it went in", () => {
  fc.assert(fc.property(entries, (entry) => assert.deepEqual(decodeEntry(encodeEntry(entry)), { entry })));
});

test("both halves of a rename come out as they went in", () => {
  const [movedFrom, movedTo] = [parseEntryPath("a/old"), parseEntryPath("b/new")];
  assert.ok(movedFrom && movedTo);
  assert.deepEqual(decodeEntry(encodeEntry({ kind: "deleted" }, { movedTo })), { entry: { kind: "deleted" }, movedTo });
  assert.equal(decodeEntry(encodeEntry({ kind: "directory", mode: 0o755 }, { movedFrom }))?.movedFrom, movedFrom);
});

test("property: P3: whatever bytes come, the decoder answers and what it takes is within bounds", () => {
  const mutated = fc
    .tuple(entries, fc.nat(), fc.nat({ max: 255 }))
    .map(([entry, at, byte]) => encodeEntry(entry).map((old, index, all) => (index === at % all.length ? byte : old)));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated), (bytes) => {
      const entry = decodeEntry(bytes)?.entry;
      if (entry?.kind === "file")
        assert.ok(entry.size >= 0 && entry.mode <= 0o777 && Number.isSafeInteger(entry.mtimeUs));
      if (entry?.kind === "symlink") assert.ok(entry.target !== "" && !entry.target.includes("\0"));
    }),
    { numRuns: 2_000 },
  );
});
