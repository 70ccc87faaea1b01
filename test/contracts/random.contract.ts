/** What every Random keeps, the machine's and the seeded one. */

import assert from "node:assert/strict";
import test from "node:test";
import type { Random } from "../../node/ports.ts";

export function randomContract(name: string, make: () => Random): void {
  test(`${name}: gives as many bytes as asked, new ones each time`, () => {
    const random = make();
    for (const length of [0, 1, 7, 8, 32, 100_000]) assert.equal(random.bytes(length).length, length);
    assert.notDeepEqual(random.bytes(16), random.bytes(16));
  });

  test(`${name}: the bytes given are the caller's own`, () => {
    const random = make();
    const first = random.bytes(16);
    const copy = Uint8Array.from(first);
    random.bytes(16).fill(0);
    assert.deepEqual(first, copy);
    assert.equal(first.buffer.byteLength, 16);
  });

  test(`${name}: units fill [0, 1)`, () => {
    const random = make();
    const units = Array.from({ length: 2_000 }, () => random.unit());
    assert.ok(units.every((unit) => unit >= 0 && unit < 1));
    assert.ok(Math.min(...units) < 0.05 && Math.max(...units) > 0.95);
  });
}
