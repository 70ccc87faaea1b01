import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { freePorts } from "../../../simulations/processes/free-ports.ts";
import type { PeerStatusReport } from "../../../simulations/processes/peer-process.ts";
import { ProcessSite } from "../../../simulations/processes/site.ts";
import { serveAnswers } from "./canned-peer.ts";
import { cdmesh, temporaryDirectory } from "./process.ts";

const listSchema = z.object({ versions: z.array(z.object({ path: z.string(), version: z.number() })) });

test("versions are listed page by page, and what a peer refuses is said", async (context) => {
  const one = {
    kind: "file",
    bytes: 5,
    mode: 0o644,
    modifiedAt: "2026-11-20T10:00:00Z",
    keptAt: "2026-11-21T10:00:00Z",
  };
  const pages = [
    { folder: "press", versions: [{ ...one, path: "a", version: 1, reason: "replaced" }], next: "1/a" },
    { folder: "press", versions: [{ ...one, path: "b", version: 2, reason: "surprise" }] },
  ];
  const data = await serveAnswers(context, {
    "GET /v1/versions": ({ query }) => pages[query.get("after") === "1/a" ? 1 : 0],
  });
  const shown = await cdmesh(["versions", "list", "--data", data, "--folder", "press"]);
  assert.equal(shown.exitCode, 0, shown.stderr);
  assert.match(shown.stdout, /a +1 {2}2026-11-21T10:00:00Z {2}replaced +5 B/);
  assert.match(shown.stdout, /b +2 {2}.*lost its place to another write/);
  assert.match(shown.stdout, /2 versions\n$/);
  const both = await cdmesh(["versions", "list", "--data", data, "--folder", "press", "--path", "a", "--below", "b"]);
  assert.equal(both.exitCode, 64);
  const wrong = await cdmesh([
    "versions",
    "restore",
    "--data",
    data,
    "--folder",
    "press",
    "--path",
    "a",
    "--version",
    "x",
  ]);
  assert.deepEqual([wrong.exitCode, /--version must be a number/.test(wrong.stderr)], [64, true]);
});

test("two real peers: a replaced file is kept, restored, and erased for good", async (context) => {
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
  for (const peer of peers) peer.start();
  const isIdle = ({ folders: [folder] }: PeerStatusReport): boolean => folder?.state === "idle";
  for (const peer of peers) await peer.until(isIdle, 60_000);
  const [ours, theirs] = [join(site.rootOf("www1"), "page"), join(site.rootOf("www2"), "page")];
  for (const text of ["first", "the second"]) {
    await writeFile(ours, text);
    await until(async () => (await textAt(theirs)) === text);
  }
  const at = ["--data", two.options.data, "--folder", "press"];
  const listed = await cdmesh(["versions", "list", ...at, "--path", "page", "--json"]);
  assert.equal(listed.exitCode, 0, listed.stderr);
  const [version] = listSchema.parse(JSON.parse(listed.stdout)).versions;
  assert.ok(version, listed.stdout);
  const words = ["versions", "restore", ...at, "--path", "page", "--version", `${version.version}`];
  const restored = await cdmesh(words);
  assert.equal(restored.exitCode, 0, restored.stderr);
  await until(async () => (await textAt(ours)) === "first");

  const erase = ["erase", ...at, "--path", "page", "--dir", join(directory, "site")];
  const asked = await cdmesh(erase);
  assert.deepEqual([asked.exitCode, /add --yes/.test(asked.stderr)], [64, true]);
  const erased = await cdmesh([...erase, "--yes"]);
  assert.equal(erased.exitCode, 0, erased.stderr);
  await until(async () => (await textAt(ours)) === undefined && (await textAt(theirs)) === undefined);
  await until(async () => {
    const left = await cdmesh(["versions", "list", ...at, "--json"]);
    return listSchema.parse(JSON.parse(left.stdout)).versions.length === 0;
  });
});

/** @returns undefined while nothing is there */
async function textAt(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return undefined;
  }
}

async function until(isReached: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + 60_000;
  while (!(await isReached())) {
    assert.ok(Date.now() < endMs, "it did not get there in a minute");
    await sleep(100);
  }
}
