import assert from "node:assert/strict";
import { test } from "node:test";
import type { ControlRequest } from "../../../node/control/routes.ts";
import { instantOfMs } from "../../../protocol/documents/instant.ts";
import { peerOf } from "../../protocol/documents/documents.ts";
import { pressFolder, serveAnswers } from "./canned-peer.ts";
import { cdmesh } from "./process.ts";

const since = instantOfMs(Date.parse("2026-11-22T10:00:00Z"));

test("S5: deletes list says where they wait, since when, how many, and who asked", async (context) => {
  const waiting = [
    { side: "here", by: { peer: peerOf("www1"), server: "www1" }, since, files: 130, paths: ["news/a.html"] },
    { side: "asked", by: { peer: peerOf("www2"), server: "www2" }, since, files: 1, paths: ["a\u001b[2Jb"] },
  ];
  let asked: string | undefined;
  const data = await serveAnswers(context, {
    "GET /v1/deletes": ({ query }: ControlRequest) => {
      asked = query.get("paths");
      return { folder: pressFolder, waiting };
    },
  });
  const line = ["deletes", "list", "--data", data, "--folder", "press", "--path", "news", "--path", "b"];
  const shown = await cdmesh(line);
  assert.deepEqual([shown.exitCode, shown.stderr], [0, ""], shown.stdout);
  assert.match(shown.stdout, /130 files gone from this disk, and told to nobody, since 2026-11-22T10:00:00Z/);
  assert.match(shown.stdout, /news\/a\.html\n {2}and 129 more/);
  assert.match(shown.stdout, /1 file asked for by www2, and still here/);
  assert.ok(!shown.stdout.includes("\u001b[2J"));
  assert.equal(asked, "news\nb");
  const json = await cdmesh([...line, "--json"]);
  assert.deepEqual(JSON.parse(json.stdout), { folder: "press", waiting });
});

test("S5: release and discard bring the operator's answer to the peer, and what it refuses is said", async (context) => {
  const bodies: unknown[] = [];
  const answer =
    (verdict: string) =>
    ({ body }: ControlRequest) => {
      bodies.push(body);
      return { folder: pressFolder, verdict, files: 2 };
    };
  const data = await serveAnswers(context, {
    "POST /v1/deletes/release": answer("release"),
    "POST /v1/deletes/discard": answer("discard"),
  });
  const released = await cdmesh(["deletes", "release", "--data", data, "--folder", "press"]);
  assert.deepEqual([released.exitCode, released.stdout], [0, "2 deletes released\n"], released.stderr);
  const back = await cdmesh(["deletes", "discard", "--data", data, "--folder", "press", "--path", "news", "--json"]);
  assert.deepEqual(JSON.parse(back.stdout), { folder: "press", verdict: "discard", files: 2 });
  assert.deepEqual(bodies, [
    { folder: "press", paths: [] },
    { folder: "press", paths: ["news"] },
  ]);
});
