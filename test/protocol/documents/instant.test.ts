import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { instantOfMs, msOfInstant, parseInstant } from "../../../protocol/documents/instant.ts";

const latestMs = Date.UTC(9999, 11, 31, 23, 59, 59);

test("property: the calendar is that of the platform, for every second from 1970 to 9999", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: latestMs / 1_000 }), (seconds) => {
      const text = new Date(seconds * 1_000).toISOString().replace(".000Z", "Z");
      assert.equal(instantOfMs(seconds * 1_000), text);
      const instant = parseInstant(text);
      assert.ok(instant !== undefined);
      assert.equal(msOfInstant(instant), seconds * 1_000);
    }),
    { numRuns: 2_000 },
  );
});

test("leap days and the ends of the calendar are right", () => {
  for (const text of ["1970-01-01T00:00:00Z", "2000-02-29T12:00:00Z", "2024-02-29T23:59:59Z", "9999-12-31T23:59:59Z"]) {
    const instant = parseInstant(text);
    assert.ok(instant !== undefined, text);
    assert.equal(msOfInstant(instant), Date.parse(text));
  }
});

test("P6: there is one spelling of each second: dates that do not exist and other spellings are no instants", () => {
  const others = [
    "2023-02-29T00:00:00Z",
    "2026-02-30T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-00-10T00:00:00Z",
    "2026-11-22T24:00:00Z",
    "2026-11-22T23:60:00Z",
    "2026-11-22T23:59:60Z",
    "2026-11-22T09:30:00.000Z",
    "2026-11-22T09:30:00+00:00",
    "2026-11-22 09:30:00Z",
    "2026-11-22",
    "1969-12-31T23:59:59Z",
    "+12026-11-22T09:30:00Z",
    "2026-11-22T09:30:00Z\n",
    "",
  ];
  for (const text of others) assert.equal(parseInstant(text), undefined, JSON.stringify(text));
});

test("times outside the calendar become its nearest end, fractions the second that they lie in", () => {
  assert.equal(instantOfMs(-1), "1970-01-01T00:00:00Z");
  assert.equal(instantOfMs(Number.MAX_SAFE_INTEGER), "9999-12-31T23:59:59Z");
  assert.equal(instantOfMs(1_999), "1970-01-01T00:00:01Z");
});
