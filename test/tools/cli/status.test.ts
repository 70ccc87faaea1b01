import assert from "node:assert/strict";
import { test } from "node:test";
import { formatBytes, formatDuration, visible } from "../../../tools/cli/quantities.ts";
import { busyStatus, serveAnswers } from "./canned-peer.ts";
import { cdmesh, temporaryDirectory } from "./process.ts";
import { RunningProgram } from "./running-program.ts";

test("status shows who is there, what is missing, what moves and why somebody is behind", async (context) => {
  const data = await serveAnswers(context, { "GET /v1/status": () => busyStatus });
  const { exitCode, stdout, stderr } = await cdmesh(["status", "--data", data]);
  assert.deepEqual([exitCode, stderr], [0, ""]);
  assert.equal(
    stdout,
    `eu/web/www1  policy 3  up 3 min
peer ${busyStatus.peer}
site ${busyStatus.site}

PEER         STATE      SEEN   FOLDERS     WHY BEHIND
eu/web/www1  this peer
eu/web/www2  connected  now    press idle  press: changes not exchanged yet
eu/web/www3  unknown    never              not heard of yet

FOLDER  STATE     FILES    SIZE  MISSING          HOLDERS  FETCHED  RATE
press   syncing  12,345  9.9 GB      412  3.1 MB   1 of 2   1.5 kB

press at /srv/press
  why      press: 1 files cannot stand there
  moving    45 % of 2.0 GB  big.iso
  missing  gone.html: no connected peer has its content 9313d2841067
  blocked  a\\u{1b}[2Jb: the name is taken by another case
  deletes  1,234 are remembered; eu/web/www3 acknowledged last 5 d ago
`,
  );
});

test("with --json the peer's answer is one line, as it is", async (context) => {
  const data = await serveAnswers(context, { "GET /v1/status": () => busyStatus });
  const { exitCode, stdout } = await cdmesh(["status", "--data", data, "--json"]);
  assert.equal(exitCode, 0);
  assert.deepEqual(JSON.parse(stdout), busyStatus);
  assert.equal(stdout.indexOf("\n"), stdout.length - 1);
});

test("a peer that takes no part says so and why", async (context) => {
  const data = await serveAnswers(context, {
    "GET /v1/status": () => ({
      ...busyStatus,
      hindrance: "license-expired (expiredAt 2026-11-01T00:00:00Z)",
      folders: [],
    }),
  });
  const { stdout } = await cdmesh(["status", "--data", data]);
  assert.match(stdout, /\ntakes no part: license-expired/);
  assert.match(stdout, /\nno folders here: start the peer with --folder ID=PATH\n/);
});

test("where no peer runs the exit code is 75, and the message says how to start one", async (context) => {
  const data = await temporaryDirectory(context);
  const { exitCode, stdout, stderr } = await cdmesh(["status", "--data", data]);
  assert.deepEqual([exitCode, stdout], [75, ""]);
  assert.match(stderr, /^cdmesh: no peer runs on .*; cdmesh start --data /);
});

test("--watch without a terminal is a line for each change, until it is interrupted", async (context) => {
  let asked = 0;
  const data = await serveAnswers(context, {
    "GET /v1/status": () => {
      asked += 1;
      return asked < 3 ? busyStatus : { ...busyStatus, folders: [] };
    },
  });
  const watch = RunningProgram.cdmesh(context, ["status", "--data", data, "--watch"]);
  await watch.says(/connected\n/, "stdout");
  assert.deepEqual(await watch.end("SIGINT"), { exitCode: 0, signal: null });
  assert.equal(
    watch.stdout,
    `2026-11-22T10:00:00Z  1 of 2 peers connected; press syncing, 12345 files, 412 missing (3.1 MB), 1 blocked
2026-11-22T10:00:00Z  1 of 2 peers connected
`,
  );
});

test("--watch --json is a line of JSON for each look, also while no peer runs", async (context) => {
  const data = await temporaryDirectory(context);
  const watch = RunningProgram.cdmesh(context, ["status", "--data", data, "--watch", "--json"]);
  await watch.says(/\n.*\n/, "stdout");
  await watch.end("SIGINT");
  for (const line of watch.stdout.trimEnd().split("\n")) {
    assert.match(
      JSON.stringify(JSON.parse(line)),
      /^\{"error":\{"what":"no peer runs on .*"failure":"not-running"\}\}$/,
    );
  }
});

test("start, status and verify have help with an example of themselves", async () => {
  for (const word of ["start", "status", "verify"]) {
    const { exitCode, stdout, stderr } = await cdmesh([word, "--help"]);
    assert.deepEqual([exitCode, stderr], [0, ""]);
    assert.match(stdout, new RegExp(`Usage: cdmesh ${word} \\[options\\][^]*Examples:\\n {2}\\$ cdmesh ${word} --`));
  }
});

test("a reader that has enough ends a watch", async (context) => {
  const data = await serveAnswers(context, { "GET /v1/status": () => ({ ...busyStatus, at: busyStatus.startedAt }) });
  const watch = RunningProgram.cdmesh(context, ["status", "--data", data, "--watch", "--json"]);
  await watch.says(/\n/, "stdout");
  watch.stopReading();
  assert.deepEqual([await watch.ended, watch.stderr], [{ exitCode: 0, signal: null }, ""]);
});

test("amounts are short, and what would steer a terminal is spelled out", () => {
  const bytes = [0, 999, 1_000, 99_949, 99_950, 999_499, 999_500, 1_234_567_890];
  assert.deepEqual(bytes.map(formatBytes), [
    "0 B",
    "999 B",
    "1.0 kB",
    "99.9 kB",
    "100 kB",
    "999 kB",
    "1.0 MB",
    "1.2 GB",
  ]);
  const durations = [-5, 400, 59_000, 61_000, 7_200_000, 200_000_000];
  assert.deepEqual(durations.map(formatDuration), ["0 s", "0 s", "59 s", "1 min", "2 h", "2 d"]);
  assert.equal(visible("한글 é\u001b[31m\n\u202e"), "한글 é\\u{1b}[31m\\u{a}\\u{202e}");
});
