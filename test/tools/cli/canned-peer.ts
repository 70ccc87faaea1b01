/** A control socket that answers what a test tells it to, for commands that only show answers. */

import type { TestContext } from "node:test";
import { type ControlRoute, ControlSocket } from "../../../node/adapters/control-socket.ts";
import type { Status } from "../../../node/control/control.ts";
import { instantOfMs } from "../../../protocol/documents/instant.ts";
import { parseFolderId, parseSiteId } from "../../../protocol/ids.ts";
import { FakeLog } from "../../../simulations/world/log.ts";
import { World } from "../../../simulations/world/world.ts";
import { peerOf } from "../../protocol/documents/documents.ts";
import { temporaryDirectory } from "./process.ts";

/** @returns its data directory */
export async function serveAnswers(
  context: TestContext,
  answers: Readonly<Record<string, ControlRoute>>,
): Promise<string> {
  const directory = await temporaryDirectory(context);
  const log = new FakeLog(new World(1));
  const socket = await ControlSocket.open({ directory, routes: new Map(Object.entries(answers)), log });
  context.after(() => socket.close());
  return directory;
}

const folder = parseFolderId("press");
const site = parseSiteId("5".repeat(64));
if (folder === undefined || site === undefined) throw new Error("the ids of this test are none");
export const pressFolder = folder;

const at = instantOfMs(Date.parse("2026-11-22T10:00:00Z"));
const longAgo = instantOfMs(Date.parse(at) - 5 * 86_400_000);
const place = { region: "eu", group: "web" };
const progress = { missingFiles: 0, missingBytes: 0, blockedFiles: 0, heldBack: 0 };
const behind = { state: "syncing", missingFiles: 412, missingBytes: 3_141_592, blockedFiles: 1, heldBack: 0 } as const;

/** Of a peer that is behind, as is one of its two others; the third was never heard of. */
export const busyStatus: Status = {
  version: 1,
  peer: peerOf("www1"),
  site,
  at,
  startedAt: instantOfMs(Date.parse(at) - 200_000),
  policyVersion: 3,
  peers: [
    {
      ...place,
      server: "www1",
      peer: peerOf("www1"),
      state: "alive",
      seenAt: at,
      self: true,
      folders: [],
      reasons: [],
    },
    {
      ...place,
      server: "www2",
      peer: peerOf("www2"),
      state: "connected",
      seenAt: instantOfMs(Date.parse(at) - 1_000),
      self: false,
      folders: [{ id: pressFolder, ...progress, state: "idle", records: "different" }],
      reasons: [{ code: "records-differ", folder: pressFolder }],
    },
    {
      ...place,
      server: "www3",
      peer: peerOf("www3"),
      state: "unknown",
      self: false,
      folders: [],
      reasons: [{ code: "silent", state: "unknown" }],
    },
  ],
  folders: [
    {
      id: pressFolder,
      root: "/srv/press",
      ...behind,
      files: 12_345,
      bytes: 9_876_543_210,
      holders: 2,
      connectedHolders: 1,
      bytesFetched: 1_500,
      moving: [{ path: "big.iso", bytes: 2_000_000_000, bytesDone: 900_000_000 }],
      unfound: [{ path: "gone.html", content: "9313d284106745ab" }],
      blocked: [{ path: "a\u001b[2Jb", why: "the name is taken by another case" }],
      problems: 0,
      tombstones: { held: 1_234, behind: peerOf("www3"), behindSince: longAgo, catchingUp: false },
      problemItems: [],
      reasons: [
        { code: "missing", folder: pressFolder, files: 412, bytes: 3_141_592 },
        { code: "blocked", folder: pressFolder, files: 1 },
      ],
    },
  ],
};
