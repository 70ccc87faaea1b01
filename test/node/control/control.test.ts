import assert from "node:assert/strict";
import { test } from "node:test";
import { Control, type ControlOptions } from "../../../node/control/control.ts";
import type { FolderReport } from "../../../node/control/folder-reports.ts";
import type { PeerStatus } from "../../../node/mesh/presence.ts";
import { parseInstant } from "../../../protocol/documents/instant.ts";
import { parseEntryPath } from "../../../protocol/folder/path.ts";
import { parseFolderId } from "../../../protocol/ids.ts";
import { FakeClock, worldEpochMs } from "../../../simulations/world/clock.ts";
import { World } from "../../../simulations/world/world.ts";
import { beaconOf, digestOf, keyNumber, siteNumber, summaryOf } from "../../protocol/membership/beacons.ts";
import { peerNumber } from "../../protocol/membership/peers.ts";

const press = parseFolderId("press") ?? assert.fail();
const seenAt = parseInstant("2026-01-01T00:00:00Z") ?? assert.fail();
const [self, other, silent] = [peerNumber(0), peerNumber(1), peerNumber(2)];
const place = { region: "seoul", group: "web", server: "web-1" };

const report: FolderReport = {
  id: press,
  root: "/srv/press",
  state: "idle",
  files: 1,
  bytes: 2,
  missingFiles: 0,
  missingBytes: 0,
  holders: 2,
  connectedHolders: 1,
  blockedFiles: 0,
  heldBack: 0,
  bytesFetched: 0,
  moving: [],
  unfound: [],
  blocked: [],
  problems: 0,
  tombstones: { held: 0, catchingUp: false },
  problemItems: [],
  reasons: [],
};
const whole = { state: "idle", missingFiles: 0, missingBytes: 0, blockedFiles: 0, heldBack: 0 } as const;
const own = [summaryOf("members"), summaryOf("folder/press", { progress: whole })];

function setUp(options: Partial<ControlOptions> = {}) {
  const world = new World(1);
  const members: readonly PeerStatus[] = [
    { peer: self, ...place, state: "alive", seenAt },
    { peer: other, ...place, server: "web-2", state: "connected", seenAt },
    { peer: silent, ...place, server: "web-3", state: "unknown" },
  ];
  const behind = { ...whole, state: "syncing", missingFiles: 4, missingBytes: 400 } as const;
  const theirs = [summaryOf("folder/press", { progress: behind }), summaryOf("folder/other", { progress: whole })];
  const beacon = beaconOf(keyNumber(1), { policyVersion: 3, collections: theirs });
  const control = new Control({
    clock: new FakeClock(world),
    self,
    trust: { site: siteNumber(1), documentsDigest: () => digestOf("documents"), policyVersion: () => 3 },
    mesh: { peers: () => members, lastBeacon: (peer) => (peer === other ? beacon : undefined) },
    folders: { reports: () => [report], summaries: () => own },
    verifier: { verify: async ({ deep }) => ({ outcome: "identical", deep, folders: [] }) },
    versions: {
      list: async () => ({ folder: press, versions: [] }),
      restore: async ({ version }) => ({ folder: press, path: parseEntryPath("a") ?? assert.fail(), version }),
    },
    erasing: {
      look: async () => assert.fail("nobody asks"),
      erase: async () => assert.fail("nobody asks"),
    },
    writers: { report: () => ({ peer: other, writers: [] }) },
    deletes: {
      report: async () => ({ folder: press, waiting: [] }),
      decide: async (verdict) => ({ folder: press, verdict, files: 0 }),
    },
    hindrance: () => undefined,
    ...options,
  });
  return { world, control, beacon };
}

test("status tells of this peer, all members and all folders, in plain JSON", async () => {
  const { world, control, beacon } = setUp();
  await world.run(61_500);
  const status = control.status();
  assert.deepEqual(status, {
    version: 1,
    peer: self,
    site: siteNumber(1),
    at: "2026-01-01T00:01:01Z",
    startedAt: "2026-01-01T00:00:00Z",
    policyVersion: 3,
    peers: [
      {
        peer: self,
        ...place,
        state: "alive",
        seenAt,
        self: true,
        policyVersion: 3,
        folders: [{ id: press, ...whole }],
        reasons: [],
      },
      {
        peer: other,
        ...place,
        server: "web-2",
        state: "connected",
        seenAt,
        self: false,
        policyVersion: 3,
        load: beacon.load,
        folders: [
          { id: press, ...whole, state: "syncing", missingFiles: 4, missingBytes: 400, records: "equal" },
          { id: "other", ...whole },
        ],
        reasons: [{ code: "missing", folder: press, files: 4, bytes: 400 }],
      },
      {
        peer: silent,
        ...place,
        server: "web-3",
        state: "unknown",
        self: false,
        folders: [],
        reasons: [{ code: "silent", state: "unknown" }],
      },
    ],
    folders: [report],
  });
  assert.deepEqual(JSON.parse(JSON.stringify(status)), status);
});

test("a peer that takes no part says why, first of all", () => {
  const { control } = setUp({ hindrance: () => "license-expired (notAfter 2025-01-01T00:00:00Z)" });
  assert.equal(control.status().hindrance, "license-expired (notAfter 2025-01-01T00:00:00Z)");
});

test("the time of the start stays what it was when the calendar is set", async () => {
  const world = new World(1);
  const clock = new FakeClock(world);
  const { control } = setUp({ clock });
  clock.stepWall(3_600_000);
  const { at, startedAt } = control.status();
  assert.deepEqual([at, startedAt], ["2026-01-01T01:00:00Z", "2026-01-01T00:00:00Z"]);
  assert.equal(worldEpochMs, Date.parse(startedAt));
});

test("verify is handed on with its depth", async () => {
  const { control } = setUp();
  const { signal } = new AbortController();
  assert.equal((await control.verify({ deep: true, signal })).deep, true);
  assert.equal((await control.verify({ deep: false, signal })).deep, false);
});
