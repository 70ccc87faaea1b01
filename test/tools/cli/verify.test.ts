import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { CopyOutcome, CopyVerification, Verification } from "../../../node/control/verifier.ts";
import { parseEntryPath } from "../../../protocol/folder/path.ts";
import { freePorts } from "../../../simulations/processes/free-ports.ts";
import type { PeerStatusReport } from "../../../simulations/processes/peer-process.ts";
import { ProcessSite } from "../../../simulations/processes/site.ts";
import { peerOf } from "../../protocol/documents/documents.ts";
import { pressFolder, serveAnswers } from "./canned-peer.ts";
import { cdmesh, temporaryDirectory } from "./process.ts";

function copyOf(server: string, outcome: CopyOutcome, why = ""): CopyVerification {
  const place = { region: "eu", group: "web", server };
  return { peer: peerOf(server), ...place, outcome, why, differences: [], differenceCount: 0 };
}

function verificationOf(outcome: CopyOutcome, copies: readonly CopyVerification[]): Verification {
  const folder = { id: pressFolder, items: 1_200, ownDifferences: [], ownDifferenceCount: 0, copies };
  return { outcome, deep: false, folders: [folder] };
}

test("each outcome has its exit code, and the copies are listed with what keeps them back", async (context) => {
  const path = parseEntryPath("docs/a.txt");
  assert.ok(typeof path === "string");
  const differing = {
    ...copyOf("www2", "different"),
    differences: [{ path, difference: "content" as const }],
    differenceCount: 30,
  };
  const cases = [
    ["identical", copyOf("www2", "identical"), 0, /www2 {2}identical\n\nidentical: 1 of 1 other copies/],
    [
      "different",
      differing,
      1,
      /different {2}30 items not as here\n {2}eu\/web\/www2\n {4}docs\/a\.txt has other content\n {4}and 29 more\n\nDIFFERENT/,
    ],
    ["behind", copyOf("www2", "behind", "it misses 3 files"), 75, /www2 {2}behind {3}it misses 3 files\n\nnot yet/],
    ["unreachable", copyOf("www2", "unreachable", "not-connected"), 75, /unreachable {2}not-connected\n\nnot known/],
  ] as const;
  for (const [outcome, copy, code, said] of cases) {
    const verification = verificationOf(outcome, [copy]);
    const data = await serveAnswers(context, { "GET /v1/verify": () => verification });
    const shown = await cdmesh(["verify", "--data", data]);
    assert.deepEqual([shown.exitCode, shown.stderr], [code, ""], shown.stdout);
    assert.match(shown.stdout, said);
    const json = await cdmesh(["verify", "--data", data, "--json"]);
    assert.equal(json.exitCode, code);
    assert.deepEqual(JSON.parse(json.stdout), verification);
  }
});

test("two real peers: identical copies are proven shallow and deep, and a peer that is gone is listed", async (context) => {
  const directory = await temporaryDirectory(context);
  const ports = await freePorts(2);
  const places = ports.map((port, at) => ({
    name: `www${at + 1}`,
    region: "eu",
    group: "web",
    listen: `/ip4/127.0.0.1/tcp/${port}`,
  }));
  const { site, peers } = await ProcessSite.create(directory, "press", places);
  context.after(() => Promise.all(peers.map((peer) => peer.kill())));
  const [one, two] = peers;
  assert.ok(one && two);
  await writeFile(join(site.rootOf("www1"), "a.txt"), "hello");
  for (const peer of peers) peer.start();
  const isWhole = ({ folders: [folder] }: PeerStatusReport): boolean => folder?.state === "idle" && folder.files === 1;
  for (const peer of peers) await peer.until(isWhole, 60_000);
  for (const words of [[], ["--deep"]]) {
    const { exitCode, stdout } = await cdmesh(["verify", "--data", one.options.data, ...words]);
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /^press {2}1 item here\n/);
    assert.match(stdout, /eu\/web\/www2 {2}identical\n\nidentical: 1 of 1 other copies/);
  }
  assert.equal(await two.stop(), 0);
  await one.until((status) => status.folders[0]?.connectedHolders === 0, 60_000);
  const { exitCode, stdout } = await cdmesh(["verify", "--data", one.options.data]);
  assert.equal(exitCode, 75, stdout);
  assert.match(stdout, /eu\/web\/www2 {2}unreachable {2}not-connected/);
  assert.equal(await one.stop(), 0);
});
