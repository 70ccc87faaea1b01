import assert from "node:assert/strict";
import { test } from "node:test";
import { FolderReports, type ReportedFolder } from "../../../node/control/folder-reports.ts";
import { parseFolderId, type PeerId } from "../../../protocol/ids.ts";
import type { CollectionSummary } from "../../../protocol/membership/beacon.ts";
import { summaryOf } from "../../protocol/membership/beacons.ts";
import { peerNumber } from "../../protocol/membership/peers.ts";

const press = parseFolderId("press") ?? assert.fail();
const [self, one, other] = [peerNumber(0), peerNumber(1), peerNumber(2)];
const retention = { tombstones: 4, behind: { peer: other, acknowledgedAtMs: 1_767_225_600_000 }, isCatchingUp: false };

/** A folder whose facts a test changes as it goes. */
function setUp() {
  const facts = {
    isScanned: true,
    trouble: undefined as string | undefined,
    counts: { files: 10, bytes: 1_000, missingFiles: 0, missingBytes: 0 },
    blocked: [] as { path: string; why: string }[],
    alsoMissing: 0,
    heldBack: 0,
    waiting: { here: 0, asked: 0 },
    connected: [one, other] as PeerId[],
    exchanged: new Set<PeerId>([one, other]),
    holders: [self, one, other] as PeerId[],
  };
  const reported: ReportedFolder = {
    folder: {
      id: press,
      root: "/srv/press",
      get isScanned() {
        return facts.isScanned;
      },
      get trouble() {
        return facts.trouble;
      },
      index: { counts: () => facts.counts },
      waiting: { count: (side) => facts.waiting[side] },
      problems: { count: 1, list: () => [{ path: "pipe", problem: "kind-unsupported" }] },
    },
    puller: {
      trouble: undefined,
      moving: [{ path: "big", bytes: 10, bytesDone: 5 }],
      unfound: [{ path: "gone", content: "9313d2841067" }],
      get blocked() {
        return facts.blocked;
      },
      get blockedAlone() {
        return facts.blocked.length - facts.alsoMissing;
      },
      get heldBack() {
        return facts.heldBack;
      },
      bytesFetched: 77,
    },
  };
  const digests: readonly Omit<CollectionSummary, "progress">[] = [summaryOf("members"), summaryOf("folder/press")];
  const reports = new FolderReports({
    self,
    folders: () => [reported],
    trust: { holders: () => facts.holders.map((peer) => ({ peer })) },
    network: { connected: () => facts.connected },
    records: {
      digests: () => digests,
      exchangedSinceUp: (peer) => facts.exchanged.has(peer),
      retention: () => retention,
    },
  });
  const report = () => reports.report(press) ?? assert.fail();
  return { facts, reports, report, codes: () => report().reasons.map((reason) => reason.code) };
}

test("idle: scanned, exchanged with each connected holder, and nothing missing", () => {
  const { report } = setUp();
  assert.deepEqual(report(), {
    id: press,
    root: "/srv/press",
    state: "idle",
    files: 10,
    bytes: 1_000,
    missingFiles: 0,
    missingBytes: 0,
    holders: 2,
    connectedHolders: 2,
    tombstones: { held: 4, behind: other, behindSince: "2026-01-01T00:00:00Z", catchingUp: false },
    blockedFiles: 0,
    heldBack: 0,
    bytesFetched: 77,
    moving: [{ path: "big", bytes: 10, bytesDone: 5 }],
    unfound: [{ path: "gone", content: "9313d2841067" }],
    blocked: [],
    problems: 1,
    problemItems: [{ path: "pipe", problem: "kind-unsupported" }],
    reasons: [],
  });
});

test("a folder is scanning until its first scan is done, whatever else", () => {
  const { facts, report, codes } = setUp();
  facts.isScanned = false;
  assert.equal(report().state, "scanning");
  assert.deepEqual(codes(), ["scanning"]);
});

test("a connected holder that was not exchanged with keeps the folder from being idle", () => {
  const { facts, report, codes } = setUp();
  facts.exchanged.delete(other);
  assert.equal(report().state, "syncing");
  assert.deepEqual(codes(), ["not-exchanged"]);
  // Its connection is gone again: what counts are the connected ones.
  facts.connected = [one];
  assert.equal(report().state, "idle");
});

test("with other holders named and none ever met, a folder is not idle; once met, it stays so alone", () => {
  const { facts, report, codes } = setUp();
  facts.connected = [];
  facts.exchanged.clear();
  assert.equal(report().state, "syncing");
  assert.deepEqual(codes(), ["no-holder-connected"]);
  facts.connected = [one];
  facts.exchanged.add(one);
  assert.equal(report().state, "idle");
  facts.connected = [];
  facts.exchanged.clear();
  assert.equal(report().state, "idle");
  assert.equal(report().connectedHolders, 0);
  assert.deepEqual(codes(), ["no-holder-connected"]);
});

test("the only holder is idle once it has scanned", () => {
  const { facts, report } = setUp();
  facts.holders = [self];
  facts.connected = [];
  facts.exchanged.clear();
  assert.equal(report().state, "idle");
  assert.equal(report().holders, 0);
});

test("what is missing keeps a folder syncing; what is blocked or held back stands beside", () => {
  const { facts, report, codes } = setUp();
  facts.counts = { files: 10, bytes: 1_000, missingFiles: 4, missingBytes: 400 };
  assert.deepEqual([report().state, report().missingFiles, report().missingBytes], ["syncing", 4, 400]);
  assert.deepEqual(codes(), ["missing"]);
  facts.blocked = Array.from({ length: 3 }, (_, at) => ({ path: `name${at}`, why: "name-impossible" }));
  facts.heldBack = 1;
  assert.deepEqual([report().state, report().missingFiles, report().missingBytes], ["idle", 0, 0]);
  assert.deepEqual([report().blockedFiles, report().heldBack], [3, 1]);
  assert.deepEqual(codes(), ["blocked", "held-back"]);
  facts.alsoMissing = 1;
  assert.deepEqual([report().state, report().missingFiles, report().blockedFiles], ["syncing", 1, 3]);
});

test("a folder in trouble is not idle and says why", () => {
  const { facts, report } = setUp();
  facts.trouble = "the root has lost its marker";
  assert.equal(report().state, "syncing");
  assert.deepEqual(report().reasons, [{ code: "troubled", folder: press, why: "the root has lost its marker" }]);
});

test("P3: a report lists the first items only and tells how many there are", () => {
  const { facts, report } = setUp();
  facts.blocked = Array.from({ length: 5_000 }, (_, at) => ({ path: `name${at}`, why: "no-space" }));
  assert.equal(report().blocked.length, 20);
  assert.equal(report().blockedFiles, 5_000);
});

test("the beacon says of each collection what it has, and of held folders how far they are", () => {
  const { facts, reports } = setUp();
  facts.counts = { files: 1, bytes: 2, missingFiles: 3, missingBytes: 4 };
  const progress = { state: "syncing", missingFiles: 3, missingBytes: 4, blockedFiles: 0, heldBack: 0 } as const;
  assert.deepEqual(reports.summaries(), [summaryOf("members"), summaryOf("folder/press", { progress })]);
});
