import assert from "node:assert/strict";
import { test } from "node:test";
import { instantOfMs } from "../../../protocol/documents/instant.ts";
import type { InstallLicense, SiteLicense } from "../../../protocol/documents/license.ts";
import { RevocationIndex } from "../../../protocol/documents/revocations.ts";
import { authorityTimeMs, judgeLicense, type SeatFacts, seatAboveLimit } from "../../../protocol/documents/seats.ts";
import { authority, otherAuthority, peerOf, writerOf } from "./documents.ts";

const dayMs = 86_400_000;
const nowMs = 1_767_225_600_000;
const dates = {
  issuedAt: instantOfMs(nowMs - dayMs),
  notBefore: instantOfMs(nowMs - dayMs),
  notAfter: instantOfMs(nowMs + dayMs),
};
const siteLicense: SiteLicense = {
  site: authority.site,
  company: "Example",
  name: "example",
  administrators: [],
  limits: { regions: 2, groups: 3, servers: 4, watchers: 1 },
  serial: 1,
  ...dates,
};
const license: InstallLicense = {
  site: authority.site,
  peer: peerOf("a"),
  seat: 4,
  regionIndex: 2,
  groupIndex: 3,
  watcherIndex: 1,
  region: "seoul",
  group: "web",
  server: "web-1",
  roles: ["watch"],
  serial: 10,
  ...dates,
};
const facts: SeatFacts = { siteLicense, revocations: new RevocationIndex(undefined), newestSerial: 10, nowMs };

function codeOf(changes: Partial<InstallLicense>, otherFacts: Partial<SeatFacts> = {}): string | undefined {
  return judgeLicense({ ...license, ...changes }, { ...facts, ...otherFacts })?.code;
}

test("a license whose every number is exactly at its limit lets its peer in", () => {
  assert.equal(codeOf({}), undefined);
});

test("each number of a license is refused above its own limit, and says which", () => {
  const cases = [
    [{ regionIndex: 3 }, "region", 3, 2],
    [{ groupIndex: 4 }, "group", 4, 3],
    [{ seat: 5 }, "seat", 5, 4],
    [{ watcherIndex: 2 }, "watcher", 2, 1],
  ] as const;
  for (const [change, what, index, limit] of cases) {
    const refusal = judgeLicense({ ...license, ...change }, facts);
    assert.deepEqual(refusal, { code: "seat-above-limit", what, index, limit });
  }
});

test("a peer that does not watch takes no watcher's number", () => {
  const { watcherIndex: _, ...rest } = license;
  assert.equal(seatAboveLimit({ ...rest, roles: ["serve"] }, { ...siteLicense.limits, watchers: 1 }), undefined);
});

test("a license of another site is refused", () => {
  assert.equal(codeOf({ site: otherAuthority.site }), "site-foreign");
});

test("the newest license of a seat is the one that counts", () => {
  assert.equal(codeOf({}, { newestSerial: 11 }), "license-superseded");
});

test("a revoked license is refused, the next one of the same seat is not", () => {
  const revoked = [{ seat: 4, peer: peerOf("a"), serial: 10, cuts: [{ writer: writerOf("a"), lastValid: 3 }] }];
  const index = new RevocationIndex({ site: authority.site, version: 1, issuedAt: dates.issuedAt, revoked });
  assert.equal(codeOf({}, { revocations: index }), "seat-revoked");
  assert.equal(codeOf({ serial: 9 }, { revocations: index }), "seat-revoked");
  assert.equal(codeOf({ serial: 11 }, { revocations: index, newestSerial: 11 }), undefined);
  assert.equal(codeOf({ peer: peerOf("b") }, { revocations: index }), undefined);
  assert.equal(codeOf({ seat: 3 }, { revocations: index }), undefined);
});

test("P5: both ends of a license's time belong to it, and a second further does not", () => {
  const turns: readonly (readonly [number, string | undefined])[] = [
    [nowMs - dayMs - 1, "license-not-yet-valid"],
    [nowMs - dayMs, undefined],
    [nowMs + dayMs + 999, undefined],
    [nowMs + dayMs + 1_000, "license-expired"],
  ];
  for (const [atMs, code] of turns) assert.equal(codeOf({}, { nowMs: atMs }), code, String(atMs));
});

test("P5: nobody is let in before or after the time of the site license", () => {
  const later = { notBefore: instantOfMs(nowMs + 10_000) };
  assert.equal(codeOf({}, { siteLicense: { ...siteLicense, ...later } }), "license-not-yet-valid");
  const over = { notAfter: instantOfMs(nowMs - 10_000) };
  assert.equal(codeOf({}, { siteLicense: { ...siteLicense, ...over } }), "license-expired");
});

test("P5: a clock set back behind the newest authority document revives nothing", () => {
  const issuedMs = nowMs + 2 * dayMs;
  assert.equal(codeOf({}, { nowMs: authorityTimeMs(nowMs, issuedMs) }), "license-expired");
  assert.equal(codeOf({}, { nowMs: authorityTimeMs(0, issuedMs) }), "license-expired");
  assert.equal(authorityTimeMs(nowMs, 0), nowMs);
});
