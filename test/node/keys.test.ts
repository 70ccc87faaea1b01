import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { afterKey, lastText, rowKey, rowRange } from "../../node/keys.ts";

const name = fc.string({ unit: "grapheme" }).filter((text) => text.isWellFormed() && !text.includes("\0"));

test("the layout of keys stands", () => {
  const key = rowKey("v", "folder/ä", { hex: "00ff" }, 258, 2 ** 53 - 1);
  const expected = `76 ${Buffer.from("folder/ä").toString("hex")}00 00ff 0000000000000102 001fffffffffffff`;
  assert.equal(Buffer.from(key).toString("hex"), expected.replaceAll(" ", ""));
});

test("property: numbered rows sort by their numbers", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (one, other) => {
      assert.equal(Buffer.compare(rowKey("t", "c", one), rowKey("t", "c", other)), Math.sign(one - other));
    }),
  );
});

test("property: a range holds the rows that start with its parts and no others", () => {
  fc.assert(
    fc.property(name, name, name, (collection, other, text) => {
      const { from, to } = rowRange("e", collection);
      const isWithin = (key: Uint8Array): boolean => Buffer.compare(key, from) >= 0 && Buffer.compare(key, to) < 0;
      assert.ok(isWithin(rowKey("e", collection, text)));
      assert.equal(isWithin(rowKey("e", other, text)), other === collection);
      assert.ok(!isWithin(rowKey("b", collection, text)));
    }),
  );
});

test("property: the text at the end of a key comes back", () => {
  fc.assert(
    fc.property(name, name, (collection, text) => {
      assert.equal(lastText(rowKey("e", collection, text), rowKey("e", collection).length), text);
    }),
  );
});

test("the next key behind one is the smallest that is greater", () => {
  const key = rowKey("e", "c", "a");
  assert.ok(Buffer.compare(afterKey(key), key) > 0);
  assert.ok(Buffer.compare(afterKey(key), rowKey("e", "c", "a", "")) <= 0);
});
