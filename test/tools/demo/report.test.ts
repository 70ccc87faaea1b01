import assert from "node:assert/strict";
import { test } from "node:test";
import type { Sighting } from "../../../tools/demo/observer.ts";
import { makeReport, viewReport } from "../../../tools/demo/report.ts";
import type { Played } from "../../../tools/demo/script.ts";

const [one, other] = ["eu/web/www1", "us/web/www3"];

function sightingOf(place: string): Sighting {
  const counts = { connected: 1, files: 12, missingFiles: 0, bytesFetched: 2_500_000, bytesPerSecond: 0 };
  return { place, state: "idle", ...counts, memoryPeakBytes: 123_000_000 };
}

function playedWith(differences: readonly string[]): Played {
  const arrivedMs = new Map([
    [one, 1_000],
    [other, 2_345],
  ]);
  const acts = [{ name: "copy" as const, title: "12 files copied", arrivedMs }];
  return {
    acts,
    files: 12,
    bytes: 3_000,
    differences: new Map([
      [one, []],
      [other, differences],
    ]),
  };
}

const sightings = [sightingOf(one), sightingOf(other)];

test("the table tells for each peer how long everything took, what it fetched and whether its tree is the same", () => {
  assert.equal(
    viewReport(makeReport(playedWith([]), sightings, 10_000)),
    `How long until it was whole there:
  COPY    12 files copied

PEER          COPY  FETCHED  MEMORY  TREE
eu/web/www1  1.0 s   2.5 MB  123 MB  identical
us/web/www3  2.3 s   2.5 MB  123 MB  identical

identical: 2 trees of 12 files, 3.0 kB, in 10 s`,
  );
});

test("one line that differs in one tree is enough for DIFFERENT, and is shown", () => {
  const report = makeReport(playedWith(["- a.txt\tfile 644 0 abc"]), sightings, 10_000);
  assert.equal(report.identical, false);
  assert.deepEqual(
    report.peers.map(({ differences }) => differences),
    [0, 1],
  );
  assert.match(viewReport(report), /1 difference\n {2}us\/web\/www3: - a\.txt {2}file 644 0 abc\n\nDIFFERENT/);
});
